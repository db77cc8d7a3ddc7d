"""Why a model cannot be loaded: the file, or something else. Nobody is told to delete a file that is healthy."""

import errno
import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.places import DEMO_MODELS
from transcriber.engines.families import kind_of
from transcriber.engines.load_errors import importing, map_load_errors
from transcriber.engines.loading import load_model
from transcriber.engines.nemo import checkpoint as nemo_checkpoint
from transcriber.engines.whisper import checkpoint as whisper_checkpoint
from transcriber.errors import EngineUnavailableError, ModelCorruptError, ModelError, ModelLoadError
from transcriber.frozen import members
from transcriber.jobs.validation import complaint
from transcriber.models.store import ModelStore

OUTSIDE = [
    PermissionError(errno.EACCES, "Permission denied", "/somewhere"),
    OSError(errno.EMFILE, "Too many open files"),
    ImportError("libsndfile.so.1: cannot open shared object file"),
    RuntimeError("cannot cache function '__o_fold': no locator available for file 'notation.py'"),
    RuntimeError("Could not determine home directory."),
    AttributeError("module 'nemo' has no attribute 'core'"),
    KeyError("getpwuid(): uid not found: 54321"),
]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """With the manifest that says what it must be."""
    for suffix in (".nemo", ".json"):
        shutil.copy(DEMO_MODELS / f"parakeet{suffix}", tmp_path)
    return tmp_path / "parakeet.nemo"


@pytest.mark.parametrize("error", OUTSIDE, ids=str)
def test_a_healthy_file_is_not_blamed(model: Path, error: Exception) -> None:
    with pytest.raises(ModelLoadError) as raised, map_load_errors(model):
        raise error
    assert str(error) in raised.value.message
    assert "delete" not in str(raised.value)


@pytest.mark.parametrize("error", [*OUTSIDE, RuntimeError("Error(s) in loading state_dict")], ids=str)
def test_a_file_that_is_another_than_was_frozen_is(model: Path, error: Exception) -> None:
    with model.open("r+b") as file:
        file.seek(5_000)
        file.write(b"other")
    with pytest.raises(ModelCorruptError, match="delete it"), map_load_errors(model):
        raise error


@pytest.mark.parametrize("error", OUTSIDE[:-1], ids=str)
def test_without_a_manifest_what_was_raised_decides(model: Path, error: Exception) -> None:
    model.with_suffix(".json").unlink()
    with pytest.raises(ModelLoadError), map_load_errors(model):
        raise error
    with pytest.raises(ModelCorruptError), map_load_errors(model):
        raise pickle.UnpicklingError("invalid load key")


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("CUDA error: out of memory"), RuntimeError("cuDNN error: no"), OSError(5, "a")],
)
def test_memory_and_cards_are_for_whom_goes_on_without(model: Path, error: Exception) -> None:
    with pytest.raises(ModelLoadError if isinstance(error, OSError) else type(error)), map_load_errors(model):
        raise error


@pytest.mark.parametrize("module", [nemo_checkpoint, whisper_checkpoint])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModuleNotFoundError("No module named 'nemo'", name="nemo"), "is not installed; run"),
        (ModuleNotFoundError("No module named 'soundfile'", name="soundfile"), "No module named 'soundfile'"),
        (ImportError("cannot import name 'a' from 'b'"), "cannot import name"),
        (OSError("libtorch.so: cannot open shared object file"), r"libtorch\.so"),
        (RuntimeError("Could not determine home directory."), "home directory"),
    ],
    ids=str,
)
def test_a_library_that_cannot_be_imported_is_called_so(module: Any, error: Exception, said: str) -> None:
    with pytest.raises(EngineUnavailableError, match=said), module.importing("NeMo", "nemo", "make venv"):
        raise error


def test_an_import_that_succeeds() -> None:
    with importing("json", "json", "nothing"):
        import json
    assert json


@pytest.mark.parametrize("code", [errno.EIO, errno.EACCES, errno.ESTALE, errno.EMFILE])
@pytest.mark.parametrize("compressed", [False, True])
def test_what_the_system_refuses_is_no_damage(
    model: Path, monkeypatch: pytest.MonkeyPatch, code: int, compressed: bool
) -> None:
    """A disk that fails, a share that is gone: the next bytes of the file cannot be read."""

    def failing(*_: object) -> bytes:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(members._Headers, "read", failing)
    with pytest.raises(ModelLoadError, match=os.strerror(code)) as raised:
        kind_of(model)
    assert "delete" not in str(raised.value)


def test_a_folder_in_the_place_of_a_model(tmp_path: Path) -> None:
    (tmp_path / "whisper.pt").mkdir()
    (tmp_path / "whisper.pt" / "part").write_text("x")
    with pytest.raises(ModelError, match="Is a directory"):
        kind_of(tmp_path / "whisper.pt")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(model: Path) -> None:
    store = ModelStore(model.parent)
    store.choose(["parakeet"])
    model.chmod(0)
    for ask in (
        lambda: kind_of(model),
        lambda: store.find("parakeet").check(),
        lambda: load_model("parakeet", model.parent),
    ):
        with pytest.raises(ModelLoadError, match=r"cannot be read \(Permission denied"):
            ask()
    assert "check its permissions" in complaint(store)
    model.parent.chmod(0)
    try:
        assert f"the models folder {model.parent} cannot be read (Permission denied)" in complaint(store)
    finally:
        model.parent.chmod(0o700)


@pytest.mark.parametrize("content", ["", "{", "5", '{"a": 1}', "[1]"])
def test_a_list_of_models_that_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "chosen.json").write_text(content)
    assert f"{tmp_path / 'chosen.json'} is no list of models" in complaint(ModelStore(tmp_path))
