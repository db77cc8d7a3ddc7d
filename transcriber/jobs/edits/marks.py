"""Stretches that somebody wants to find again: {"id": 1, "start": 12.5, "end": 14.0}, and {"id": 1} to forget it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from transcriber import transcript as kinds
from transcriber.errors import UnsupportedOptionError
from transcriber.transcript import Stored, Transcript


@dataclass(frozen=True)
class Mark(Stored):
    """Seconds of the recording."""

    start: float
    end: float


@dataclass(frozen=True)
class Unmark(Stored):
    """The number of a mark."""

    id: int


def make_mark(transcript: Transcript, asked: Mark, _: object) -> dict[str, Any]:
    """Raises UnsupportedOptionError for what is no stretch of time."""
    if not (math.isfinite(asked.start) and math.isfinite(asked.end) and 0 <= asked.start < asked.end):
        raise UnsupportedOptionError("a mark begins before it ends", "select some words")
    number = max((mark.id for mark in transcript.marks), default=0) + 1
    return {"id": number, "start": asked.start, "end": asked.end}


def mark(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    marks = (*transcript.marks, kinds.Mark(edit["id"], edit["start"], edit["end"]))
    return replace(transcript, marks=tuple(sorted(marks, key=lambda mark: (mark.start, mark.end, mark.id))))


def make_unmark(transcript: Transcript, asked: Unmark, _: object) -> dict[str, Any]:
    """Raises UnsupportedOptionError for a mark that is not there."""
    if not any(mark.id == asked.id for mark in transcript.marks):
        raise UnsupportedOptionError("there is no such mark", "reload the page")
    return {"id": asked.id}


def unmark(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    return replace(transcript, marks=tuple(mark for mark in transcript.marks if mark.id != edit["id"]))
