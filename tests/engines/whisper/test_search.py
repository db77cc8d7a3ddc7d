"""Whisper's search for a text: openai-whisper's own beams on real weights, and chance that comes from what is heard."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
import whisper
from whisper.audio import N_SAMPLES, log_mel_spectrogram, pad_or_trim
from whisper.model import ModelDimensions
from whisper.model import Whisper as Model

from tests.support.places import PROJECT, RATE
from transcriber.engines.whisper.decoder import Decoder
from transcriber.engines.whisper.decoding import Whisper
from transcriber.engines.whisper.engine import restore
from transcriber.engines.whisper.search import DecodingResult, Search, Task, agreement, chosen, decode, temperatures

SMALL = ModelDimensions(80, 1500, 16, 2, 1, 51865, 40, 16, 2, 2)


@pytest.fixture(scope="module")
def model(real_models: Path) -> Any:
    return restore(real_models / "whisper-tiny.en.pt", "cpu", "float32")


@pytest.fixture(scope="module")
def clips() -> list[np.ndarray]:
    """Four parts of the sample's conversation, each from a pause on."""
    samples, _ = soundfile.read(PROJECT / "examples" / "sample.flac", dtype="float32")
    words = json.loads((PROJECT / "examples" / "sample.json").read_text(encoding="utf-8"))["words"]
    pauses = [(two["start"] + one["end"]) / 2 for one, two in pairwise(words) if two["start"] - one["end"] > 0.3]
    cuts = [0, *(int(at * RATE) for at in pauses[1:8:2]), len(samples)]
    return [samples[first:last][:N_SAMPLES] for first, last in pairwise(cuts)][:4]


