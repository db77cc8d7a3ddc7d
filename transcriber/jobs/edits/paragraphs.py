"""Where paragraphs begin: {"word": 12} begins one with that word, or joins the one that begins so to the one before.

Whoever moves one beginning finds the others where they were: the first edit of a transcript settles those that followed
from a rule (exports/paragraphs.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from transcriber.errors import UnsupportedOptionError
from transcriber.exports.paragraphs import starts
from transcriber.jobs.edits.speaker import said_by
from transcriber.jobs.edits.splicing import Words
from transcriber.jobs.edits.words import check
from transcriber.transcript import Stored, Transcript


@dataclass(frozen=True)
class Beginning(Stored):
    """The word with which a paragraph begins or does not."""

    word: int


def make_split(transcript: Transcript, asked: Beginning, _: object) -> dict[str, Any] | None:
    """Raises UnsupportedOptionError where there is no such word."""
    words = Words(transcript.segments)
    check(words, asked.word, 1)
    return None if _begins(transcript, words, asked.word) else {"word": asked.word}


def split(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    return _with_beginning(cut(transcript, edit["word"]), edit["word"], True)


def make_join(transcript: Transcript, asked: Beginning, _: object) -> dict[str, Any] | None:
    """Raises UnsupportedOptionError where no paragraph begins with the word, or none is before it."""
    words = Words(transcript.segments)
    check(words, asked.word, 1)
    if asked.word == 0 or not _begins(transcript, words, asked.word):
        raise UnsupportedOptionError("no paragraph begins with this word behind another one", "reload the page")
    return {"word": asked.word}


def join(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    """Where another one began to speak with it, all of the paragraph is said by the one before."""
    first, words = edit["word"], Words(transcript.segments)
    number = words.segment_of(first)
    speaker = transcript.segments[number - 1].speaker
    if speaker != transcript.segments[number].speaker:
        begins = starts(transcript.segments)
        behind = next((at for at in range(number + 1, len(begins)) if begins[at]), len(begins))
        transcript = said_by(transcript, first, words.starts[behind] - first, speaker)
    return _with_beginning(transcript, first, False)


def settled(transcript: Transcript) -> Transcript:
    """The transcript with paragraphs that no longer follow from a rule, but where another one begins to speak."""
    segments = transcript.segments
    is_open = [
        segment.starts_paragraph is None and segment.speaker == before.speaker for before, segment in pairwise(segments)
    ]
    if not any(is_open):
        return transcript
    begins = starts(segments)
    behind = (
        replace(segment, starts_paragraph=begin) if open_ else segment
        for segment, begin, open_ in zip(segments[1:], begins[1:], is_open)
    )
    return replace(transcript, segments=(segments[0], *behind))


def cut(transcript: Transcript, word: int) -> Transcript:
    """The same with a segment that begins with that word. Raises IndexError where there is none."""
    words = Words(transcript.segments)
    number = words.segment_of(word)
    segment, at = transcript.segments[number], word - words.starts[number]
    if at == 0:
        return transcript
    before, behind = segment.words[:at], segment.words[at:]
    ends = [each.end for each in before if each.end is not None]
    middle = max(ends, default=segment.end)
    start = behind[0].start
    parts = (
        replace(segment, words=before, end=min(max(segment.start, middle), segment.end)),
        replace(segment, words=behind, start=segment.start if start is None else start, starts_paragraph=False),
    )
    return replace(transcript, segments=(*transcript.segments[:number], *parts, *transcript.segments[number + 1 :]))


def _begins(transcript: Transcript, words: Words, word: int) -> bool:
    number = words.segment_of(word)
    return words.starts[number] == word and starts(transcript.segments)[number]


def _with_beginning(transcript: Transcript, word: int, begins: bool) -> Transcript:
    segments = list(transcript.segments)
    number = Words(segments).segment_of(word)
    segments[number] = replace(segments[number], starts_paragraph=begins)
    return replace(transcript, segments=tuple(segments))
