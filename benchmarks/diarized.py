"""Recordings with their reference, what a program made of them, and how that is told in a table."""

from dataclasses import dataclass, field
from pathlib import Path

import soundfile

from benchmarks.speaker_scoring import Rates, WordCounts, rates, wrong_words, wrong_words_by_time
from transcriber.transcript import Turn, Word

COLLAR_SECONDS = 0.25


@dataclass(frozen=True)
class Conversation:
    """A recording with its reference."""

    path: Path
    turns: list[Turn]
    words: list[Word]
    """Empty where they are not known."""

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def duration(self) -> float:
        return soundfile.info(self.path).duration


@dataclass(frozen=True)
class Answer:
    """What a way made of one recording."""

    turns: list[Turn]
    words: list[Word] = field(default_factory=list)
    processor: float | None = None
    """Seconds."""
    memory: float | None = None
    """GB."""


@dataclass(frozen=True)
class Row:
    """Of one recording, or of several."""

    rates: Rates
    loose: Rates
    """With a collar."""
    words: WordCounts
    people: tuple[tuple[int, int], ...]
    """(true, found) of each recording."""
    duration: float
    processor: float | None
    memory: float | None

    def __add__(self, other: "Row") -> "Row":
        return Row(
            self.rates + other.rates,
            self.loose + other.loose,
            self.words + other.words,
            self.people + other.people,
            self.duration + other.duration,
            None if self.processor is None or other.processor is None else self.processor + other.processor,
            None if self.memory is None or other.memory is None else max(self.memory, other.memory),
        )

    def cells(self) -> list[str]:
        is_one = len(self.people) == 1
        right = sum(true == found for true, found in self.people)
        people = [str(number) for number in self.people[0]] if is_one else [f"{len(self.people)} ×", f"{right} right"]
        parts = (self.rates.missed, self.rates.false, self.rates.confused)
        shares = [f"{100 * part / self.rates.speech:.1f}" if self.rates.speech else "–" for part in parts]
        words = [str(self.words.known), str(self.words.wrong), f"{100 * self.words.rate:.1f}"]
        cost = [
            "–" if self.processor is None else f"{3600 * self.processor / self.duration:.0f}",
            "–" if self.memory is None else f"{self.memory:.2f}",
        ]
        loose = f"{100 * self.loose.der:.1f}"
        return [*people, f"{100 * self.rates.der:.1f}", *shares, loose, *(words if self.words.known else "–––"), *cost]


def scored(conversation: Conversation, answer: Answer) -> Row:
    if conversation.words:
        words = wrong_words(answer.words, conversation.words)
    else:
        words = wrong_words_by_time(answer.words, conversation.turns)
    people = [len({turn.speaker for turn in turns}) for turns in (conversation.turns, answer.turns)]
    return Row(
        rates(conversation.turns, answer.turns, conversation.duration),
        rates(conversation.turns, answer.turns, conversation.duration, COLLAR_SECONDS),
        words,
        ((people[0], people[1]),),
        conversation.duration,
        answer.processor,
        answer.memory,
    )
