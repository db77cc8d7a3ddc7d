"""What of a transcript is worth another listen: words that the model was not sure of, and speech without words.

A model's confidence in a word is the probability of its least likely token. How often a word of that confidence is
wrong differs from one kind of model to another, so each has a limit of its own.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from transcriber.errors import UnknownModelError
from transcriber.models import catalog
from transcriber.transcript import Segment, Transcript, Word, normal

USUAL_LIMIT = 0.5
"""Of models of which it was not measured: transducers and decoders like Canary's are sure of most of their words."""
LIMITS = {"whisper": 0.6}
"""By the engine type that the catalogue has of a model. Whisper base, of 217 words of FLEURS in five languages, 19 of
them wrong: below 0.6 are 16 words, 7 of them wrong; below 0.8 42 with 11, too many to be listened to."""


@dataclass(frozen=True)
class Check:
    """A place that is worth another listen."""

    kind: str
    """ "word", "uncovered" (speech without words) or "unlikely" (of which the model found no text likely)."""
    start: float
    """Seconds."""
    end: float
    text: str = ""
    word: int | None = None
    """Its number."""


def limit(model: str) -> float:
    """The confidence below which a word of this model is doubtful."""
    try:
        return LIMITS.get(catalog.find(model).engine, USUAL_LIMIT)
    except UnknownModelError:
        return USUAL_LIMIT


def is_doubtful(word: Word, least: float) -> bool:
    """Whether it is not sure enough, and something that somebody says."""
    return word.confidence is not None and word.confidence < least and bool(normal(word.text))


def doubtful_words(transcript: Transcript) -> Iterator[tuple[int, Segment, Word]]:
    """Words that are doubtful, with their numbers and segments."""
    least, number = limit(transcript.model), count()
    for segment in transcript.segments:
        for word in segment.words:
            at = next(number)
            if is_doubtful(word, least):
                yield at, segment, word


def checks(transcript: Transcript, doubtful: Iterable[tuple[int, Segment, Word]]) -> list[Check]:
    """All of them in the order of their times. `doubtful`: words with their numbers and segments."""
    found = [_check(number, segment, word) for number, segment, word in doubtful]
    if coverage := transcript.coverage:
        segments = sorted(transcript.segments, key=lambda segment: segment.start)
        uncovered = (span for span in coverage.uncovered if not _has_words(segments, *span))
        found += [Check("uncovered", *span) for span in uncovered]
        found += [Check("unlikely", *span) for span in coverage.doubtful if _is_doubted(segments, *span)]
    return sorted(found, key=lambda check: (check.start, check.end))


def _check(number: int, segment: Segment, word: Word) -> Check:
    start, end = (segment.start, segment.end) if word.start is None or word.end is None else word.span
    return Check("word", start, end, word.text, number)


def _has_words(segments: Sequence[Segment], start: float, end: float) -> bool:
    """Whether somebody has written what is said there."""
    return any(True for _ in _words(segments, start, end))


def _is_doubted(segments: Sequence[Segment], start: float, end: float) -> bool:
    """Whether some of the model's own words are still there."""
    return any(word.confidence is not None for word in _words(segments, start, end))


def _words(segments: Sequence[Segment], start: float, end: float) -> Iterator[Word]:
    """Those that are said between these seconds."""
    at = bisect_left(segments, end, key=lambda segment: segment.start)
    while at and segments[at - 1].end > start:
        at -= 1
        for word in segments[at].words:
            if word.start is not None and word.end is not None and word.start < end and word.end > start:
                yield word
