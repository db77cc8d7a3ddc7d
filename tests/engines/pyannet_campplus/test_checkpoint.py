"""Both networks are restored from their file as they were put in."""

from pathlib import Path

import pytest
import torch

from tests.support.archives import write_nemo
from tests.support.speaker_networks import freeze_random, random_state
from transcriber.engines.pyannet_campplus.campplus import CamPlusPlus
from transcriber.engines.pyannet_campplus.checkpoint import SpeakerNetworks, restore
from transcriber.engines.pyannet_campplus.pyannet import PyanNet
from transcriber.errors import ModelCorruptError, ModelRefusedError


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return freeze_random(tmp_path_factory.mktemp("frozen") / "speakers.nemo")


@pytest.fixture(scope="module")
def restored(frozen: Path) -> SpeakerNetworks:
    return restore(frozen, "cpu")


def test_what_is_restored_is_what_was_frozen(restored: SpeakerNetworks) -> None:
    state = restored.state_dict()
    given = {f"segmentation.{name}": value for name, value in random_state(PyanNet).items()}
    given |= {f"embedding.{name}": value for name, value in random_state(CamPlusPlus).items()}
    assert state.keys() == given.keys()
    assert all(torch.equal(value, given[name]) for name, value in state.items())


def test_it_is_ready_for_inference(restored: SpeakerNetworks) -> None:
    assert not any(module.training for module in restored.modules())
    assert not any(parameter.requires_grad for parameter in restored.parameters())


def test_a_file_that_ends_early_is_damaged(frozen: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.nemo"
    short.write_bytes(frozen.read_bytes()[:1_000_000])
    with pytest.raises(ModelCorruptError):
        restore(short, "cpu")


def test_another_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefusedError):
        restore(write_nemo(tmp_path / "other.nemo"), "cpu")
