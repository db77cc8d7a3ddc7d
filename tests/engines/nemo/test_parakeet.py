"""Parakeet's lock on a language and the confidence of its words; the lock on a small model that has three scripts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nemo.collections.common.tokenizers.sentencepiece_tokenizer import create_spt_model

from tests.support.places import DEMO_MODELS, RATE
from transcriber.engines.loading import load_engine
from transcriber.engines.nemo import alphabets, checkpoint
from transcriber.engines.nemo.engine import NemoEngine
from transcriber.engines.nemo.parakeet import Parakeet
from transcriber.engines.nemo.token_mask import TokenMask
from transcriber.models.catalog import EUROPEAN
from transcriber.options import TranscribeOptions
from transcriber.transcript import joined

WHOLE = ["▁nicht", "▁się", "▁the", "▁zijn", "▁сегодня"]
"""Tokens that are a word."""
NOISE = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> NemoEngine:
    """The demo Parakeet with a new, untrained decoder, which writes at random in three scripts."""
    folder = tmp_path_factory.mktemp("tokenizer")
    text = "abcdefghijklmnopqrstuvwxyz ßłężś абвгдежзийклмнопрстуфхцчшщыьэюя їє αβγδεζηθικλμνξοπρσςτυφχψω, ."
    (folder / "text").write_text(f"{text}\n" * 3, encoding="utf-8")
    marks = [*WHOLE, "<|de|>", "<|ru|>"]
    create_spt_model(str(folder / "text"), 160, -1, False, "char", str(folder), user_defined_symbols=marks)
    model = checkpoint.restore(Path(DEMO_MODELS / "parakeet.nemo"), "cpu")
    torch.manual_seed(0)
    model.change_vocabulary(str(folder), "bpe")
    return NemoEngine(model.eval().requires_grad_(False), "cpu", "float32")


@pytest.fixture
def writes(scripts: NemoEngine) -> Any:
    """Makes that model write what it is told, the most wanted first, whatever it hears."""
    last = scripts.model.joint.joint_net[-1]
    before = {name: value.clone() for name, value in last.state_dict().items()}

    def wanted(*pieces: str) -> None:
        last.weight.zero_()
        last.bias.zero_()
        for rank, piece in enumerate(reversed(pieces), 1):
            last.bias[scripts.decoder.pieces.index(piece)] = 10.0 * rank

    yield wanted
    last.load_state_dict(before)


def written(engine: NemoEngine, language: str, *terms: str) -> tuple[str, str | None]:
    """Its text, and the language that it says it is in."""
    (heard,) = engine.transcribe([NOISE], TranscribeOptions(language=language, vocabulary=terms))
    return " ".join(word.text for word in heard.words), heard.language


def test_it_is_taken_for_a_model_of_many_languages(scripts: NemoEngine) -> None:
    assert scripts.capabilities.languages == EUROPEAN
    assert scripts.capabilities.detects_language


@pytest.mark.parametrize(("language", "script"), [("pl", "LATIN"), ("ru", "CYRILLIC"), ("el", "GREEK")])
def test_a_locked_language_is_written_in_its_own_script(scripts: NemoEngine, language: str, script: str) -> None:
    """Always, not mostly: what is forbidden has no score. Without the lock it is written."""
    assert len(alphabets.scripts(written(scripts, "auto")[0])) > 1
    text, _ = written(scripts, language)
    assert alphabets.scripts(text) == {script}
    assert "<|" not in text


def test_a_term_of_the_vocabulary_is_exempt(scripts: NemoEngine, writes: Any) -> None:
    writes("▁сегодня", "▁the")
    assert written(scripts, "de")[0].split()[0] == "the"
    assert written(scripts, "de", "сегодня")[0].split()[0] == "сегодня"


def test_drift_within_a_script_is_mended_by_the_alphabet(scripts: NemoEngine, writes: Any) -> None:
    """Polish is noticed, and German has no ę."""
    engine = NemoEngine(scripts.model, "cpu", "float32")
    writes("▁się", "▁nicht")
    text, language = written(engine, "auto")
    assert (set(text.split()), language) == ({"się"}, "pl")
    text, language = written(engine, "de")
    assert (set(text.split()), language) == ({"nicht"}, "de")


def test_drift_that_no_alphabet_mends_is_told(scripts: NemoEngine, writes: Any) -> None:
    """All of these letters are German, the words are not."""
    engine = NemoEngine(scripts.model, "cpu", "float32")
    writes("▁zijn")
    text, language = written(engine, "de")
    assert (set(text.split()), language) == ({"zijn"}, "nl")


def test_a_lock_leaves_nothing_behind(scripts: NemoEngine) -> None:
    before = scripts.transcribe([NOISE])
    written(scripts, "ru")
    assert scripts.transcribe([NOISE]) == before


def test_without_cuda_graphs_it_decodes_the_same(scripts: NemoEngine) -> None:
    """They are for graphics cards only: here the plain decoder takes the place of one that is as plain."""
    engine = NemoEngine(scripts.model, "cpu", "float32")
    before = engine.transcribe([NOISE])
    computer = engine.model.decoding.decoding.decoding_computer
    assert [engine.use_plain_decoder(), engine.use_plain_decoder()] == [True, False]
    assert computer.allow_cuda_graphs
    assert not engine.model.decoding.decoding.decoding_computer.allow_cuda_graphs
    assert not engine.decoder._decoding(("ab",), "de", False).decoding.decoding_computer.allow_cuda_graphs
    assert engine.transcribe([NOISE]) == before


def test_the_words_make_the_text_that_it_wrote(scripts: NemoEngine, sample_audio: np.ndarray) -> None:
    """NeMo's own text of the tokens, which closes marks up, from a model that writes letters and marks at random."""
    for model, audio in ((scripts.model, NOISE), (scripts.model, sample_audio[: 4 * RATE])):
        (hypothesis,) = model.transcribe([audio], timestamps=True, return_hypotheses=True, verbose=False)
        words = Parakeet(model)._words(hypothesis)
        assert joined(words) == " ".join(hypothesis.text.split())
        ids = [token for token in hypothesis.y_sequence.tolist()]
        assert len("".join(word.text for word in words)) > 10
        assert joined(words).replace(" ", "") == model.tokenizer.ids_to_text(ids).replace(" ", "")
        assert all(word.span[0] <= word.span[1] and 0 <= word.confidence <= 1 for word in words)


