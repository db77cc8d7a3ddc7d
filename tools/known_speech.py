"""Recordings put together from single words, so that the time of each word is known; scripts of them with mistakes.

The words come from the Free Spoken Digit Dataset and Speech Commands, by people whom the demo models have not heard.
"""

import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tools.demo_training.corpora import close_cut, crowd_files, read, word_span
from tools.demo_training.words import DIGITS, SAMPLE_RATE, WORDS
from transcriber.alignment.aligner import Alignment, AlignmentStatus
from transcriber.transcript import Word

SPEAKER, TEST_SPLIT = "lucas", range(5)
"""The customary test split of the Free Spoken Digit Dataset, of one of its speakers."""
SHARE = 0.1
"""Of a script's words are wrong, missing, or too many."""
CLEAR = 40.0
"""Decibels by which a word of the crowd stands out from what is around it: else nobody can say where it begins."""
LONGEST_WORD = 0.65
"""Seconds: a longer one of these short words has something else in it, such as the click of a mouse before it."""


@dataclass
class Spoken:
    """Audio at 16 kHz and the words in it with their true times."""

    audio: np.ndarray
    words: list[Word]

    def later(self, seconds: float) -> list[Word]:
        return [word.later(seconds) for word in self.words]


class Speakers:
    """Strings of digits, each by one person."""

    def __init__(self, data: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.clips: dict[str, dict[str, list[np.ndarray]]] = defaultdict(lambda: defaultdict(list))
        for path in sorted((data / "fsdd").glob("*_[0-4].wav")):  # the customary test split
            digit, speaker, _ = path.stem.split("_")
            audio = read(path)
            self.clips[speaker][DIGITS[int(digit)]].append(close_cut(audio / np.abs(audio).max() * 0.5))

    def string(self) -> Spoken:
        """One to twenty digits with pauses of up to 0.6 s."""
        clips = self.clips[self.random.choice(sorted(self.clips))]
        parts, words, at = [], [], 0
        for text in self.random.choices(DIGITS, k=self.random.randint(1, 20)):
            clip = self.random.choice(clips[text])
            gap = int(self.random.uniform(0.05, 0.6) * SAMPLE_RATE)
            parts += [clip, np.zeros(gap, np.float32)]
            words.append(Word(text, at / SAMPLE_RATE, (at + len(clip)) / SAMPLE_RATE))
            at += len(clip) + gap
        return Spoken(np.concatenate(parts).astype(np.float32), words)


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


class AlignmentErrors:
    """How far the times of aligned words are from the true ones, milliseconds; what was found and what was not."""

    def __init__(self) -> None:
        self.starts: list[float] = []
        self.ends: list[float] = []
        self.words = self.unfound = self.false = self.reported = 0

    def add(self, truth: Word, given: Word) -> None:
        self.starts.append(1000 * (given.span[0] - truth.span[0]))
        self.ends.append(1000 * (given.span[1] - truth.span[1]))

    def add_script(self, written: list[tuple[str, Word | None]], alignment: Alignment) -> None:
        """An alignment of a script with mistakes."""
        for (_, truth), given, status in zip(written, alignment.words, alignment.statuses, strict=True):
            if truth is None:
                self.false += 1
                self.reported += status is AlignmentStatus.MISSING
            else:
                self.words += 1
                self.unfound += status is AlignmentStatus.MISSING
                self.add(truth, given)

    def row(self) -> str:
        def figures(errors: list[float]) -> str:
            sizes = np.abs(errors)
            return f"{np.median(sizes):.0f} | {np.quantile(sizes, 0.99):.0f} | {np.median(errors):+.0f}"

        reported = f"{100 * self.reported / self.false:.0f} %" if self.false else "–"
        found = 100 * (1 - self.unfound / self.words)
        return f"{self.words} | {found:.2f} % | {reported} | {figures(self.starts)} | {figures(self.ends)}"
