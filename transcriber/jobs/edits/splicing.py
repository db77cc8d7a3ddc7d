"""Words taken out of a transcript and others put in their place: what most kinds of edit come down to.

A place is {"first": 12, "count": 3, "words": […]}: instead of the words there from number `first` on, counted from the
transcript's beginning, are those of the list. An item of it is

    1                               word 1 of them, from 0: it stays
    {"of": 1, "text": "Hello,"}     the same word, written otherwise
    {"text": "world", …}            a word of its own: fields of Word

A word of its own without times has those of the words in whose place it stands, or what lies between its neighbours;
where `times` are given, (start, end) of each such word, they are better.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, islice
from typing import Any

from transcriber.exports.timing import with_times
from transcriber.transcript import Segment, Transcript, Word

CHARACTER_SECONDS, SLOWEST = 0.1, 4
"""What a letter takes, and how many times as long it may: in a longer gap words do not last until somebody speaks
again."""
Place = Mapping[str, Any]
Span = Sequence[float]


class Words:
    """The words of a transcript by their numbers."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = segments
        self.starts = list(accumulate((len(segment.words) for segment in segments), initial=0))
        """The number of the first word of each segment, and behind them how many words there are."""

    def __len__(self) -> int:
        return self.starts[-1]

    def __getitem__(self, number: int) -> Word:
        segment = self.segment_of(number)
        return self.segments[segment].words[number - self.starts[segment]]

    def get(self, number: int) -> Word | None:
        """None where there is no such word."""
        return self[number] if 0 <= number < len(self) else None

    def segment_of(self, number: int) -> int:
        """The number of the segment of a word. Raises IndexError where there is no such word."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return bisect_right(self.starts, number) - 1


@dataclass(frozen=True)
class _New:
    """A word to be put in."""

    word: Word
    segment: int
    """The number of the segment that it becomes part of."""


def spliced(transcript: Transcript, places: Sequence[Place], times: Sequence[Span] = ()) -> Transcript:
    """The transcript with other words in these places, which are in order and do not touch. Raises IndexError where it
    has fewer words."""
    words, better = Words(transcript.segments), iter(times)
    if not len(words):
        return _filled(transcript, places)
    written: dict[int, list[Word]] = {}
    unheard = transcript.coverage.uncovered if transcript.coverage else ()
    new = [(place, _new_words(words, place, better, unheard)) for place in places]
    for place, put in reversed(new):  # so that the places before keep their numbers
        put_in: dict[int, list[Word]] = {}
        for each in put:
            put_in.setdefault(each.segment, []).append(each.word)
        for number in _touched(words, place):
            begin, end = words.starts[number], words.starts[number + 1]
            own = written.setdefault(number, list(words.segments[number].words))
            first, last = max(place["first"], begin), min(place["first"] + place["count"], end)
            own[first - begin : last - begin] = put_in.get(number, [])
        if not put:
            _part(words, place, written)
    return replace(transcript, segments=tuple(_segments(words.segments, written)))


def own_words(places: Sequence[Place]) -> list[int]:
    """The numbers of the words of their own in the transcript as spliced() leaves it, in the order of `times`."""
    numbers, moved = [], 0
    for place in places:
        is_own = [not isinstance(item, int) and "of" not in item for item in place["words"]]
        numbers += [place["first"] + moved + at for at, own in enumerate(is_own) if own]
        moved += len(place["words"]) - place["count"]
    return numbers


def _touched(words: Words, place: Place) -> range:
    """The numbers of the segments that a place is in. What is put between two words goes to the one before."""
    first, count = place["first"], place["count"]
    if count == 0:
        number = words.segment_of(max(0, first - 1)) if first <= len(words) else words.segment_of(first)
        return range(number, number + 1)
    return range(words.segment_of(first), words.segment_of(first + count - 1) + 1)


def _new_words(words: Words, place: Place, better: Iterator[Span], unheard: Sequence[Span]) -> list[_New]:
    """The words of a place with times and speakers; `unheard`: where somebody speaks, and there are no words."""
    first, items = place["first"], place["words"]
    old = [words[first + at] for at in range(place["count"])]
    kept = [item if isinstance(item, int) else item.get("of") for item in items]
    new: list[_New] = []
    passed = 0
    for is_own, run in groupby(range(len(items)), lambda at: kept[at] is None):
        numbers = list(run)
        if is_own:
            until = kept[numbers[-1] + 1] if numbers[-1] + 1 < len(kept) else len(old)
            before, after = new[-1].word if new else words.get(first - 1), words.get(first + until)
            owners = [_owner(place, range(passed, until), at / len(numbers)) for at in range(len(numbers))]
            own = [Word(**{"speaker": words[owner].speaker, **items[at]}) for at, owner in zip(numbers, owners)]
            own = _timed(own, old[passed:until], before, after, unheard)
            own = _bettered(own, list(islice(better, len(own))), before, after)
            new += [_New(word, words.segment_of(owner)) for word, owner in zip(own, owners)]
            passed = until
            continue
        for number in numbers:
            at = kept[number]
            new.append(_New(_rewritten(old[at], items[number]), words.segment_of(first + at)))
            passed = at + 1
    return new


def _owner(place: Place, gone: range, ratio: float) -> int:
    """The number of the word whose segment and speaker a new word has: of that in whose place it stands, at this ratio
    of the new ones; else of the one before it, or behind it where it is the first in its place."""
    if gone:
        return place["first"] + gone.start + int(ratio * len(gone))
    return max(0, place["first"] + gone.start - (gone.start > 0 or not place["count"]))


def _rewritten(word: Word, item: int | Mapping[str, Any]) -> Word:
    return word if isinstance(item, int) else replace(word, **{key: item[key] for key in item if key != "of"})


def _timed(
    own: list[Word], gone: Sequence[Word], before: Word | None, after: Word | None, unheard: Sequence[Span]
) -> list[Word]:
    """With the times of the words in whose place they stand, or what lies between their neighbours; None where none of
    these has any."""
    spans = [word.span for word in gone if word.start is not None and word.end is not None]
    left = before.end if before else None
    right = after.start if after else None
    if spans:
        left, right = min(start for start, _ in spans), max(end for _, end in spans)
    elif left is not None and right is not None:
        usual = CHARACTER_SECONDS * sum(len(word.text) for word in own)
        is_silence = not any(start < right and end > left for start, end in unheard)
        right = left + usual if is_silence and right - left > SLOWEST * usual else right
    known = [seconds for seconds in (left, right) if seconds is not None]
    return with_times(own, known[0], max(known)) if known else own


def _bettered(own: list[Word], times: Sequence[Span], before: Word | None, after: Word | None) -> list[Word]:
    """With these times, as far as they lie between the neighbours' and are in order."""
    least = before.end if before and before.end is not None else 0.0
    most = after.start if after and after.start is not None else float("inf")
    timed = []
    for word, (first, last) in zip(own, times):
        start, end = max(first, least), min(last, most)
        if start > end:
            return own
        timed.append(replace(word, start=start, end=end))
        least = end
    return timed if len(timed) == len(own) else own


