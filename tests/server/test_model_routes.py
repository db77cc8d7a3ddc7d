"""What the page “Models” is told, and can ask for."""

import dataclasses
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.computers import computer
from tests.support.fakes import EchoEngine
from tests.support.places import DEMO_MODELS
from tests.support.web import make_app
from transcriber.freeze import choosing
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.models import manifest
from transcriber.models.store import ModelStore
from transcriber.server.routes import models as routes
from transcriber.server.setup_process import SetupQueue
from transcriber.transcript import Transcript


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    shutil.copytree(DEMO_MODELS, tmp_path / "models")
    return ModelStore(tmp_path / "models")


@pytest.fixture
def dispatcher(jobs: Jobs, results: Results, transcript: Transcript, store: ModelStore) -> Dispatcher:
    return Dispatcher(jobs, results, EchoEngine(transcript), store)


@pytest.fixture
def web(
    jobs: Jobs, results: Results, transcript: Transcript, store: ModelStore, tmp_path: Path
) -> Iterator[TestClient]:
    dispatcher = Dispatcher(jobs, results, EchoEngine(transcript), store)
    with TestClient(make_app(dispatcher, tmp_path), base_url="http://127.0.0.1:7860") as client:
        yield client


def model(web: TestClient, name: str) -> dict:
    return next(one for one in web.get("/models").json()["models"] if one["name"] == name)


def until(web: TestClient, name: str, part: str, state: str) -> dict:
    for _ in range(1000):
        found = model(web, name)
        if found[part] and state in found[part].values():
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def test_models_and_their_states(web: TestClient, store: ModelStore) -> None:
    shutil.copy(DEMO_MODELS / "whisper.pt", store.folder / "whisper-base.pt")
    with store.find("canary").path.open("ab") as file:
        file.write(b"x")
    states = {one["name"]: one["state"] for one in web.get("/models").json()["models"]}
    assert states["parakeet"] == "frozen"
    assert states["canary"] == "damaged"
    assert states["whisper-base"] == "unverified"
    assert states["whisper-tiny"] == "missing"
    assert states["silero-vad"] == "built-in"
    parakeet = model(web, "parakeet")
    assert (parakeet["title"], parakeet["licence"], parakeet["is_demo"]) == (
        *("Demo Parakeet: FastConformer with TDT, 20 words", "CC BY-SA 4.0", True),
    )
    assert parakeet["size"] == store.find("parakeet").path.stat().st_size
    assert model(web, "whisper-base")["notes"] == [
        "The model whisper-base is unverified: nothing records where its file came from."
    ]


