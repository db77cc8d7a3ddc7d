"""Word times that can be true.

Engines find when a word is said by attention, by frames or by what the model writes, and each of these is now and then
wrong by seconds: a word reaches over a pause into the next sentence, begins before the one in front of it, or has no
length at all. in_order() puts the times of words in order; plausible() also holds them against the speech and against
how long a word can last. Both keep the words, their order and their texts, and every time that nothing speaks against.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from math import inf

from transcriber.transcript import Word

Span = tuple[float, float]
"""(start, end) in seconds."""

EDGE_SECONDS = 0.25
"""A word may reach so far into a silence: neither its times nor those of the speech are finer. The first words behind
pauses begin 0.04 to 0.26 s after the detector's speech, the last ones end 0.32 s before it does to 0.03 s after it
(Whisper base on two minutes of a reading)."""
MIN_PART_SECONDS = 0.1
"""Speech that is shorter and lies beyond a silence is no part of a word."""
MIN_WORD_SECONDS = 0.01
"""A word that is shorter has collapsed: no engine measures finer."""
MAX_WORD_SECONDS, MAX_LETTER_SECONDS = 1.0, 0.1
"""A word lasts at most the one, and the other for each of its letters. Of 2,500 digits said one at a time by five
people (Free Spoken Digit Dataset) the longest last 1.31 s (“three”; 1.5 s here), 1.30 s (“seven”; 1.5), 1.21 s (“two”;
1.3).
"""
USUAL_LETTER_SECONDS = 0.06
"""What a letter takes: the median of 4,392 words of a reading, as Whisper base times them."""
DIGIT_LETTERS, SYLLABLE_LETTERS, SIGN_LETTERS = 4, 3, 6
"""Letters that are said for a digit (the mean of zero to nine), for a character of Han, kana or Hangul or the name of a
letter, and for a sign such as % or &."""


NEARLY_RATIO = 0.8
"""Part of the longest speech that counts as much."""
PAUSING, CLOSING = tuple(".,;:!?…。，、；：！？"), "\"'”’»)]}」』）】》\u3000"
"""Signs behind which one pauses, and those that may stand behind them."""


def in_order(words: Sequence[Word], end: float = inf) -> list[Word]:
    """The same words, none of which begins before the one in front of it ends, all between the seconds 0 and `end`.

    The longest run of words that agree with one another keeps its times. The others keep what these leave of theirs;
    where nothing is left, they share the room between their neighbours. Raises ValueError if a word has no times.
    """
    spans = [_within(word.span, 0.0, end) for word in words]
    return _timed(words, _arranged(words, spans, range(len(words)), _Window(0.0, end)))


def plausible(words: Sequence[Word], speech: Sequence[Span], start: float, end: float) -> list[Word]:
    """The same words with times that can be true; those without times stay as they are.

    `start` and `end` are those of what the engine heard, in seconds as the words' times are, and `speech` where in it
    somebody speaks, or may speak. No word lasts longer than longest_seconds(), overlaps another, is outside of what was
    heard, or reaches from speech over a silence; none is without length where there is room for it. A word that lies in
    a silence as a whole stays there: nobody may have said it.
    """
    numbers = [number for number, word in enumerate(words) if word.start is not None and word.end is not None]
    timed = [words[number] for number in numbers]
    window = _Window(start, end, tuple(_silences(speech, start, end)))
    ends, starts = [start, *(word.span[1] for word in timed)], [*(word.span[0] for word in timed[1:]), end]
    spans = [
        (word.span[0], word.span[0]) if _has_swallowed(timed, number) else _alone(word, before, after, window)
        for number, (word, before, after) in enumerate(zip(timed, ends, starts))
    ]
    trusted = [number for number, (word, span) in enumerate(zip(timed, spans)) if word.span == span]
    found = list(words)
    for number, word in zip(numbers, _timed(timed, _arranged(timed, spans, trusted, window))):
        found[number] = word
    return found


def longest_seconds(text: str) -> float:
    """How long anybody takes to say a word."""
    return MAX_WORD_SECONDS + MAX_LETTER_SECONDS * _letters(text)


def _usual(text: str) -> float:
    return USUAL_LETTER_SECONDS * max(1, _letters(text))


def _letters(text: str) -> int:
    """How many letters are said; each of an abbreviation such as BBC by its name."""
    is_spelled = text.isupper()
    return sum(_letters_of(character, is_spelled) for character in text)


def _letters_of(character: str, is_spelled: bool) -> int:
    kind = unicodedata.category(character)
    if kind[0] == "N":
        return DIGIT_LETTERS
    if kind[0] == "L":
        is_syllable = is_spelled or unicodedata.east_asian_width(character) in "WF"
        return SYLLABLE_LETTERS if is_syllable else 1
    return SIGN_LETTERS if kind[0] == "S" or character in "%&@#§" else 0


@dataclass(frozen=True)
class _Window:
    """The time in which words are, in seconds, and where in it nobody speaks."""

    start: float
    end: float
    silences: tuple[Span, ...] = ()


def _silences(speech: Sequence[Span], start: float, end: float) -> Iterator[Span]:
    """(start, end) of what is surely silent between two moments: where nobody speaks, without its edges."""
    at, edge = start, 0.0
    for begin, until in [*sorted(span for span in speech if _seconds(span) > 0), (inf, inf)]:
        silence = at + edge, min(begin - EDGE_SECONDS, end)
        if _seconds(silence) > 0:
            yield silence
        if until > at:
            at, edge = until, EDGE_SECONDS


def _has_swallowed(words: Sequence[Word], number: int) -> bool:
    """Whether a word is too long and next to it are some that have no length: then all of them share their time.

    So it is where Whisper's attention loses its way: one word lasts seconds, and many behind it are said at one moment.
    """
    start, end = words[number].span
    if end - start <= longest_seconds(words[number].text):
        return False
    before = takewhile(lambda word: start <= word.span[1] <= end, reversed(words[:number]))
    after = takewhile(lambda word: start <= word.span[0] <= end, words[number + 1 :])
    return any(_seconds(word.span) < MIN_WORD_SECONDS for word in (*before, *after))


def _alone(word: Word, before: float, after: float, window: _Window) -> Span:
    """What of a word's times can be true by itself; the word in front ends at `before`, the next one begins at `after`.

    Of parts with a silence between them it is the one that no neighbour claims, or else the longest; of two that are
    about as long the one on the side where there is no neighbour at once, or else the last, but the first where the
    word's own punctuation says that a pause follows. What is too long keeps that of its ends which no neighbour claims,
    or else the one that is next to its neighbour.
    """
    span = _within(word.span, window.start, window.end)
    usual, longest = _usual(word.text), longest_seconds(word.text)
    spoken = _without(window.silences, *span)
    parts = [part for part in spoken if _seconds(part) >= min(usual, MIN_PART_SECONDS)] or spoken[-1:] or [span]
    reaches_back, reaches_on = before > span[0], after < span[1]
    if reaches_back == reaches_on:
        enough = NEARLY_RATIO * max(min(_seconds(part), usual) for part in parts)
        parts = [part for part in parts if _seconds(part) >= enough] or parts
        is_apart, is_followed = span[0] - before > EDGE_SECONDS, after - span[1] <= EDGE_SECONDS
        reaches_on = is_apart if is_apart == is_followed else word.text.rstrip(CLOSING).endswith(PAUSING)
    start, end = parts[0] if reaches_on else parts[-1]
    if end - start <= longest:
        return start, end
    is_late, is_early = after < span[1], before > span[0]
    if (is_late and not is_early) or (is_late == is_early and start - before <= after - end):
        return start, start + longest
    return end - longest, end


def _without(silences: Iterable[Span], start: float, end: float) -> list[Span]:
    """The parts of a span between silences; where it was cut, they end with the speech."""
    inner = [silence for silence in silences if silence[0] < end and silence[1] > start]
    edges = [start, *(at for begin, until in inner for at in (begin - EDGE_SECONDS, until + EDGE_SECONDS)), end]
    return [(begin, until) for begin, until in zip(edges[::2], edges[1::2]) if begin < until]


def _arranged(words: Sequence[Word], spans: Sequence[Span], trusted: Iterable[int], window: _Window) -> list[Span]:
    """The words' spans in order, the trusted ones first."""
    found = list(spans)
    pending = [(0, len(spans), window.start, window.end, list(trusted))] if spans else []
    while pending:
        first, behind, left, right, candidates = pending.pop()
        own = {number: _within(spans[number], left, right) for number in candidates}
        chain = _longest_chain({number: span for number, span in own.items() if _seconds(span) >= MIN_WORD_SECONDS})
        if not chain and len(candidates) == behind - first:
            lasting = [_usual(word.text) for word in words[first:behind]]
            room = _room(spans[first][0], sum(lasting), replace(window, start=left, end=right))
            found[first:behind] = _shared(spans[first][0], lasting, *room)
            continue
        for number in chain:
            found[number] = own[number]
        for before, after in pairwise([first - 1, *chain, behind]):
            since = left if before < first else found[before][1]
            until = right if after == behind else found[after][0]
            if after - before > 1:
                pending.append((before + 1, after, since, until, list(range(before + 1, after))))
    return _widened(_lent(found, spans, [_usual(word.text) for word in words]), window)


