"""Sound as the models take it: mono, float32, 16 kHz."""

import numpy as np

SAMPLE_RATE = 16_000
BYTES_PER_SECOND = 2 * SAMPLE_RATE
"""Of signed 16-bit integers."""
NOTHING = np.zeros(0, np.float32)


def samples_of(pcm: bytes) -> np.ndarray:
    """Of signed 16-bit integers, little-endian: [N], from -1 to 1; half a sample at the end is none."""
    return np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float32) / 32768


def mean_of_channels(pcm: bytes, channels: int) -> bytes:
    """Signed 16-bit integers, little-endian, those of the channels in turn → those of their mean."""
    if channels == 1:
        return pcm
    return np.frombuffer(pcm, "<i2").reshape(-1, channels).mean(1).astype("<i2").tobytes()
