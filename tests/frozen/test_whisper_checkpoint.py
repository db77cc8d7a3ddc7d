"""What our Whisper engine adds to openai-whisper."""

import hashlib
from pathlib import Path

import pytest
import torch
import whisper
from whisper.model import ModelDimensions

from tests.conftest import DEMO_MODELS
from transcriber import catalog
from transcriber.frozen.whisper_checkpoint import official_name, restore


def test_an_official_checkpoint_is_known_by_its_checksum() -> None:
    name = official_name(catalog.find("whisper").revision)
    assert name in ("large-v3-turbo", "turbo")
    assert whisper._ALIGNMENT_HEADS[name] == whisper._ALIGNMENT_HEADS["large-v3-turbo"]
    assert official_name("0" * 64) is None


def test_another_checkpoint_keeps_the_heads_of_its_own_size() -> None:
    model = restore(DEMO_MODELS / "whisper.pt", "cpu")
    assert model.alignment_heads.shape == (model.dims.n_text_layer, model.dims.n_text_head)
    assert not any(parameter.requires_grad for parameter in model.parameters())


def test_an_official_checkpoint_gets_its_heads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the shape of Whisper base, so that its heads fit, whose checksum is put into openai-whisper's table."""
    dims = ModelDimensions(80, 1500, 8, 1, 1, 51_865, 448, 8, 8, 6)
    path = tmp_path / "whisper.pt"
    torch.save({"dims": vars(dims), "model_state_dict": whisper.Whisper(dims).state_dict()}, path)
    before = restore(path, "cpu").alignment_heads.to_dense()
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setitem(whisper._MODELS, "base", f"https://models/{checksum}/base.pt")
    after = restore(path, "cpu").alignment_heads.to_dense()
    assert 0 < after.sum() < before.sum()
