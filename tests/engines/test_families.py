"""A family of models is one folder: a toy is added beside the others, and no other file knows of it."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.support.places import DEMO_MODELS, SAMPLE
from transcriber import engines
from transcriber.engines import families, model_capabilities
from transcriber.engines.loading import load_engine
from transcriber.engines.nemo.files import ASR
from transcriber.engines.whisper.files import WHISPER
from transcriber.errors import ModelCorruptError, UnsupportedOptionError
from transcriber.freeze import freeze_worker
from transcriber.jobs import validation
from transcriber.models import catalog
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber

FAMILIES = Path(__file__).parents[1] / "support" / "families"
WORDS = [f"{first}{second}" for first in "bcdfghjk" for second in "aeiou"]
ASKED = TranscribeOptions("parakeet", "cpu")


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Its folder lies among the families'."""
    monkeypatch.setattr(engines, "__path__", [*engines.__path__, str(FAMILIES)])
    _look_again()
    yield
    monkeypatch.undo()
    for name in [name for name in sys.modules if name.startswith("transcriber.engines.toy")]:
        del sys.modules[name]
    _look_again()


def _look_again() -> None:
    families.types.cache_clear()
    families.kinds.cache_clear()
    families.freezers.cache_clear()


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """The folder with the publisher's files."""
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "words.txt").write_text(" ".join(WORDS))
    (sources / "threshold.txt").write_text("0.02")
    return sources


@pytest.fixture
def store(published: Path, tmp_path: Path) -> ModelStore:
    """A toy, frozen under a name of the catalogue: what a file is follows from the file."""
    store = ModelStore(tmp_path / "models")
    store.folder.mkdir()
    freeze_worker.build(published, store.find(ASKED.model).path, as_is=False)
    return store


def test_it_is_found() -> None:
    assert "toy" in families.types()
    assert [kind.name for kind in families.kinds()].count("toy") == 1
    assert families.kind_of(DEMO_MODELS / "parakeet.nemo") is ASR
    assert families.kind_of(DEMO_MODELS / "whisper.pt") is WHISPER


def test_its_files_are_recognised_and_checked(store: ModelStore) -> None:
    path = store.find(ASKED.model).path
    assert families.kind_of(path).name == "toy"
    assert validation.type_of(store.find(ASKED.model)) == "toy"
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ModelCorruptError):
        families.kind_of(path)


def test_what_is_frozen_is_proven(published: Path, store: ModelStore, tmp_path: Path) -> None:
    path = store.find(ASKED.model).path
    freeze_worker.prove(published, path)
    freeze_worker.build(path.parent, tmp_path / "again", as_is=True)
    freeze_worker.prove(path.parent, tmp_path / "again")
    (published / "threshold.txt").write_text("0.5")
    with pytest.raises(ModelCorruptError, match="has another threshold"):
        freeze_worker.prove(published, path)


def test_what_it_can_is_asked_of_it(store: ModelStore) -> None:
    spec = replace(catalog.find(ASKED.model), engine="toy")
    assert model_capabilities.of(spec) == load_engine(ASKED, store.folder).capabilities
    with pytest.raises(UnsupportedOptionError, match="does not understand German"):
        load_engine(replace(ASKED, language="de"), store.folder)
    with pytest.raises(UnsupportedOptionError, match="cannot be computed in int8"):
        load_engine(replace(ASKED, compute_type="int8"), store.folder)


def test_what_it_need_not_have_has_a_default(store: ModelStore) -> None:
    engine = load_engine(ASKED, store.folder)
    assert engine.forced_aligner is None and not families.can_align(store.find(ASKED.model).path)
    assert not engine.use_plain_decoder()
    assert (engine.device, engine.compute_type, engine.max_audio_seconds) == ("cpu", "float32", 30)


def test_it_transcribes(store: ModelStore) -> None:
    transcript = Transcriber(store.folder).transcribe(SAMPLE, ASKED)
    count = len(transcript.text.split())
    assert count > 5 and transcript.text.split() == WORDS[:count]
    assert (transcript.language, transcript.compute_type) == ("cy", "float32")
    assert "A toy guesses." in transcript.notes
    assert torch.equal(load_engine(ASKED, store.folder).model.threshold, torch.tensor(0.02))