def test_accuracy_and_what_fits_are_told(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The accuracy of a Whisper for all languages is that of the one of its size for English."""
    monkeypatch.setattr(routes, "hardware", lambda: computer(8.0))
    told = web.get("/models").json()
    assert told["memory_here_gb"] == 8.0
    rows = {row["name"]: row for row in told["models"]}
    names = ("whisper-tiny", "whisper-base.en", "whisper-small", "whisper-medium", "canary-1b-v2", "parakeet-v3")
    assert [rows[name]["accuracy"] for name in names] == [1, 2, 3, 3, 4, 5]
    assert rows["silero-vad"]["accuracy"] is None
    assert (rows["canary"]["fits"], rows["whisper-medium"]["fits"]) == (False, True)
    assert [name for name, row in rows.items() if row["is_recommended"]] == [
        "parakeet",
        "canary-180m-flash",
        "whisper-small",
    ]
    assert rows["speakers"]["is_offered"]
    assert not rows["whisper-large-v1"]["is_offered"]


def test_a_model_is_used_by_its_name(web: TestClient) -> None:
    assert web.post("/models/whisper/use").status_code == 200
    assert web.get("/models").json()["active"] == "whisper"
    refused = web.post("/models/parakeet-v3/use")
    assert refused.status_code == 400
    assert "parakeet-v3.nemo is missing" in refused.json()["detail"]
    assert web.post("/models/nothing/use").status_code == 404


def test_what_can_be_chosen(web: TestClient) -> None:
    answer = web.get("/models").json()
    assert answer["active"] == "parakeet"
    assert [choice["name"] for choice in answer["choices"]] == ["parakeet", "canary", "whisper"]
    assert {one["name"]: one["available"] for one in answer["configurations"]}["base"] is False
    assert {"nemo", "whisper"} <= {one["name"] for one in answer["types"]}


def test_the_feed_of_jobs_tells_when_there_is_something_new(web: TestClient, store: ModelStore) -> None:
    seen = [web.get("/jobs").json()["models"]]

    def is_new() -> bool:
        seen.append(web.get("/jobs").json()["models"])
        assert web.get("/models").json()["revision"] == seen[-1]
        return seen[-1] != seen[-2]

    assert not is_new()
    (whisper,) = (one["id"] for one in web.get("/models").json()["configurations"] if one["name"] == "whisper")
    web.post("/api/set_stt_model/", json={"model_id": whisper})
    assert is_new()
    shutil.copy(DEMO_MODELS / "whisper.pt", store.folder / "whisper-base.pt")
    assert is_new()
    assert not is_new()


def test_verify(web: TestClient, store: ModelStore) -> None:
    assert web.post("/models/parakeet/verify").status_code == 200
    assert until(web, "parakeet", "verdict", "whole")["state"] == "frozen"
    content = bytearray(store.find("whisper").path.read_bytes())
    content[-5000] ^= 1
    store.find("whisper").path.write_bytes(content)
    web.post("/models/whisper/verify")
    assert until(web, "whisper", "verdict", "damaged")["state"] == "damaged"
    assert web.post("/models/whisper-tiny/verify").status_code == 400
    assert web.post("/models/parrot/verify").status_code == 404


def test_download_under_any_of_its_names_and_cancel(web: TestClient) -> None:
    assert web.post("/models/tiny.en/download").status_code == 200
    until(web, "whisper-tiny.en", "set_up", "frozen")
    assert model(web, "whisper-tiny.en")["state"] == "frozen"
    choices = web.get("/models").json()["choices"]
    labels = {choice["name"]: choice["label"] for choice in choices}
    assert labels["whisper-tiny.en"] == "whisper-tiny.en, as good as real – English"
    web.post("/models/large/download")
    until(web, "whisper-large-v3", "set_up", "downloading")
    web.post("/models/large/cancel")
    until(web, "whisper-large-v3", "set_up", "cancelled")
    assert model(web, "whisper-large-v3")["state"] == "missing"


def test_what_tells_speakers_apart_is_listed_and_set_up_and_no_way_to_transcribe(web: TestClient) -> None:
    listed = [one["name"] for one in web.get("/models").json()["models"] if one["category"] == "Speakers"]
    assert listed == ["speakers", "sortformer"]
    speakers = model(web, "speakers")
    assert (speakers["state"], speakers["can_transcribe"], speakers["download_size"]) == ("missing", False, 33_950_080)
    assert "MIT" in speakers["licence"]
    assert "Apache 2.0" in speakers["licence"]
    web.post("/models/speakers/download")
    until(web, "speakers", "set_up", "frozen")
    web.post("/models/speakers/verify")
    assert until(web, "speakers", "verdict", "whole")["state"] == "frozen"
    assert not model(web, "speakers")["is_starter"]
    assert "speakers" not in {choice["name"] for choice in web.get("/models").json()["choices"]}


def test_what_cannot_be_downloaded(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert web.post("/models/silero-vad/download").status_code == 409
    assert web.post("/models/parrot/download").status_code == 404
    monkeypatch.setattr(SetupQueue, "is_possible", False)
    assert web.get("/models").json()["can_set_up"] is False
    assert web.post("/models/tiny.en/download").status_code == 409


def starter_only(store: ModelStore) -> None:
    """Of the demo models only the Whisper stays, in the starter's place and as if it were no demo."""
    made = manifest.read(store.folder / "whisper.json")
    assert made
    (store.folder / "whisper.pt").rename(store.find("whisper-base").path)
    for path in (*store.folder.glob("*.nemo"), *store.folder.glob("*.json")):
        path.unlink()
    named = dataclasses.replace(made, title="OpenAI Whisper base", demo=False)
    manifest.write(store.find("whisper-base").manifest_path, named)


def test_better_models_are_offered_while_there_are_only_starters(
    web: TestClient, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that fit this computer, with the size of their download and the time that it takes at 50 Mbit/s."""
    assert web.get("/models").json()["starter"] is None, "demo models are none"
    starter_only(store)
    monkeypatch.setattr(routes, "hardware", lambda: computer(64, 24))
    monkeypatch.setattr(choosing.locale, "getlocale", lambda: ("de_DE", "UTF-8"))
    found = web.get("/models").json()["starter"]
    assert found["titles"] == ["OpenAI Whisper base"]
    assert [offer["name"] for offer in found["offers"]] == ["parakeet-v3", "canary-1b-v2", "whisper-large-v3"]
    assert found["megabits"] == 50
    assert "24 GB" in found["why"]
    assert "“de”" in found["why"]
    first = found["offers"][0]
    assert (first["size"], first["is_estimate"]) == (2_509_332_480, False)
    assert first["seconds"] == pytest.approx(8 * 2_509_332_480 / 50e6)
    assert model(web, "whisper-base")["is_starter"]
    assert model(web, "whisper-base")["source"] == "demo_models/README.md", "where it really came from"
    assert not model(web, "parakeet-v3")["is_starter"]
    shutil.copy(DEMO_MODELS / "parakeet.nemo", store.folder)
    assert web.get("/models").json()["starter"] is None, "a better one is there"


@pytest.mark.parametrize(("memory", "names"), [(8, ["parakeet", "canary-180m-flash", "whisper-small"]), (0.5, [])])
def test_what_is_no_better_is_not_offered(
    memory: float, names: list[str], web: TestClient, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the size of a download is not published, it is estimated, and that is said."""
    starter_only(store)
    monkeypatch.setattr(routes, "hardware", lambda: computer(memory))
    monkeypatch.setattr(choosing.locale, "getlocale", lambda: ("en_GB", "UTF-8"))
    offers = web.get("/models").json()["starter"]["offers"]
    assert [offer["name"] for offer in offers] == names
    estimates = [offer["size"] for offer in offers if offer["is_estimate"]]
    assert estimates == ([728_000_000] if names else [])


@pytest.mark.parametrize("what", ["verify", "download", "cancel"])
def test_foreign_pages_start_nothing(web: TestClient, what: str) -> None:
    for headers in ({"origin": "http://evil.example"}, {"host": "evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert web.post(f"/models/whisper-tiny/{what}", headers=headers).status_code == 403
    assert model(web, "whisper-tiny")["set_up"] is None


def test_the_speed_of_a_model_is_told_as_soon_as_it_is_measured(
    web: TestClient, results: Results, store: ModelStore, transcript: Transcript
) -> None:
    jobs = results.jobs
    before = web.get("/jobs").json()["models"]
    assert model(web, "parakeet")["speed_here"] is None
    assert (model(web, "parakeet")["speed_estimate"], model(web, "whisper-base")["speed_estimate"] > 0) == (None, True)
    recorded = store.find("parakeet").manifest
    assert recorded
    job = jobs.add("a.wav", "upload")
    results.finish(job.id, dataclasses.replace(transcript, model_sha256=recorded.sha256))
    assert web.get("/jobs").json()["models"] != before
    assert model(web, "parakeet")["speed_here"] == 100
