"""A small diarizer with real behaviour: two people, of whom one is loud and the other is not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from tests.support.places import RATE
from transcriber.errors import UnsupportedOptionError
from transcriber.speaker_count import SpeakerCount
from transcriber.speakers.protocol import Activity

FRAME_SECONDS = 1.0
SILENCE, QUIET, LOUD = 0.01, 1, 2
LOUD_PEAK = 0.3


@dataclass(frozen=True)
class Loudness:
    """A byte for each second: nobody, QUIET or LOUD."""

    heard: bytes
    most: int | None = 2

    def people(self, count: SpeakerCount = SpeakerCount()) -> Activity:
        if count.least > 2:
            raise UnsupportedOptionError("loudness tells two people apart", "ask for two")
        levels = np.frombuffer(self.heard, np.uint8)
        first = [level for level in dict.fromkeys(levels.tolist()) if level]
        first = first[: count.most or 2]
        active = np.array([levels == level for level in first]).T.reshape(len(levels), len(first))
        exclusive = np.where(active.any(1), active.argmax(1) if first else 0, -1)
        return Activity(active, exclusive, None, np.ones(len(first)), FRAME_SECONDS, 0.0, len(levels) * FRAME_SECONDS)

    def split(self, stretches: Iterable[tuple[float, float]]) -> Activity:
        raise UnsupportedOptionError("loudness splits nobody", "ask for two")

    def voice(self, stretches: Iterable[tuple[float, float]]) -> np.ndarray | None:
        return None


class LoudnessListener:
    """Keeps what it was told was heard, and passes over as much."""

    def __init__(self, heard: bytes, broken_after: float | None = None) -> None:
        self.levels, self.given = bytearray(heard), len(heard)
        self.broken_after = broken_after
        self.passed, self.samples = 0, np.zeros(0, np.float32)
        self.is_closed = False

    def hear(self, samples: np.ndarray) -> None:
        self.samples = np.concatenate([self.samples, samples])
        whole = len(self.samples) // int(RATE * FRAME_SECONDS)
        frames, self.samples = np.split(self.samples, [whole * int(RATE * FRAME_SECONDS)])
        for level in self._levels(frames.reshape(whole, -1)):
            self.passed += 1
            if self.passed > len(self.levels):
                self.levels.append(level)
        if self.broken_after is not None and self.passed * FRAME_SECONDS > self.broken_after:
            raise KeyError("nobody foresaw this")

    def _levels(self, frames: np.ndarray) -> Iterator[int]:
        for peak in np.abs(frames).max(1, initial=0.0):
            yield 0 if peak < SILENCE else LOUD if peak > LOUD_PEAK else QUIET

    def take(self) -> bytes:
        new = bytes(self.levels[self.given :])
        self.given = len(self.levels)
        return new

    def finish(self) -> Loudness:
        return Loudness(bytes(self.levels))

    def close(self) -> None:
        self.is_closed = True


class LoudnessDiarizer:
    """`broken_after`: seconds of a recording after which listening fails."""

    name, device = "loudness", "cpu"

    def __init__(self, broken_after: float | None = None) -> None:
        self.broken_after = broken_after
        self.listeners: list[LoudnessListener] = []

    def listener(self, heard: bytes = b"") -> LoudnessListener:
        self.listeners.append(LoudnessListener(heard, self.broken_after))
        return self.listeners[-1]

    def embed(self, samples: np.ndarray) -> np.ndarray | None:
        return None
