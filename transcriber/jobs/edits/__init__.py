"""What a user changes in transcripts: KINDS is the table, one small module a kind of edit.

A module says what is asked for, makes of it what is kept in the log (log.py), and changes a transcript so. What is kept
says all that came of it: applied again, it gives the very same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.edits import cue, marks, paragraphs, replacing, speaker, speakers, taking, words
from transcriber.transcript import Transcript
from transcriber.transcript_json import adapter

Versions = Callable[[int], Transcript]
"""Another transcript of the same recording by its number, as it is now. Raises UnsupportedOptionError."""


@dataclass(frozen=True)
class Kind:
    """A kind of edit."""

    apply: Callable[[Transcript, Mapping[str, Any]], Transcript]
    """The transcript as an edit of this content leaves it."""
    Request: type | None = None
    """What is asked for; None where it is not asked for by its name."""
    make: Callable[[Transcript, Any, Versions], dict[str, Any] | None] | None = None
    """The content of the edit that a request asks for; None where nothing is to be changed. Raises
    UnsupportedOptionError."""
    settles: bool = False
    """Whether paragraphs that follow from a rule stay where they are then, whatever it changes."""
    corrects: bool = True
    """Whether the transcript says something else then: a mark, or that a word is right, is no correction."""


KINDS = {
    "speakers": Kind(speakers.applied),
    "words": Kind(words.apply, words.NewText, words.make, settles=True),
    "confirm": Kind(words.confirm, words.Confirmation, words.make_confirmation, corrects=False),
    "replace": Kind(replacing.apply, replacing.Replacement, replacing.make, settles=True),
    "split": Kind(paragraphs.split, paragraphs.Beginning, paragraphs.make_split, settles=True),
    "join": Kind(paragraphs.join, paragraphs.Beginning, paragraphs.make_join, settles=True),
    "speaker": Kind(speaker.apply, speaker.Reassignment, speaker.make, settles=True),
    "take": Kind(taking.apply, taking.Taking, taking.make, settles=True),
    "cue": Kind(cue.apply, cue.CueChange, cue.make),
    "mark": Kind(marks.mark, marks.Mark, marks.make_mark, corrects=False),
    "unmark": Kind(marks.unmark, marks.Unmark, marks.make_unmark, corrects=False),
}


def make(transcript: Transcript, kind: str, asked: Mapping[str, Any], versions: Versions) -> dict[str, Any] | None:
    """The content of an edit; None where nothing is to be changed. Raises UnsupportedOptionError for what cannot be
    asked for."""
    known = {name: row for name, row in KINDS.items() if row.Request and row.make}
    if kind not in known:
        raise UnsupportedOptionError(f"there is no edit “{kind}”", f"choose one of {', '.join(known)}")
    row = known[kind]
    assert row.make
    return row.make(transcript, request_of(kind, asked), versions)


def request_of(kind: str, asked: Mapping[str, Any]) -> Any:
    """What is asked for, as the kind's Request. Raises UnsupportedOptionError."""
    request = KINDS[kind].Request
    assert request
    try:
        return adapter(request).validate_python(dict(asked))
    except ValueError as error:
        raise UnsupportedOptionError(f"this is not how “{kind}” is asked for: {_complaints(error)}") from error


def apply(transcript: Transcript, kind: str, content: Mapping[str, Any]) -> Transcript | None:
    """The transcript as an edit leaves it; None where it cannot be applied, as to words that are not there yet."""
    try:
        row = KINDS[kind]
        return row.apply(paragraphs.settled(transcript) if row.settles else transcript, content)
    except (ValueError, KeyError, TypeError, IndexError):
        return None


def _complaints(error: ValueError) -> str:
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors())
