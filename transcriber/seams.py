"""Where a recording had to be cut although somebody spoke, both chunks hear some seconds across: each word once."""

from collections.abc import Sequence

from transcriber.transcript import Word

STEP = 0.04
"""Seconds between the places that are tried."""
CROSSED = 10.0
"""A word that is cut is worse than so many seconds of distance from the seam."""


def join(before: Sequence[Word], after: Sequence[Word], seam: float, overlap: float) -> list[Word]:
    """The words heard on either side of second `seam`, both of which heard `overlap` seconds beyond it.

    Those before some moment are the first side's, the others the second's. It is the moment next to the seam at which
    neither is in the middle of a word.
    """
    steps = int(overlap / 2 / STEP)
    moments = [seam + step * STEP for step in range(-steps, steps + 1)]
    near = [word for word in (*before, *after) if word.span[1] > seam - overlap and word.span[0] < seam + overlap]
    moment = min(moments, key=lambda at: (CROSSED * sum(_crosses(word, at) for word in near) + abs(at - seam), at))
    first = [word for word in before if word.middle < moment]
    second = [word for word in after if word.middle >= moment]
    if first and second and _is_same(first[-1], second[0]):
        del second[0]
    return first + second


def _crosses(word: Word, moment: float) -> bool:
    start, end = word.span
    return start < moment < end


def _is_same(word: Word, other: Word) -> bool:
    """Whether it is one word, whose times differ a little between the two sides."""
    return word.text.strip(".,?!").lower() == other.text.strip(".,?!").lower() and other.span[0] < word.span[1]