def _widened(spans: list[Span], window: _Window) -> list[Span]:
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
    ends: list[float] = []  # for each length, the earliest end that a chain of it can have
    last: list[int] = []  # and the number that has this end
    previous: dict[int, int | None] = {}
    for number, (start, end) in spans.items():
        length = bisect_right(ends, start)
        previous[number] = last[length - 1] if length else None
        if length == len(ends):
            ends.append(end)
            last.append(number)
        elif end < ends[length]:
            ends[length], last[length] = end, number
    chain: list[int] = []
    at = last[-1] if last else None
    while at is not None:
        chain.append(at)
        at = previous[at]
    return chain[::-1]


def _room(at: float, needed: float, window: _Window) -> Span:
    """Where in a window words are that begin at second `at` and need so many: there, if that lies within it, or else
    where somebody speaks, with time enough and as near as can be.
    """
    start, end = window.start, window.end
    if not window.silences or end - start < MIN_WORD_SECONDS:
        return start, end
    if start <= at <= end:
        edges = sorted({start, end, *(edge for silence in window.silences for edge in silence if start < edge < end)})
        return next(part for part in pairwise(edges) if at <= part[1])
    parts = _without(window.silences, start, end) or [(start, end)]
    return min(parts, key=lambda part: (max(0.0, needed - _seconds(part)), abs(part[0] - at)))


