"""Times of subtitles, given by hand or mended: {"cues": [fields of CueTime, …]}.

What is asked for counts the cues as shape() makes them with that preset; what is kept says of which words they are, so
that it holds whatever the preset, and however the words are corrected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import Any, Literal

from transcriber.errors import UnsupportedOptionError
from transcriber.exports.subtitles.cues import Cue
from transcriber.exports.subtitles.limits import preset
from transcriber.exports.subtitles.mending import MIN_CUE_SECONDS
from transcriber.exports.subtitles.proposals import Proposal, propose, propose_all
from transcriber.exports.subtitles.shaping import shape
from transcriber.exports.subtitles.timestamp import timestamp
from transcriber.transcript import CueTime, Stored, Transcript


@dataclass(frozen=True)
class CueChange(Stored):
    """Of the cue with this number, counted from 1; None: of all."""

    do: Literal["times", "mend", "leave"]
    """Give it the times `start` and `end`; mend it as proposals.py says; let it break limits."""
    cue: int | None = None
    start: float | None = None
    end: float | None = None
    preset: str = "netflix"
    speakers: bool = True
    """Whether the cues are labelled."""


def make(transcript: Transcript, asked: CueChange, _: object) -> dict[str, Any] | None:
    """None where nothing can be mended. Raises UnsupportedOptionError."""
    limits = preset(asked.preset)
    cues = shape(transcript, limits, labels=asked.speakers)
    if asked.cue is None:
        if asked.do != "mend":
            raise UnsupportedOptionError("times are given to one subtitle", "say which: cue counts them from 1")
        return _content(cues, propose_all(cues, limits))
    at = asked.cue - 1
    if not 0 <= at < len(cues):
        raise UnsupportedOptionError(f"there are {len(cues)} subtitles, and no number {asked.cue}", "reload the page")
    if asked.do == "mend":
        return _content(cues, propose(cues, at, limits) or {})
    if asked.do == "leave":
        return _content(cues, {at: replace(cues[at], is_accepted=True)})
    return _content(cues, {at: _timed(cues, at, asked)})


def _timed(cues: Sequence[Cue], at: int, asked: CueChange) -> Cue:
    """The cue with the times that were given, between the starts of its neighbours. Raises UnsupportedOptionError."""
    cue = cues[at]
    start, end = cue.start if asked.start is None else asked.start, cue.end if asked.end is None else asked.end
    if not (isfinite(start) and isfinite(end) and start >= 0 and start + MIN_CUE_SECONDS <= end):
        raise UnsupportedOptionError(
            f"a subtitle stays for {MIN_CUE_SECONDS} s at least, and ends after it begins", "choose other times"
        )
    if at and start < cues[at - 1].start + MIN_CUE_SECONDS:
        raise UnsupportedOptionError("it would begin before the subtitle before it", "choose a later time")
    if cues[at + 1 :] and start > cues[at + 1].start - MIN_CUE_SECONDS:
        raise UnsupportedOptionError("it would begin after the next subtitle", "choose an earlier time")
    if cues[at + 1 :] and end > cues[at + 1].start:
        begin = timestamp(cues[at + 1].start, ".")
        raise UnsupportedOptionError(
            f"it would still be there when the next subtitle begins at {begin}", "end it before"
        )
    return replace(cue, start=start, end=end, is_accepted=False)


def _content(cues: Sequence[Cue], proposal: Proposal) -> dict[str, Any] | None:
    times = [_time(cues, at, proposed) for at, proposed in sorted(proposal.items())]
    return {"cues": [asdict(time) for time in times]} if times else None


def _time(cues: Sequence[Cue], at: int, proposed: Cue) -> CueTime:
    """The words of a cue, also those that are still to be written behind them, and the times of what is proposed."""
    words = cues[at].words
    following = cues[at + 1].words[0].span[0] if cues[at + 1 :] else max(words[-1].span[1] + 1, cues[at].recording_end)
    start, end = round(proposed.start, 3), round(proposed.end, 3)
    return CueTime(words[0].span[0], following, start, end, proposed.is_accepted)


def apply(transcript: Transcript, edit: Mapping[str, Any]) -> Transcript:
    """Of cues that share words the last one holds."""
    new = [CueTime(**fields) for fields in edit["cues"]]
    kept = [old for old in transcript.cues if not any(_share_words(old, time) for time in new)]
    return replace(transcript, cues=tuple(sorted([*kept, *new], key=lambda time: time.first)))


def _share_words(one: CueTime, other: CueTime) -> bool:
    return one.first < other.last and other.first < one.last
