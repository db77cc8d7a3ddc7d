"""Models from a hub of our own to frozen, proven files, with the real libraries."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.support.archives import with_timestamp_model
from tests.support.hub import Hub
from tests.support.places import DEMO_MODELS
from tests.support.published import RANDOM, demo, published, whole_tree
from tests.support.reporting import KeptReports
from transcriber.engines.loading import load_engine, load_model
from transcriber.freeze import setup_run
from transcriber.freeze.hub import Publishers, RemoteFile
from transcriber.freeze.reporting import FAILED, FROZEN, KEPT, Result
from transcriber.freeze.setup_run import SetupRun
from transcriber.models import catalog, manifest
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def run(store: ModelStore, publishers: Publishers, *specs: catalog.ModelSpec) -> tuple[list[Result], KeptReports]:
    told = KeptReports()
    return SetupRun(store, publishers, told).run(specs), told


def test_three_models_are_frozen_and_give_the_same_words(
    hub: Hub, publishers: Publishers, store: ModelStore, tmp_path: Path, sample_audio: np.ndarray
) -> None:
    """Parakeet is saved anew; Whisper is kept as it is, and a Canary whose timestamp model would be lost."""
    canary = with_timestamp_model(DEMO_MODELS / "canary.nemo", tmp_path / "canary.nemo")
    specs = [
        demo(hub, "parakeet"),
        published(hub, "canary-1b-v2", canary.read_bytes()),
        demo(hub, "whisper"),
    ]
    results, told = run(store, publishers, *specs)
    assert [result.outcome for result in results] == [FROZEN] * 3, results
    names = ("canary-1b-v2.json", "canary-1b-v2.nemo", "parakeet.json", "parakeet.nemo", "whisper.json", "whisper.pt")
    assert tuple(whole_tree(store.folder)) == names
    for spec in specs:
        stages = [stage for name, stage in told.stages if name == spec.name]
        assert stages == ["waiting", "downloading", "freezing", "proving", FROZEN]
        recorded = store.find(spec.name).manifest
        assert recorded
        assert (recorded.repository, recorded.revision) == (spec.repository, spec.revision)
        assert [source.sha256 for source in recorded.sources] == [spec.files[0].sha256]
        assert recorded.sha256 == manifest.sha256(store.find(spec.name).path)
        assert store.find(spec.name).notes() == []
    assert store.find("whisper").path.read_bytes() == (DEMO_MODELS / "whisper.pt").read_bytes()
    assert store.find("canary-1b-v2").path.read_bytes() == canary.read_bytes()
    assert load_model("canary-1b-v2", store.folder, "cpu").timestamps_asr_model is not None
    for name, demo_name in (("parakeet", "parakeet"), ("canary-1b-v2", "canary"), ("whisper", "whisper")):
        options = TranscribeOptions(name, "cpu", language="auto" if name == "whisper" else "en")
        (frozen,) = load_engine(options, store.folder).transcribe([sample_audio], options)
        demo_options = TranscribeOptions(demo_name, "cpu")
        (own,) = load_engine(demo_options, DEMO_MODELS).transcribe([sample_audio], demo_options)
        assert [word.text for word in frozen.words] == [word.text for word in own.words]
    again, told = run(store, publishers, *specs)
    assert [result.outcome for result in again] == [KEPT] * 3
    assert told.done == {}


def test_one_failure_does_not_stop_the_others(hub: Hub, publishers: Publishers, store: ModelStore) -> None:
    """No model at all, a truncated one, one that is not on the server; and one that is well."""
    foreign = published(hub, "parakeet", b"<html>404</html>" * 1000)
    truncated = published(hub, "parakeet-v3", (DEMO_MODELS / "parakeet.nemo").read_bytes()[:2_000_000])
    absent = dataclasses.replace(demo(hub, "canary-1b-flash", "canary.nemo"), repository="nobody/nothing")
    results, _ = run(store, publishers, foreign, truncated, absent, demo(hub, "whisper"))
    assert [result.outcome for result in results] == [FAILED, FAILED, FAILED, FROZEN]
    assert "is no model" in results[0].message
    assert "was not copied completely" in results[1].message
    assert "not at its address" in results[2].message
    frozen = [name for name in whole_tree(store.folder) if not name.startswith(".")]
    assert frozen == ["whisper.json", "whisper.pt"]


class Broken(Publishers):
    """Makes a mistake with one model."""

    def locate(self, spec: catalog.ModelSpec) -> list[RemoteFile]:
        if spec.name == "canary-1b-v2":
            raise ZeroDivisionError("by zero")
        return super().locate(spec)


def test_a_mistake_of_ours_stops_no_other_model(
    hub: Hub, store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    publishers = Broken(endpoint=hub.address, whisper_endpoint=hub.address, timeout=5)
    specs = [published(hub, "canary-1b-v2", RANDOM), demo(hub, "whisper")]
    results, _ = run(store, publishers, *specs)
    assert [result.outcome for result in results] == [FAILED, FROZEN]
    assert "ZeroDivisionError: by zero" in results[0].message


def test_a_failed_update_leaves_the_old_model(hub: Hub, publishers: Publishers, store: ModelStore) -> None:
    run(store, publishers, demo(hub, "whisper"))
    before = whole_tree(store.folder)
    broken = published(hub, "whisper", (DEMO_MODELS / "whisper.pt").read_bytes()[:1_000_000])
    results, _ = run(store, publishers, broken)
    assert results[0].outcome == KEPT, "a frozen model changes only when that is asked for"
    results = SetupRun(store, publishers, KeptReports(), is_exact=True).run([broken])
    assert results[0].outcome == FAILED
    after = whole_tree(store.folder)
    assert {name: after[name] for name in before} == before


def test_checkpoints_of_other_programs_are_taken_over(
    hub: Hub,
    publishers: Publishers,
    store: ModelStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From openai-whisper's cache and the hub's, by their checksums; a wrong file there is not."""
    from huggingface_hub import constants

    whisper, parakeet, wrong = demo(hub, "whisper"), demo(hub, "parakeet"), demo(hub, "whisper-tiny", "whisper.pt")
    cache = tmp_path / "cache" / "whisper"
    cache.mkdir(parents=True)
    shutil.copy(DEMO_MODELS / "whisper.pt", cache / whisper.files[0].name)
    (cache / wrong.files[0].name).write_bytes(RANDOM)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    repository = Path(constants.HF_HUB_CACHE) / f"models--{parakeet.repository.replace('/', '--')}"
    snapshot = repository / "snapshots" / parakeet.revision
    snapshot.mkdir(parents=True)
    shutil.copy(DEMO_MODELS / "parakeet.nemo", snapshot / parakeet.files[0].name)
    told = KeptReports()
    set_up = SetupRun(store, publishers, told)
    for spec in (whisper, parakeet, wrong):
        set_up._fetch(spec)
    assert list(told.done) == ["whisper-tiny"]
    for spec in (whisper, parakeet, wrong):
        assert manifest.sha256(set_up.downloads.of(spec) / spec.files[0].name) == spec.files[0].sha256


