"""The places of a query in one text, each with what stands around it."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from transcriber.jobs.search.query import Term, as_pattern
from transcriber.readable import around

BEFORE_CHARACTERS, AFTER_CHARACTERS = 24, 100
"""In two lines of a narrow list the place itself must be seen."""


@dataclass(frozen=True)
class Text:
    """The text of a recording, as it is kept for searching."""

    text: str
    tokens: str
    """With a blank between them."""
    starts: array
    """Where each token starts in `text`."""
    ends: array
    seconds: array
    """When it is spoken."""


@dataclass(frozen=True)
class Hit:
    """One place."""

    start: float
    """Seconds."""
    before: str
    match: str
    after: str


def find(text: Text, terms: tuple[Term, ...], limit: int) -> tuple[int, list[Hit]]:
    """How often the terms occur, and the first of these places: those where they all follow one another, else those of
    each."""
    padded = f" {text.tokens} "
    patterns = [as_pattern(term) for term in terms]
    for pattern in ("".join(patterns), "|".join(patterns)):
        if count := sum(1 for _ in re.finditer(pattern, padded)):
            return count, [_hit(text, *span) for span in islice(_spans(pattern, padded), limit)]
    return 0, []


def _spans(pattern: str, padded: str) -> Iterator[tuple[int, int]]:
    """(first, last) token of each place."""
    first, behind = 0, 0
    for found in re.finditer(pattern, padded):
        first += padded.count(" ", behind, found.start())
        behind = found.start()
        yield first, first + found[0].count(" ") - 1


def _hit(text: Text, first: int, last: int) -> Hit:
    start, end = text.starts[first], text.ends[last]
    before, after = around(text.text, start, end, BEFORE_CHARACTERS, AFTER_CHARACTERS)
    return Hit(round(text.seconds[first], 3), before, text.text[start:end], after)
