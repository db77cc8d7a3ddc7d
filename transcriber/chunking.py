"""A stream of samples → chunks that a model takes at once, cut where it is quiet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from transcriber.samples import SAMPLE_RATE

FRAME = SAMPLE_RATE // 50
SEARCHED_SECONDS = 10.0
PAUSE_FRAMES = 10


@dataclass(frozen=True)
class Chunk:
    """Samples [N] at 16 kHz and the second of the recording at which they begin."""

    samples: np.ndarray
    start: float

    @property
    def duration(self) -> float:
        return len(self.samples) / SAMPLE_RATE

    @property
    def end(self) -> float:
        return self.start + self.duration


def chunks(blocks: Iterable[np.ndarray], longest: float, start: int = 0) -> Iterator[Chunk]:
    """Chunks of at most `longest` seconds that together are all of the blocks; what is short stays in one piece.

    Each cut is in the middle of the quietest 200 ms of the last ten seconds that fit. `start`: the sample of the
    recording at which the blocks begin; begun at a cut, the chunks are those that there would have been anyway.
    """
    limit = int(longest * SAMPLE_RATE)
    held = np.zeros(0, np.float32)
    for block in blocks:
        held = np.concatenate([held, block])
        while len(held) > limit:
            cut = _quietest(held[:limit])
            yield Chunk(held[:cut], start / SAMPLE_RATE)
            held, start = held[cut:], start + cut
    if len(held):
        yield Chunk(held, start / SAMPLE_RATE)


def _quietest(samples: np.ndarray) -> int:
    """Where to cut."""
    searched = min(len(samples) // 2, int(SEARCHED_SECONDS * SAMPLE_RATE)) // FRAME * FRAME
    if searched < PAUSE_FRAMES * FRAME:
        return len(samples)
    tail = samples[-searched:].reshape(-1, FRAME)
    energy = np.convolve(np.square(tail).mean(1), np.ones(PAUSE_FRAMES), "valid")
    # Of equally quiet places the last: chunks get as long as they may.
    quietest = len(energy) - 1 - int(np.argmin(energy[::-1]))
    return len(samples) - searched + (quietest + PAUSE_FRAMES // 2) * FRAME


def heard_span(chunk: Chunk) -> tuple[float, float]:
    """(start, end) in seconds of the recording between which a chunk is louder than its own floor."""
    frames = chunk.samples[: len(chunk.samples) // FRAME * FRAME].reshape(-1, FRAME)
    if not len(frames):
        return chunk.start, chunk.end
    level = np.sqrt(np.square(frames).mean(1))
    floor, top = np.percentile(level, 10), level.max()
    loud = np.flatnonzero(level >= floor + 0.1 * (top - floor))
    return chunk.start + loud[0] * FRAME / SAMPLE_RATE, chunk.start + (loud[-1] + 1) * FRAME / SAMPLE_RATE