def test_a_small_disk_is_said_before_the_download(
    hub: Hub, publishers: Publishers, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    free = setup_run.SPARE_BYTES + 5_000_000  # the file itself would fit, not its frozen form beside it
    monkeypatch.setattr(setup_run.shutil, "disk_usage", lambda folder: usage._replace(free=free))
    results, _ = run(store, publishers, published(hub, "parakeet", RANDOM))
    assert results[0].outcome == FAILED
    assert "for its download and the frozen file" in results[0].message
    assert hub.sent == 0


def test_models_under_way_share_the_disk(
    hub: Hub, publishers: Publishers, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(
        setup_run.shutil, "disk_usage", lambda folder: usage._replace(free=setup_run.SPARE_BYTES + 15_000_000)
    )
    set_up = SetupRun(store, publishers, KeptReports())
    set_up._reserve(catalog.find("parakeet"), 10_000_000)
    with pytest.raises(setup_run.DiskSpaceError):
        set_up._reserve(catalog.find("canary"), 10_000_000)
    downloaded = set_up.downloads.of(catalog.find("parakeet"))
    downloaded.mkdir(parents=True)
    (downloaded / "part").write_bytes(bytes(6_000_000))
    set_up._reserve(catalog.find("canary"), 10_000_000)


def test_a_missing_engine_is_said_before_the_download(
    hub: Hub, publishers: Publishers, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transcriber.engines import families

    monkeypatch.setitem(
        families.types(), "nemo", dataclasses.replace(families.types()["nemo"], packages=("nemo", "no_such_package"))
    )
    results, _ = run(store, publishers, demo(hub, "parakeet"))
    assert results[0].message.startswith("NVIDIA NeMo (Parakeet, Canary) needs no_such_package")
    assert "pip install -r requirements.txt" in results[0].message
    assert hub.asked == []


def test_two_set_ups_in_one_folder(hub: Hub, publishers: Publishers, store: ModelStore) -> None:
    set_up = SetupRun(store, publishers, KeptReports())
    lock = set_up._lock()
    with pytest.raises(setup_run.StorageError, match="another set-up is working"):
        SetupRun(store, publishers, KeptReports()).run([])
    lock.release()
    assert SetupRun(store, publishers, KeptReports()).run([]) == []


def test_what_needs_no_file_is_kept(publishers: Publishers, store: ModelStore) -> None:
    results, _ = run(store, publishers, catalog.find("silero-vad"))
    assert results[0].outcome == KEPT


def test_an_interruption_between_the_two_names_is_finished(hub: Hub, publishers: Publishers, store: ModelStore) -> None:
    """The frozen file has its name, the manifest not yet: the next set-up gives it, and downloads nothing."""
    spec = demo(hub, "whisper")
    run(store, publishers, spec)
    staging = store.folder / ".setup-whisper"
    staging.mkdir()
    store.find("whisper").manifest_path.rename(staging / "whisper.json")
    asked = len(hub.asked)
    results, _ = run(store, publishers, spec)
    assert results[0].outcome == KEPT
    assert len(hub.asked) == asked
    assert list(whole_tree(store.folder)) == ["whisper.json", "whisper.pt"]


def test_canary_qwen_becomes_one_file(hub: Hub, publishers: Publishers, store: ModelStore, small_salm) -> None:
    """Its own files and, from another repository, its language model's: packed, restored, and the weights compared."""
    row = catalog.find("canary")
    files = []
    for file in row.files:
        folder = small_salm.language_model if file.repository else small_salm.published
        content = (folder / file.name).read_bytes()
        hub.add(file.repository or row.repository, file.revision or row.revision, file.name, content)
        checksum = manifest.sha256(folder / file.name)
        files.append(dataclasses.replace(file, size=len(content), sha256=checksum))
    results, _ = run(store, publishers, dataclasses.replace(row, files=tuple(files)))
    assert results[0].outcome == FROZEN, results
    assert list(whole_tree(store.folder)) == ["canary.json", "canary.nemo"]
    assert store.find("canary").path.read_bytes() == small_salm.frozen.read_bytes()
    recorded = store.find("canary").manifest
    assert recorded
    assert "Qwen--Qwen3-1.7B/tokenizer.json" in {source.name for source in recorded.sources}
