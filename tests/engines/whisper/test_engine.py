"""Languages, tasks and vocabulary of the demo Whisper, through both libraries that run it."""

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from whisper.audio import log_mel_spectrogram, pad_or_trim
from whisper.tokenizer import get_tokenizer

from tests.support.places import DEMO_MODELS, PROJECT, RATE
from transcriber.engines.loading import load_engine
from transcriber.engines.whisper import checkpoint
from transcriber.engines.whisper import engine as whisper
from transcriber.engines.whisper.engine import TRANSLATED, prompt_of, whisper_capabilities
from transcriber.models import devices
from transcriber.options import TranscribeOptions

ENGINES = ("whisper", "faster-whisper")
ASKED = TranscribeOptions(language="en")


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    if request.param == "faster-whisper":
        pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")
    folder = tmp_path_factory.mktemp("models")
    shutil.copy(DEMO_MODELS / "whisper.pt", folder)
    return load_engine(TranscribeOptions("whisper", "cpu", request.param, "float32"), folder)


@pytest.fixture(scope="module")
def audio(sample_audio: np.ndarray) -> np.ndarray:
    """ "one two three"."""
    return sample_audio[: 3 * RATE]


def texts(engine: Any, audio: np.ndarray, options: TranscribeOptions) -> list[str]:
    return [word.text for word in engine.transcribe([audio], options)[0].words]


def test_the_language_is_found_and_said(engine: Any, audio: np.ndarray) -> None:
    found, silent = engine.transcribe([audio, np.zeros(RATE, np.float32)])
    assert (found.language, silent.language) == ("en", None)
    assert engine.transcribe([audio], ASKED) == [found]


def test_a_given_language_is_a_lock_and_translation_another_task(engine: Any, audio: np.ndarray) -> None:
    """A model that has learned English only writes something else, where it is told otherwise."""
    german = replace(ASKED, language="de")
    into_english = replace(german, translate_to="en")
    (heard,) = engine.transcribe([audio], german)
    words = [word.text for word in heard.words]
    assert heard.language == "de"
    assert words != ["one", "two", "three"]
    assert texts(engine, audio, into_english) not in (words, ["one", "two", "three"])
    assert texts(engine, audio, replace(ASKED, translate_to="en")) == ["one", "two", "three"]
    assert (engine.notices(into_english), engine.notices(ASKED)) == ([TRANSLATED], [])


@pytest.mark.parametrize("name", ENGINES)
def test_a_vocabulary_is_heard_and_by_no_other_recording(real_models: Path, name: str) -> None:
    """A term of it is spelled as it is there; what else is in it changes nothing."""
    if name == "faster-whisper":
        pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")
    real = load_engine(TranscribeOptions("whisper-tiny.en", "cpu", name, "float32"), real_models)
    samples, _ = soundfile.read(PROJECT / "examples" / "sample.flac", dtype="float32")
    sentence = samples[int(12.2 * RATE) : int(16.0 * RATE)]
    expected = "In my first winter, we had ice in the {} until March."
    for terms, written in ((), "harbor"), (("harbour", "colour"), "harbour"), (("Elliott Whyte",), "harbor"):
        assert " ".join(texts(real, sentence, replace(ASKED, vocabulary=terms))) == expected.format(written)


@pytest.mark.parametrize("name", ENGINES)
def test_given_words_are_where_they_are_said(real_models: Path, name: str) -> None:
    """Where the model puts them that writes them itself, also in the middle of the sound; and for no more words than a
    window has room for."""
    if name == "faster-whisper":
        pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")
    real = load_engine(TranscribeOptions("whisper-tiny.en", "cpu", name, "float32"), real_models)
    samples, _ = soundfile.read(PROJECT / "examples" / "sample.flac", dtype="float32")
    (heard,) = real.transcribe([samples[int(12.2 * RATE) : int(16.0 * RATE)]], ASKED)
    words, given = heard.later(12.2).words, [word.text for word in heard.words]
    assert real.forced_aligner
    found = real.forced_aligner.align(samples, given, 12.2, 16.0)
    assert [word and word.text for word in found] == given
    starts = [abs(word.span[0] - other.span[0]) for word, other in zip(found, words, strict=True) if word]
    assert sorted(starts)[-2] < 0.1
    assert real.forced_aligner.align(samples, given * 50, 12.2, 16.0) == [None] * 50 * len(given)
    assert real.forced_aligner.align(samples, given, 0.0, 31.0) == [None] * len(given)
    assert real.forced_aligner.align(samples, given, 4.0, 4.0) == [None] * len(given)
    assert real.forced_aligner.align(samples, [], 12.2, 16.0) == []


def test_both_libraries_hear_the_same_prompt(engine: Any) -> None:
    other = whisper.WhisperEngine(whisper.restore(DEMO_MODELS / "whisper.pt", "cpu", "float32"), "cpu", "float32")
    asked = TranscribeOptions(vocabulary=tuple(f"term number {number}" for number in range(100)))
    assert engine._prompt(asked) == other._prompt(asked)
    (note,) = engine.notices(asked)
    assert note == "Whisper takes the first 55 of the 100 terms of the vocabulary: more do not fit."


def test_a_long_vocabulary_is_cut_behind_the_most_important_terms() -> None:
    encode = get_tokenizer(multilingual=True).encode
    terms = tuple(f"Łódź {number}" for number in range(200))
    prompt, count = prompt_of(terms, encode, 448)
    assert prompt == f"{', '.join(terms[:count])}."
    assert len(encode(f" {prompt}")) <= 223 < len(encode(f" {', '.join(terms[: count + 1])}."))
    assert prompt_of((), encode, 448) == ("", 0)
    assert prompt_of(("Łódź",), encode, 448) == ("Łódź.", 1)


