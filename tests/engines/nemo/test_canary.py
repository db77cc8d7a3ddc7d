"""What Canary writes, with and without tokens of time, and how it is asked."""

from pathlib import Path

import numpy as np
import pytest
import torch
from nemo.collections.common.tokenizers.canary_tokenizer import CanaryTokenizer
from nemo.collections.common.tokenizers.sentencepiece_tokenizer import SentencePieceTokenizer, create_spt_model

from tests.support.places import DEMO_MODELS, RATE
from transcriber.engines.loading import load_engine
from transcriber.engines.nemo import canary, checkpoint, encoder
from transcriber.engines.nemo.canary import Canary, aligned_spans, fill_spans, read_tokens
from transcriber.errors import UnsupportedOptionError
from transcriber.models.capabilities import pairs_with_english
from transcriber.options import TranscribeOptions
from transcriber.transcript import joined

FRAME = 0.08
OURS = TranscribeOptions("canary", "cpu")


@pytest.fixture(scope="module")
def flash(tmp_path_factory: pytest.TempPathFactory) -> CanaryTokenizer:
    """A tokenizer made as that of the flash models: marks of many languages, words of few, and times."""
    folder = tmp_path_factory.mktemp("tokenizers")
    marks = ["en", "de", "es", "fr", "it", "ja", *map(str, range(40))]
    tokenizers = {"spl_tokens": CanaryTokenizer.build_special_tokenizer(marks, folder / "special")}
    for code, text in (("en", "hello world again"), ("de", "hallo welt nochmal")):
        (folder / code).mkdir()
        (folder / f"{code}.txt").write_text(f"{text}\n" * 5)
        create_spt_model(str(folder / f"{code}.txt"), 24, -1, False, output_dir=str(folder / code))
        tokenizers[code] = SentencePieceTokenizer(str(folder / code / "tokenizer.model"))
    return CanaryTokenizer(tokenizers)


def ids(tokenizer: CanaryTokenizer, text: str) -> list[int]:
    """Words and times."""
    found = []
    for part in text.split():
        found += [tokenizer.special_tokens[part]] if part.startswith("<|") else tokenizer.text_to_ids(part, "en")
    return found


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("<|1|> hello <|2|> <|3|> world <|5|>", [(1, 2), (3, 5)]),
        ("hello world", [None, None]),
        ("hello <|3|> world <|5|>", [None, (3, 5)]),
        ("<|1|> hello world <|5|> again", [(1, 3), (3, 5), None]),
        ("<|5|> hello <|2|> world <|4|>", [None, (2, 4)]),
        ("<|1|> <|2|>", []),
        ("", []),
    ],
)
def test_no_word_is_lost_between_the_times(
    flash: CanaryTokenizer, text: str, spans: list[tuple[int, int] | None]
) -> None:
    """NeMo's reading loses all that does not stand between two times."""
    tokens = ids(flash, text)
    words, found = read_tokens(flash, tokens, [0.5] * len(tokens), FRAME)
    assert [word.text for word in words] == [part for part in text.split() if not part.startswith("<|")]
    assert found == [span and pytest.approx((span[0] * FRAME, span[1] * FRAME)) for span in spans]
    assert all(word.confidence == 0.5 for word in words)


def test_the_words_make_the_text_that_it_wrote(flash: CanaryTokenizer) -> None:
    """Also of a word between whose letters there is a token of time."""
    whole, part = flash.text_to_ids("hello", "en"), flash.text_to_ids("drawing", "en")
    assert flash.ids_to_tokens(part)[:2] == ["▁", "d"]
    time = flash.special_tokens["<|3|>"]
    tokens = [*whole, *part[:3], time, *part[3:], *whole]
    words, spans = read_tokens(flash, tokens, [0.1 * (place + 1) for place in range(len(tokens))], FRAME)
    assert joined(words) == flash.ids_to_text([*whole, *part, *whole]).strip() == "hello drawing hello"
    assert spans == [None] * 3
    assert words[1].confidence == pytest.approx(0.1 * (len(whole) + 2))  # its first letter's, behind a blank
    words, _ = read_tokens(flash, [*whole, *part[:1], time, time, *part[1:], *whole], None, FRAME)
    assert joined(words) == "hello drawing hello"
    start, end = flash.special_tokens["<|1|>"], flash.special_tokens["<|5|>"]
    words, spans = read_tokens(flash, [start, *part[:3], time, *part[3:], end], None, FRAME)
    assert ([word.text for word in words], spans) == (["drawing"], [pytest.approx((FRAME, 5 * FRAME))])


def test_words_without_times_share_the_room_between_their_neighbours() -> None:
    spans = [None, (1.0, 2.0), None, None, (4.0, 5.0), None]
    expected = [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0), (4.0, 5.0), (5.0, 6.0)]
    assert fill_spans(spans, 6.0) == expected
    assert fill_spans([None, None], 1.0) == [(0.0, 0.5), (0.5, 1.0)]
    assert fill_spans([], 1.0) == []


def test_what_the_alignment_could_not_place() -> None:
    timed = [{"start": 0.1, "end": 0.2}, {"start": -1, "end": -1}]
    assert aligned_spans(timed, 2) == [(0.1, 0.2), None]
    assert aligned_spans([], 2) == [None, None]


