"""Who says some words: {"first": 12, "count": 3, "speaker": "Anna"}, whoever was told apart there; null: nobody knows.

A transcript in which nobody was told apart gets its speakers so by hand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from transcriber.jobs.edits.splicing import Words
from transcriber.jobs.edits.words import check
from transcriber.speakers.naming import checked_name
from transcriber.transcript import Diarization, Segment, Stored, Transcript, Turn, Voice

BY_HAND = ""
"""In the place of a model, where nobody was told apart but by hand."""


@dataclass(frozen=True)
class Reassignment(Stored):
    """Of the `count` words from number `first` on."""

    first: int
    count: int
    speaker: str | None
    """The name of one of those who speak, or a new one."""


def make(transcript: Transcript, asked: Reassignment, _: object) -> dict[str, Any] | None:
    """Raises UnsupportedOptionError where there are no such words, or nobody can be called so."""
    words = Words(transcript.segments)
    check(words, asked.first, asked.count)
    speaker = None if asked.speaker is None else checked_name(asked.speaker)
    said = (words[number] for number in range(asked.first, asked.first + asked.count))
    if all(word.speaker == speaker for word in said):
        return None
    return {"first": asked.first, "count": asked.count, "speaker": speaker}


def apply(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    return said_by(transcript, edit["first"], edit["count"], edit["speaker"])


def said_by(transcript: Transcript, first: int, count: int, speaker: str | None) -> Transcript:
    """The transcript with these words said by that one. Raises IndexError where there are fewer."""
    words = Words(transcript.segments)
    begin, last = words.segment_of(first), words.segment_of(first + count - 1)
    changed: list[Segment] = []
    for number in range(begin, last + 1):
        segment, start = transcript.segments[number], words.starts[number]
        is_named = [first <= start + at < first + count for at in range(len(segment.words))]
        changed += _parts(segment, is_named, speaker)
    segments = (*transcript.segments[:begin], *changed, *transcript.segments[last + 1 :])
    heard = [segment for segment in changed if segment.speaker == speaker]
    spans = [(segment.start, segment.end) for segment in heard]
    return replace(transcript, segments=segments, diarization=_diarization(transcript, segments, spans, speaker))


def _parts(segment: Segment, is_named: Sequence[bool], speaker: str | None) -> Iterator[Segment]:
    """A segment, cut where the words that are named begin and end."""
    at = 0
    for named, run in groupby(is_named):
        count = len(list(run))
        own = segment.words[at : at + count]
        times = [word.span for word in own if word.start is not None and word.end is not None]
        is_last = at + count == len(segment.words)
        new = replace(
            segment,
            words=tuple(replace(word, speaker=speaker) for word in own) if named else own,
            start=times[0][0] if at and times else segment.start,
            end=max(end for _, end in times) if not is_last and times else segment.end,
            speaker=speaker if named else segment.speaker,
        )
        yield replace(new, starts_paragraph=False) if at else new
        at += count


def _diarization(
    transcript: Transcript, segments: Iterable[Segment], spans: Sequence[tuple[float, float]], speaker: str | None
) -> Diarization | None:
    """Who speaks when, once these spans are said by that one."""
    known = transcript.diarization or Diarization(BY_HAND, (), ())
    turns = [part for turn in known.turns for part in _outside(turn, spans)]
    if speaker is not None:
        turns += [Turn(start, end, speaker) for start, end in _bridged(spans)]
    turns.sort(key=lambda turn: (turn.start, turn.end))
    named = {segment.speaker for segment in segments} | {turn.speaker for turn in turns}
    first: dict[str, float] = {}
    for turn in turns:
        first.setdefault(turn.speaker, turn.start)
    old = {voice.speaker: voice for voice in known.voices}
    names = sorted((name for name in named if name is not None), key=lambda name: first.get(name, float("inf")))
    voices = tuple(_voice(old.get(name) or Voice(name, 0.0), turns) for name in names)
    if not voices and transcript.diarization is None:
        return None
    return replace(known, voices=voices, turns=tuple(turns))


def _voice(voice: Voice, turns: Iterable[Turn]) -> Voice:
    own = _bridged([(turn.start, turn.end) for turn in turns if turn.speaker == voice.speaker])
    return replace(voice, seconds=round(sum(end - start for start, end in own), 3))


def _bridged(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The spans in order, those that touch or overlap as one."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _outside(turn: Turn, spans: Iterable[tuple[float, float]]) -> Iterator[Turn]:
    """The parts of a turn in none of these spans."""
    at = turn.start
    for start, end in _bridged(spans):
        if start >= turn.end or end <= at:
            continue
        if start > at:
            yield replace(turn, start=at, end=start)
        at = end
    if at < turn.end:
        yield turn if at == turn.start else replace(turn, start=at)
