"""Word times held against the speech and against how long a word can last."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from math import inf

from transcriber.transcript import Word
from transcriber.word_times.lengths import longest_seconds, usual_seconds
from transcriber.word_times.order import MIN_WORD_SECONDS, Window, arranged, with_times
from transcriber.word_times.spans import EDGE_SECONDS, Span, length, parts_between, within

MIN_PART_SECONDS = 0.1
"""Speech that is shorter and lies beyond a silence is no part of a word."""
NEARLY_RATIO = 0.8
"""Part of the longest speech that counts as much."""
PAUSING, CLOSING = tuple(".,;:!?…。，、；：！？"), "\"'”’»)]}」』）】》\u3000"
"""Signs behind which one pauses, and those that may stand behind them."""


def plausible(words: Sequence[Word], speech: Sequence[Span], start: float, end: float) -> list[Word]:
    """The same words with times that can be true; those without times stay as they are.

    `start` and `end` are those of the audio that the engine was given, in seconds as the words' times are, and `speech`
    where in it somebody speaks, or may speak. No word lasts longer than longest_seconds(), overlaps another, is outside
    of the audio, or reaches from speech over a silence; none is without length where there is room for it. A word that
    lies in a silence as a whole stays there: nobody may have said it.
    """
    numbers = [number for number, word in enumerate(words) if word.start is not None and word.end is not None]
    timed = [words[number] for number in numbers]
    window = Window(start, end, tuple(_silences(speech, start, end)))
    ends, starts = [start, *(word.span[1] for word in timed)], [*(word.span[0] for word in timed[1:]), end]
    spans = [
        (word.span[0], word.span[0]) if _has_swallowed(timed, number) else _alone(word, before, after, window)
        for number, (word, before, after) in enumerate(zip(timed, ends, starts))
    ]
    trusted = [number for number, (word, span) in enumerate(zip(timed, spans)) if word.span == span]
    mended = list(words)
    for number, word in zip(numbers, with_times(timed, arranged(timed, spans, trusted, window))):
        mended[number] = word
    return mended


def _silences(speech: Sequence[Span], start: float, end: float) -> Iterator[Span]:
    """(start, end) of what is surely silent between two moments: where nobody speaks, without its edges."""
    at, edge = start, 0.0
    for begin, until in [*sorted(span for span in speech if length(span) > 0), (inf, inf)]:
        silence = at + edge, min(begin - EDGE_SECONDS, end)
        if length(silence) > 0:
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
    return any(length(word.span) < MIN_WORD_SECONDS for word in (*before, *after))


def _alone(word: Word, before: float, after: float, window: Window) -> Span:
    """What of a word's times can be true by itself; the word in front ends at `before`, the next one begins at `after`.

    Of parts with a silence between them it is the one that no neighbour claims, or else the longest; of two that are
    about as long the one on the side where there is no neighbour at once, or else the last, but the first where the
    word's own punctuation says that a pause follows. What is too long keeps that of its ends which no neighbour claims,
    or else the one that is next to its neighbour.
    """
    span = within(word.span, window.start, window.end)
    usual, longest = usual_seconds(word.text), longest_seconds(word.text)
    spoken = parts_between(window.silences, *span)
    parts = [part for part in spoken if length(part) >= min(usual, MIN_PART_SECONDS)] or spoken[-1:] or [span]
    reaches_back, reaches_on = before > span[0], after < span[1]
    if reaches_back == reaches_on:
        enough = NEARLY_RATIO * max(min(length(part), usual) for part in parts)
        parts = [part for part in parts if length(part) >= enough] or parts
        is_apart, is_followed = span[0] - before > EDGE_SECONDS, after - span[1] <= EDGE_SECONDS
        reaches_on = is_apart if is_apart == is_followed else word.text.rstrip(CLOSING).endswith(PAUSING)
    start, end = parts[0] if reaches_on else parts[-1]
    if end - start <= longest:
        return start, end
    is_late, is_early = after < span[1], before > span[0]
    if (is_late and not is_early) or (is_late == is_early and start - before <= after - end):
        return start, start + longest
    return end - longest, end
