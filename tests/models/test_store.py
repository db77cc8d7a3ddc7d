"""The models folder: what is required, what is there, what each file is."""

import hashlib
import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from transcriber.errors import ModelCorruptError, ModelNotFrozenError, UnknownModelError
from transcriber.models import catalog, manifest
from transcriber.models.manifest import Manifest, SourceFile
from transcriber.models.store import ModelStore, missing_message

CONTENT = b"a frozen model"
MANIFEST = Manifest(
    title="A model",
    repository="us/model",
    revision="0" * 40,
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    licence="MIT",
    frozen_at="2026-01-01T00:00:00+00:00",
    versions={"nemo_toolkit": "3.0.0"},
    sources=(SourceFile("model.nemo", 3, "2" * 64),),
)


SOUND = json.dumps(asdict(MANIFEST)).encode()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """With one frozen model."""
    (tmp_path / "parakeet.nemo").write_bytes(CONTENT)
    manifest.write(tmp_path / "parakeet.json", MANIFEST)
    return ModelStore(tmp_path)


def test_all_models_are_required_until_some_are_chosen(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    assert [path.name for path in store.missing()] == ["parakeet.nemo", "canary.nemo", "whisper.pt"]
    store.choose(["whisper"])
    assert store.missing() == [tmp_path / "whisper.pt"]
    (tmp_path / "whisper.pt").write_bytes(b"x")
    assert store.missing() == []
    assert store.present() == ["whisper"]
    store.choose(["parakeet"])
    assert store.chosen() == ["whisper", "parakeet"]
    store.choose([], without=["whisper"])
    assert store.chosen() == ["parakeet"]


def test_what_writes_no_words_is_chosen_and_not_required(tmp_path: Path) -> None:
    """Neither where it stands beside others, nor where it was the only one: then the defaults are, as before."""
    store = ModelStore(tmp_path)
    assert store.chosen() == [*store.required(), "speakers"]
    store.choose(["speakers"])
    assert store.required() == ["parakeet", "canary", "whisper"]
    store.choose(["whisper-tiny"])
    assert store.required() == ["whisper-tiny"]
    assert store.missing() == [tmp_path / "whisper-tiny.pt"]
    assert store.usual() == "whisper-tiny"


def test_a_missing_model_names_its_path_and_the_command(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        ModelStore(tmp_path / "none").find("canary").require()
    assert isinstance(raised.value, ModelNotFrozenError)
    assert str(tmp_path / "none" / "canary.nemo") in str(raised.value)
    assert "python setup_local_models.py canary" in str(raised.value)


def test_an_unknown_model_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match=r"parakeet, .*canary, .*whisper"):
        ModelStore(tmp_path).find("parrot").require()


def test_manifests_are_read_as_written(store: ModelStore) -> None:
    assert store.find("canary").manifest is None
    assert store.find("parakeet").manifest == MANIFEST
    assert [path.name for path in store.folder.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"title": "x"}', b"\xff", SOUND.replace(b"+00:00", b"!")])
def test_an_unreadable_manifest_is_none(store: ModelStore, content: bytes) -> None:
    store.find("parakeet").manifest_path.write_bytes(content)
    assert store.find("parakeet").manifest is None
    assert states(store)["parakeet"] == "unverified"


def states(store: ModelStore) -> dict[str, str]:
    return {status.spec.name: status.state for status in store.statuses()}


def test_what_there_is_of_every_model(store: ModelStore) -> None:
    (store.folder / "whisper.pt").write_bytes(b"by hand")
    found = states(store)
    assert list(found) == list(catalog.MODELS)
    assert (found["parakeet"], found["whisper"], found["canary"]) == ("frozen", "unverified", "missing")
    assert found["silero-vad"] == "built-in"
    (store.folder / "parakeet.nemo").write_bytes(CONTENT[:-1])
    assert states(store)["parakeet"] == "damaged"


def test_a_file_of_another_size_is_refused(store: ModelStore) -> None:
    store.find("parakeet").path.write_bytes(CONTENT + b"!")
    with pytest.raises(ModelCorruptError, match=r"15 bytes, and was frozen with 14.*setup_local_models.py parakeet"):
        store.find("parakeet").check()


def test_a_file_is_hashed_when_its_time_has_changed(store: ModelStore) -> None:
    path = store.find("parakeet").check()
    status = path.stat()
    path.write_bytes(CONTENT[::-1])
    with pytest.raises(ModelCorruptError, match="not the one that was frozen"):
        store.find("parakeet").check()
    path.write_bytes(CONTENT)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))
    assert store.find("parakeet").check() == path


def test_a_file_is_hashed_once(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Path] = []
    digest = manifest.sha256
    monkeypatch.setattr(manifest, "sha256", lambda path: (hashed.append(path), digest(path))[1])
    for _ in range(3):
        store.find("parakeet").check()
    assert hashed == [store.find("parakeet").path]
    store.find("parakeet").verify()
    assert len(hashed) == 2


def test_a_folder_that_cannot_be_written_is_checked_all_the_same(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(manifest, "write_json", refuse)
    assert store.find("parakeet").check() == store.find("parakeet").path


def test_a_file_put_there_by_hand_is_unverified(store: ModelStore) -> None:
    store.find("parakeet").manifest_path.unlink()
    assert store.find("parakeet").check() == store.find("parakeet").path
    assert store.find("parakeet").notes() == [
        "The model parakeet is unverified: nothing records where its file came from."
    ]


def test_another_version_of_nemo_is_said(store: ModelStore) -> None:
    assert store.find("parakeet").notes() == []
    manifest.write(store.find("parakeet").manifest_path, replace(MANIFEST, versions={"nemo_toolkit": "2.4.0"}))
    assert store.find("parakeet").notes() == [
        "The model parakeet was frozen with nemo_toolkit 2.4.0, and 3.0.0 is installed now."
    ]


def test_an_interrupted_write_leaves_the_old_file(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        manifest.write(store.find("parakeet").manifest_path, replace(MANIFEST, title="half"))
    assert store.find("parakeet").manifest == MANIFEST
    assert [path.name for path in sorted(store.folder.iterdir())] == ["parakeet.json", "parakeet.nemo"]


def test_the_message_names_every_missing_path(tmp_path: Path) -> None:
    message = missing_message(ModelStore(tmp_path).missing())
    for name in ("parakeet.nemo", "canary.nemo", "whisper.pt"):
        assert str(tmp_path / name) in message
    assert "python setup_local_models.py" in message
    assert "user-model-setup-guide.md" in message
