"""Sound that comes over a line, piece by piece, as the models take it."""

import av
import numpy as np
import soxr

from transcriber.audio.samples import SAMPLE_RATE

G711 = {"mulaw": "pcm_mulaw", "alaw": "pcm_alaw"}
"""FFmpeg's names of its two laws."""


class Incoming:
    """Mono, of signed 16-bit integers, little-endian, or as G.711 has it. Pieces may be cut anywhere."""

    def __init__(self, rate: int, law: str | None = None) -> None:
        """`law`: one of G711."""
        self._resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, "int16")
        self._codec = _codec(G711[law], rate) if law else None
        self._rest = b""
        """Half of a sample."""

    def add(self, data: bytes) -> bytes:
        """16 kHz, signed 16-bit integers, little-endian; the last milliseconds come with the next piece."""
        return self._resampled(self._samples(data), is_last=False)

    def finish(self) -> bytes:
        """What is still to come, when there is no next piece."""
        return self._resampled(np.zeros(0, np.int16), is_last=True)

    def _samples(self, data: bytes) -> np.ndarray:
        """[N], int16."""
        if self._codec:
            frames = self._codec.decode(av.Packet(data)) if data else []
            return np.concatenate([np.zeros(0, np.int16), *(frame.to_ndarray()[0] for frame in frames)])
        data = self._rest + data
        whole = len(data) // 2 * 2
        self._rest = data[whole:]
        return np.frombuffer(data[:whole], "<i2")

    def _resampled(self, samples: np.ndarray, is_last: bool) -> bytes:
        resampled: np.ndarray = self._resampler.resample_chunk(samples, last=is_last)
        return resampled.astype("<i2").tobytes()


def _codec(name: str, rate: int) -> av.AudioCodecContext:
    codec = av.CodecContext.create(name, "r")
    assert isinstance(codec, av.AudioCodecContext)
    codec.sample_rate, codec.layout = rate, "mono"
    return codec
