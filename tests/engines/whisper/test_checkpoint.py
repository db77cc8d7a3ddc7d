"""Our way of loading a Whisper checkpoint against openai-whisper's own."""

import gc
import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import whisper
from whisper.model import ModelDimensions

from tests.support.archives import Evil, saved
from tests.support.places import DEMO_MODELS
from transcriber.engines.whisper.checkpoint import official_name, restore
from transcriber.errors import ModelCorruptError, ModelRefusedError
from transcriber.models import catalog

DEMO = DEMO_MODELS / "whisper.pt"


@pytest.fixture(scope="module")
def checkpoint() -> dict[str, Any]:
    return torch.load(DEMO, weights_only=True)


def write(path: Path, checkpoint: dict[str, Any], dtype: torch.dtype, **options: Any) -> Path:
    state = {name: value.to(dtype) for name, value in checkpoint["model_state_dict"].items()}
    path.write_bytes(saved({"dims": checkpoint["dims"], "model_state_dict": state}, **options))
    return path


def assert_same(one: Any, other: Any) -> None:
    for kind in ("state_dict", "named_parameters", "named_buffers"):
        expected, found = dict(getattr(one, kind)()), dict(getattr(other, kind)())
        assert expected.keys() == found.keys()
        for name, tensor in expected.items():
            assert tensor.dtype == found[name].dtype
            assert torch.equal(*(each.to_dense() for each in (tensor, found[name]))), name


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
@pytest.mark.parametrize("options", [{}, {"_use_new_zipfile_serialization": False}])
def test_weights_are_the_same(tmp_path: Path, checkpoint: dict[str, Any], dtype: torch.dtype, options: Any) -> None:
    """In half precision, as OpenAI's own; in float32, which is mapped; in the format before torch 1.6."""
    path = write(tmp_path / "a.pt", checkpoint, dtype, **options)
    expected, found = whisper.load_model(str(path), device="cpu"), restore(path, "cpu")
    assert_same(expected, found)
    assert found.dims == expected.dims
    assert not found.training
    assert not any(parameter.requires_grad for parameter in found.parameters())


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_is_copied_lets_the_file_go(tmp_path: Path, checkpoint: dict[str, Any]) -> None:
    path = write(tmp_path / "a.pt", checkpoint, torch.float32)
    models = [restore(path, "cpu")]
    assert str(path) in Path("/proc/self/maps").read_text()
    models[0] = restore(path, "cpu", compute_type="bfloat16")
    gc.collect()
    assert str(path) not in Path("/proc/self/maps").read_text()


def test_outputs_are_the_same(sample_audio: np.ndarray) -> None:
    models = whisper.load_model(str(DEMO), device="cpu").eval(), restore(DEMO, "cpu")
    mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(sample_audio), models[0].dims.n_mels)[None]
    with torch.no_grad():
        features = [model.embed_audio(mel) for model in models]
        logits = [model.logits(torch.arange(20)[None], heard) for model, heard in zip(models, features, strict=True)]
    assert torch.equal(*features)
    assert torch.equal(*logits)


def test_an_official_checkpoint_is_known_by_its_checksum() -> None:
    name = official_name(catalog.find("whisper").revision)
    assert name in ("large-v3-turbo", "turbo")
    assert whisper._ALIGNMENT_HEADS[name] == whisper._ALIGNMENT_HEADS["large-v3-turbo"]
    assert official_name("0" * 64) is None


def test_another_checkpoint_keeps_the_heads_of_its_own_size() -> None:
    model = restore(DEMO, "cpu")
    assert model.alignment_heads.shape == (model.dims.n_text_layer, model.dims.n_text_head)


def test_an_official_checkpoint_gets_its_heads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the shape of Whisper base, so that its heads fit, whose checksum is put into openai-whisper's table.

    The checksum may be given, as the manifest has it; then the file is not asked for it.
    """
    dims = ModelDimensions(80, 1500, 8, 1, 1, 51_865, 448, 8, 8, 6)
    path = tmp_path / "whisper.pt"
    torch.save({"dims": vars(dims), "model_state_dict": whisper.Whisper(dims).state_dict()}, path)
    before = restore(path, "cpu").alignment_heads.to_dense()
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setitem(whisper._MODELS, "base", f"https://models/{checksum}/base.pt")
    after = restore(path, "cpu").alignment_heads.to_dense()
    assert 0 < after.sum() < before.sum()
    assert torch.equal(restore(path, "cpu", checksum).alignment_heads.to_dense(), after)
    assert torch.equal(restore(path, "cpu", "0" * 64).alignment_heads.to_dense(), before)


def test_what_is_no_whisper_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelRefusedError, match="no Whisper"):
        restore(DEMO_MODELS / "parakeet.nemo", "cpu")
    monkeypatch.setenv("EVIL", str(tmp_path / "evil"))
    (tmp_path / "a.pt").write_bytes(saved({"dims": {}, "model_state_dict": {}, "more": Evil()}))
    with pytest.raises(ModelRefusedError, match="mkdir"):
        restore(tmp_path / "a.pt", "cpu")
    assert not (tmp_path / "evil").exists()


def test_weights_that_do_not_fit(tmp_path: Path, checkpoint: dict[str, Any]) -> None:
    for dims in ({}, {**checkpoint["dims"], "n_text_layer": 9}):
        (tmp_path / "a.pt").write_bytes(saved({**checkpoint, "dims": dims}))
        with pytest.raises(ModelCorruptError, match="cannot be loaded"):
            restore(tmp_path / "a.pt", "cpu")
