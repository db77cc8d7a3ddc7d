"""How far it is from the truth who spoke when, and who said which word.

The diarization error rate (DER) is pyannote.metrics': the speech that was missed, that nobody said, and that another
said, over the speech of the reference, where two who speak at once count twice. A collar is what is left out on either
side of each boundary of the reference. Source: NIST, The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation
Plan, whose collar is 0.25 s.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.scoring import NOTHING, aligned
from transcriber.transcript import Turn, Word, normal

SAME_SECONDS = 1.0
"""A word that was written further from where it was said is another one of the same letters."""
NEAR_SECONDS = 0.5
"""A word in a pause belongs to whoever speaks no further away; to nobody, where nobody does."""


@dataclass(frozen=True)
class Rates:
    """Seconds of speech, which add up over recordings."""

    speech: float = 0.0
    """Of the reference."""
    missed: float = 0.0
    false: float = 0.0
    confused: float = 0.0

    @property
    def der(self) -> float:
        """Of no speech the rate is 0 where none was found, else infinite."""
        errors = self.missed + self.false + self.confused
        return errors / self.speech if self.speech else float("inf") if errors else 0.0

    def __add__(self, other: "Rates") -> "Rates":
        return Rates(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Rates)))


@dataclass(frozen=True)
class WordCounts:
    """Words of which it is known who said them, and those of them that were given to somebody else."""

    known: int = 0
    wrong: int = 0

    @property
    def rate(self) -> float:
        return self.wrong / self.known if self.known else 0.0

    def __add__(self, other: "WordCounts") -> "WordCounts":
        return WordCounts(self.known + other.known, self.wrong + other.wrong)


def rates(reference: Sequence[Turn], turns: Sequence[Turn], duration: float, collar: float = 0.0) -> Rates:
    """With `collar` seconds left out on either side of a boundary. `duration`: of the recording, which counts whole."""
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    def annotation(spoken: Sequence[Turn]) -> Annotation:
        whole = Annotation()
        for number, turn in enumerate(spoken):
            whole[Segment(turn.start, turn.end), number] = turn.speaker
        return whole

    metric = DiarizationErrorRate(collar=2 * collar, skip_overlap=False)
    parts = metric(annotation(reference), annotation(turns), uem=Timeline([Segment(0, duration)]), detailed=True)
    return Rates(parts["total"], parts["missed detection"], parts["false alarm"], parts["confusion"])


def one_speaker(turns: Sequence[Turn]) -> list[Turn]:
    """The lower line: all speech of the reference, told apart from silence without a mistake, is one person's."""
    whole: list[Turn] = []
    for turn in sorted(turns, key=lambda turn: turn.start):
        if whole and turn.start <= whole[-1].end:
            whole[-1] = Turn(whole[-1].start, max(whole[-1].end, turn.end), "one")
        else:
            whole.append(Turn(turn.start, turn.end, "one"))
    return whole


def spoken_by(words: Sequence[Word], turns: Sequence[Turn]) -> list[Word]:
    """The words, each said by whoever speaks longest in it, else by the nearest of at least one turn."""
    return [replace(word, speaker=max(turns, key=lambda turn: _common(word, turn)).speaker) for word in words]


def wrong_words(words: Sequence[Word], reference: Sequence[Word]) -> WordCounts:
    """Of the words that were written right, where the reference has words with their speakers, too."""
    written = [word for word in words if normal(word.text)]
    said = [word for word in reference if normal(word.text)]
    pairs, place, partner = Counter[tuple[str, str]](), 0, 0
    for true, hypothesis in aligned([normal(word.text) for word in said], [normal(word.text) for word in written]):
        if true == hypothesis and abs(said[partner].middle - written[place].middle) <= SAME_SECONDS:
            pairs[said[partner].speaker or "", written[place].speaker or ""] += 1
        partner += true != NOTHING
        place += hypothesis != NOTHING
    names = _mapping(pairs)
    return WordCounts(pairs.total(), sum(count for (true, name), count in pairs.items() if names.get(name) != true))


def wrong_words_by_time(words: Sequence[Word], reference: Sequence[Turn]) -> WordCounts:
    """Where only turns are known: whoever speaks in half of a word may have said it."""
    shares = [(word.speaker or "", _speakers(word, reference)) for word in words if normal(word.text)]
    known = [(name, speakers) for name, speakers in shares if speakers]
    people = Counter((true, name) for name, speakers in known for true in speakers)
    names = _mapping(people)
    return WordCounts(len(known), sum(names.get(name) not in speakers for name, speakers in known))


def _mapping(pairs: Counter[tuple[str, str]]) -> dict[str, str]:
    """For each name the person whose words it has; nobody is two. The most words are right."""
    people, names = sorted({true for true, _ in pairs}), sorted({name for _, name in pairs})
    table = np.array([[pairs[person, name] for name in names] for person in people]).reshape(len(people), len(names))
    rows, columns = linear_sum_assignment(-table)
    return {names[column]: people[row] for row, column in zip(rows, columns)}


def _speakers(word: Word, turns: Sequence[Turn]) -> set[str]:
    """Who may have said it."""
    start, end = word.span
    speaking = {turn.speaker for turn in turns if _common(word, turn) > (end - start) / 2}
    nearest = max(turns, key=lambda turn: _common(word, turn), default=None)
    if not speaking and nearest and _common(word, nearest) > -NEAR_SECONDS:
        return {nearest.speaker}
    return speaking


def _common(word: Word, turn: Turn) -> float:
    """Seconds of a word that lie in a turn; less than 0 by as much as they are apart."""
    start, end = word.span
    return min(end, turn.end) - max(start, turn.start)
