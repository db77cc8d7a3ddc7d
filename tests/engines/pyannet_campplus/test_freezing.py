"""Published checkpoints to the frozen file: the very bytes, and nothing in them is run."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.support import speaker_checkpoints
from tests.support.archives import Evil, refusal
from tests.support.loudness import LOUD, LoudnessDiarizer
from tests.support.speaker_checkpoints import pyannote, saved, weights_of, write_published
from tests.support.speaker_networks import freeze_random
from transcriber.engines.diarizer import DiarizerType
from transcriber.engines.pyannet_campplus import packing, published
from transcriber.engines.pyannet_campplus.files import EMBEDDING, SEGMENTATION, SPEAKERS
from transcriber.engines.pyannet_campplus.freezing import FILES, FREEZERS
from transcriber.errors import ModelCorruptError, ModelError, ModelRefusedError
from transcriber.freeze import freeze_worker

CONVERSION = FREEZERS[0].conversion
assert CONVERSION

Weights = dict[str, dict[str, Tensor]]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of random weights."""
    return freeze_random(tmp_path_factory.mktemp("frozen") / "speakers.nemo")


@pytest.fixture
def weights(frozen: Path) -> Weights:
    return weights_of(frozen)


@pytest.fixture
def sources(weights: Weights, tmp_path: Path) -> Path:
    return write_published(tmp_path / "sources", speaker_checkpoints.published(weights))


def test_the_published_weights_are_the_same_file(real_models: Path, tmp_path: Path) -> None:
    """Whoever wrote the checkpoints; and no library of their publishers is imported."""
    published = speaker_checkpoints.published(weights_of(real_models / "speakers.nemo"))
    sources = write_published(tmp_path / "sources", published)
    assert CONVERSION.recognises(sources)
    freeze_worker.build(sources, tmp_path / "again.nemo", as_is=False)
    assert (tmp_path / "again.nemo").read_bytes() == (real_models / "speakers.nemo").read_bytes()
    assert "pyannote.audio" not in sys.modules


def test_the_licences_are_in_it(frozen: Path) -> None:
    content = frozen.read_bytes()
    assert b"MIT License\n\nCopyright (c) 2022 CNRS" in content
    assert b"Copyright 3D-Speaker" in content
    assert b"TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in content


def test_what_is_frozen_is_proven(sources: Path, tmp_path: Path) -> None:
    """By its weights, each of them."""
    target = tmp_path / "speakers.nemo"
    freeze_worker.build(sources, target, as_is=False)
    freeze_worker.prove(sources, target)
    content = bytearray(target.read_bytes())
    content[-20_000] ^= 1  # a weight of the embedding
    target.write_bytes(content)
    with pytest.raises(ModelCorruptError, match=r"has another embedding\."):
        freeze_worker.prove(sources, target)


def proven_with(diarizer: LoudnessDiarizer, frozen: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = DiarizerType("speakers", SPEAKERS, lambda path, device: None, lambda restored, device: diarizer)
    monkeypatch.setattr(freeze_worker, "diarizer_type_of", lambda kind: known)
    freeze_worker.prove(sources, frozen)


def test_what_is_frozen_listens(frozen: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To silence and to noise; what goes wrong then is a failure."""
    diarizer = LoudnessDiarizer()
    proven_with(diarizer, frozen, sources, monkeypatch)
    assert [set(listener.levels) for listener in diarizer.listeners] == [{0}, {LOUD}]
    assert all(listener.is_closed for listener in diarizer.listeners)
    broken = LoudnessDiarizer(broken_after=3.0)
    with pytest.raises(KeyError):
        proven_with(broken, frozen, sources, monkeypatch)
    assert all(listener.is_closed for listener in broken.listeners)


def test_a_folder_without_both(sources: Path) -> None:
    (sources / "deeper").mkdir()
    (sources / FILES[EMBEDDING]).rename(sources / "deeper" / FILES[EMBEDDING])
    assert CONVERSION.recognises(sources), "as another repository's files lie in a download"
    (sources / FILES[SEGMENTATION]).unlink()
    assert not CONVERSION.recognises(sources)


HOSTILE: dict[str, Callable[[dict[str, Tensor]], bytes]] = {
    "a call": lambda state: pyannote(state, Evil()),
    "another module of pyannote": lambda state: pyannote(state, module="pyannote.audio.core.model"),
    "torch's own loader": lambda state: pyannote(state, torch.load),
    "a class of ours": lambda state: pyannote(state, packing.Unpacked({})),
    "a function of the system": lambda state: pyannote(state, os.getcwd),
}


@pytest.mark.usefixtures("nothing_is_run")
@pytest.mark.parametrize("what", HOSTILE)
def test_a_checkpoint_that_names_anything_else(what: str, weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / FILES[SEGMENTATION]
    path.write_bytes(HOSTILE[what](weights[SEGMENTATION]))
    with pytest.raises(ModelRefusedError, match="loading it would run or create"):
        published.read(path, SEGMENTATION)


def test_the_foreign_classes_are_let_in_nowhere_else(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "any.pt"
    path.write_bytes(pyannote(weights[SEGMENTATION]))
    assert "would run or create torch.torch_version.TorchVersion" in refusal(path)
    with pytest.raises(ModelRefusedError, match="would run or create"):
        published.read(path, EMBEDDING)


def test_in_place_of_foreign_classes_come_things_that_do_nothing(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / FILES[SEGMENTATION]
    path.write_bytes(pyannote(weights[SEGMENTATION]))
    with torch.serialization.safe_globals([(published.Inert, name) for name in published.FOREIGN[SEGMENTATION]]):
        content = torch.load(path, weights_only=True)
    about = content["pyannote.audio"]
    kinds = {type(about["specifications"]), type(about["versions"]["torch"]), type(about["specifications"].problem)}
    assert kinds == {published.Inert}


CHANGES: dict[str, Callable[[dict[str, Tensor]], object]] = {
    "one is missing": lambda state: state.pop("classifier.bias"),
    "one is more": lambda state: state.update(more=torch.zeros(7)),
    "another shape": lambda state: state.update({"classifier.bias": torch.zeros(8)}),
    "another type": lambda state: state.update({"classifier.bias": torch.zeros(7, dtype=torch.float16)}),
    "no weight": lambda state: state.update(more="text"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_another_network(what: str, weights: Weights, tmp_path: Path) -> None:
    CHANGES[what](weights[SEGMENTATION])
    path = tmp_path / FILES[SEGMENTATION]
    path.write_bytes(pyannote(weights[SEGMENTATION]))
    with pytest.raises(ModelRefusedError, match="not those of the segmentation network"):
        published.read(path, SEGMENTATION)


@pytest.mark.parametrize("content", [[], {}, {"state_dict": 1}, {"state_dict": {"a": {"b": torch.zeros(1)}}}])
def test_no_weights_at_all(content: object, tmp_path: Path) -> None:
    path = tmp_path / FILES[EMBEDDING]
    path.write_bytes(saved(content))
    with pytest.raises(ModelError, match=FILES[EMBEDDING]):
        published.read(path, EMBEDDING)


def test_a_weight_that_stands_for_many(weights: Weights, tmp_path: Path) -> None:
    """One number that is spread over a shape is written out as that shape."""
    weights[SEGMENTATION]["classifier.bias"] = torch.zeros(1).expand(7)
    path = tmp_path / FILES[SEGMENTATION]
    path.write_bytes(pyannote(weights[SEGMENTATION]))
    assert published.read(path, SEGMENTATION)["classifier.bias"].is_contiguous()
