"""Conversations of real readers of which it is known, to a hundredth of a second, who speaks when.

    python -m benchmarks.conversations ../shared/data FOLDER [--names two six-overlap …]
        [--conditions clean telephone …] [--words] [--models-dir DIR] [--model whisper-base]

writes NAME.wav and NAME.rttm for each recipe and condition (conditions.py), the same every time. Turns are stretches
of one reader, cut at pauses, of 0.5 to 15 s, short ones as often as long ones by the logarithm; the readers
differ in level by up to 9 dB, and a faint hum lies below. Readers with little to say begin anew when they are through.
A turn of the reference is speech with pauses of less than 0.3 s.

With `--words` also NAME.json: the words and who says them, as the model wrote each reading by itself, a list of
{"text", "start", "end", "speaker"}. They stay in FOLDER/readings.
"""

import argparse
import random
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.conditions import CONDITIONS, RATE, white_noise
from benchmarks.readings import FRAME, READERS, Reader, reader, stretches
from benchmarks.speaker_files import read_rttm, read_words, write_rttm, write_words
from tools.real_weights import FOLDER
from transcriber.transcript import Turn, Word

ALL_CONDITIONS = {**CONDITIONS, "noise15": white_noise(15)}

PAUSE_SECONDS = 0.3
"""A shorter pause is part of a turn."""
TURN_SECONDS = (0.5, 15.0)
GAP_SECONDS = (0.0, 1.0)
"""Between two turns that do not overlap."""
OVERLAP_SECONDS = (0.2, 3.0)
LEVEL, LEVEL_DECIBELS = 0.06, (-6.0, 3.0)
"""Root mean square of speech, and by how much a reader differs from it."""
HUM = 4e-4
FADE = RATE // 100


@dataclass(frozen=True)
class Recipe:
    """What a conversation is made of."""

    readers: tuple[str, ...]
    minutes: float
    overlap: float = 0.0
    """Share of the turns that begin before the last one has ended."""
    seed: int = 0
    shares: tuple[float, ...] = ()
    """How often each reader has the word; where none are given equally often, and never twice in a row."""
    turn_seconds: tuple[float, float] = TURN_SECONDS


MANY = ("7367", "1089", "1221", "1995", "jfk", "61", "de", "fr", "es", "pt", "p001")
RECIPES = {
    "one": Recipe(("7367",), 10, seed=1),
    "two": Recipe(("7367", "1089"), 5, seed=1),
    "two-overlap": Recipe(("7367", "1221"), 5, 0.45, 2),
    "two-short": Recipe(("1089", "1221"), 3, 0.45, 3),
    "two-unequal": Recipe(("7367", "1089"), 10, 0.2, 4, (12, 1)),
    "two-quick": Recipe(("7367", "1221"), 3, 0.3, 5, turn_seconds=(0.4, 2.0)),
    "three": Recipe(("7367", "p001", "1089"), 5, seed=4),
    "three-overlap": Recipe(("7367", "p001", "1221"), 5, 0.45, 5),
    "four": Recipe(("7367", "p001", "1089", "1221"), 6, seed=6),
    "four-overlap": Recipe(("7367", "p001", "1089", "1221"), 10, 0.45, 7),
    "six": Recipe((*MANY[:5], "p001"), 8, seed=8),
    "six-overlap": Recipe(("7367", "p001", "1089", "1221", "1995", "61"), 8, 0.45, 9),
    "five-languages": Recipe(("de", "en", "es", "fr", "pt"), 6, 0.2, 11),
    "eleven": Recipe(MANY, 10, 0.2, 10),
}


@dataclass
class Conversation:
    samples: np.ndarray
    """Mono, 16 kHz."""
    turns: list[Turn] = field(default_factory=list)
    """In the order of their starts; those of one speaker do not overlap."""
    words: list[Word] = field(default_factory=list)
    """In the order of their starts, where those of the readings are known."""


