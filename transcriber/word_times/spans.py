"""Stretches of time, and what of them lies between two moments or two silences."""

from collections.abc import Iterable

Span = tuple[float, float]
"""(start, end) in seconds."""

EDGE_SECONDS = 0.25
"""A word may reach so far into a silence: neither its times nor those of the speech are finer. The first words behind
pauses begin 0.04 to 0.26 s after the detector's speech, the last ones end 0.32 s before it does to 0.03 s after it
(Whisper base on two minutes of a reading)."""


def within(span: Span, start: float, end: float) -> Span:
    """What of a span lies between two moments: nothing, at the nearer one, if it lies outside."""
    return max(start, min(span[0], end)), max(start, min(span[1], end))


def length(span: Span) -> float:
    return span[1] - span[0]


def total_length(spans: Iterable[Span]) -> float:
    return sum(map(length, spans))


def parts_between(silences: Iterable[Span], start: float, end: float) -> list[Span]:
    """The parts of a span between silences; where it was cut, they end with the speech."""
    inner = [silence for silence in silences if silence[0] < end and silence[1] > start]
    edges = [start, *(at for begin, until in inner for at in (begin - EDGE_SECONDS, until + EDGE_SECONDS)), end]
    return [(begin, until) for begin, until in zip(edges[::2], edges[1::2]) if begin < until]
