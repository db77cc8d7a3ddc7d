"""What is wrong with the words that a program wrote, against those that were said.

Both are normalised by openai-whisper's own whisper/normalizers: the English one for English, the basic one for other
languages. WER = (substitutions + deletions + insertions) / words of the reference.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from kaldialign import align

NOTHING = "\0"
"""Stands in an alignment where one side has no word."""
HALLUCINATION_WORDS, HALLUCINATION_LETTERS = 3, 10
"""So much more than was said, between two right words, is no word that was misheard as several, such as “pourraient” as
“pour t'attettent”."""
LONGEST_REPEAT = 8
"""Words of a phrase that is looked for twice."""

Pairs = list[tuple[str, str]]
"""(word of the reference, word of the hypothesis), NOTHING for none."""


@dataclass(frozen=True)
class Score:
    """Counts of words, which add up over recordings."""

    reference: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    hallucinated: int = 0
    """Inserted words that stand where nothing was said: all of a recording without speech, else those of a stretch
    between two right words that has at least HALLUCINATION_WORDS and HALLUCINATION_LETTERS more than the reference."""
    doubled: int = 0
    """Places where a word or phrase follows itself, which the reference does not have there."""

    @property
    def errors(self) -> int:
        return self.substitutions + self.deletions + self.insertions

    @property
    def wer(self) -> float:
        """Of no words the rate is 0 where none was written, else infinite."""
        return self.errors / self.reference if self.reference else float("inf") if self.errors else 0.0

    def __add__(self, other: "Score") -> "Score":
        return Score(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Score)))


def score(reference: str, hypothesis: str, language: str = "en") -> Score:
    """Of one recording."""
    pairs = aligned(words(reference, language), words(hypothesis, language))
    return Score(
        reference=sum(said != NOTHING for said, _ in pairs),
        substitutions=sum(NOTHING not in pair and pair[0] != pair[1] for pair in pairs),
        deletions=sum(written == NOTHING for _, written in pairs),
        insertions=sum(said == NOTHING for said, _ in pairs),
        hallucinated=hallucinated(pairs),
        doubled=doubled(pairs),
    )


def words(text: str, language: str) -> list[str]:
    """Normalised."""
    return _normalizer(language == "en")(text).split()


def aligned(reference: Sequence[str], hypothesis: Sequence[str]) -> Pairs:
    """By the fewest errors."""
    return align(reference, hypothesis, NOTHING)


def hallucinated(pairs: Pairs) -> int:
    """Words, see Score."""
    is_silent = all(said == NOTHING for said, _ in pairs)
    count = 0
    for stretch in stretches(pairs):
        more = sum(said == NOTHING for said, _ in stretch)
        less = sum(written == NOTHING for _, written in stretch)
        is_long = (
            more - less >= HALLUCINATION_WORDS and _letters(stretch, 1) - _letters(stretch, 0) >= HALLUCINATION_LETTERS
        )
        count += more if is_silent or is_long else 0
    return count


def _letters(stretch: Pairs, side: int) -> int:
    return sum(len(pair[side]) for pair in stretch if pair[side] != NOTHING)


def stretches(pairs: Pairs) -> Iterator[Pairs]:
    """What is wrong, as far as it goes without a right word."""
    wrong: Pairs = []
    for pair in pairs:
        if pair[0] != pair[1]:
            wrong.append(pair)
        elif wrong:
            yield wrong
            wrong = []
    if wrong:
        yield wrong


def doubled(pairs: Pairs) -> int:
    """Places, see Score."""
    written = [(word, word == said) for said, word in pairs if word != NOTHING]
    count = at = 0
    while at < len(written):
        size = _repeat(written, at)
        count += size > 0
        at += size or 1
    return count


def _repeat(written: list[tuple[str, bool]], at: int) -> int:
    """Words of the shortest phrase at `at` that follows itself without being said twice; 0 where none does."""
    for size in range(1, LONGEST_REPEAT + 1):
        first, second = written[at : at + size], written[at + size : at + 2 * size]
        if [word for word, _ in first] == [word for word, _ in second]:
            return 0 if all(is_right for _, is_right in first + second) else size
    return 0


def mistakes(pairs: Pairs) -> list[str]:
    """What was said → what was written, for each wrong stretch, with a word of context on either side."""
    told = []
    at = 0
    while at < len(pairs):
        end = at
        while end < len(pairs) and pairs[end][0] != pairs[end][1]:
            end += 1
        if end > at:
            around = pairs[max(0, at - 1) : end + 1]
            told.append(" → ".join(" ".join(pair[side] for pair in around if pair[side] != NOTHING) for side in (0, 1)))
        at = end + 1
    return told


def total(scores: Iterable[Score]) -> Score:
    return sum(scores, Score())


@cache
def _normalizer(is_english: bool) -> Any:
    from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer

    return EnglishTextNormalizer() if is_english else BasicTextNormalizer()
