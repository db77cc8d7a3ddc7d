"""The segments of a transcript as the page gets them, in JSON; those that stay are not written again.

To write the words of three hours takes half a second, and an edit changes a few of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from transcriber.exports.paragraphs import starts
from transcriber.jobs.doubts import is_doubtful, limit
from transcriber.readable import json_text
from transcriber.transcript import Segment, Transcript


@dataclass(frozen=True, eq=False)
class Row:
    """A segment."""

    segment: Segment
    starts_paragraph: bool
    doubtful: tuple[int, ...]
    """Which of its words are, from 0."""
    text: str
    """All that in JSON."""


def rows(transcript: Transcript, before: Sequence[Row] = ()) -> tuple[Row, ...]:
    """Those of a transcript; the very same ones as `before` where nothing is another."""
    least, segments = limit(transcript.model), transcript.segments
    begins = starts(segments)

    def is_same(row: Row, number: int) -> bool:
        old, new = row.segment, segments[number]
        if row.starts_paragraph != begins[number]:
            return False
        return old is new or (
            old.words is new.words and (old.start, old.end, old.speaker) == (new.start, new.end, new.speaker)
        )

    first, behind = _alike(len(before), len(segments), lambda old, new: is_same(before[old], new))
    end = len(segments) - behind
    new = tuple(_row(segments[number], begins[number], least) for number in range(first, end))
    return (*before[:first], *new, *before[len(before) - behind :])


def alike(before: Sequence[Row], now: Sequence[Row]) -> tuple[int, int]:
    """How many rows are the same at the beginning, and behind those at the end."""
    return _alike(len(before), len(now), lambda old, new: before[old] is now[new])


def _alike(before: int, now: int, is_same: Callable[[int, int], bool]) -> tuple[int, int]:
    shorter = min(before, now)
    first = sum(1 for _ in takewhile(lambda at: is_same(at, at), range(shorter)))
    from_end = range(1, shorter - first + 1)
    return first, sum(1 for _ in takewhile(lambda at: is_same(before - at, now - at), from_end))


def _row(segment: Segment, starts_paragraph: bool, least: float) -> Row:
    doubtful = tuple(at for at, word in enumerate(segment.words) if is_doubtful(word, least))
    words = [dict(vars(word)) for word in segment.words]
    for at in doubtful:
        words[at]["doubtful"] = True
    fields = {**vars(segment), "words": words, "starts_paragraph": starts_paragraph}
    return Row(segment, starts_paragraph, doubtful, json_text(fields))
