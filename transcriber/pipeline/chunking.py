"""Speech probabilities → the chunks that a model takes, cut where nobody speaks.

Every sample of the recording belongs to exactly one chunk. What fits stays in one piece. In a longer recording, long
silences are chunks of their own, which no model is given; what is between them is cut in the longest pause of the last
seconds that fit. Where nobody pauses, the cut is a seam: the chunks on both sides overlap by some seconds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transcriber.audio.samples import NOTHING, SAMPLE_RATE
from transcriber.pipeline import vad
from transcriber.pipeline.vad import FRAME_SAMPLES, FRAME_SECONDS, SpeechBlock

SEARCH_FRAMES = 375
"""12 s before the limit, in which a pause is looked for first."""
MIN_PAUSE_FRAMES = 6
"""0.19 s: a pause in which a recording can be cut."""
LATE_FRAMES, GOOD_PAUSE_FRAMES = 125, 10
"""4 s and 0.32 s: so late, such a pause is preferred to any before it. Whisper's time grows with the number of chunks,
however short they are."""
OVERLAP_FRAMES = 62
"""2 s that the chunks on both sides of a seam have."""
LONG_SILENCE_FRAMES = 94
"""3 s: a silence that no model is given."""
MARGIN_FRAMES = 16
"""0.5 s of it, which stay with the speech on either side."""


@dataclass(frozen=True)
class Chunk:
    """Part of a recording, with an overlap where one of its sides is a seam."""

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
        return vad.is_silent(self.speech_probs)

    @cached_property
    def spans(self) -> list[tuple[float, float]]:
        """(start, end) of each stretch of speech, in seconds of the recording."""
        return vad.spans(self.speech_probs, self.start)

    def piece(self, start: float, end: float) -> np.ndarray:
        """Its samples between two seconds of the recording, as far as it has them."""
        first, last = (max(0, round((at - self.audio_start) * SAMPLE_RATE)) for at in (start, end))
        return self.samples[first:last]


def chunks(
    blocks: Iterable[SpeechBlock],
    max_seconds: float,
    first_frame: int = 0,
    overlap_frames: int = OVERLAP_FRAMES,
    left_overlap_frames: int | None = None,
) -> Iterator[Chunk]:
    """Chunks of at most `max_seconds` with their overlaps, of blocks that follow one another.

    `first_frame`: the frame of the recording at which the blocks begin. `overlap_frames`: what the chunks on both sides
    of a seam have. `left_overlap_frames`: where these chunks go on behind others, how many frames of the blocks belong
    to the last of those; the chunks are then those that there would have been anyway.
    """
    cutter = _Cutter(int(max_seconds * SAMPLE_RATE), overlap_frames, first_frame, left_overlap_frames)
    for block in blocks:
        yield from cutter.add(block)
    yield from cutter.rest()


class _Cutter:
    """What is not cut yet: samples, and the probabilities of speech in their frames."""

    def __init__(self, max_samples: int, overlap: int, first_frame: int, left_overlap: int | None) -> None:
        self.max_samples, self.overlap = max_samples, overlap
        self.left_overlap = left_overlap or 0
        """Frames at the beginning that belong to the chunk before."""
        self.first_frame = first_frame + self.left_overlap
        """The frame of the recording at which the next chunk begins."""
        self.is_whole = left_overlap is None
        """Whether nothing was cut off yet: what is short stays whole."""
        self.samples, self.speech_probs = NOTHING, NOTHING

    @property
    def own(self) -> np.ndarray:
        """The probabilities of the frames that belong to no chunk yet."""
        return self.speech_probs[self.left_overlap :]

    def add(self, block: SpeechBlock) -> Iterator[Chunk]:
        self.samples = np.concatenate([self.samples, block.samples])
        self.speech_probs = np.concatenate([self.speech_probs, block.speech_probs])
        while len(self.samples) > self.max_samples:
            yield self._next()

    def rest(self) -> Iterator[Chunk]:
        while len(self.own) and not self.is_whole and _silence(self.own):
            yield self._next()
        if len(self.own):
            yield self._cut(len(self.own))

    def _next(self) -> Chunk:
        fits = self.own[: self.max_samples // FRAME_SAMPLES - self.left_overlap]
        if silence := _silence(fits):
            return self._cut(silence[0] or silence[1])
        if pause := _pause(fits):
            return self._cut(pause)
        return self._cut(_seam(fits[: len(fits) - self.overlap]), self.overlap)

    def _cut(self, length: int, right_overlap: int = 0) -> Chunk:
        """A chunk of the first `length` frames, with `right_overlap` frames behind them."""
        end = self.left_overlap + length
        chunk = Chunk(
            self.samples[: (end + right_overlap) * FRAME_SAMPLES],
            self.first_frame * FRAME_SECONDS,
            self.own[:length],
            len(self.samples[self.left_overlap * FRAME_SAMPLES : end * FRAME_SAMPLES]) / SAMPLE_RATE,
            self.left_overlap,
            right_overlap,
        )
        self.samples = self.samples[(end - right_overlap) * FRAME_SAMPLES :]
        self.speech_probs = self.speech_probs[end - right_overlap :]
        self.first_frame, self.left_overlap, self.is_whole = self.first_frame + length, right_overlap, False
        return chunk


def _runs(is_quiet: np.ndarray) -> Iterator[tuple[int, int]]:
    """(first, behind the last) of each run of true frames [N]."""
    edges = np.flatnonzero(np.diff(is_quiet.astype(np.int8), prepend=0, append=0))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist())


def _silence(speech_probs: np.ndarray) -> tuple[int, int] | None:
    """(first, behind the last) frame of the first long silence without its margins.

    At the beginning of `speech_probs` its first margin is gone already.
    """
    for begin, end in _runs(speech_probs < vad.SILENCE_PROB):
        margin = MARGIN_FRAMES if begin else 0
        if end - begin >= LONG_SILENCE_FRAMES - MARGIN_FRAMES + margin:
            return begin + margin, end - MARGIN_FRAMES
    return None


def _pause(speech_probs: np.ndarray) -> int | None:
    """The middle of the longest pause among the last frames, or else of the last one that is long enough."""
    quiet = _runs(speech_probs < vad.OFFSET_PROB)
    pauses = [(begin, end) for begin, end in quiet if end - begin >= MIN_PAUSE_FRAMES and begin]
    for search_frames, min_frames in ((LATE_FRAMES, GOOD_PAUSE_FRAMES), (SEARCH_FRAMES, MIN_PAUSE_FRAMES)):
        first = len(speech_probs) - search_frames
        late = [
            (end - begin, begin + end) for begin, end in pauses if begin + end > 2 * first and end - begin >= min_frames
        ]
        if late:
            return max(late)[1] // 2
    return sum(pauses[-1]) // 2 if pauses else None


def _seam(speech_probs: np.ndarray) -> int:
    """The frame among the last ones in which speech is least likely."""
    first = max(len(speech_probs) // 2, len(speech_probs) - SEARCH_FRAMES)
    return first + int(np.argmin(speech_probs[first:]))
