"""Which way text runs: what a word processor must be told of Unicode's bidirectional algorithm (UAX #9)."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby

_STRONG = {"L": False, "R": True, "AL": True}
"""Bidirectional classes of letters, and whether they are written from right to left."""


def is_rtl(text: str) -> bool:
    """Whether the first letter is one that is written from right to left (rules P2 and P3)."""
    return next((_STRONG[kind] for kind in map(unicodedata.bidirectional, text) if kind in _STRONG), False)


def runs(text: str, base: bool) -> Iterator[tuple[str, bool]]:
    """The text in pieces of one direction each, and whether it is right to left; `base` is that of the paragraph.

    What has no direction of its own, such as blanks and punctuation, takes that of its neighbours where both have the
    same, else the paragraph's (rules N1 and N2).
    """
    strong = _strong_directions(text, base)
    before, after = _filled(strong, base), _filled(strong[::-1], base)[::-1]
    directions = [left if left == right else base for left, right in zip(before, after)]
    for direction, piece in groupby(zip(text, directions), lambda pair: pair[1]):
        yield "".join(character for character, _ in piece), direction


def _strong_directions(text: str, base: bool) -> list[bool | None]:
    """The direction of each letter; digits go with the letter before them, marks with the character (rules W1, W7)."""
    directions: list[bool | None] = []
    letter = base
    for kind in map(unicodedata.bidirectional, text):
        letter = _STRONG.get(kind, letter)
        if kind in _STRONG or kind == "EN":
            directions.append(letter)
        elif kind == "NSM" and directions:
            directions.append(directions[-1])
        else:
            directions.append(True if kind == "AN" else None)
    return directions


def _filled(directions: Sequence[bool | None], first: bool) -> list[bool]:
    """Each replaced by the last one that is not None, itself included; `first` before all of them."""
    filled = accumulate(directions, lambda last, now: last if now is None else now, initial=first)
    return [bool(direction) for direction in filled][1:]
