"""Frozen models to a folder and back, and files from elsewhere."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from tests.support.places import DEMO_MODELS
from tests.support.published import RANDOM, whole_tree
from transcriber.errors import ModelCorruptError, ModelError, ModelNotFrozenError, UnknownModelError
from transcriber.freeze import copying
from transcriber.models import catalog, manifest
from transcriber.models.catalog import PublishedFile
from transcriber.models.store import ModelStore


@pytest.fixture
def demo_store() -> ModelStore:
    return ModelStore(DEMO_MODELS)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def take_in(name: str, path: Path, store: ModelStore) -> manifest.Manifest:
    return copying.take_in(catalog.find(name), path, store, lambda stage: None)


def test_there_and_back(demo_store: ModelStore, store: ModelStore, tmp_path: Path) -> None:
    """Byte for byte, with the manifest of the original."""
    for name in ("whisper", "parakeet"):
        copying.export(demo_store.find(name), tmp_path / "stick")
    assert sorted(whole_tree(tmp_path / "stick")) == [
        "parakeet.json",
        "parakeet.nemo",
        "whisper.json",
        "whisper.pt",
    ]
    found = copying.find(tmp_path / "stick", None)
    assert [spec.name for spec, _ in found] == ["parakeet", "whisper"]
    for spec, path in found:
        assert take_in(spec.name, path, store) == demo_store.find(spec.name).manifest
    assert whole_tree(store.folder) == whole_tree(tmp_path / "stick")


def test_a_damaged_stick_is_refused(demo_store: ModelStore, store: ModelStore, tmp_path: Path) -> None:
    path = copying.export(demo_store.find("whisper"), tmp_path / "stick")
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"!")
    with pytest.raises(ModelCorruptError, match="not the file that the manifest beside it describes"):
        take_in("whisper", path, store)
    assert whole_tree(store.folder) == {}


def test_a_file_without_a_manifest_claims_no_origin(store: ModelStore, tmp_path: Path) -> None:
    shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path / "mine.pt")
    made = take_in("whisper-base", tmp_path / "mine.pt", store)
    assert (made.repository, made.revision) == ("", "")
    assert [source.name for source in made.sources] == ["mine.pt"]
    assert store.find("whisper-base").check().read_bytes() == (DEMO_MODELS / "whisper.pt").read_bytes()


def test_a_publishers_file_is_known_by_its_checksum(store: ModelStore, tmp_path: Path) -> None:
    content = (DEMO_MODELS / "whisper.pt").read_bytes()
    spec = catalog.find("whisper-tiny")
    file = PublishedFile(spec.files[0].name, len(content), manifest.sha256(DEMO_MODELS / "whisper.pt"))
    (tmp_path / file.name).write_bytes(content)
    made = copying.take_in(dataclasses.replace(spec, files=(file,)), tmp_path / file.name, store, lambda stage: None)
    assert (made.repository, made.revision) == (spec.repository, spec.revision)


def test_no_model_is_refused_and_what_is_there_stays(demo_store: ModelStore, store: ModelStore, tmp_path: Path) -> None:
    copying.export(demo_store.find("whisper"), store.folder)
    before = whole_tree(store.folder)
    (tmp_path / "whisper.pt").write_bytes(RANDOM[:1000])
    with pytest.raises(ModelError):
        take_in("whisper", tmp_path / "whisper.pt", store)
    assert whole_tree(store.folder) == before


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("parakeet-tdt-0.6b-v3.nemo", "parakeet-v3"),
        ("canary.nemo", "canary"),
        ("large-v3-turbo.pt", "whisper"),
        ("whisper-base.pt", "whisper-base"),
        ("canary-qwen.nemo", "canary"),
    ],
)
def test_files_are_known_by_their_names(tmp_path: Path, file: str, name: str) -> None:
    (tmp_path / file).touch()
    ((spec, path),) = copying.find(tmp_path / file, None)
    assert (spec.name, path) == (name, tmp_path / file)


def test_a_name_that_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "finetuned.nemo").touch()
    with pytest.raises(UnknownModelError, match=r"could be any model; say which, .* --import"):
        copying.find(tmp_path / "finetuned.nemo", None)
    ((spec, _),) = copying.find(tmp_path / "finetuned.nemo", "parakeet")
    assert spec.name == "parakeet"


def test_nothing_to_import(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFrozenError, match="there is no model in"):
        copying.find(tmp_path, None)
    with pytest.raises(ModelNotFrozenError, match="there is no"):
        copying.find(tmp_path / "nowhere", None)


def test_manifests_describe_the_same_set(demo_store: ModelStore, tmp_path: Path) -> None:
    recorded = demo_store.find("parakeet").manifest
    assert recorded
    source = manifest.SourceFile("parakeet-tdt-0.6b-v2.nemo", 7, "a" * 64)
    made = dataclasses.replace(recorded, repository="nvidia/fork", revision="b" * 40, sources=(source,))
    manifest.write(tmp_path / "parakeet.json", made)
    (tmp_path / "chosen.json").write_text("[]")
    (path,) = copying.manifests(tmp_path)
    spec = copying.as_recorded(path)
    assert (spec.name, spec.repository, spec.revision) == ("parakeet", "nvidia/fork", "b" * 40)
    assert spec.files == (PublishedFile(source.name, 7, "a" * 64),)
    manifest.write(tmp_path / "parakeet.json", dataclasses.replace(made, repository=""))
    with pytest.raises(ModelCorruptError, match="does not say where"):
        copying.as_recorded(path)