def found_by(model: Any, clips: list[np.ndarray], search: Search, seeds: list[int] | None = None) -> Any:
    own = Whisper(model)
    mels = torch.stack([log_mel_spectrogram(pad_or_trim(samples), model.dims.n_mels) for samples in clips])
    prompts = torch.tensor([own.tokenizer("en", "transcribe").sot_sequence] * len(clips))
    decoder = Decoder(model, mels, prompts.shape[1] + model.dims.n_text_ctx // 2, search.beam_size)
    given = [lambda seed=seed: seed for seed in seeds or range(len(clips))]
    with torch.inference_mode():
        return decode(Task(decoder, prompts, given, own.logit_filter, torch.zeros(len(clips)), search))


@pytest.mark.parametrize(
    "search",
    [Search(1), Search(2), Search(5), Search(5, patience=2.0), Search(5, length_penalty=0.6)],
    ids=["greedy", "two", "five", "patient", "length penalty"],
)
def test_the_tokens_of_openai_whisper(model: Any, clips: list[np.ndarray], search: Search) -> None:
    """All windows of a batch at once, as openai-whisper finds them one by one."""
    beams = {"beam_size": search.beam_size, "patience": search.patience} if search.beam_size > 1 else {}
    asked = whisper.DecodingOptions(language="en", fp16=False, length_penalty=search.length_penalty, **beams)
    for samples, found in zip(clips, found_by(model, clips, search), strict=True):
        expected = whisper.decode(model, log_mel_spectrogram(pad_or_trim(samples), model.dims.n_mels), asked)
        assert found.tokens == expected.tokens
        assert found.avg_logprob == pytest.approx(expected.avg_logprob, abs=1e-3)
        assert found.no_speech_prob == pytest.approx(expected.no_speech_prob, abs=1e-3)
        assert found.text


def test_more_beams_find_likelier_texts(model: Any, clips: list[np.ndarray]) -> None:
    greedy, beams = (found_by(model, clips, Search(size)) for size in (1, 5))
    assert sum(one.avg_logprob for one in beams) >= sum(one.avg_logprob for one in greedy)


def test_a_temperature_is_where_it_begins() -> None:
    """And grows from there, as with openai-whisper's command line."""
    assert temperatures(0.0) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert (temperatures(0.5), temperatures(1.0)) == ([0.5, 0.7, 0.9], [1.0])


def test_a_draw_wins_only_where_draws_agree() -> None:
    """What was drawn for “desperation” was a fabrication, another one each time."""
    cool = DecodingResult([], "profits even by this desperation", -1.2, 0.1)
    invented = DecodingResult([], "luck can save a bonus because it is an emergency", -0.5, 0.1, 0.8, agreement=0.1)
    confirmed = DecodingResult([], "profits even by his desperation", -0.8, 0.1, 0.4, agreement=0.9)
    hopeless = DecodingResult([], "luck", -1.4, 0.1, 1.0, agreement=1.0)
    assert chosen([cool]) is chosen([cool, invented]) is chosen([cool, confirmed, hopeless]) is cool
    assert chosen([cool, confirmed]) is confirmed


def test_how_far_draws_agree() -> None:
    assert agreement("one two three four", ["one two three four", "One TWO five six"]) == pytest.approx(0.75)
    assert agreement("one", ["one two three four"]) == pytest.approx(0.25)
    assert (agreement("", [""]), agreement("one", [])) == (0.0, 1.0)


def test_draws_come_from_the_seed_alone(model: Any, clips: list[np.ndarray]) -> None:
    """Alone, in another order, in company: the same draw; with another seed another one."""
    hot = Search(2, temperature=1.0)
    together = [one.tokens for one in found_by(model, clips, hot, [11, 12, 13, 14])]
    assert [found_by(model, [clip], hot, [11 + at])[0].tokens for at, clip in enumerate(clips)] == together
    assert [one.tokens for one in found_by(model, clips[::-1], hot, [14, 13, 12, 11])] == together[::-1]
    assert [one.tokens for one in found_by(model, clips, hot, [21, 22, 23, 24])] != together


def test_chance_is_that_of_the_distribution() -> None:
    """A draw of three tokens at two temperatures, against their probabilities."""
    from transcriber.engines.whisper.search import _Sampling

    logprobs = torch.tensor([0.6, 0.3, 0.1]).log()
    for temperature in (0.5, 1.0):
        draws = _Sampling([7], 1, temperature)
        drawn = [int((logprobs / temperature + draws.noise(3, logprobs.device)[0]).argmax()) for _ in range(4000)]
        shares = np.bincount(drawn, minlength=3) / len(drawn)
        assert shares == pytest.approx((logprobs / temperature).softmax(-1).numpy(), abs=0.03)


@pytest.fixture
def untrained() -> Any:
    """A small multilingual model that writes at random, so that every temperature fails."""
    torch.manual_seed(0)
    model = Model(SMALL).eval().requires_grad_(False)
    torch.nn.init.normal_(model.decoder.positional_embedding)
    return model


def test_the_same_recording_gives_the_same_words_every_time(untrained: Any, clips: list[np.ndarray]) -> None:
    """Alone and in company, though every window is drawn at every temperature."""
    own, second, other = Whisper(untrained), clips[0][: RATE // 2], clips[1][:RATE]

    def tokens(batch: list[np.ndarray], place: int) -> list[list[int]]:
        return [
            one["tokens"]
            for one in own.transcribe(batch, "fr", "transcribe", "", Search(2, temperature=0.8))[place].segments
        ]

    first = tokens([second], 0)
    torch.rand(5)  # the state of chance elsewhere is nothing to it
    assert tokens([second], 0) == tokens([second, other], 0) == tokens([other, second], 1) == first
    before = torch.random.get_rng_state()
    tokens([second], 0)
    assert torch.equal(torch.random.get_rng_state(), before)
    quieter = second.copy()
    quieter[100] += 1e-3
    assert tokens([quieter], 0) != first


@pytest.mark.parametrize(
    ("text", "avg_logprob", "no_speech_prob", "needs_fallback", "is_silence"),
    [
        ("plain words that were said", -0.3, 0.1, False, False),
        ("plain words that were said", -1.3, 0.1, True, False),
        ("again and again " * 30, -0.1, 0.1, True, False),
        ("plain words", -1.3, 0.9, False, True),
        ("plain words", -0.3, 0.9, False, False),
    ],
    ids=["well", "unlikely", "a loop", "silence", "speech beside noise"],
)
def test_what_is_tried_again(
    text: str, avg_logprob: float, no_speech_prob: float, needs_fallback: bool, is_silence: bool
) -> None:
    result = DecodingResult([], text, avg_logprob, no_speech_prob)
    assert (result.needs_fallback, result.is_silence) == (needs_fallback, is_silence)