def _part(words: Words, place: Place, written: dict[int, list[Word]]) -> None:
    """A blank that stood before words that are gone stands before the next one."""
    first, behind = place["first"], place["first"] + place["count"]
    if behind >= len(words) or not any(words[number].space_before for number in range(first, behind)):
        return
    number = words.segment_of(behind)
    own = written.setdefault(number, list(words.segments[number].words))
    at = first - words.starts[number] if number == words.segment_of(first) else 0
    own[at] = replace(own[at], space_before=True)


def _segments(segments: Sequence[Segment], written: Mapping[int, list[Word]]) -> Iterator[Segment]:
    """All of them, those that are written with their new words; one without words is left out, and the paragraph that
    began with it begins with the next one."""
    begins = False
    for number, segment in enumerate(segments):
        words = written.get(number)
        if words == []:
            begins = begins or bool(segment.starts_paragraph)
            continue
        new = segment if words is None else _with_words(segment, tuple(words))
        yield replace(new, starts_paragraph=True) if begins and new.starts_paragraph is False else new
        begins = False


def _with_words(segment: Segment, words: tuple[Word, ...]) -> Segment:
    first, start, end = words[0], segment.start, segment.end
    if first is not segment.words[0] and first.start is not None:
        start = first.start
    ends = [word.end for word in words if word.end is not None]
    if words[-1] is not segment.words[-1] and ends:
        end = max(ends)
    return replace(segment, words=words, start=start, end=max(start, end))


def _filled(transcript: Transcript, places: Sequence[Place]) -> Transcript:
    """A transcript without words, with some."""
    new = [Word(**item) for place in places for item in place["words"]]
    if any(place["first"] or place["count"] for place in places):
        raise IndexError(places[0]["first"])
    return replace(transcript, segments=(Segment(tuple(new), 0.0, transcript.duration),) if new else ())
