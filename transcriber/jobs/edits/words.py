"""Words written otherwise: a place as splicing.py has it. And words that somebody says are right as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.edits.rewriting import is_same, rewritten
from transcriber.jobs.edits.splicing import Words, spliced
from transcriber.transcript import Stored, Transcript

MAX_CHARACTERS = 300_000
"""Five hours of speech: to compare more with what stood there takes too long."""


@dataclass(frozen=True)
class NewText(Stored):
    """The `count` words from number `first` on read as `text` from now on."""

    first: int
    count: int
    text: str


@dataclass(frozen=True)
class Confirmation(Stored):
    """The `count` words from number `first` on are right."""

    first: int
    count: int


def make(transcript: Transcript, asked: NewText, _: object) -> dict[str, Any] | None:
    """Raises UnsupportedOptionError where there are no such words."""
    if len(asked.text) > MAX_CHARACTERS:
        raise UnsupportedOptionError(
            f"{len(asked.text):,} letters are too many for one paragraph", f"write {MAX_CHARACTERS:,} at most at once"
        )
    words = Words(transcript.segments)
    check(words, asked.first, asked.count)
    old = [words[asked.first + at] for at in range(asked.count)]
    items = rewritten(old, asked.text, words.get(asked.first - 1))
    return None if is_same(items, old) else {"first": asked.first, "count": asked.count, "words": items}


def apply(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    return spliced(transcript, [edit], edit.get("times", ()))


def make_confirmation(transcript: Transcript, asked: Confirmation, _: object) -> dict[str, Any] | None:
    """Raises UnsupportedOptionError where there are no such words."""
    words = Words(transcript.segments)
    check(words, asked.first, asked.count)
    numbers = range(asked.first, asked.first + asked.count)
    if all(words[number].confidence is None for number in numbers):
        return None
    return {"first": asked.first, "count": asked.count}


def confirm(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    """Nothing is doubtful about words of which no probability is known."""
    words = Words(transcript.segments)
    first, end = edit["first"], edit["first"] + edit["count"]
    if end > len(words):
        raise IndexError(end)
    segments = list(transcript.segments)
    for number in range(words.segment_of(first), words.segment_of(end - 1) + 1):
        begin, segment = words.starts[number], segments[number]
        own = tuple(
            replace(word, confidence=None) if first <= begin + at < end else word
            for at, word in enumerate(segment.words)
        )
        segments[number] = replace(segment, words=own)
    return replace(transcript, segments=tuple(segments))


def check(words: Words, first: int, count: int) -> None:
    """Raises UnsupportedOptionError where there are no such words."""
    if first < 0 or count < 0 or first + count > len(words):
        raise UnsupportedOptionError(
            f"the transcript has {len(words)} words: there are none from {first} to {first + count}", "reload the page"
        )
