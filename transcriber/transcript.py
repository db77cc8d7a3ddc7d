"""What a transcription is: words with times, in segments. No input or output here.

Times are seconds of the original recording. A transcript is never changed once made.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from transcriber.readable import readable


class Stored:
    """What is kept as JSON. With fields that it does not have it is refused when it is read (transcript_json.py)."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}


@dataclass(frozen=True)
class Word(Stored):
    """One word as written."""

    text: str
    start: float | None = None
    """Seconds; None, as `end`, where the model gives no times for words."""
    end: float | None = None
    confidence: float | None = None
    """The probability that the model gives the word, 0 to 1; None where it gives none."""
    speaker: str | None = None
    """Who says it, by name; None where nobody knows."""
    space_before: bool = True
    """Whether there is a blank before it in the text."""

    @property
    def span(self) -> tuple[float, float]:
        """(start, end) of a word that has times. Raises ValueError for one that has none."""
        if self.start is None or self.end is None:
            raise ValueError(f"no times are known of “{self.text}”")
        return self.start, self.end

    @property
    def middle(self) -> float:
        """The second between start and end. Raises ValueError for a word without times."""
        return sum(self.span) / 2

    def later(self, seconds: float) -> "Word":
        """The same word with its times, if it has any, moved by `seconds`."""
        if self.start is None or self.end is None:
            return self
        return replace(self, start=self.start + seconds, end=self.end + seconds)


def joined(words: Iterable[Word]) -> str:
    """The text of words that follow one another, with the blanks before them."""
    texts: list[str] = []
    for word in words:
        texts.append(f" {word.text}" if texts and word.space_before else word.text)
    return "".join(texts)


@dataclass(frozen=True)
class Hypothesis:
    """What a model wrote for one piece of audio; times count from its first sample."""

    words: tuple[Word, ...]
    language: str | None = None
    """ISO 639 code of what was spoken, where the model says so."""
    doubtful: tuple[tuple[float, float], ...] = ()
    """(start, end) of stretches of which the model found no text likely; the words are its most likely ones."""

    @property
    def text(self) -> str:
        return joined(self.words)

    def later(self, seconds: float) -> "Hypothesis":
        """The same with all times in it moved by `seconds`, those of the words and of what is doubtful."""
        doubtful = tuple((start + seconds, end + seconds) for start, end in self.doubtful)
        return replace(self, words=tuple(word.later(seconds) for word in self.words), doubtful=doubtful)


@dataclass(frozen=True)
class Segment(Stored):
    """Words that belong together: a sentence, or what was said between two pauses."""

    words: tuple[Word, ...]
    start: float
    end: float
    speaker: str | None = None
    starts_paragraph: bool | None = None
    """Whether a paragraph begins with it, as somebody decided; None: that follows from a rule
    (exports/paragraphs.py)."""

    @property
    def text(self) -> str:
        return joined(self.words)


@dataclass(frozen=True)
class Mark(Stored):
    """A stretch of the recording that somebody wants to find again."""

    id: int
    """Its number, from 1."""
    start: float
    end: float


@dataclass(frozen=True)
class Source(Stored):
    """The recording that a transcript was made of."""

    name: str
    """Its file name, as it can be read: a byte of it that is no UTF-8, such as E9, is `\\xe9`."""
    size: int
    """Bytes."""
    sha256: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", readable(self.name))


@dataclass(frozen=True)
class Start(Stored):
    """What the recording's own clock shows at its beginning: the time code of a camera or a recorder."""

    seconds: float
    """Since 00:00:00:00, in real time."""
    rate: str = ""
    """Frames a second that it counts, one of smpte.RATES; "" where it counts samples."""
    drop: bool = False
    """Whether it is drop-frame: some numbers of frames are left out, so that it keeps to real time."""


@dataclass(frozen=True)
class Coverage(Stored):
    """The speech that was detected against the words that were written."""

    speech: float = 0.0
    """Seconds of speech that the voice detector found."""
    uncovered: tuple[tuple[float, float], ...] = ()
    """(start, end) of speech without words, after all attempts."""
    retried: int = 0
    """How many stretches of speech without words were transcribed again."""
    recovered: int = 0
    """How many of them have words now."""
    dropped: tuple[Word, ...] = ()
    """Words that the model made up: on silence, in a loop."""
    doubtful: tuple[tuple[float, float], ...] = ()
    """(start, end) of stretches of which the model found no text likely; they have its most likely words."""

    @property
    def ratio(self) -> float:
        """The part of the speech that has words, 0 to 1."""
        return 1 - sum(end - start for start, end in self.uncovered) / self.speech if self.speech else 1.0

    def __add__(self, other: "Coverage") -> "Coverage":
        """That of two parts of a recording together."""
        return Coverage(
            self.speech + other.speech,
            self.uncovered + other.uncovered,
            self.retried + other.retried,
            self.recovered + other.recovered,
            self.dropped + other.dropped,
            self.doubtful + other.doubtful,
        )