def test_what_checkpoints_of_each_shape_can() -> None:
    """By languages and layers: tiny.en, tiny, large-v3 and large-v3-turbo, which does not translate."""
    shapes = [(1, (4, 4)), (99, (4, 4)), (100, (32, 32)), (100, (32, 4))]
    known = [whisper_capabilities(*shape) for shape in shapes]
    assert [len(one.languages) for one in known] == [1, 99, 100, 100]
    assert [len(one.translations) for one in known] == [0, 98, 99, 0]
    assert [one.detects_language for one in known] == [False, True, True, True]


@pytest.mark.parametrize("samples", [0, 1, 159])
def test_a_moment(engine: Any, samples: int) -> None:
    assert engine.transcribe([np.zeros(samples, np.float32)], ASKED)[0].words == ()


def test_bfloat16_hears_the_same_words(sample_audio: np.ndarray) -> None:
    """Its large weights are in it; norms are not, nor are probabilities and times made in it."""
    exact, quick = (
        whisper.WhisperEngine(whisper.restore(DEMO_MODELS / "whisper.pt", "cpu", compute_type), "cpu", compute_type)
        for compute_type in ("float32", "bfloat16")
    )
    block = quick.model.decoder.blocks[0]
    assert (block.mlp[0].weight.dtype, block.attn_ln.weight.dtype) == (torch.bfloat16, torch.float32)
    (expected,), (found,) = (one.transcribe([sample_audio], ASKED) for one in (exact, quick))
    assert [word.text for word in found.words] == [word.text for word in expected.words]
    for word, other in zip(found.words, expected.words, strict=True):
        assert word.span == pytest.approx(other.span, abs=0.25)


def test_the_encoder_in_bfloat16_is_as_near_as_the_library_s_own(sample_audio: np.ndarray) -> None:
    path = DEMO_MODELS / "whisper.pt"
    exact, quick, plain = (
        whisper.restore(path, "cpu", "float32"),
        whisper.restore(path, "cpu", "bfloat16"),
        checkpoint.restore(path, "cpu", compute_type="bfloat16"),
    )
    mel = log_mel_spectrogram(pad_or_trim(sample_audio), exact.dims.n_mels)[None]
    expected = exact.encoder(mel)
    assert "qkv_attention" in vars(quick.encoder.blocks[0].attn)
    errors = [(one.encoder(mel.bfloat16()).float() - expected).abs().mean() for one in (quick, plain)]
    assert errors[0] <= 1.25 * errors[1]


@pytest.mark.parametrize(
    ("fastest", "has_quick_int8", "expected"),
    [
        ("bfloat16", True, "bfloat16"),
        ("bfloat16", False, "bfloat16"),
        ("float32", True, "int8"),
        ("float32", False, "float32"),
    ],
)
def test_what_it_computes_in(
    monkeypatch: pytest.MonkeyPatch, fastest: str, has_quick_int8: bool, expected: str
) -> None:
    """By itself only in what the processor multiplies in."""
    assert whisper.TYPE.compute_types["cpu"] == ("float32", "bfloat16", "int8")
    monkeypatch.setattr(devices, "fastest_type", lambda device: fastest)
    monkeypatch.setattr(devices, "has_quick_int8", lambda: has_quick_int8)
    assert whisper.fastest_type("cpu") == expected
    assert whisper.fastest_type("cuda:0") == whisper.TYPE.compute_types["cuda"][0] == "float16"


@pytest.mark.parametrize(
    ("layers", "width", "dtype", "expected"),
    [
        (4, 384, torch.float32, 8),
        (6, 512, torch.float32, 8),
        (12, 768, torch.bfloat16, 6),
        (32, 1280, torch.float32, 4),
    ],
    ids=["tiny", "base", "small in bfloat16", "large"],
)
def test_a_batch_is_as_large_as_its_cache_may_be(layers: int, width: int, dtype: torch.dtype, expected: int) -> None:
    dims = SimpleNamespace(n_text_layer=layers, n_audio_ctx=1500, n_text_state=width)
    embedding = SimpleNamespace(weight=torch.empty(1, dtype=dtype))
    model = SimpleNamespace(dims=dims, decoder=SimpleNamespace(token_embedding=embedding))
    assert whisper.batch_size_of(model) == expected


def test_in_8_bits_the_encoder_hears_the_same(sample_audio: np.ndarray) -> None:
    """And the decoder writes it: every product of either is in 8 bits."""
    path = DEMO_MODELS / "whisper.pt"
    exact, quantized = (whisper.restore(path, "cpu", compute_type) for compute_type in ("float32", "int8"))
    mel = log_mel_spectrogram(pad_or_trim(sample_audio), exact.dims.n_mels)[None]
    with torch.inference_mode():
        wanted, found = exact.encoder(mel), quantized.encoder(mel)
    assert (found - wanted).norm() / wanted.norm() < 0.1
    engine = whisper.WhisperEngine(quantized, "cpu", "int8")
    assert texts(engine, sample_audio[: 3 * RATE], ASKED) == ["one", "two", "three"]
    linear = [layer for layer in quantized.modules() if isinstance(layer, torch.nn.Linear)]
    assert not any(layer.weight.numel() for layer in linear)
