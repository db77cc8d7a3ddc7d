"""The models folder: what is required, what is there, what each file is."""

from pathlib import Path

import pytest

from transcriber import catalog
from transcriber.errors import ModelNotFrozenError, UnknownModelError
from transcriber.store import Manifest, ModelStore, missing_message

MANIFEST = Manifest("A model", "us/model", "0" * 40, "1" * 64, 3, "MIT", "2026-01-01T00:00:00+00:00", {"torch": "2"})


def test_all_models_are_required_until_some_are_chosen(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    assert [path.name for path in store.missing()] == ["parakeet.nemo", "canary.nemo", "whisper.pt"]
    store.choose(["whisper"])
    assert store.missing() == [tmp_path / "whisper.pt"]
    (tmp_path / "whisper.pt").write_bytes(b"x")
    assert store.missing() == []
    assert store.present() == ["whisper"]


def test_a_missing_model_names_its_path_and_the_command(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        ModelStore(tmp_path / "none").require("canary")
    assert isinstance(raised.value, ModelNotFrozenError)
    assert str(tmp_path / "none" / "canary.nemo") in str(raised.value)
    assert "python setup_local_models.py canary" in str(raised.value)


def test_an_unknown_model_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match="parakeet, canary, whisper"):
        ModelStore(tmp_path).require("parrot")


def test_manifests_are_read_as_written(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    assert store.manifest("parakeet") is None
    store.write_manifest("parakeet", MANIFEST)
    assert store.manifest("parakeet") == MANIFEST


def test_the_message_names_every_missing_path(tmp_path: Path) -> None:
    message = missing_message(ModelStore(tmp_path).missing())
    for name in ("parakeet.nemo", "canary.nemo", "whisper.pt"):
        assert str(tmp_path / name) in message
    assert "python setup_local_models.py" in message
    assert "user-model-setup-guide.md" in message


def test_every_row_of_the_catalogue_is_pinned() -> None:
    for name, spec in catalog.MODELS.items():
        assert spec.name == name
        assert len(spec.revision) in (40, 64)
        assert int(spec.revision, 16)
