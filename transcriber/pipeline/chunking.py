"""Blocks of speech probabilities → chunks that a model takes at once, cut where nobody speaks.

Every sample of the recording belongs to exactly one chunk. What fits stays in one piece. In a longer recording, long
silences are chunks of their own, which no model has to hear; what is between them is cut in the longest pause of the
last seconds that fit. Where nobody pauses, the cut is a seam: both sides hear some seconds beyond it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transcriber.audio.samples import NOTHING, SAMPLE_RATE
from transcriber.pipeline.vad import FRAME, FRAME_SECONDS, OFFSET, SILENCE, SpeechBlock, is_silent, spans

SEARCHED = 375
"""Frames before the limit, 12 s, in which a pause is looked for first."""
PAUSE = 6
"""Frames, 0.19 s: a pause in which can be cut."""
LATE, GOOD_PAUSE = 125, 10
"""Frames, 4 s and 0.32 s: so late, such a pause is preferred to any before it. Whisper's time grows with the number of
chunks, however short they are."""
OVERLAP = 62
"""Frames, 2 s, that are heard on both sides of a seam."""
LONG_SILENCE = 94
"""Frames, 3 s: a silence that no model hears."""
MARGIN = 16
"""Frames of it, 0.5 s, that stay with the speech on either side."""


@dataclass(frozen=True)
class Chunk:
    """Part of a recording, with what is heard beyond it where its sides are seams."""

    samples: np.ndarray
    """[N] at 16 kHz, from `left_overlap_frames` before its start to `right_overlap_frames` behind its end."""
    start: float
    """Seconds of the recording."""
    speech_probs: np.ndarray
    """How likely speech is in each of its own frames, those between `start` and `end`: float32, 0 to 1."""
    duration: float
    """Seconds, without the overlaps."""
    left_overlap_frames: int = 0
    """Frames of the chunk before it that `samples` begin with."""
    right_overlap_frames: int = 0
    """Frames of the chunk behind it that `samples` end with."""

    @property
    def end(self) -> float:
        return self.start + self.duration

    @property
    def audio_start(self) -> float:
        """The second of the recording at which `samples` begin."""
        return self.start - self.left_overlap_frames * FRAME_SECONDS

    @property
    def is_silent(self) -> bool:
        """Whether nobody speaks in it."""
        return is_silent(self.speech_probs)

    @cached_property
    def spans(self) -> list[tuple[float, float]]:
        """(start, end) of each stretch of speech, in seconds of the recording."""
        return spans(self.speech_probs, self.start)

    def piece(self, start: float, end: float) -> np.ndarray:
        """Its samples between two seconds of the recording, as far as it has them."""
        first, last = (max(0, round((at - self.audio_start) * SAMPLE_RATE)) for at in (start, end))
        return self.samples[first:last]


def chunks(
    stretches: Iterable[SpeechBlock],
    longest: float,
    first: int = 0,
    overlap: int = OVERLAP,
    left_overlap_frames: int | None = None,
) -> Iterator[Chunk]:
    """Chunks that hear at most `longest` seconds each.

    `first`: the frame of the recording at which the stretches begin. `overlap`: frames that are heard beyond a seam.
    `left_overlap_frames`: where these chunks go on behind others, how many frames of the stretches belong to the last
    of those; the chunks are then those that there would have been anyway.
    """
    cutter = _Cutter(int(longest * SAMPLE_RATE), overlap, first, left_overlap_frames)
    for stretch in stretches:
        yield from cutter.add(stretch)
    yield from cutter.rest()


class _Cutter:
    """What is not cut yet: samples, and likelihoods of speech for their frames."""

    def __init__(self, limit: int, overlap: int, first: int, before: int | None) -> None:
        self.limit, self.overlap = limit, overlap
        self.left_overlap_frames = before or 0
        self.first = first + self.left_overlap_frames
        self.is_whole = before is None
        """Whether nothing was cut off yet: what is short stays whole."""
        self.samples, self.speech_probs = NOTHING, NOTHING

    @property
    def own(self) -> np.ndarray:
        """Likelihoods of the frames that belong to no chunk yet."""
        return self.speech_probs[self.left_overlap_frames :]

    def add(self, stretch: SpeechBlock) -> Iterator[Chunk]:
        self.samples = np.concatenate([self.samples, stretch.samples])
        self.speech_probs = np.concatenate([self.speech_probs, stretch.speech_probs])
        while len(self.samples) > self.limit:
            yield self._next()

    def rest(self) -> Iterator[Chunk]:
        while len(self.own) and not self.is_whole and _silence(self.own):
            yield self._next()
        if len(self.own):
            yield self._cut(len(self.own))

    def _next(self) -> Chunk:
        fits = self.own[: self.limit // FRAME - self.left_overlap_frames]
        if silence := _silence(fits):
            return self._cut(silence[0] or silence[1])
        if pause := _pause(fits):
            return self._cut(pause)
        return self._cut(_seam(fits[: len(fits) - self.overlap]), self.overlap)

    def _cut(self, length: int, after: int = 0) -> Chunk:
        """A chunk of the first `length` frames, behind which `after` more are heard."""
        end = self.left_overlap_frames + length
        chunk = Chunk(
            self.samples[: (end + after) * FRAME],
            self.first * FRAME_SECONDS,
            self.own[:length],
            len(self.samples[self.left_overlap_frames * FRAME : end * FRAME]) / SAMPLE_RATE,
            self.left_overlap_frames,
            after,
        )
        self.samples, self.speech_probs = self.samples[(end - after) * FRAME :], self.speech_probs[end - after :]
        self.first, self.left_overlap_frames, self.is_whole = self.first + length, after, False
        return chunk


def _runs(is_quiet: np.ndarray) -> Iterator[tuple[int, int]]:
    """(begin, end) of each run of true frames."""
    edges = np.flatnonzero(np.diff(is_quiet.astype(np.int8), prepend=0, append=0))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist())


def _silence(speech: np.ndarray) -> tuple[int, int] | None:
    """The first long silence without its margins; at the beginning of `speech` its first margin is gone already."""
    for begin, end in _runs(speech < SILENCE):
        margin = MARGIN if begin else 0
        if end - begin >= LONG_SILENCE - MARGIN + margin:
            return begin + margin, end - MARGIN
    return None


def _pause(speech: np.ndarray) -> int | None:
    """The middle of the longest pause among the last frames, or else of the last one that is long enough."""
    pauses = [(begin, end) for begin, end in _runs(speech < OFFSET) if end - begin >= PAUSE and begin]
    for searched, least in ((LATE, GOOD_PAUSE), (SEARCHED, PAUSE)):
        first = len(speech) - searched
        late = [(end - begin, begin + end) for begin, end in pauses if begin + end > 2 * first and end - begin >= least]
        if late:
            return max(late)[1] // 2
    return sum(pauses[-1]) // 2 if pauses else None


def _seam(speech: np.ndarray) -> int:
    """Where speech is least likely among the last frames."""
    first = max(len(speech) // 2, len(speech) - SEARCHED)
    return first + int(np.argmin(speech[first:]))