@dataclass(frozen=True)
class Turn(Stored):
    """A stretch in which one person speaks; those of several may overlap."""

    start: float
    end: float
    speaker: str
    """The name, as words have it."""


@dataclass(frozen=True)
class Voice(Stored):
    """One of the people who speak."""

    speaker: str
    """The name, as words and turns have it: "Speaker 1" until somebody gives another."""
    seconds: float
    """Of speech, together with others or alone."""
    quality: float | None = None
    """How surely this voice is told from the others, 0 to 1; None where the model does not say."""
    suggestion: str = ""
    """Whose remembered voice it is like; nobody is called so before a person says yes."""


@dataclass(frozen=True)
class Diarization(Stored):
    """Who spoke when."""

    model: str
    """The name of the model that told them apart."""
    voices: tuple[Voice, ...]
    """In the order in which they first speak."""
    turns: tuple[Turn, ...]
    """In the order of their starts."""
    count: str = "auto"
    """How many people were asked for (speaker_count.py)."""
    revision: str | None = None
    """The frozen model's, from its manifest."""
    model_sha256: str | None = None
    """Of the frozen file."""

    @property
    def overlaps(self) -> tuple[tuple[float, float], ...]:
        """(start, end) of the stretches in which two people or more speak at once."""
        changes = [(turn.start, 1, turn.speaker) for turn in self.turns]
        changes += [(turn.end, -1, turn.speaker) for turn in self.turns]
        stretches: list[tuple[float, float]] = []
        turns_of: Counter[str] = Counter()  # that go on
        begin = 0.0
        for at, change, speaker in sorted(changes):
            if len(+turns_of) >= 2 and at > begin:
                joined_up = stretches and stretches[-1][1] == begin
                stretches[-1:] = [(stretches[-1][0], at)] if joined_up else [*stretches[-1:], (begin, at)]
            turns_of[speaker] += change
            begin = at
        return tuple(stretches)


@dataclass(frozen=True)
class CueTime(Stored):
    """When some words are shown as a subtitle of their own, whatever its limits."""

    first: float
    last: float
    """The words whose middles lie from second `first` to second `last`."""
    start: float
    end: float
    """Seconds in which they are shown."""
    accepted: bool = False
    """Whether somebody said that it may break limits."""


@dataclass(frozen=True)
class Transcript(Stored):
    """The words of one recording, and how they came about."""

    segments: tuple[Segment, ...]
    duration: float
    """Seconds of the recording: where what was transcribed ends."""
    model: str
    device: str
    elapsed: float = 0.0
    """Wall seconds from opening the file to the last word; loading the model is not counted."""
    language: str | None = None
    revision: str | None = None
    """The frozen model's revision, from its manifest."""
    model_sha256: str | None = None
    """Of the frozen file, from its manifest."""
    compute_type: str = ""
    """What it was computed in, such as "float32"."""
    source: Source | None = None
    start: Start | None = None
    """None where the recording has no clock of its own."""
    options: dict[str, Any] = field(default_factory=dict)
    """What was asked for: the fields of TranscribeOptions."""
    coverage: Coverage | None = None
    versions: dict[str, str] = field(default_factory=dict)
    """Of this program and of the libraries that made it, by their names."""
    diarization: Diarization | None = None
    """Who spoke when; None where nobody asked, or nobody was heard."""
    notes: tuple[str, ...] = ()
    """What the reader should know, e.g. that this model gives no word times."""
    marks: tuple[Mark, ...] = ()
    """In the order of their starts."""
    cues: tuple[CueTime, ...] = ()
    """Subtitles whose times were given by hand, in the order of their words, none of which is in two."""
    edits: int = 0
    """How many changes were made by hand; 0: these are the model's own words."""
    edited_at: float | None = None
    """When the last of them was made, seconds since 1970, UTC."""

    @property
    def text(self) -> str:
        return joined(word for segment in self.segments for word in segment.words)

    @property
    def rtfx(self) -> float:
        """Seconds of audio for each second of work; higher is faster."""
        return (self.duration - self.options.get("start", 0.0)) / self.elapsed if self.elapsed else 0.0


def normal(text: str) -> str:
    """A word's letters and digits, without case and accents; empty for what nobody says, such as a dash."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isalnum())
