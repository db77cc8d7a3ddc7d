"""What a transcription takes is told before it is begun, and why it cannot be done."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine
from tests.support.web import upload
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.transcript import Transcript


def asked(web: TestClient, *recordings: str, status: int = 200, **fields: object) -> dict:
    response = web.post("/preflight", json={"model": "parakeet", "recordings": recordings, **fields})
    assert response.status_code == status, response.text
    return response.json()


def recording(web: TestClient, engine: EchoEngine, duration: float | None) -> str:
    """One that was looked at, and is so long."""
    engine.duration = duration
    identity = upload(web)
    for thread in engine.threads:
        thread.join()
    assert web.get(f"/jobs/{identity}").json()["duration"] == duration
    return identity


@pytest.fixture
def identity(web: TestClient, engine: EchoEngine) -> str:
    """Of an hour."""
    return recording(web, engine, 3600.0)


@pytest.fixture
def measured(dispatcher: Dispatcher, transcript: Transcript) -> None:
    """The model is ten times as fast as speech."""
    model = dispatcher.store.find("parakeet")
    sha256 = model.manifest.sha256 if model.manifest else None
    dispatcher.results.speeds.note(replace(transcript, duration=100.0, elapsed=10.0, model_sha256=sha256))


def test_how_long_it_takes(web: TestClient, identity: str, measured: None) -> None:
    before = web.get("/jobs").json()["jobs"]
    told = asked(web, identity)
    (recording,) = told["recordings"]
    assert (recording["id"], recording["duration"]) == (identity, 3600)
    assert (recording["seconds"], recording["is_estimate"]) == (pytest.approx(360), False)
    assert (recording["fits"], recording["why"]) == (True, "")
    assert asked(web, identity, start=600, end=1200)["seconds"] == pytest.approx(60)
    assert asked(web, identity, identity)["seconds"] == pytest.approx(720)
    assert web.get("/jobs").json()["jobs"] == before


def test_what_is_not_known_is_not_told(web: TestClient, identity: str, engine: EchoEngine, measured: None) -> None:
    unknown = recording(web, engine, None)
    told = asked(web, identity, unknown)
    assert [recording["seconds"] for recording in told["recordings"]] == [pytest.approx(360), None]
    assert (told["seconds"], told["duration"]) == (None, None)


def test_a_file_of_this_computer_is_looked_at(web: TestClient, engine: EchoEngine, tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(b"sound")
    engine.duration = 90.0
    (told,) = asked(web, path=str(tmp_path / "talk.wav"))["recordings"]
    assert (told["id"], told["duration"], told["why"]) == (None, 90, "")
    (told,) = asked(web, path="/nowhere/talk.wav")["recordings"]
    assert told["why"] == "There is no file /nowhere/talk.wav. Check the path."
    (tmp_path / "bad.wav").write_bytes(b"text")
    (told,) = asked(web, path=str(tmp_path / "bad.wav"))["recordings"]
    assert told["why"].startswith("this is no audio")
    assert web.get("/jobs").json()["jobs"] == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"language": "de"}, "does not understand German"),
        ({"start": 9, "end": 3}, "ends before it starts"),
        ({"start": 4000}, "begins behind the end of the recording"),
        ({"model": "parrot"}, "there is no model “parrot”"),
        ({"model": "canary-1b-v2"}, "canary-1b-v2.nemo is missing"),
    ],
    ids=str,
)
def test_why_it_cannot_be_done(real_models: None, web: TestClient, identity: str, fields: dict, said: str) -> None:
    (told,) = asked(web, identity, **fields)["recordings"]
    assert said in told["why"]


def test_a_recording_that_is_gone(web: TestClient, identity: str, dispatcher: Dispatcher) -> None:
    dispatcher.jobs.get(identity).path.unlink()
    assert "is not there any more" in asked(web, identity)["recordings"][0]["why"]
    asked(web, "nobody", status=404)


def test_memory_that_is_not_free(
    real_models: None, web: TestClient, identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil.Process, "children", lambda process, recursive: [])  # those of other tests
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1e9, total=64e9))
    (told,) = asked(web, identity)["recordings"]
    assert (told["fits"], told["memory_gb"]) == (False, 2.0)
    assert told["why"].startswith("it needs about 2.0 GB of memory, and 1.")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=32e9, total=64e9))
    assert asked(web, identity)["recordings"][0]["fits"]