def _shared(begun: float, lasting: Sequence[float], left: float, right: float) -> list[Span]:
    """Words one after the other between two moments, from second `begun` on or as near to it as can be."""
    scale = min(1.0, (right - left) / sum(lasting))
    at = max(left, min(begun, right - scale * sum(lasting)))
    shared = []
    for seconds in lasting:
        shared.append((at, min(at + scale * seconds, right)))
        at = shared[-1][1]
    return shared


def _lent(found: list[Span], spans: Sequence[Span], usual: Sequence[float]) -> list[Span]:
    """Where two words claim the same time and one has nothing left of it, the other gives up its part."""
    for number in range(len(found)):
        for other in (number - 1, number + 1):
            if not 0 <= other < len(found) or _seconds(found[number]) >= MIN_WORD_SECONDS:
                continue
            start, end = found[other]
            if _seconds(_within(spans[number], start, end)) >= 2 * MIN_WORD_SECONDS:
                part = usual[min(number, other)] / (usual[number] + usual[other])
                middle = start + (end - start) * part
                middle = max(start + MIN_WORD_SECONDS, min(middle, end - MIN_WORD_SECONDS))
                found[min(number, other)], found[max(number, other)] = (start, middle), (middle, end)
    return found


def _timed(words: Iterable[Word], spans: Iterable[Span]) -> list[Word]:
    return [
        word if (start, end) == (word.start, word.end) else replace(word, start=start, end=end)
        for word, (start, end) in zip(words, spans, strict=True)
    ]


def _within(span: Span, start: float, end: float) -> Span:
    """What of a span lies between two moments: nothing, at the nearer one, if it lies outside."""
    return max(start, min(span[0], end)), max(start, min(span[1], end))


def _seconds(span: Span) -> float:
    return span[1] - span[0]