def mask(allowed: list[bool], audio: np.ndarray) -> list[tuple[str, Any]]:
    parakeet = Parakeet(load_engine(TranscribeOptions("parakeet", "cpu"), DEMO_MODELS).model)
    parakeet.model.decoding = parakeet._fused([(TokenMask(allowed), 1.0)])
    try:
        (hypothesis,) = parakeet.model.transcribe([audio], timestamps=True, return_hypotheses=True, verbose=False)
    finally:
        parakeet.model.decoding = parakeet._plain
    return [(word.text, word.span) for word in parakeet._words(hypothesis)]


def test_a_mask_that_allows_everything_changes_nothing(sample_audio: np.ndarray) -> None:
    engine = load_engine(TranscribeOptions("parakeet", "cpu"), DEMO_MODELS)
    pieces = engine.decoder.pieces
    words = [(word.text, word.span) for word in engine.transcribe([sample_audio])[0].words]
    assert mask([True] * len(pieces), sample_audio) == words
    without = mask(["ze" not in piece for piece in pieces], sample_audio)
    assert len(without) == len(words)
    changed = [before for before, after in zip(words, without, strict=True) if before[0] != after[0]]
    assert [text for text, _ in changed] == ["zero"]


def test_every_word_has_its_confidence(sample_audio: np.ndarray) -> None:
    """The least where two words are said at once; the words and times are NeMo's own without it."""
    engine = load_engine(TranscribeOptions("parakeet", "cpu"), DEMO_MODELS)
    (clear,) = engine.transcribe([sample_audio])
    assert all(0.9 < word.confidence <= 1 for word in clear.words)
    rolled = sample_audio + 0.6 * np.roll(sample_audio, 3 * RATE)
    (doubtful,) = engine.transcribe([rolled])
    assert min(word.confidence for word in doubtful.words) < 0.9

    model = checkpoint.restore(Path(DEMO_MODELS / "parakeet.nemo"), "cpu")
    for audio, heard in ((sample_audio, clear), (rolled, doubtful)):
        (own,) = model.transcribe([audio], timestamps=True, verbose=False)
        assert own.word_confidence is None
        times = [(word["word"], word["start"], word["end"]) for word in own.timestamp["word"]]
        assert [(word.text, word.start, word.end) for word in heard.words] == times
