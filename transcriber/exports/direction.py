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
    known = _known(text, base)
    before, after = _filled(known, base), _filled(known[::-1], base)[::-1]
    directions = [left if left == right else base for left, right in zip(before, after)]
    for direction, piece in groupby(zip(text, directions), lambda pair: pair[1]):
        yield "".join(character for character, _ in piece), direction


def _known(text: str, base: bool) -> list[bool | None]:
    """The direction of each letter; digits go with the letter before them, marks with the character (rules W1, W7)."""
    known: list[bool | None] = []
    letter = base
    for kind in map(unicodedata.bidirectional, text):
        letter = _STRONG.get(kind, letter)
        if kind in _STRONG or kind == "EN":
            known.append(letter)
        elif kind == "NSM" and known:
            known.append(known[-1])
        else:
            known.append(True if kind == "AN" else None)
    return known


def _filled(known: Sequence[bool | None], first: bool) -> list[bool]:
    """Each with the last one that is known, `first` before all of them."""
    filled = accumulate(known, lambda last, now: last if now is None else now, initial=first)
    return [bool(direction) for direction in filled][1:]
