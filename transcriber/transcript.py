"""What a transcription is: words with times, in segments. No input or output here.

Times are seconds of the original recording. A transcript is never changed once made.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Word:
    """One word as written. `start` and `end` are None where the model gives no word times."""

    text: str
    start: float | None = None
    end: float | None = None
    confidence: float | None = None
    speaker: str | None = None

    @property
    def span(self) -> tuple[float, float]:
        """(start, end) of a word that has times. Raises ValueError for one that has none."""
        if self.start is None or self.end is None:
            raise ValueError(f"no times are known of “{self.text}”")
        return self.start, self.end

    def later(self, seconds: float) -> "Word":
        """The same word, its times moved by `seconds`."""
        start, end = self.span
        return replace(self, start=start + seconds, end=end + seconds)


@dataclass(frozen=True)
class Segment:
    """Words that belong together: a sentence, or what was said between two pauses."""

    words: tuple[Word, ...]
    start: float
    end: float
    speaker: str | None = None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True)
class Transcript:
    """The words of one recording, and how they came about."""

    segments: tuple[Segment, ...]
    duration: float
    """Seconds of audio."""
    model: str
    device: str
    elapsed: float = 0.0
    """Wall seconds from opening the file to the last word; loading the model is not counted."""
    language: str | None = None
    revision: str | None = None
    """The frozen model's revision, from its manifest."""
    notes: tuple[str, ...] = ()
    """What the reader should know, e.g. that this model gives no word times."""

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    @property
    def rtfx(self) -> float:
        """Seconds of audio for each second of work; higher is faster."""
        return self.duration / self.elapsed if self.elapsed else 0.0


@dataclass(frozen=True)
class Partial:
    """What a transcription had when it was interrupted: it can go on from there."""

    segments: tuple[Segment, ...] = ()
    done: float = 0.0
    """Seconds of the recording that are transcribed: the end of the last finished chunk."""
    elapsed: float = 0.0
    """Seconds of work."""


def segment_from_dict(fields: dict[str, Any]) -> Segment:
    return Segment(**{**fields, "words": tuple(Word(**word) for word in fields["words"])})


def partial_from_dict(fields: dict[str, Any]) -> Partial:
    return Partial(**{**fields, "segments": tuple(map(segment_from_dict, fields["segments"]))})


def to_dict(transcript: Transcript) -> dict[str, Any]:
    """Plain lists, strings and numbers, for JSON; from_dict() reverses it."""
    return asdict(transcript)


def from_dict(fields: dict[str, Any]) -> Transcript:
    segments = tuple(segment_from_dict(segment) for segment in fields["segments"])
    return Transcript(**{**fields, "segments": segments, "notes": tuple(fields.get("notes", ()))})
