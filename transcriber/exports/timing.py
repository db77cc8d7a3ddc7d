"""Times for every word, and one speaker a segment: what the formats are made of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, groupby

from transcriber.exports.subtitles.breaking import width
from transcriber.transcript import Segment, Transcript, Word
from transcriber.word_times.order import MIN_WORD_SECONDS, in_order

# Controls, separators of lines, surrogates, what is no character at all, and the byte order mark.
_NO_TEXT = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")
UNKNOWN_SPEAKER = "Unknown speaker"
"""Of whom nobody knows, among others: where a name is written only when it changes, it would be the one before."""


def utterances(transcript: Transcript) -> Iterator[Segment]:
    """The segments, cut where the speaker changes, each with its speaker; every word with times and on one line.

    Words that have no times share their segment's by their width. What is empty is left out. No word begins before the
    one before it ends, so that two people who speak at once come one after the other.
    """
    owners: list[int] = []
    timed: list[Word] = []
    has_blank = False
    for number, segment in enumerate(transcript.segments):
        words = []
        for word in segment.words:
            has_blank = has_blank or word.space_before  # that before a word that is left out is the next one's
            if text := one_line(word.text):
                speaker = one_line(word.speaker or segment.speaker or "") or None
                words.append(replace(word, text=text, speaker=speaker, space_before=has_blank))
                has_blank = False
        owners += [number] * len(words)
        timed += with_times(words, segment.start, segment.end)
    # In order all at once: that a time is wrong may show in the next segment only.
    owned = zip(owners, ordered(timed), strict=True)
    latest = -1
    for (number, speaker), spoken in groupby(owned, lambda pair: (pair[0], pair[1].speaker)):
        turn = tuple(word for _, word in spoken)
        begins = transcript.segments[number].starts_paragraph if number != latest else None
        yield Segment(turn, turn[0].span[0], turn[-1].span[1], speaker, begins)
        latest = number


def by_word(transcript: Transcript) -> Transcript:
    """The same with a segment for each word."""
    words = (word for segment in utterances(transcript) for word in segment.words)
    return replace(transcript, segments=tuple(Segment((word,), *word.span, word.speaker) for word in words))


def one_line(text: str) -> str:
    """The text without line breaks, and without characters that XML does not allow; a blank stands for them."""
    return _NO_TEXT.sub(" ", text).strip(" ")


def with_times(words: Sequence[Word], start: float, end: float) -> list[Word]:
    """The same words; those without times share what lies between their neighbours', by their width."""
    timed: list[Word] = []
    have_times = [word.start is not None and word.end is not None for word in words]
    for has_times, numbered in groupby(enumerate(words), lambda place: have_times[place[0]]):
        run = list(numbered)
        if has_times:
            timed += [word for _, word in run]
            continue
        after = run[-1][0] + 1
        begin = timed[-1].span[1] if timed else start
        until = max(begin, words[after].span[0] if after < len(words) else end)
        places = [0, *accumulate(word.space_before + max(1, width(word.text)) for _, word in run)]
        seconds = (until - begin) / places[-1]
        timed += [
            replace(word, start=begin + seconds * at, end=begin + seconds * to)
            for (_, word), at, to in zip(run, places, places[1:])
        ]
    return timed


def ordered(words: Sequence[Word]) -> Iterator[Word]:
    """The same words, none of which begins before the one before it ends, nor lasts less than MIN_WORD_SECONDS.

    Where times contradict one another, in_order() says which are kept: a single wrong one moves no other word. Words
    for which there is no room at all push those behind them, by a few hundredths of a second.
    """
    now = 0.0
    for word in in_order(words):
        start = max(now, word.span[0])
        now = max(start + MIN_WORD_SECONDS, word.span[1])
        yield word if word.span == (start, now) else replace(word, start=start, end=now)
