"""Times for words that came without: a script's, or those of a model that gives none.

A model with word times hears the recording, and its words are matched with the text's (matching.py). Where they agree
they are anchors: the text's words take their times. Where they differ the model's own scores say where the text's words
are (transducer.py), between the anchors on either side. What is not there either gets a place between its neighbours,
and no confidence.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby
from math import inf

import numpy as np

from transcriber.alignment.matching import match
from transcriber.audio.samples import NOTHING, SAMPLE_RATE
from transcriber.engines.protocol import Engine, ForcedAligner
from transcriber.errors import UnsupportedOptionError
from transcriber.models.store import SETUP_COMMAND
from transcriber.transcript import Word, normal

LONGEST = 300.0
"""Seconds of a stretch in which words are looked for."""
LARGEST = 20_000
"""Seconds times words of one: at some 1.6 tokens a word and 12.5 frames a second, 400,000 places to score."""
LEAST = 0.02
"""Confidence from which a word is taken for said. With the demo model 99 % of the words that were said have more, and
nine in ten of those that were not have less (benchmarks/README.md)."""
PER_LETTER = 0.06
"""Seconds a letter, where the sound does not say; people say about fifteen a second."""


class Found(Enum):
    """How a word got its times."""

    HEARD = "the model wrote this word, or one much like it, by itself"
    SCORED = "the model's scores show it where its own words differ"
    NOT_HEARD = "it is not there: the times are a guess between its neighbours"
    SILENT = "nobody says it, such as a dash: the times are its neighbours'"


@dataclass(frozen=True)
class Alignment:
    """The words of a text, in its order, with times that never go back; and how each got them.

    A word's confidence is the model's own: of a HEARD word what the engine gave (times the likeness of the two, where
    they are not the same), of any other the mean probability of its tokens, 0 where there is no place for it.
    """

    words: tuple[Word, ...]
    found: tuple[Found, ...]

    @property
    def missing(self) -> list[int]:
        """The numbers of the words that were not heard."""
        return [number for number, found in enumerate(self.found) if found is Found.NOT_HEARD]


Place = Callable[[Sequence[str], float, float], list[Word | None]]
"""The same of a whole recording, and in its seconds: words, start, end → words with times."""


def forced_aligner_of(engine: Engine, able: Sequence[str] = ()) -> ForcedAligner:
    """The engine's forced aligner. Raises UnsupportedOptionError where it has none; `able`: the models that are."""
    if engine.forced_aligner is None:
        hint = f"choose one of {', '.join(able)}" if able else f"run `{SETUP_COMMAND} parakeet` once, and choose that"
        raise UnsupportedOptionError("this model cannot say where given words are", hint)
    return engine.forced_aligner


def align(words: Sequence[str], heard: Sequence[Word], place: Place, end: float, start: float = 0.0) -> Alignment:
    """The words, as they are written, with times between `start` and `end`; `heard`: what the model wrote by itself."""
    pairs = match(words, [word.text for word in heard])
    partners = [pair and _as_written(text, heard[pair[0]], pair[1]) for text, pair in zip(words, pairs)]
    placed = [word if pair and pair[1] == 1 else None for word, pair in zip(partners, pairs)]
    found = [
        Found.HEARD if word else Found.NOT_HEARD if normal(text) else Found.SILENT for text, word in zip(words, placed)
    ]
    for first, last in _stretches(words, placed, found):
        left = next((word.span[1] for word in reversed(placed[:first]) if word), start)
        right = next((word.span[0] for word in placed[last:] if word), end)
        spoken = [number for number in range(first, last) if found[number] is not Found.SILENT]
        if 0 < right - left <= min(LONGEST, LARGEST / len(spoken)):
            scored = place([words[number] for number in spoken], left, right)
            for number, word in zip(spoken, scored, strict=True):
                placed[number], found[number] = word, Found.SCORED if _is_sure(word) else Found.NOT_HEARD
    _take_partners(partners, placed, found)
    return Alignment(tuple(_in_order(_guessed(words, placed, start, end))), tuple(found))


def timed(given: Sequence[Word], aligned: Sequence[Word]) -> list[Word]:
    """The given words, joined as they were and said by whom they were, with the times and confidence of the aligned."""
    return [
        replace(word, start=other.start, end=other.end, confidence=other.confidence)
        for word, other in zip(given, aligned, strict=True)
    ]


def _is_sure(word: Word | None) -> bool:
    return word is not None and (word.confidence or 0) >= LEAST


def _as_written(text: str, heard: Word, likeness: float) -> Word:
    confidence = heard.confidence if likeness == 1 else likeness * (heard.confidence or 1)
    return Word(text, heard.start, heard.end, confidence)


