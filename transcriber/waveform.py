"""How loud a recording is over time, for the picture under the player."""

from collections.abc import Iterable, Iterator

import numpy as np

from transcriber.samples import SAMPLE_RATE

PEAKS_PER_SECOND = 10


class Waveform:
    """Collects one peak (0 to 255) for each tenth of a second of the samples that pass by."""

    def __init__(self) -> None:
        self._peaks: list[np.ndarray] = []
        self._rest = np.zeros(0, np.float32)

    def watch(self, blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """The blocks [N] of samples at 16 kHz, unchanged."""
        length = SAMPLE_RATE // PEAKS_PER_SECOND
        for block in blocks:
            samples = np.concatenate([self._rest, block])
            whole = len(samples) // length * length
            self._rest = samples[whole:]
            peaks = np.abs(samples[:whole]).reshape(-1, length).max(1)
            self._peaks.append((peaks.clip(0, 1) * 255).astype(np.uint8))
            yield block

    def take(self) -> bytes:
        """The peaks since the last call, a byte each."""
        peaks, self._peaks = self._peaks, []
        return b"".join(part.tobytes() for part in peaks)
