"""Times for words that came without: a script's, or those of a model that gives none.

A model with word times transcribes the recording, and its words are matched with the text's (matching.py). Where they
agree they are anchors: the text's words take their times. Where they differ, forced alignment by the model's own scores
says where the text's words are, between the anchors on either side. What is not there either gets a place between its
neighbours, and no confidence.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby
from math import inf

import numpy as np

from transcriber.alignment.matching import match
from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.protocol import Engine, ForcedAligner
from transcriber.errors import UnsupportedOptionError
from transcriber.models.frozen_model import SETUP_COMMAND
from transcriber.transcript import Word, normal

MAX_STRETCH_SECONDS = 300.0
"""Of a stretch in which words are looked for."""
MAX_SECONDS_TIMES_WORDS = 20_000
"""Of a stretch: at some 1.6 tokens a word and 12.5 frames a second, 400,000 places to score."""
MIN_CONFIDENCE = 0.02
"""From which a word is taken for said. With the demo model 99 % of the words that were said have more, and
nine in ten of those that were not have less (benchmarks/README.md)."""
LETTER_SECONDS = 0.06
"""What a letter takes where the audio does not say; people say about fifteen a second."""


class AlignmentStatus(Enum):
    """How a word got its times."""

    MATCHED = "the model wrote this word, or one much like it, by itself"
    ALIGNED = "the model's scores show it where its own words differ"
    MISSING = "it is not there: the times are a guess between its neighbours"
    UNSPOKEN = "nobody says it, such as a dash: the times are its neighbours'"


@dataclass(frozen=True)
class Alignment:
    """The words of a text, in its order, with times that never go back; and how each got them.

    A word's confidence is the model's own: of a MATCHED word what the engine gave (times the similarity of the two,
    where they are not the same), of any other the mean probability of its tokens, 0 where there is no place for it.
    """

    words: tuple[Word, ...]
    statuses: tuple[AlignmentStatus, ...]

    @property
    def missing(self) -> list[int]:
        """The numbers of the words that are not there."""
        return [number for number, status in enumerate(self.statuses) if status is AlignmentStatus.MISSING]


AlignWords = Callable[[Sequence[str], float, float], list[Word | None]]
"""Where words are said in a recording: words, start, end, in its seconds → words with times; None for what is not
there."""


def forced_aligner_of(engine: Engine, able: Sequence[str] = ()) -> ForcedAligner:
    """The engine's forced aligner. Raises UnsupportedOptionError where it has none; `able`: the models that are."""
    if engine.forced_aligner is None:
        hint = f"choose one of {', '.join(able)}" if able else f"run `{SETUP_COMMAND} parakeet` once, and choose that"
        raise UnsupportedOptionError("this model cannot say where given words are", hint)
    return engine.forced_aligner


def align(
    words: Sequence[str], transcribed: Sequence[Word], align_words: AlignWords, end: float, start: float = 0.0
) -> Alignment:
    """The words, as they are written, with times between the seconds `start` and `end`.

    `transcribed`: what the model wrote by itself. `align_words`: its forced alignment, for what it wrote otherwise.
    """
    pairs = match(words, [word.text for word in transcribed])
    partners = [pair and _as_written(text, transcribed[pair[0]], pair[1]) for text, pair in zip(words, pairs)]
    placed = [word if pair and pair[1] == 1 else None for word, pair in zip(partners, pairs)]
    statuses = [_status(text, word) for text, word in zip(words, placed)]
    for first, last in _unmatched(placed, statuses):
        left = next((word.span[1] for word in reversed(placed[:first]) if word), start)
        right = next((word.span[0] for word in placed[last:] if word), end)
        spoken = [number for number in range(first, last) if statuses[number] is not AlignmentStatus.UNSPOKEN]
        if 0 < right - left <= min(MAX_STRETCH_SECONDS, MAX_SECONDS_TIMES_WORDS / len(spoken)):
            aligned = align_words([words[number] for number in spoken], left, right)
            for number, word in zip(spoken, aligned, strict=True):
                placed[number] = word
                statuses[number] = AlignmentStatus.ALIGNED if _is_sure(word) else AlignmentStatus.MISSING
    _restore_partners(partners, placed, statuses)
    return Alignment(tuple(_in_order(_guessed(words, placed, start, end))), tuple(statuses))


def _status(text: str, word: Word | None) -> AlignmentStatus:
    """Before forced alignment."""
    if word:
        return AlignmentStatus.MATCHED
    return AlignmentStatus.MISSING if normal(text) else AlignmentStatus.UNSPOKEN


def timed(given: Sequence[Word], aligned: Sequence[Word]) -> list[Word]:
    """The given words, joined as they were and said by whom they were, with the times and confidence of the aligned."""
    return [
        replace(word, start=other.start, end=other.end, confidence=other.confidence)
        for word, other in zip(given, aligned, strict=True)
    ]


def _is_sure(word: Word | None) -> bool:
    return word is not None and (word.confidence or 0) >= MIN_CONFIDENCE


def _as_written(text: str, word: Word, similarity: float) -> Word:
    confidence = word.confidence if similarity == 1 else similarity * (word.confidence or 1)
    return Word(text, word.start, word.end, confidence)


def _unmatched(placed: Sequence[Word | None], statuses: Sequence[AlignmentStatus]) -> Iterator[tuple[int, int]]:
    """(first, behind the last) of the words to look for: those without a partner, and one that has one on either side.

    Of a word said twice and transcribed once, the matching cannot know which it was; and a word that agrees by chance
    between two that do not is no anchor.
    """
    held: tuple[int, int] | None = None
    for is_matched, run in groupby(range(len(placed)), lambda number: statuses[number] is AlignmentStatus.MATCHED):
        numbers = [number for number in run if statuses[number] is AlignmentStatus.MISSING]
        if is_matched or not numbers:
            continue
        first, last = max(0, numbers[0] - 1), min(len(placed), numbers[-1] + 2)
        if held and first <= held[1]:
            held = held[0], last
            continue
        if held:
            yield held
        held = first, last
    if held:
        yield held


def _restore_partners(
    partners: Sequence[Word | None], placed: list[Word | None], statuses: list[AlignmentStatus]
) -> None:
    """A word that the scores do not show, but the model wrote or nearly so, is where it wrote it, if there is room."""
    for number, partner in enumerate(partners):
        if partner and statuses[number] is AlignmentStatus.MISSING:
            before = next((word.span[1] for word in reversed(placed[:number]) if word), -inf)
            after = next((word.span[0] for word in placed[number + 1 :] if word), inf)
            if before <= partner.span[0] and partner.span[1] <= after:
                placed[number], statuses[number] = partner, AlignmentStatus.MATCHED


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
        lengths = [LETTER_SECONDS * len(normal(words[number])) for number in group]
        scale = max(0.0, right - left) / max(sum(lengths), LETTER_SECONDS)
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


def align_chunk(
    engine: Engine, samples: np.ndarray, words: Sequence[str], transcribed: Sequence[Word] | None = None
) -> tuple[Word, ...]:
    """The words of one chunk [N] at 16 kHz of at most about `engine.max_audio_seconds`, with their times in it.

    `transcribed`: what the engine wrote for the chunk, if that is known already. Raises UnsupportedOptionError for an
    engine without a forced aligner.
    """
    aligner = forced_aligner_of(engine)
    if transcribed is None:
        transcribed = engine.transcribe([samples])[0].words

    def align_words(texts: Sequence[str], start: float, end: float) -> list[Word | None]:
        return aligner.align(samples, texts, start, end)

    return align(words, transcribed, align_words, len(samples) / SAMPLE_RATE).words
