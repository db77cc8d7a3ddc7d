"""What a user says of the speakers of a stored transcript, as edits of the kind SPEAKERS: each is made of a transcript
as it is so far, and applied to the same one again when it is read.

    {"names": {"Speaker 1": "Anna"}}                          a name for each of these
    {"merge": ["Anna", "Speaker 3"]}                          the same person
    {"count": "3", "diarization": {…}, "segments": […]}       another number of people, with what came of it
    {"split": "Speaker 2", "diarization": {…}, "segments": […]}   the same, of one who is two

What came of it is who speaks when, and [words, start, end, speaker] of each segment: the words stay what they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from transcriber import speaker_count
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.edits.splicing import Words
from transcriber.speakers.naming import LONGEST_NAME, checked_name
from transcriber.transcript import Diarization, Segment, Transcript
from transcriber.transcript_json import adapter

if TYPE_CHECKING:
    from transcriber.speakers.protocol import Voices
    from transcriber.speakers.remembered import RememberedVoices

SPEAKERS = "speakers"


def names(transcript: Transcript, given: Mapping[str, str]) -> dict[str, Any]:
    """The edit that calls speakers otherwise. Raises UnsupportedOptionError, also for two of one name."""
    from transcriber.speakers import regrouping

    changed: dict[int | str, str] = {speaker(transcript, who): checked_name(name) for who, name in given.items()}
    regrouping.rename(transcript, changed)
    return {"names": changed}


def merge(transcript: Transcript, given: Sequence[str]) -> dict[str, Any]:
    """The edit that makes one person of several. Raises UnsupportedOptionError."""
    people = list(dict.fromkeys(speaker(transcript, who) for who in given))
    if len(people) < 2:
        raise UnsupportedOptionError("one speaker alone cannot be merged", "choose two or more")
    return {"merge": people}


def recount(transcript: Transcript, voices: "Voices", count: str, remembered: "RememberedVoices") -> dict[str, Any]:
    """The edit that tells another number of people apart; takes some seconds for a recording of many hours. Whose voice
    is `remembered` is suggested.

    Raises UnsupportedOptionError.
    """
    from transcriber.speakers import regrouping

    if speaker_count.parse(count) is None:
        raise UnsupportedOptionError("speakers that were told apart stay so", "choose auto or a number")
    return {"count": count, **_outcome(regrouping.recount(transcript, voices, count, remembered))}


def split(transcript: Transcript, voices: "Voices", who: str) -> dict[str, Any]:
    """The edit that makes two people of one. Raises UnsupportedOptionError where only one is heard."""
    from transcriber.speakers import regrouping

    person = speaker(transcript, who)
    return {"split": person, **_outcome(regrouping.renumbered(regrouping.split(transcript, voices, person)))}


def applied(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    """The transcript as an edit leaves it."""
    from transcriber.speakers import regrouping

    if "segments" in edit:
        return _regrouped(transcript, edit)
    if "merge" in edit:
        return regrouping.renumbered(regrouping.merge(transcript, edit["merge"]))
    return regrouping.rename(transcript, edit["names"])


def speaker(transcript: Transcript, who: str) -> str:
    """The name of a speaker who is given by it, or else by the number in the order in which they first speak, from 1.

    Raises UnsupportedOptionError, which lists them.
    """
    from transcriber.speakers import regrouping

    if transcript.diarization is None:
        raise UnsupportedOptionError("nobody was told apart in this transcript", "transcribe it again with speakers")
    known = [voice.speaker for voice in transcript.diarization.voices]
    is_number = who not in known and who.isascii() and who.isdecimal()
    return regrouping.voice_of(transcript, int(who[:9]) if is_number else who[:LONGEST_NAME]).speaker


def _outcome(transcript: Transcript) -> dict[str, Any]:
    assert transcript.diarization
    segments = [[len(part.words), part.start, part.end, part.speaker] for part in transcript.segments]
    return {"diarization": asdict(transcript.diarization), "segments": segments}


def _regrouped(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    diarization = adapter(Diarization).validate_python(edit["diarization"])
    return replace(transcript, diarization=diarization, segments=tuple(_segments(transcript, edit["segments"])))


def _segments(transcript: Transcript, parts: Sequence[Sequence[Any]]) -> Iterator[Segment]:
    """Paragraphs begin with the words with which they began."""
    words = (word for segment in transcript.segments for word in segment.words)
    decided = dict(zip(Words(transcript.segments).starts, (each.starts_paragraph for each in transcript.segments)))
    first = 0
    for count, start, end, name in parts:
        own = tuple(replace(word, speaker=name) for word in islice(words, count))
        yield Segment(own, start, end, name, decided.get(first))
        first += count
