"""How well the times of a script's words are found in recordings of which they are known.

    python -m benchmarks.alignment ../shared/data

Recordings are put together from single words of people whom the demo Parakeet has not heard: the customary test split
of one speaker of the Free Spoken Digit Dataset, and a tenth of the speakers of Speech Commands. Each word is trimmed to
what is loud, so its start and end are known; pauses are 50 to 600 ms. Errors are absolute, the bias is their signed
median; words that are not found count too, with the place between their neighbours that they are given.
"""

import argparse
import random
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from tools.demo_training.corpora import close_cut, crowd_files, read, word_span
from tools.demo_training.words import DIGITS, SAMPLE_RATE, WORDS
from transcriber.alignment.aligner import Alignment, Found, Passages, align, scorer_of
from transcriber.alignment.matching import match
from transcriber.audio.recording import Recording
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber
from transcriber.transcript import Word

SPEAKER, TEST_SPLIT = "lucas", range(5)
LENGTHS = {"10 s": (10, 60), "60 s": (60, 10), "10 min": (600, 2)}
"""Seconds of a recording, and how many there are."""
SHARE = 0.1
"""Of a script's words are wrong, missing, or too many."""
CLEAR = 40.0
"""Decibels by which a word of the crowd stands out from what is around it: else nobody can say where it begins."""
LONGEST_WORD = 0.65
"""Seconds: a longer one of these short words has something else in it, such as the click of a mouse before it."""
COLUMNS = (
    *("recordings", "script", "words", "found", "not said: reported"),
    *("start: median, ms", "99 %", "bias", "end: median, ms", "99 %", "bias"),
)
KINDS = ("exact", "wrong", "missing", "extra")


@dataclass(frozen=True)
class Spoken:
    """A recording and the words that are said in it, with their true times."""

    audio: np.ndarray
    words: list[Word]


def clips(data: Path) -> list[list[tuple[str, np.ndarray]]]:
    """For each speaker, words cut out close."""
    studio = [
        (DIGITS[digit], close_cut(read(data / "fsdd" / f"{digit}_{SPEAKER}_{index}.wav")))
        for digit in range(10)
        for index in TEST_SPLIT
    ]
    crowd: dict[str, list[tuple[str, np.ndarray]]] = defaultdict(list)
    for path in crowd_files(data / "speech-commands", held_out=True):
        word, speaker, _ = path.stem.split("_")
        audio = read(path)
        start, end, prominence = word_span(audio)
        if prominence >= CLEAR and end - start <= LONGEST_WORD * SAMPLE_RATE:
            crowd[speaker].append((word, audio[start:end]))
    return [studio] * 10 + [own for own in crowd.values() if len(own) >= 4]


def spoken(voices: list[list[tuple[str, np.ndarray]]], seconds: float, rng: random.Random) -> Spoken:
    """Ten words by one voice, then by the next, on a faint floor of noise."""
    audio, at, words = [np.zeros(SAMPLE_RATE // 4, np.float32)], SAMPLE_RATE // 4, []
    voice: list[tuple[str, np.ndarray]] = []
    while at < seconds * SAMPLE_RATE:
        voice = rng.choice(voices) if len(words) % 10 == 0 else voice
        text, clip = rng.choice(voice)
        words.append(Word(text, at / SAMPLE_RATE, (at + len(clip)) / SAMPLE_RATE))
        gap = np.zeros(int(SAMPLE_RATE * rng.uniform(0.05, 0.6)), np.float32)
        audio += [clip / np.abs(clip).max() * 0.5, gap]
        at += len(clip) + len(gap)
    whole = np.concatenate(audio)
    noise = np.random.default_rng(rng.randrange(1 << 30)).standard_normal(len(whole), dtype=np.float32)
    return Spoken(whole + 3e-4 * noise, words)


def script(words: list[Word], kind: str, rng: random.Random) -> list[tuple[str, Word | None]]:
    """The words of a script, each with what was said, or None for what was not.

    Of equal words in a row none is wrong or missing, and no word is put beside its equal: nobody could say which is it.
    """
    written: list[tuple[str, Word | None]] = []
    for index, word in enumerate(words):
        around = [near.text for near in words[max(0, index - 1) : index + 2]]
        other = rng.choice([text for text in WORDS if text not in around])
        chosen = rng.random() < SHARE and (kind == "extra" or around.count(word.text) == 1)
        if kind == "wrong" and chosen:
            written.append((other, None))
        elif not (kind == "missing" and chosen):
            written.append((word.text, word))
        if kind == "extra" and chosen:
            written.append((other, None))
    return written


class Errors:
    """Of the words of one kind of script."""

    def __init__(self) -> None:
        self.starts: list[float] = []
        self.ends: list[float] = []
        self.words = self.unfound = self.false = self.reported = 0

    def add(self, truth: Word, given: Word) -> None:
        self.starts.append(1000 * (given.span[0] - truth.span[0]))
        self.ends.append(1000 * (given.span[1] - truth.span[1]))

    def row(self) -> str:
        def figures(errors: list[float]) -> str:
            sizes = np.abs(errors)
            return f"{np.median(sizes):.0f} | {np.quantile(sizes, 0.99):.0f} | {np.median(errors):+.0f}"

        reported = f"{100 * self.reported / self.false:.0f} %" if self.false else "–"
        found = 100 * (1 - self.unfound / self.words)
        return f"{self.words} | {found:.2f} % | {reported} | {figures(self.starts)} | {figures(self.ends)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--models-dir", type=Path, default=Path("demo_models"))
    parser.add_argument("--lengths", nargs="*", default=list(LENGTHS), choices=LENGTHS)
    args = parser.parse_args()
    transcriber, voices = Transcriber(args.models_dir), clips(args.data)
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    for name in args.lengths:
        seconds, count = LENGTHS[name]
        rng = random.Random(name)
        for title, errors in measure(transcriber, [spoken(voices, seconds, rng) for _ in range(count)], rng).items():
            print(f"| {name} | {title} | {errors.row()} |", flush=True)


def measure(transcriber: Transcriber, recordings: list[Spoken], rng: random.Random) -> dict[str, Errors]:
    """The errors of each kind of script, and of the model's own words where they are the right ones."""
    options = TranscribeOptions("parakeet")
    scorer = scorer_of(transcriber.load(options))
    table: dict[str, Errors] = defaultdict(Errors)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        for recording in recordings:
            soundfile.write(path, recording.audio, SAMPLE_RATE)
            heard = transcriber.transcribe(path, options)
            own = [word for segment in heard.segments for word in segment.words]
            add_own(table["Parakeet's own words"], recording.words, own)
            for kind in KINDS:
                written = script(recording.words, kind, rng)
                with Recording(path) as opened:
                    place = Passages(opened.blocks()).place(scorer)
                    add_script(table[kind], written, align([text for text, _ in written], own, place, heard.duration))
    return table


def add_script(errors: Errors, written: list[tuple[str, Word | None]], alignment: Alignment) -> None:
    for (_, truth), given, found in zip(written, alignment.words, alignment.found, strict=True):
        if truth is None:
            errors.false += 1
            errors.reported += found is Found.NOT_HEARD
        else:
            errors.words += 1
            errors.unfound += found is Found.NOT_HEARD
            errors.add(truth, given)


def add_own(errors: Errors, truth: list[Word], own: list[Word]) -> None:
    partners = match([word.text for word in truth], [word.text for word in own])
    for word, partner in zip(truth, partners):
        errors.words += 1
        if partner and partner[1] == 1:
            errors.add(word, own[partner[0]])
        else:
            errors.unfound += 1


if __name__ == "__main__":
    main()
