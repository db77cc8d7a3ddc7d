"""What is still listened to of somebody who speaks: the last seconds of sound, and where in them there is speech."""

from functools import cached_property

import numpy as np

from transcriber.audio.samples import NOTHING, SAMPLE_RATE
from transcriber.pipeline import vad
from transcriber.pipeline.chunking import Chunk
from transcriber.pipeline.vad import FRAME_SAMPLES
from transcriber.word_times.spans import Span

HISTORY_FRAMES = 320
"""10 s before the window: by them the voice detector knows how loud the speech is."""


class Window:
    """The sound from second `start` of a recording on, as far as it has come."""

    def __init__(self, start: float = 0.0) -> None:
        self._first = round(start * SAMPLE_RATE)
        """The sample of the recording with which it begins."""
        self._history, self.samples = NOTHING, NOTHING

    @property
    def start(self) -> float:
        return self._first / SAMPLE_RATE

    @property
    def end(self) -> float:
        """The second up to which sound has come."""
        return (self._first + len(self.samples)) / SAMPLE_RATE

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE

    def add(self, samples: np.ndarray) -> None:
        """The next samples [N] at 16 kHz."""
        self.samples = np.concatenate([self.samples, samples])
        self._forget()

    def move(self, start: float) -> None:
        """Listen no more to what comes before this second, as far as sound has come."""
        count = min(round((start - self.start) * SAMPLE_RATE), len(self.samples)) // FRAME_SAMPLES * FRAME_SAMPLES
        if count > 0:
            before = np.concatenate([self._history, self.samples[:count]])
            self._history, self.samples = before[-HISTORY_FRAMES * FRAME_SAMPLES :], self.samples[count:]
            self._first += count
            self._forget()

    @cached_property
    def speech_probs(self) -> np.ndarray:
        """How likely speech is in each frame of it."""
        heard = vad.speech_probs(np.concatenate([self._history, self.samples]))
        return heard[len(self._history) // FRAME_SAMPLES :]

    @cached_property
    def speech(self) -> list[Span]:
        """(start, end) in seconds of the recording of each stretch of speech."""
        return vad.spans(self.speech_probs, self.start)

    def chunk(self, seconds: float) -> Chunk:
        """Its first so many seconds, as a model gets them."""
        frames = int(seconds * SAMPLE_RATE) // FRAME_SAMPLES
        samples = self.samples[: frames * FRAME_SAMPLES]
        return Chunk(samples, self.start, self.speech_probs[:frames], len(samples) / SAMPLE_RATE)

    def _forget(self) -> None:
        for name in ("speech_probs", "speech"):
            self.__dict__.pop(name, None)
