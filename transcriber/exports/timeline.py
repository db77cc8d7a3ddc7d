"""Where on an editor's timeline a recording lies, and in which frames it is counted."""

from dataclasses import dataclass
from fractions import Fraction

from transcriber.errors import UnsupportedOptionError
from transcriber.smpte import DROPPED, RATES, frames_of, is_drop, text_of
from transcriber.transcript import Transcript

__all__ = ["RATES", "SOURCE", "ZERO", "Ruler", "Timeline"]

SOURCE, ZERO = "source", "zero"
USUAL_RATE = "25"
"""Of a recording that has none, as of sound: Europe's, and its time code runs with the clock."""
USUAL_BEGIN = "01:00:00:00"
"""Of a recording without a clock of its own: where Resolve, Premiere and Final Cut begin their timelines."""


@dataclass(frozen=True)
class Timeline:
    """What was asked for. Raises UnsupportedOptionError for a time code that is none."""

    rate: str = ""
    """One of RATES; "": the recording's own, else USUAL_RATE."""
    timecode: str = SOURCE
    """Of the recording's beginning: SOURCE is what its own clock shows there, by which editors place what a camera
    recorded, and USUAL_BEGIN where it has none; ZERO, or HH:MM:SS:FF, or HH:MM:SS;FF where numbers are dropped."""

    def __post_init__(self) -> None:
        if self.timecode in (SOURCE, ZERO):
            return
        rate = self.rate or ("29.97" if is_drop(self.timecode) else "24")
        if frames_of(self.timecode, rate) is None:
            needed = "" if self.rate else ", and the --frame-rate with it where it counts more than 24"
            raise UnsupportedOptionError(
                f"“{self.timecode}” is no time code at {rate} frames a second",
                f"write {SOURCE}, {ZERO} or HH:MM:SS:FF{needed}",
            )
        if is_drop(self.timecode) and rate not in DROPPED:
            raise UnsupportedOptionError(
                f"at {rate} frames a second no numbers are dropped", "write a colon for the semicolon"
            )

    def on(self, transcript: Transcript) -> "Ruler":
        """For one recording."""
        start = transcript.start
        rate = self.rate or (start.rate if start else "")
        if is_drop(self.timecode) and rate not in DROPPED:
            rate = "29.97"
        rate = rate or USUAL_RATE
        media = round(start.seconds * RATES[rate]) if start else 0
        media_drop = bool(start and start.drop and rate in DROPPED)
        if self.timecode == SOURCE and start:
            return Ruler(rate, media, media_drop, media, media_drop)
        begin = {SOURCE: USUAL_BEGIN, ZERO: "00:00:00:00"}.get(self.timecode, self.timecode)
        return Ruler(rate, media, media_drop, frames_of(begin, rate) or 0, is_drop(begin))


@dataclass(frozen=True)
class Ruler:
    """Frames of a recording, counted on a timeline."""

    rate: str
    """One of RATES."""
    media: int
    """Frames that the recording's own clock shows at its beginning."""
    media_drop: bool
    """Whether that clock drops numbers."""
    begin: int
    """Frames that the timeline shows there."""
    drop: bool
    """Whether the timeline's time code drops numbers."""

    @property
    def frame(self) -> Fraction:
        """Seconds that a frame lasts."""
        return 1 / RATES[self.rate]

    def frames(self, seconds: float) -> int:
        """The frame that is nearest."""
        return round(seconds * RATES[self.rate])

    def timecode(self, frames: int) -> str:
        """What the timeline shows so many frames after the recording's beginning."""
        return text_of(self.begin + frames, self.rate, self.drop)