def test_languages_are_those_with_tokens_of_their_own(flash: CanaryTokenizer) -> None:
    assert canary._languages(flash, canary._special_tokens(flash)) == ("en", "de")
    assert pairs_with_english(("en", "de"), ("en", "de")) == (("en", "de"), ("de", "en"))


def test_the_prompt_has_the_spoken_and_the_written_language() -> None:
    """In the tokens that NeMo makes of it."""
    model = load_engine(OURS, DEMO_MODELS).model
    (turn,) = Canary(model)._config(1, OURS).prompt
    (rest,) = model.prompt.get_default_dialog_slots()
    given = {slot: value for slot, value in turn["slots"].items() if value is not None}
    prompt = model.prompt.encode_dialog([{**rest, "slots": {**rest["slots"], **given}}])["context_ids"].tolist()
    marks = "startofcontext startoftranscript emo:undefined en en pnc noitn notimestamp nodiarize".split()
    assert model.tokenizer.ids_to_tokens(prompt) == [f"<|{mark}|>" for mark in marks]


def test_several_languages_are_never_taken_for_english() -> None:
    """A Canary that knows more languages asks, and puts the answer into its prompt."""
    asked = Canary(load_engine(OURS, DEMO_MODELS).model)
    codes = ("en", "de")
    asked.capabilities = canary.Capabilities(codes, translations=pairs_with_english(codes, codes))
    with pytest.raises(UnsupportedOptionError, match="cannot find out"):
        asked.transcribe([np.zeros(16_000, np.float32)], OURS)
    for language, into, expected in (("de", "", "de de"), ("de", "en", "de en"), ("en", "de", "en de")):
        (turn,) = asked._config(1, TranscribeOptions(language=language, translate_to=into)).prompt
        assert (turn["slots"]["source_lang"], turn["slots"]["target_lang"]) == tuple(expected.split())


@pytest.fixture
def aligning(tmp_path: Path) -> Canary:
    """The demo Canary with a second model, as 1B v2 has: the demo Parakeet's encoder with an untrained CTC head."""
    from nemo.collections.asr.models import EncDecCTCModelBPE
    from omegaconf import OmegaConf

    model, parakeet = (checkpoint.restore(DEMO_MODELS / f"{name}.nemo", "cpu") for name in ("canary", "parakeet"))
    pieces = list(parakeet.tokenizer.vocab)
    (tmp_path / "tokenizer.model").write_bytes(parakeet.tokenizer.tokenizer.serialized_model_proto())
    (tmp_path / "vocab.txt").write_text("\n".join(pieces[1:]))
    head = "nemo.collections.asr.modules.ConvASRDecoder"
    width = parakeet.cfg.encoder.d_model
    parts = {name: parakeet.cfg[name] for name in ("sample_rate", "preprocessor", "encoder")}
    decoder = {"_target_": head, "feat_in": width, "num_classes": len(pieces), "vocabulary": pieces}
    tokenizer = {"dir": str(tmp_path), "type": "bpe"}
    second = EncDecCTCModelBPE(OmegaConf.create({**parts, "decoder": decoder, "tokenizer": tokenizer})).eval()
    second.encoder.load_state_dict(parakeet.encoder.state_dict())
    object.__setattr__(model, "timestamps_asr_model", second)
    return Canary(model)


def test_the_second_model_of_1b_v2_times_every_word(
    aligning: Canary, sample_audio: np.ndarray, sample_words: list[dict]
) -> None:
    """Through NeMo's own alignment, of arrays, in a batch with silence; no word is lost or without times."""
    assert aligning.capabilities.has_word_times
    timed, silent = aligning.transcribe([sample_audio, np.zeros(RATE, np.float32)], OURS)
    assert [word.text for word in timed.words] == [word["text"] for word in sample_words]
    assert silent.words == ()
    edges = [edge for word in timed.words for edge in word.span]
    assert edges == sorted(edges)
    assert edges[-1] <= len(sample_audio) / RATE + FRAME


def test_both_models_of_1b_v2_compute_in_low_precision(
    aligning: Canary, sample_audio: np.ndarray, sample_words: list[dict]
) -> None:
    for model in (aligning.model, aligning.model.timestamps_asr_model):
        encoder.cast(encoder.optimize(model), "bfloat16")
        assert {weight.dtype for weight in model.encoder.parameters()} == {torch.bfloat16}
    (timed,) = aligning.transcribe([sample_audio], OURS)
    assert [word.text for word in timed.words] == [word["text"] for word in sample_words]
    edges = [edge for word in timed.words for edge in word.span]
    assert edges == sorted(edges) and edges[-1] > edges[0]


def test_greedy_decoding_with_confidence_gives_the_words_of_the_published_beam(sample_audio: np.ndarray) -> None:
    engine = load_engine(OURS, DEMO_MODELS)
    published = checkpoint.restore(DEMO_MODELS / "canary.nemo", "cpu")
    noise = np.random.default_rng(0).normal(0, 0.03, len(sample_audio)).astype(np.float32)
    for audio in (sample_audio, sample_audio + noise):
        (hypothesis,) = published.transcribe([audio], override_config=engine.decoder._config(1, OURS))
        words = engine.transcribe([audio])[0].words
        assert [word.text for word in words] == hypothesis.text.split()
        assert all(0 < word.confidence <= 1 for word in words)
