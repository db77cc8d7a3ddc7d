"""Transcripts as plain lists, strings and numbers, as JSON keeps them, and back: also what older versions wrote."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from transcriber.transcript import Segment, Transcript

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")

_ONCE_UNSPACED = re.compile(
    "[\u3000-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff9f\U00020000-\U0003ffff]"
)
"""Characters between which older versions, whose words do not know how they are joined, wrote no blank."""


@cache
def adapter(kind: type[T]) -> "TypeAdapter[T]":
    """What makes a value of this type of plain lists, strings and numbers. Raises ValueError for what is none.

    Fields that are missing have their defaults; those that are not known are refused.
    """
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def segments_from_dicts(segments: Iterable[dict[str, Any]]) -> tuple[Segment, ...]:
    """Segments that follow one another from a transcript's beginning, as this version or an older one wrote them."""
    return adapter(tuple[Segment, ...]).validate_python(upgraded(segments))


def upgraded(segments: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same segments as this version writes them: with words that know how they are joined, as their text was."""
    latest, newer = "", []
    for fields in segments:
        words = list(upgraded_words(fields["words"], latest))
        newer.append({**fields, "words": words})
        latest = words[-1]["text"] if words else latest
    return newer


def upgraded_words(words: Iterable[dict[str, Any]], latest: str) -> Iterator[dict[str, Any]]:
    """The same for the words behind one with the text `latest`: there was a blank but between Han or kana."""
    for word in words:
        if "space_before" in word:
            yield word
        else:
            is_unspaced = all(map(_ONCE_UNSPACED.match, (latest[-1:], word["text"][:1])))
            yield {**word, "space_before": not is_unspaced}
        latest = word["text"]


def to_dict(transcript: Transcript) -> dict[str, Any]:
    """A transcript as plain lists, strings and numbers; from_dict() reverses it."""
    return asdict(transcript)


def from_dict(fields: dict[str, Any]) -> Transcript:
    """A transcript as this version or an older one wrote it. Raises KeyError or ValueError for what is none.

    Fields that an older version did not write have their defaults.
    """
    return adapter(Transcript).validate_python({**fields, "segments": upgraded(fields["segments"])})