def joined(spans: Iterable[tuple[float, float]], pause: float) -> list[tuple[float, float]]:
    """Spans in the order of time, those with a pause of less than `pause` between them as one."""
    whole: list[tuple[float, float]] = []
    for start, end in spans:
        if whole and start - whole[-1][1] < pause:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


class Composer:
    """Lays one turn after the other into a recording."""

    def __init__(self, recipe: Recipe, readers: dict[str, Reader]) -> None:
        self.recipe, self.readers = recipe, readers
        self.random = random.Random(recipe.seed)
        self.levels = {name: LEVEL * 10 ** (self.random.uniform(*LEVEL_DECIBELS) / 20) for name in recipe.readers}
        self.places = {name: self.random.randrange(len(self.readers[name].breaths) - 1) for name in recipe.readers}
        """Index of the breath at which each goes on."""
        self.made = Conversation(np.zeros(round(recipe.minutes * 60 * RATE)))

    def compose(self) -> Conversation:
        free = dict.fromkeys(self.readers, 0)  # samples, from which on each may speak again
        name, at = "", RATE // 2
        while True:
            name = self._next(name)
            first, last = self._piece(name)
            start = max(round(at + self._gap(bool(self.made.turns)) * RATE), free[name], 0)
            end = start + last - first
            if end > len(self.made.samples):
                break
            self._lay(name, first, last, start)
            free[name], at = end + RATE // 4, max(at, end)
        self.made.turns = self._turns()
        self.made.words.sort(key=lambda word: word.span)
        self.made.samples += self._hum()
        return self.made

    def _next(self, last: str) -> str:
        """Who has the word: another one, where there is another, unless the recipe says how often each has it."""
        others = [0.0 if name == last and len(self.readers) > 1 else 1.0 for name in self.readers]
        return self.random.choices(list(self.readers), self.recipe.shares or others)[0]

    def _gap(self, may_overlap: bool) -> float:
        """Seconds from the end of what was said to the next turn; negative where it begins before."""
        is_early = may_overlap and self.random.random() < self.recipe.overlap
        return -self.random.uniform(*OVERLAP_SECONDS) if is_early else self.random.uniform(*GAP_SECONDS)

    def _piece(self, name: str) -> tuple[int, int]:
        """(first, last) sample of a reading for a turn of about a length that is chosen; the reading goes on there."""
        least, most = np.log(self.recipe.turn_seconds)
        wanted = np.exp(self.random.uniform(least, most)) * RATE
        source = self.readers[name]
        breaths = np.array(source.breaths)
        while True:
            place = self.places[name]
            last = place + 1 + int(np.abs(breaths[place + 1 :] - breaths[place] - wanted).argmin())
            self.places[name] = last if last < len(breaths) - 1 else 0
            spoken = stretches(source.is_speech[breaths[place] // FRAME : breaths[last] // FRAME])
            if spoken:
                return int(breaths[place]) + spoken[0][0] * FRAME, int(breaths[place]) + spoken[-1][1] * FRAME

    def _lay(self, name: str, first: int, last: int, start: int) -> None:
        source = self.readers[name]
        piece = source.samples[first:last].astype(np.float64)
        is_speech = source.is_speech[first // FRAME : last // FRAME]
        level = np.sqrt(np.mean(piece[np.repeat(is_speech, FRAME)[: len(piece)]] ** 2))
        edge = np.minimum(np.arange(len(piece)), np.arange(len(piece))[::-1])
        self.made.samples[start : start + len(piece)] += piece * np.minimum(1, edge / FADE) * self.levels[name] / level
        for begin, end in stretches(is_speech):
            self.made.turns.append(Turn((start + begin * FRAME) / RATE, (start + end * FRAME) / RATE, name))
        spoken = [word for word in source.words if first / RATE <= word.middle < last / RATE]
        self.made.words += [replace(word.later((start - first) / RATE), speaker=name) for word in spoken]

    def _turns(self) -> list[Turn]:
        """What was laid, short pauses bridged."""
        spans = {
            name: [(turn.start, turn.end) for turn in self.made.turns if turn.speaker == name] for name in self.readers
        }
        turns = [Turn(*span, name) for name, own in spans.items() for span in joined(own, PAUSE_SECONDS)]
        return sorted(turns, key=lambda turn: turn.start)

    def _hum(self) -> np.ndarray:
        """Low noise, as of a room."""
        walk = np.cumsum(np.random.default_rng(self.recipe.seed).standard_normal(len(self.made.samples)))
        hum = walk - np.convolve(walk, np.ones(RATE // 40) * 40 / RATE, "same")
        return HUM * hum / hum.std()


Transcribe = Callable[[Path], list[Word]]


class Maker:
    """Writes conversations into a folder. What lies there already is taken as it is.

    `transcribe` gives the words of a recording; without it no words are written.
    """

    def __init__(self, data: Path, folder: Path, transcribe: Transcribe | None = None) -> None:
        self.data, self.folder, self.transcribe = data, folder, transcribe

    def write(self, name: str, condition: str = "clean") -> Path:
        """NAME.wav or NAME-CONDITION.wav, with its RTTM and its words beside it."""
        path = self.folder / f"{name}{'' if condition == 'clean' else f'-{condition}'}.wav"
        last = path.with_suffix(".json" if self.transcribe else ".rttm")
        if not last.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            recipe = RECIPES[name]
            made = Composer(recipe, {who: self._reader(who) for who in recipe.readers}).compose()
            rng = np.random.default_rng(zlib.crc32(path.stem.encode()))
            soundfile.write(path, np.clip(ALL_CONDITIONS[condition](made.samples, rng), -1, 1), RATE)
            write_rttm(path.with_suffix(".rttm"), made.turns)
            if self.transcribe:
                write_words(path.with_suffix(".json"), made.words)
        return path

    def _reader(self, name: str) -> Reader:
        read = reader(self.data, name)
        return replace(read, words=tuple(self._words(name, read))) if self.transcribe else read

    def _words(self, name: str, read: Reader) -> Iterator[Word]:
        path = self.folder / "readings" / f"{name}.wav"
        if not path.with_suffix(".json").exists():
            assert self.transcribe
            path.parent.mkdir(exist_ok=True)
            soundfile.write(path, read.samples, RATE)
            write_words(path.with_suffix(".json"), self.transcribe(path))
        yield from read_words(path.with_suffix(".json"))


def whisper(models_dir: Path, model: str) -> Transcribe:
    """The words that a model writes, those that have times."""
    from transcriber.options import TranscribeOptions
    from transcriber.pipeline.transcriber import Transcriber

    transcriber, options = Transcriber(models_dir), TranscribeOptions(model, "cpu")

    def transcribe(path: Path) -> list[Word]:
        segments = transcriber.transcribe(path, options).segments
        return [word for segment in segments for word in segment.words if word.start is not None]

    return transcribe


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", nargs="+", default=list(RECIPES), choices=RECIPES)
    parser.add_argument("--conditions", nargs="+", default=["clean"], choices=ALL_CONDITIONS)
    parser.add_argument("--words", action="store_true", help="with the words of each speaker")
    parser.add_argument("--models-dir", type=Path, default=FOLDER)
    parser.add_argument("--model", default="whisper-base")
    args = parser.parse_args()
    maker = Maker(args.data, args.folder, whisper(args.models_dir, args.model) if args.words else None)
    for name in args.names:
        for condition in args.conditions:
            path = maker.write(name, condition)
            turns = read_rttm(path.with_suffix(".rttm"))
            spoken = {who: sum(turn.end - turn.start for turn in turns if turn.speaker == who) for who in READERS}
            print(path.name, f"{len(turns)} turns, seconds", {who: round(own) for who, own in spoken.items() if own})


if __name__ == "__main__":
    main()
