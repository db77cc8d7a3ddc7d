"""Words of another version of the recording in the place of this one's, for a stretch of it:

    {"from": 3, "first": 12, "count": 3, "segments": […]}

Instead of the `count` words from number `first` on are those of the segments. Who speaks is known from what is
replaced: the other version has other names for the same people.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Annotated, Any

from pydantic import Field

from transcriber.errors import UnsupportedOptionError
from transcriber.exports.timing import with_times
from transcriber.jobs.edits.paragraphs import cut
from transcriber.jobs.edits.splicing import Words
from transcriber.jobs.edits.words import check
from transcriber.joining import continued
from transcriber.pipeline.seams import doubled
from transcriber.segmentation import MAX_SEGMENT_SECONDS, PAUSE_SECONDS, ends_sentence
from transcriber.transcript import Segment, Stored, Transcript, Word
from transcriber.transcript_json import segments_from_dicts

NEAR_SECONDS = 1.0
"""A word that is replaced says who speaks so long before and behind it; elsewhere the turns do."""
NEIGHBOURS = 4
"""Words beside a seam that are looked at for a word that is said once and written on both sides."""


@dataclass(frozen=True)
class Taking(Stored):
    """What is to be taken from which version: what is said between two seconds, or a span of a comparison."""

    from_: Annotated[int, Field(alias="from")]
    start: float | None = None
    end: float | None = None
    left: tuple[int, int] | None = None
    """(first, count) of the words that are replaced, and of those in their place."""
    right: tuple[int, int] | None = None


def make(transcript: Transcript, asked: Taking, versions: Callable[[int], Transcript]) -> dict[str, Any] | None:
    """Raises UnsupportedOptionError for what is no stretch of both."""
    other = versions(asked.from_)
    own, others = _timed(transcript), _timed(other)
    if asked.left and asked.right:
        (first, count), (begin, number) = asked.left, asked.right
        check(Words(transcript.segments), first, count)
        check(Words(other.segments), begin, number)
    else:
        start, end = _stretch(asked)
        (first, count), (begin, number) = _between(own, start, end), _between(others, start, end)
        begin, number = _without_doubles(own, first, count, others[begin : begin + number], begin)
    speaker_of = _speakers(transcript, own[first : first + count])
    taken = [
        part
        for segment, words in _parts(other.segments, others, begin, begin + number)
        for part in _said(segment, words, speaker_of)
    ]
    replaced = [word.text for word in own[first : first + count]]
    if [word.text for segment in taken for word in segment.words] == replaced:
        return None
    segments = [asdict(segment) for segment in taken]
    return {"from": asked.from_, "first": first, "count": count, "segments": segments}


def apply(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    """Raises IndexError where there are fewer words."""
    first, end = edit["first"], edit["first"] + edit["count"]
    total = len(Words(transcript.segments))
    if end > total:
        raise IndexError(end)
    for place in (first, end):
        transcript = cut(transcript, place) if place < total else transcript
    starts = Words(transcript.segments).starts
    segments = transcript.segments
    before, gone = (
        segments[: bisect_left(starts, first)],
        segments[bisect_left(starts, first) : bisect_left(starts, end)],
    )
    behind = segments[len(before) + len(gone) :]
    taken = _fitted(segments_from_dicts(edit["segments"]), before[-1:], behind[:1])
    if gone and taken:
        taken = (replace(taken[0], starts_paragraph=gone[0].starts_paragraph), *taken[1:])
    elif gone and behind and gone[0].starts_paragraph:
        behind = (replace(behind[0], starts_paragraph=True), *behind[1:])
    return replace(transcript, segments=_joined(_joined(before, taken), behind))


def _timed(transcript: Transcript) -> list[Word]:
    """All words, with times."""
    return [word for segment in transcript.segments for word in with_times(segment.words, segment.start, segment.end)]


def _stretch(asked: Taking) -> tuple[float, float]:
    start, end = asked.start, asked.end
    if start is None or end is None or not (math.isfinite(start) and math.isfinite(end) and start < end):
        raise UnsupportedOptionError("a stretch begins before it ends", "select some words")
    return start, end


def _between(words: Sequence[Word], start: float, end: float) -> tuple[int, int]:
    """(first, count) of the words that are said between two seconds, or the place at which they would be."""
    inside = [number for number, word in enumerate(words) if start <= word.middle < end]
    if not inside:
        return sum(word.middle < start for word in words), 0
    return inside[0], inside[-1] - inside[0] + 1


def _without_doubles(own: Sequence[Word], first: int, count: int, taken: Sequence[Word], begin: int) -> tuple[int, int]:
    """(first, count) of the words that are taken without those that stand beside the stretch already: one model has a
    word before a moment, another one behind it."""
    around = own[max(0, first - NEIGHBOURS) : first + count + NEIGHBOURS]
    left = doubled(own[max(0, first - NEIGHBOURS) : first], taken, around)
    right = doubled(taken[left:], own[first + count : first + count + NEIGHBOURS], around)
    return begin + left, len(taken) - left - right


def _speakers(transcript: Transcript, replaced: Sequence[Word]) -> Callable[[Word], str | None]:
    """Who says a word, as far as that is known."""
    middles = [word.middle for word in replaced]
    turns = transcript.diarization.turns if transcript.diarization else ()

    def speaker_of(word: Word) -> str | None:
        start, end = word.span
        at = bisect_left(middles, word.middle)
        near = min(replaced[max(0, at - 1) : at + 1], key=lambda other: abs(other.middle - word.middle), default=None)
        if near and abs(near.middle - word.middle) <= NEAR_SECONDS:
            return near.speaker
        heard = [turn for turn in turns if turn.start < end and turn.end > start]
        if heard:
            return max(heard, key=lambda turn: min(end, turn.end) - max(start, turn.start)).speaker
        return near.speaker if near else None

    return speaker_of


def _parts(
    segments: Sequence[Segment], words: Sequence[Word], begin: int, end: int
) -> Iterator[tuple[Segment, Sequence[Word]]]:
    """Each segment that has some of the words from `begin` to before `end`, with these."""
    at = 0
    for segment in segments:
        own = words[max(at, begin) : min(at + len(segment.words), end)]
        at += len(segment.words)
        if own and at > begin:
            yield segment, own


def _said(segment: Segment, words: Sequence[Word], speaker_of: Callable[[Word], str | None]) -> Iterator[Segment]:
    """Words of a segment as segments, one for each who speaks."""
    named = [replace(word, speaker=speaker_of(word)) for word in words]
    for speaker, spoken in groupby(named, lambda word: word.speaker):
        own = tuple(spoken)
        yield Segment(own, own[0].span[0], max(word.span[1] for word in own), speaker)


def _fitted(taken: tuple[Segment, ...], before: Sequence[Segment], behind: Sequence[Segment]) -> tuple[Segment, ...]:
    """Segments between these, within whose times they stay, and with the blank before them that belongs there."""
    least = before[0].end if before else 0.0
    most = max(least, behind[0].start if behind else math.inf)

    def within(seconds: float) -> float:
        return min(most, max(least, seconds))

    fitted = []
    last = before[0].words[-1] if before and before[0].words else None
    for number, segment in enumerate(taken):
        words = [replace(word, start=within(word.span[0]), end=within(word.span[1])) for word in segment.words]
        words = words if number else list(continued(last, words))
        fitted.append(replace(segment, words=tuple(words), start=within(segment.start), end=within(segment.end)))
    return tuple(fitted)


def _joined(before: Sequence[Segment], behind: Sequence[Segment]) -> tuple[Segment, ...]:
    """Both, as one segment where a sentence goes on."""
    if not before or not behind:
        return (*before, *behind)
    last, first = before[-1], behind[0]
    goes_on = first.start - last.end <= PAUSE_SECONDS and not ends_sentence(last.words[-1].text.rstrip())
    if first.starts_paragraph or last.speaker != first.speaker or not goes_on:
        return (*before, *behind)
    if first.end - last.start > MAX_SEGMENT_SECONDS:
        return (*before, *behind)
    return (*before[:-1], replace(last, words=last.words + first.words, end=max(last.end, first.end)), *behind[1:])
