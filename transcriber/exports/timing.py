"""Times for every word, and one speaker a segment: what the formats are made of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, groupby
from operator import attrgetter

from transcriber.exports.breaking import width
from transcriber.transcript import Segment, Transcript, Word

# Controls, separators of lines, surrogates, what is no character at all, and the byte order mark.
_NO_TEXT = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")


def utterances(transcript: Transcript) -> Iterator[Segment]:
    """The segments, cut where the speaker changes, each with its speaker; every word with times and on one line.

    Words that have no times share their segment's by their width. What is empty is left out. No word begins before the
    one before it ends, so that two people who speak at once come one after the other.
    """
    now = 0.0
    for segment in transcript.segments:
        words = [
            replace(word, text=text, speaker=one_line(word.speaker or segment.speaker or "") or None)
            for word in segment.words
            if (text := one_line(word.text))
        ]
        timed = list(ordered(with_times(words, segment.start, segment.end), now))
        for speaker, spoken in groupby(timed, attrgetter("speaker")):
            turn = tuple(spoken)
            yield Segment(turn, turn[0].span[0], turn[-1].span[1], speaker)
            now = turn[-1].span[1]


def by_word(transcript: Transcript) -> Transcript:
    """The same with a segment for each word."""
    words = (word for segment in utterances(transcript) for word in segment.words)
    return replace(transcript, segments=tuple(Segment((word,), *word.span, word.speaker) for word in words))


def one_line(text: str) -> str:
    """The text without line breaks, and without characters that XML does not allow; a blank stands for them."""
    return _NO_TEXT.sub(" ", text).strip()


def with_times(words: Sequence[Word], start: float, end: float) -> list[Word]:
    """The same words; those without times share what lies between their neighbours', by their width."""
    found: list[Word] = []
    known = [word.start is not None and word.end is not None for word in words]
    for has_times, numbered in groupby(enumerate(words), lambda place: known[place[0]]):
        run = list(numbered)
        if has_times:
            found += [word for _, word in run]
            continue
        after = run[-1][0] + 1
        begin = found[-1].span[1] if found else start
        until = max(begin, words[after].span[0] if after < len(words) else end)
        places = [0, *accumulate(1 + width(word.text) for _, word in run)]
        seconds = (until - begin) / places[-1]
        found += [
            replace(word, start=begin + seconds * at, end=begin + seconds * to)
            for (_, word), at, to in zip(run, places, places[1:])
        ]
    return found


def ordered(words: Sequence[Word], now: float = 0.0) -> Iterator[Word]:
    """The same words, none of which begins before the one before it ends, and none before `now`."""
    for word in words:
        start, end = word.span
        start = max(start, now)
        now = max(start, end)
        yield replace(word, start=start, end=now)
