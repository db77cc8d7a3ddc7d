"""The speech that was detected against the words that were written: what a model left out, and what is said of it."""

import math
from collections.abc import Iterable, Iterator, Sequence

from transcriber.clock import clock
from transcriber.transcript import Coverage, Word
from transcriber.word_times.spans import Span

REACH_SECONDS = 0.24
"""A word's times may fall so short of its sound: three frames of Parakeet's."""
MIN_GAP_SECONDS = 0.4
"""Shorter speech without words may be the end of a word, or a breath."""

MAX_LISTED = 5
"""Places that a sentence names, at most."""


def uncovered(spans: Iterable[Span], words: Sequence[Word]) -> list[Span]:
    """The parts of the spans, which are speech, that no word is near, if they are long enough to be words."""
    covered = sorted((word.span[0] - REACH_SECONDS, word.span[1] + REACH_SECONDS) for word in words)
    gaps = []
    for start, end in spans:
        at = start
        for begin, until in (*covered, (end, end)):
            if min(begin, end) - at >= MIN_GAP_SECONDS:
                gaps.append((at, min(begin, end)))
            at = max(at, until)
    return gaps


def sentences(coverage: Coverage) -> Iterator[str]:
    """What a reader should know of a transcript's coverage; nothing, where all is well."""
    if coverage.retried:
        again = f"{_count(coverage.retried, 'span', 'spans')} of speech without words tried again"
        left = f", {len(coverage.uncovered)} still without text at {_places(coverage.uncovered)}"
        yield f"Coverage {_percent(coverage.ratio)}: {again}{left if coverage.uncovered else ''}."
    if coverage.dropped:
        words = [f"“{word.text}” at {clock(word.span[0])}" for word in coverage.dropped[:MAX_LISTED]]
        more = f", and {len(coverage.dropped) - MAX_LISTED} more" if len(coverage.dropped) > MAX_LISTED else ""
        count = _count(len(coverage.dropped), "word", "words")
        yield f"Dropped {count} that nobody seems to have said: {', '.join(words)}{more}."
    if coverage.doubtful:
        yield f"The model was not sure of what is said at {_places(coverage.doubtful)}: listen to it again."


def _places(spans: Sequence[Span]) -> str:
    more = " …" if len(spans) > MAX_LISTED else ""
    return ", ".join(clock(start) for start, _ in spans[:MAX_LISTED]) + more


def _percent(ratio: float) -> str:
    """Rounded down: what is missing is never rounded away."""
    return f"{math.floor(ratio * 1000) / 10} %"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