def _stretches(
    words: Sequence[str], placed: Sequence[Word | None], found: Sequence[Found]
) -> Iterator[tuple[int, int]]:
    """(first, last + 1) of the words to look for: those without a partner, and one word that has one on either side.

    Of a word said twice and heard once, the matching cannot know which it was; and a word that agrees by chance between
    two that do not is no anchor.
    """
    held: tuple[int, int] | None = None
    for state, run in groupby(range(len(words)), lambda number: found[number] is Found.HEARD):
        numbers = [number for number in run if found[number] is Found.NOT_HEARD]
        if state or not numbers:
            continue
        first, last = max(0, numbers[0] - 1), min(len(words), numbers[-1] + 2)
        if held and first <= held[1]:
            held = held[0], last
            continue
        if held:
            yield held
        held = first, last
    if held:
        yield held


def _take_partners(partners: Sequence[Word | None], placed: list[Word | None], found: list[Found]) -> None:
    """A word that the scores do not show, but the model wrote or nearly so, is where it wrote it, if there is room."""
    for number, partner in enumerate(partners):
        if partner and found[number] is Found.NOT_HEARD:
            before = next((word.span[1] for word in reversed(placed[:number]) if word), -inf)
            after = next((word.span[0] for word in placed[number + 1 :] if word), inf)
            if before <= partner.span[0] and partner.span[1] <= after:
                placed[number], found[number] = partner, Found.HEARD


def _guessed(words: Sequence[str], placed: list[Word | None], start: float, end: float) -> Iterator[Word]:
    """Every word with times: what has no place follows the word before, or precedes the first, as there is room."""
    numbers = range(len(words))
    for is_placed, run in groupby(numbers, lambda number: placed[number] is not None):
        group = list(run)
        if is_placed:
            yield from (word for number in group if (word := placed[number]))
            continue
        before = placed[group[0] - 1] if group[0] else None
        after = placed[group[-1] + 1] if group[-1] + 1 < len(words) else None
        left, right = before.span[1] if before else start, after.span[0] if after else end
        lengths = [PER_LETTER * len(normal(words[number])) for number in group]
        scale = max(0.0, right - left) / max(sum(lengths), PER_LETTER)
        if before or after:  # else nothing is known, and the words fill the time
            scale = min(1.0, scale)
        at = left if before or not after else right - scale * sum(lengths)
        for number, length in zip(group, lengths):
            confidence = 0.0 if normal(words[number]) else None
            yield Word(words[number], at, at + scale * length, confidence)
            at += scale * length


def _in_order(words: Iterable[Word]) -> Iterator[Word]:
    """The words, none of which starts before the one before it starts, or reaches into the one behind it."""
    held: Word | None = None
    for word in words:
        if held:
            start = max(word.span[0], held.span[0])
            yield replace(held, end=min(held.span[1], start))
            held = replace(word, start=start, end=max(word.span[1], start))
        else:
            held = word
    if held:
        yield held


class Passages:
    """Pieces of a recording that streams by, asked for in order: `blocks` are its samples at 16 kHz."""

    def __init__(self, blocks: Iterable[np.ndarray]) -> None:
        self._blocks = iter(blocks)
        self._held, self._first = NOTHING, 0

    def cut(self, start: float, end: float) -> tuple[np.ndarray, float]:
        """What is between two seconds, as far as it is there, and where it begins. `start` never goes back."""
        first, last = max(0, round(start * SAMPLE_RATE)), round(end * SAMPLE_RATE)
        parts, reached = [self._held], self._first + len(self._held)
        while reached < last and (block := next(self._blocks, None)) is not None:
            reached += len(block)
            parts = [*parts, block] if reached > first else [block[:0]]
        held = np.concatenate(parts)
        self._held, self._first = held[max(0, first - (reached - len(held))) :], max(first, reached - len(held))
        return self._held[: last - self._first], self._first / SAMPLE_RATE

    def place(self, aligner: ForcedAligner) -> Place:
        """What an aligner finds in the recording."""

        def place(words: Sequence[str], start: float, end: float) -> list[Word | None]:
            samples, begin = self.cut(start - aligner.context, end + aligner.context)
            found = aligner.align(samples, words, start - begin, end - begin)
            return [word and word.later(begin) for word in found]

        return place


def align_chunk(
    engine: Engine, samples: np.ndarray, words: Sequence[str], heard: Sequence[Word] | None = None
) -> tuple[Word, ...]:
    """The words of one chunk [N] of about `engine.max_audio_seconds` seconds at most, with their times in it.

    `engine`: one with a forced aligner, or UnsupportedOptionError is raised. `heard`: what it wrote for the chunk, if
    that is known already.
    """
    aligner = forced_aligner_of(engine)
    if heard is None:
        heard = engine.transcribe([samples])[0].words

    def place(texts: Sequence[str], start: float, end: float) -> list[Word | None]:
        return aligner.align(samples, texts, start, end)

    return align(words, heard, place, len(samples) / SAMPLE_RATE).words
