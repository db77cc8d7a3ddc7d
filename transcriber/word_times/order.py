"""Word times in order: no word begins before the one in front of it ends."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf

from transcriber.transcript import Word
from transcriber.word_times.lengths import usual_seconds
from transcriber.word_times.spans import Span, length, parts_between, within

MIN_WORD_SECONDS = 0.01
"""A word that is shorter has collapsed: no engine measures finer."""


@dataclass(frozen=True)
class Window:
    """The time in which words are, in seconds, and where in it nobody speaks."""

    start: float
    end: float
    silences: tuple[Span, ...] = ()


def in_order(words: Sequence[Word], end: float = inf) -> list[Word]:
    """The same words, none of which begins before the one in front of it ends, all between the seconds 0 and `end`.

    The longest run of words that agree with one another keeps its times. The others keep what these leave of theirs;
    where nothing is left, they share the room between their neighbours. Raises ValueError if a word has no times.
    """
    spans = [within(word.span, 0.0, end) for word in words]
    return with_times(words, arranged(words, spans, range(len(words)), Window(0.0, end)))


def arranged(words: Sequence[Word], spans: Sequence[Span], trusted: Iterable[int], window: Window) -> list[Span]:
    """The words' spans in order: those of the numbers in `trusted` keep their place before all others."""
    arrangement = list(spans)
    pending = [(0, len(spans), window.start, window.end, list(trusted))] if spans else []
    while pending:
        first, behind, left, right, candidates = pending.pop()
        own = {number: within(spans[number], left, right) for number in candidates}
        chain = _longest_chain({number: span for number, span in own.items() if length(span) >= MIN_WORD_SECONDS})
        if not chain and len(candidates) == behind - first:
            lasting = [usual_seconds(word.text) for word in words[first:behind]]
            room = _room(spans[first][0], sum(lasting), replace(window, start=left, end=right))
            arrangement[first:behind] = _shared(spans[first][0], lasting, *room)
            continue
        for number in chain:
            arrangement[number] = own[number]
        for before, after in pairwise([first - 1, *chain, behind]):
            since = left if before < first else arrangement[before][1]
            until = right if after == behind else arrangement[after][0]
            if after - before > 1:
                pending.append((before + 1, after, since, until, list(range(before + 1, after))))
    return _widened(_lent(arrangement, spans, [usual_seconds(word.text) for word in words]), window)


def _widened(spans: list[Span], window: Window) -> list[Span]:
    """What has next to no length takes the least that a word has, where there is room beside it."""
    for number, (start, end) in enumerate(spans):
        if end - start < MIN_WORD_SECONDS:
            since = spans[number - 1][1] if number else window.start
            until = spans[number + 1][0] if number + 1 < len(spans) else window.end
            later = max(end, min(until, start + MIN_WORD_SECONDS))
            spans[number] = min(start, max(since, later - MIN_WORD_SECONDS)), later
    return spans


def _longest_chain(spans: Mapping[int, Span]) -> list[int]:
    """As many numbers as can be, in order, so that no span begins before the one in front of it ends.

    By patience sorting, as for a longest increasing subsequence.
    """
    ends: list[float] = []  # for each count, the earliest end that a chain of so many can have
    last: list[int] = []  # and the number that has this end
    previous: dict[int, int | None] = {}
    for number, (start, end) in spans.items():
        count = bisect_right(ends, start)
        previous[number] = last[count - 1] if count else None
        if count == len(ends):
            ends.append(end)
            last.append(number)
        elif end < ends[count]:
            ends[count], last[count] = end, number
    chain: list[int] = []
    at = last[-1] if last else None
    while at is not None:
        chain.append(at)
        at = previous[at]
    return chain[::-1]


def _room(at: float, needed: float, window: Window) -> Span:
    """Where in a window words are that begin at second `at` and need so many: there, if that lies within it, or else
    where somebody speaks, with time enough and as near as can be.
    """
    start, end = window.start, window.end
    if not window.silences or end - start < MIN_WORD_SECONDS:
        return start, end
    if start <= at <= end:
        edges = sorted({start, end, *(edge for silence in window.silences for edge in silence if start < edge < end)})
        return next(part for part in pairwise(edges) if at <= part[1])
    parts = parts_between(window.silences, start, end) or [(start, end)]
    return min(parts, key=lambda part: (max(0.0, needed - length(part)), abs(part[0] - at)))


def _shared(begun: float, lasting: Sequence[float], left: float, right: float) -> list[Span]:
    """Words one after the other between two moments, from second `begun` on or as near to it as can be."""
    scale = min(1.0, (right - left) / sum(lasting))
    at = max(left, min(begun, right - scale * sum(lasting)))
    shared = []
    for seconds in lasting:
        shared.append((at, min(at + scale * seconds, right)))
        at = shared[-1][1]
    return shared


def _lent(arrangement: list[Span], spans: Sequence[Span], usual: Sequence[float]) -> list[Span]:
    """Where two words claim the same time and one has nothing left of it, the other gives up its part."""
    for number in range(len(arrangement)):
        for other in (number - 1, number + 1):
            if not 0 <= other < len(arrangement) or length(arrangement[number]) >= MIN_WORD_SECONDS:
                continue
            start, end = arrangement[other]
            if length(within(spans[number], start, end)) >= 2 * MIN_WORD_SECONDS:
                part = usual[min(number, other)] / (usual[number] + usual[other])
                middle = start + (end - start) * part
                middle = max(start + MIN_WORD_SECONDS, min(middle, end - MIN_WORD_SECONDS))
                arrangement[min(number, other)], arrangement[max(number, other)] = (start, middle), (middle, end)
    return arrangement


def with_times(words: Iterable[Word], spans: Iterable[Span]) -> list[Word]:
    """The words with these times, one span each; a word whose times are the same stays the same object."""
    return [
        word if (start, end) == (word.start, word.end) else replace(word, start=start, end=end)
        for word, (start, end) in zip(words, spans, strict=True)
    ]
