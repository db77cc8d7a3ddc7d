"""Canary-Qwen's engine, on a small model that hears tones (tools/train_tones.py) and one that never comes to an end."""

import random
from typing import Any

import numpy as np
import pytest
import torch

from tests.support.places import PROJECT, RATE
from tests.support.small_salm import SmallSalm
from tools.train_tones import MODEL, TONES, recording
from transcriber.engines.canary_qwen.checkpoint import restore
from transcriber.engines.canary_qwen.engine import MIN_HALVED_SECONDS, NemoSalmEngine, _halves


@pytest.fixture(scope="module")
def tones() -> NemoSalmEngine:
    return NemoSalmEngine(restore(PROJECT / MODEL, "cpu"), "cpu", "bfloat16")


@pytest.fixture
def endless(small_salm: SmallSalm, monkeypatch: pytest.MonkeyPatch) -> NemoSalmEngine:
    """Writes at random, as long as it may. What it is given to hear is kept in its `heard`."""
    engine: Any = NemoSalmEngine(small_salm.model, "cpu", "bfloat16")
    engine.heard, generate = [], small_salm.model.generate

    def listen(**inputs: Any) -> torch.Tensor:
        engine.heard += [audio[:n].numpy() for audio, n in zip(inputs["audios"], inputs["audio_lens"], strict=True)]
        return generate(**inputs)

    monkeypatch.setattr(small_salm.model, "generate", listen)
    return engine


def said(count: int, seed: int) -> tuple[list[str], np.ndarray]:
    """Words and their tones."""
    chance = random.Random(seed)
    words = chance.choices(list(TONES), k=count)
    return words, recording(words, chance)


def texts(engine: NemoSalmEngine, batch: list[np.ndarray]) -> list[list[str]]:
    return [[word.text for word in heard.words] for heard in engine.transcribe(batch)]


class Typing(NemoSalmEngine):
    """Writes what it is told, and finds its end only in what is short."""

    def __init__(self, written: list[str]) -> None:
        self.written = iter(written)

    def _decode(self, batch: list[np.ndarray]) -> list[tuple[str, bool]]:
        return [(next(self.written), len(samples) <= 4 * RATE) for samples in batch]


def test_the_words_make_the_text_that_it_wrote() -> None:
    """Of halves, the texts of both, one after the other."""
    (heard,) = Typing([" It's state-of-the-art, at 25-30 %."]).transcribe([np.zeros(RATE)])
    assert heard.text == "It's state-of-the-art, at 25-30 %."
    assert [word.text for word in heard.words] == heard.text.split()
    (heard,) = Typing(["lost", " One long-term", "plan."]).transcribe([np.zeros(5 * RATE, np.float32)])
    assert heard.text == "One long-term plan."


def smallest_pieces(engine: Any) -> np.ndarray:
    """Those that were not halved again, one after another, without what they were padded with."""
    heard = np.concatenate([audio for audio in engine.heard if len(audio) <= MIN_HALVED_SECONDS * RATE])
    return heard[heard != 0]


def test_a_batch_of_recordings_of_different_lengths(tones: NemoSalmEngine) -> None:
    """What follows a shorter one in its batch does not change it, and nothing of the prompt or the end is left."""
    recordings = [said(count, seed=count) for count in (1, 4, 2, 3)]
    assert texts(tones, [audio for _, audio in recordings]) == [words for words, _ in recordings]
    for words, audio in recordings:
        assert texts(tones, [audio]) == [words]


def pieces(audio: np.ndarray, longest: float) -> list[np.ndarray]:
    """None longer than so many seconds, cut where it is quiet."""
    if len(audio) <= longest * RATE:
        return [audio]
    return [piece for half in _halves(audio) for piece in pieces(half, longest)]


def test_it_gives_words_without_times(tones: NemoSalmEngine) -> None:
    assert not tones.capabilities.has_word_times
    (word,) = tones.transcribe([said(1, seed=1)[1]])[0].words
    assert (word.start, word.end) == (None, None)


def test_what_it_cannot_end_is_heard_again_in_halves(tones: NemoSalmEngine) -> None:
    """Three tokens are two words and the end."""

    class Hasty(NemoSalmEngine):
        def _max_new_tokens(self, duration: float) -> int:
            return 3

    recordings = [said(4, seed=3), said(2, seed=4)]
    assert all(len(audio) > MIN_HALVED_SECONDS * RATE for _, audio in recordings[:1])
    hasty = Hasty(tones.model, "cpu", "bfloat16")
    assert texts(hasty, [audio for _, audio in recordings]) == [words for words, _ in recordings]


def test_a_model_that_never_ends_hears_everything_and_is_stopped(endless: Any) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 7 * RATE).astype(np.float32)
    endless.transcribe([noise])
    assert np.array_equal(smallest_pieces(endless), noise)
    assert len(endless.heard) < 20


def test_tokens_are_bounded_by_what_can_be_said(tones: NemoSalmEngine) -> None:
    """NeMo's own evaluation, examples/speechlm2/salm_eval.py, allows 128 for any clip."""
    assert tones._max_new_tokens(10) >= 128
    assert tones._max_new_tokens(tones.max_audio_seconds) <= 400


def test_a_long_recording_is_heard_in_pieces_and_none_is_lost(tones: NemoSalmEngine) -> None:
    words, audio = said(70, seed=5)
    assert len(audio) > 40 * RATE
    assert [word for piece in texts(tones, pieces(audio, 2.5)) for word in piece] == words


def test_no_piece_is_longer_than_the_engine_hears(endless: Any) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 65 * RATE).astype(np.float32)
    endless._max_new_tokens = lambda duration: 2
    endless.transcribe(pieces(noise, endless.max_audio_seconds))
    assert max(map(len, endless.heard)) <= endless.max_audio_seconds * RATE
    assert np.array_equal(np.sort(smallest_pieces(endless)), np.sort(noise))


@pytest.mark.parametrize("samples", [1, 100, RATE // 2])
def test_a_moment(tones: NemoSalmEngine, samples: int) -> None:
    assert len(tones.transcribe([np.zeros(samples, np.float32)])) == 1
