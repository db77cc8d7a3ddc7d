"""A converted checkpoint computes what openai-whisper computes with the .pt."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
import whisper

pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")
import ctranslate2

from tests.support.places import DEMO_MODELS
from tests.support.whisper_checkpoints import SHAPES, UNKNOWN, write_checkpoint
from transcriber.engines.faster_whisper.to_ctranslate2 import convert
from transcriber.engines.faster_whisper.tokenizer import whisper_tokenizer
from transcriber.errors import ModelCorruptError, ModelRefusedError

BASE = next(address.split("/")[-2] for name, address in whisper._MODELS.items() if name == "base")


@pytest.fixture(scope="module", params=SHAPES)
def both(request, tmp_path_factory: pytest.TempPathFactory):
    """A random checkpoint in openai-whisper, and the folder that it was converted to."""
    folder = tmp_path_factory.mktemp("converted")
    model = write_checkpoint(folder / "whisper.pt", SHAPES[request.param])
    (folder / "float32").mkdir()
    convert(folder / "whisper.pt", folder / "float32", BASE if request.param == "base" else UNKNOWN, "float32")
    return model, folder / "float32"


@torch.no_grad()
def test_computes_what_the_checkpoint_computes(both) -> None:
    """The encoder's output, the probabilities of a text, and of the languages."""
    theirs, folder = both
    ours = ctranslate2.models.Whisper(str(folder), compute_type="float32")
    mel = torch.randn(1, theirs.dims.n_mels, 3000, generator=torch.Generator().manual_seed(1))
    heard = theirs.encoder(mel)
    encoded = ours.encode(ctranslate2.StorageView.from_array(mel.numpy()))
    assert np.abs(np.array(encoded) - heard.numpy()).max() < 1e-4

    tokenizer = whisper.tokenizer.get_tokenizer(theirs.is_multilingual, num_languages=theirs.num_languages)
    text = tokenizer.encode(" Any text does here, and so does this.")
    begin = list(tokenizer.sot_sequence)
    tokens = torch.tensor([[*begin, tokenizer.no_timestamps, *text]])
    logits = theirs.decoder(tokens, heard)[0, len(begin) : -1, : tokenizer.eot]
    expected = logits.softmax(-1)[range(len(text)), text]
    aligned = ours.align(encoded, begin, [text], 3000)[0]
    assert np.allclose(aligned.text_token_probs, expected, rtol=1e-3)

    assert ours.is_multilingual == theirs.is_multilingual
    if theirs.is_multilingual:
        _, (probabilities,) = whisper.detect_language(theirs, heard, tokenizer)
        found = {token.strip("<|>"): probability for token, probability in ours.detect_language(encoded)[0]}
        assert found == pytest.approx(probabilities, rel=1e-3)


def test_configuration_is_whispers_own(both) -> None:
    """An official checkpoint has its own alignment heads, another one those of the last half of its layers."""
    model, folder = both
    config = json.loads((folder / "config.json").read_text())
    if model.dims == SHAPES["base"]:
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS["base"])
    assert sorted(map(tuple, config["alignment_heads"])) == sorted(
        map(tuple, model.alignment_heads.indices().T.tolist())
    )
    task = whisper.decoding.DecodingTask(model, whisper.DecodingOptions(language="en", fp16=False))
    assert config["suppress_ids"] == list(task._get_suppress_tokens())
    assert config["suppress_ids_begin"] == [*task.tokenizer.encode(" "), task.tokenizer.eot]
    assert config["lang_ids"] == sorted(task.tokenizer.all_language_tokens)
    tokenizer = whisper_tokenizer(model.is_multilingual, model.num_languages)
    assert json.loads((folder / "tokenizer.json").read_text("utf-8")) == json.loads(tokenizer.to_str())


def test_int8_is_the_quantization_of_ctranslate2(tmp_path: Path) -> None:
    """Stored in int8, the demo model computes what it computes when CTranslate2 quantizes it while loading."""
    encoded = {}
    mel = np.random.default_rng(0).standard_normal((1, 80, 3000), np.float32)
    for stored in ("int8", "float16"):
        (tmp_path / stored).mkdir()
        convert(DEMO_MODELS / "whisper.pt", tmp_path / stored, UNKNOWN, stored)
        model = ctranslate2.models.Whisper(str(tmp_path / stored), compute_type="int8")
        encoded[stored] = np.array(model.encode(ctranslate2.StorageView.from_array(mel)))
    assert np.array_equal(encoded["int8"], encoded["float16"])
    int8, float16 = ((tmp_path / stored / "model.bin").stat().st_size for stored in ("int8", "float16"))
    assert int8 < 0.6 * float16


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    path, folder = tmp_path / "whisper.pt", tmp_path / "converted"
    folder.mkdir()
    weights = write_checkpoint(path, SHAPES["base"]).state_dict()
    torch.save({"dims": {**vars(SHAPES["base"]), "n_text_state": 24}, "model_state_dict": weights}, path)
    with pytest.raises(ModelRefusedError, match="another size"):
        convert(path, folder, UNKNOWN, "int8")
    torch.save({"weights": torch.zeros(3)}, path)
    with pytest.raises(ModelRefusedError, match="no Whisper checkpoint"):
        convert(path, folder, UNKNOWN, "int8")
    torch.save({"dims": print, "model_state_dict": {}}, path)  # a pickle that names a function
    with pytest.raises(ModelRefusedError, match="no Whisper checkpoint"):
        convert(path, folder, UNKNOWN, "int8")
    path.write_bytes((DEMO_MODELS / "whisper.pt").read_bytes()[:1_000_000])
    with pytest.raises(ModelCorruptError, match=r"whisper\.pt"):
        convert(path, folder, UNKNOWN, "int8")
    assert list(folder.iterdir()) == []
