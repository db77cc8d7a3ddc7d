"""How loud a recording is over time, for the picture under the player."""

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE

PEAKS_PER_SECOND = 10


class Waveform:
    """The peak, 0 to 255, of each tenth of a second of the samples that pass by.

    One thread may watch them while another takes the peaks.
    """

    def __init__(self, start: float = 0.0) -> None:
        """`start`: the second of the recording at which the samples begin; what is before it counts as silence."""
        samples = round(start * SAMPLE_RATE)
        length = SAMPLE_RATE // PEAKS_PER_SECOND
        self._peaks = deque([np.zeros(samples // length, np.uint8)])  # one thread adds, another takes
        self._rest = np.zeros(samples % length, np.float32)

    def watch(self, blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """The blocks, arrays [N] float32 at 16 kHz, unchanged; their peaks are kept until they are taken."""
        length = SAMPLE_RATE // PEAKS_PER_SECOND
        for block in blocks:
            samples = np.concatenate([self._rest, block])
            whole = len(samples) // length * length
            self._rest = samples[whole:]
            peaks = np.abs(samples[:whole]).reshape(-1, length).max(1)
            self._peaks.append((peaks.clip(0, 1) * 255).astype(np.uint8))
            yield block

    def take(self) -> bytes:
        """The peaks since the last call, a byte each; they are kept no longer."""
        return b"".join(self._peaks.popleft().tobytes() for _ in range(len(self._peaks)))
