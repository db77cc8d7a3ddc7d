"""Who is to blame when the engine process dies."""

from collections.abc import Set
from enum import Enum


class Blame(Enum):
    """Whether a request failed because of what was asked."""

    CULPRIT = "culprit"
    """It did; or nobody else can be to blame."""
    SUSPECT = "suspect"
    """It is one of several over which the engine died: each of them is to be tried alone."""
    NONE = "none"
    """The engine died over another one: it can be tried again."""


def blame_of(number: int, working: Set[int]) -> Blame:
    """Of a request without an end, when the engine died while it worked at those in `working` that have none either."""
    if working <= {number}:
        return Blame.CULPRIT
    return Blame.SUSPECT if number in working else Blame.NONE
