"""The new words of a correction get the times at which they are said."""

import json
import random
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.places import DEMO_MODELS, RATE, SAMPLE
from transcriber.engines.loading import models_cache
from transcriber.errors import AudioNotFoundError
from transcriber.options import TranscribeOptions
from transcriber.pipeline.realignment import realign
from transcriber.pipeline.transcriber import Transcriber
from transcriber.transcript import Word

TINY = TranscribeOptions("whisper-tiny.en", "cpu", language="en", beam_size=1)
BASE = replace(TINY, model="whisper-base")
PARAKEET = TranscribeOptions("parakeet", "cpu")
NEAR_SECONDS = 0.15


@pytest.fixture(scope="module")
def tiny(real_models: Path) -> Transcriber:
    return Transcriber(real_models)


@pytest.fixture(scope="module")
def reading(shared_data: Path, tiny: Transcriber) -> tuple[Path, list[Word]]:
    """A sentence that somebody reads, and its words as Whisper base times them."""
    path = shared_data / "librispeech-test-clean" / "1089-134686-0000.flac"
    return path, [word for segment in tiny.transcribe(path, BASE).segments for word in segment.words]


@pytest.fixture(scope="module")
def joined(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Word]]:
    """Three sentences, cut where their sound begins and ends, with silences between them: for each (first word, last
    word, when it begins, when it ends), and all words, those at the edges with their true times."""
    rows = map(json.loads, (shared_data / "librispeech-test-clean" / "manifest.jsonl").read_text().splitlines())
    parts, words, at = [np.zeros(RATE // 2, np.float32)], list[Word](), 0.5
    for row in [row for row in rows if row["duration"] < 8][:3]:
        samples, _ = soundfile.read(shared_data / row["audio_filepath"], dtype="float32")
        sound = sounding(samples)
        end, (first, *inner, last) = at + len(sound) / RATE, row["text"].split()
        words += [Word(first, at, at), *map(Word, inner), Word(last, end, end)]
        parts += [sound, np.random.default_rng(0).normal(0, 1e-4, RATE).astype(np.float32)]
        at = end + 1.0
    path = tmp_path_factory.mktemp("joined") / "joined.wav"
    soundfile.write(path, np.concatenate(parts), RATE)
    return path, words


def corrected(words: list[Word], *numbers: int) -> list[Word]:
    """The words as they are behind a correction: those with these numbers are new."""
    return [Word(word.text) if number in numbers else word for number, word in enumerate(words)]


def test_words_beside_a_pause_are_where_they_are_said(tiny: Transcriber, joined: tuple[Path, list[Word]]) -> None:
    """All is new. It is known to some hundredths of a second when these begin and end; a voice dies away slowly."""
    path, words = joined
    edges = [(number, word) for number, word in enumerate(words) if word.start is not None]
    times = tiny.realign(path, [Word(word.text) for word in words], (0.0, soundfile.info(path).duration), BASE)
    for (first, begin), (last, end) in zip(edges[::2], edges[1::2]):
        (start, _), (_, stop) = times[first] or (0.0, 0.0), times[last] or (0.0, 0.0)
        assert start == pytest.approx(begin.span[0], abs=0.25), begin.text
        assert stop == pytest.approx(end.span[1], abs=0.35), end.text


def near(seconds: Iterable[float]) -> object:
    return pytest.approx(tuple(seconds), abs=NEAR_SECONDS)


def sounding(samples: np.ndarray) -> np.ndarray:
    """What lies between the first and the last sound of an utterance."""
    loud = np.flatnonzero(np.convolve(np.abs(samples), np.ones(160) / 160, "same") > 0.02 * np.abs(samples).max())
    return samples[loud[0] : loud[-1]]


@pytest.mark.parametrize("options", [TINY, BASE], ids=["another model", "its own"])
def test_in_a_sentence(tiny: Transcriber, reading: tuple[Path, list[Word]], options: TranscribeOptions) -> None:
    """Between words that were there before. Whisper tiny.en has all words late: the known ones tell how much."""
    path, words = reading
    around = words[4:15]
    models_cache.clear()
    tiny.load(options)
    times = tiny.realign(path, corrected(around, 4, 5), (around[0].span[0], around[-1].span[1]), options)
    assert times == [near(word.span) for word in around[4:6]]


def test_a_paragraph_that_is_quite_different(tiny: Transcriber, reading: tuple[Path, list[Word]]) -> None:
    """Nothing of what the model wrote stays."""
    path, words = reading
    tiny.load(BASE)
    times = tiny.realign(path, [Word(word.text) for word in words], (0.0, soundfile.info(path).duration), BASE)
    off = [abs(time[0] - word.span[0]) for time, word in zip(times, words, strict=True) if time]
    assert len(off) == len(words)
    assert np.quantile(off, 0.9) < NEAR_SECONDS


@pytest.mark.slow
def test_more_than_is_heard_at_once(tiny: Transcriber, shared_data: Path) -> None:
    """45 s of new words between known ones: where each sentence begins was written down by people."""
    folder = shared_data / "long"
    sentences = json.loads((folder / "7367-86737.json").read_text(encoding="utf-8"))[1:4]
    words = [Word(text) for sentence in sentences for text in sentence["text"].split()]
    span = sentences[0]["start"], sentences[-1]["end"]
    assert span[1] - span[0] > 35
    times = tiny.realign(folder / "7367-86737.mp3", words, span, TINY)
    firsts = [0, *np.cumsum([len(sentence["text"].split()) for sentence in sentences])[:-1]]
    starts = [times[first] for first in firsts]
    assert [time and time[0] for time in starts] == pytest.approx([each["start"] for each in sentences], abs=1.0)
    assert [time for time in times if time] == sorted(time for time in times if time)


def test_by_a_transducer(transcriber, sample_words: list[dict]) -> None:
    words = [Word(word["text"], word["start"], word["end"]) for word in sample_words]
    models_cache.clear()
    transcriber.load(PARAKEET)
    times = transcriber.realign(SAMPLE, corrected(words, 3, 4, 11), (0.0, 20.3), PARAKEET)
    assert times == [near(words[number].span) for number in (3, 4, 11)]


@pytest.mark.parametrize("seed", range(30))
def test_laws(seed: int) -> None:
    """Whatever the model says: no time goes back, is outside of the recording, or reaches into a known word."""
    rng = random.Random(seed)
    words = [Word("a" * rng.randint(1, 9), at + 0.05, at + 0.9 * rng.random() + 0.1) for at in range(12)]
    new = sorted(rng.sample(range(12), rng.randint(1, 12)))
    engine = Guessing(rng, max_seconds=rng.choice([3.0, 30.0]))
    times = realign(engine, SAMPLE, corrected(words, *new), (0.0, 12.0), PARAKEET)  # type: ignore[arg-type]
    assert len(times) == len(new)
    placed = [(number, time) for number, time in zip(new, times) if time]
    ends = {number: word.span for number, word in enumerate(words) if number not in new} | dict(placed)
    flat = [second for number in sorted(ends) for second in ends[number]]
    assert flat == sorted(flat)
    assert 0 <= flat[0] <= flat[-1] <= 12


class Guessing:
    """An engine, and an aligner, that says anything."""

    max_audio_seconds = 4.0
    context = 0.1

    def __init__(self, rng: random.Random, max_seconds: float) -> None:
        self.rng, self.max_seconds = rng, max_seconds
        self.forced_aligner = self

    def align(self, samples: np.ndarray, words: list[str], start: float, end: float) -> list[Word | None]:
        times = sorted(self.rng.uniform(start - 1, end + 1) for _ in range(2 * len(words)))
        found = [Word(word, *times[2 * at : 2 * at + 2], self.rng.random()) for at, word in enumerate(words)]
        return [self.rng.choice([word, word, word, None]) for word in found]

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions) -> list:
        from transcriber.transcript import Hypothesis

        return [Hypothesis((Word("aaa", 0.5, 1.0, 0.9), Word("aaaaa", 1.5, 2.0, 0.9))) for _ in batch]


def test_a_recording_that_is_gone(transcriber) -> None:
    with pytest.raises(AudioNotFoundError):
        transcriber.realign(Path("nowhere.wav"), [Word("one")], (0.0, 1.0), PARAKEET)


def test_a_model_that_misses_the_known_words_is_not_believed(transcriber, sample_words: list[dict]) -> None:
    """The demo Whisper cannot align twenty seconds."""
    words = [Word(word["text"], word["start"], word["end"]) for word in sample_words]
    options = replace(PARAKEET, model="whisper")
    models_cache.clear()
    transcriber.load(options)
    assert transcriber.realign(SAMPLE, corrected(words, 3, 4, 11), (0.0, 20.3), options) == [None] * 3


def test_more_words_than_can_be(tiny: Transcriber, reading: tuple[Path, list[Word]]) -> None:
    path, words = reading
    many = [words[0], *[Word("pepper")] * 1000, words[1]]
    times = tiny.realign(path, many, (words[0].span[0], words[1].span[1]), TINY)
    assert len(times) == 1000


def test_which_model_says_it(real_models: Path, tmp_path: Path, reading: tuple[Path, list[Word]]) -> None:
    """One that is in memory, its own before all others; else the smallest that knows the language; else none."""
    path, words = reading
    for name in ("whisper-tiny.en", "whisper-base"):
        for suffix in (".pt", ".json"):
            (tmp_path / f"{name}{suffix}").symlink_to(real_models / f"{name}{suffix}")
    transcriber = Transcriber(tmp_path)

    def loaded(options: TranscribeOptions) -> list[str]:
        span = words[0].span[0], words[4].span[1]
        transcriber.realign(path, corrected(words[:5], 2), span, options)
        return sorted({key[0].stem for key in models_cache if isinstance(key, tuple)})

    models_cache.clear()
    assert loaded(BASE) == ["whisper-tiny.en"]
    assert loaded(replace(BASE, language="de")) == ["whisper-base", "whisper-tiny.en"]
    models_cache.clear()
    transcriber.load(BASE)
    assert loaded(BASE) == loaded(TINY) == ["whisper-base"]
    shutil.rmtree(tmp_path)
    assert transcriber.realign(path, corrected(words[:5], 2), (0.0, 3.0), BASE) == [None]


def test_no_time_where_no_model_can_say_it(tmp_path: Path) -> None:
    for suffix in (".nemo", ".json"):
        shutil.copy(DEMO_MODELS / f"canary{suffix}", tmp_path)
    options = replace(PARAKEET, model="canary")
    assert Transcriber(tmp_path).realign(SAMPLE, [Word("one"), Word("two")], (0.0, 2.0), options) == [None, None]
