"""Our routes, asked through a real HTTP client; behind them a small engine with real behaviour."""

import threading
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from transcriber.errors import AudioDecodeError
from transcriber.jobs import Jobs
from transcriber.options import TranscribeOptions
from transcriber.server import create_app
from transcriber.store import ModelStore
from transcriber.transcript import Transcript


class EchoEngine:
    """Its transcript of every recording is the same; a file named bad… cannot be decoded. It waits for `go`."""

    offline = "kernel"

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.go = threading.Event()
        self.go.set()
        self.heard: list[bytes] = []

    def transcribe(self, path: Path, options: TranscribeOptions, on_event: Callable[[dict], None]) -> Transcript:
        on_event({"event": "loaded", "device": "cpu"})
        self.go.wait(10)
        if path.name.startswith("bad"):
            raise AudioDecodeError("this is no audio", "choose another file")
        self.heard.append(path.read_bytes())
        segments = [asdict(segment) for segment in self.transcript.segments]
        on_event({"event": "progress", "done": 2000.0, "duration": 4000.0, "segments": segments[:1]})
        on_event({"event": "progress", "done": 4000.0, "duration": 4000.0, "segments": segments[1:]})
        return self.transcript


@pytest.fixture
def engine(transcript: Transcript) -> EchoEngine:
    return EchoEngine(transcript)


@pytest.fixture
def web(engine: EchoEngine, tmp_path: Path) -> Iterator[TestClient]:
    models = tmp_path / "models"
    models.mkdir()
    (models / "parakeet.nemo").write_bytes(b"a model")
    app = create_app(Jobs(engine, tmp_path / "data"), ModelStore(models), "cpu")
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        yield client


def upload(web: TestClient, name: str = "talk.wav", content: bytes = b"sound") -> str:
    return web.post("/recordings", params={"name": name}, content=content).json()["id"]


def start(web: TestClient, *recordings: str, path: str = "", model: str = "parakeet") -> list[dict]:
    response = web.post("/jobs", json={"model": model, "recordings": recordings, "path": path})
    assert response.status_code == 200, response.text
    return response.json()


def finished(web: TestClient, identity: str) -> dict:
    for _ in range(200):
        job = web.get(f"/jobs/{identity}").json()
        if job["state"] in ("done", "failed"):
            return job
        time.sleep(0.02)
    raise AssertionError(job)


def test_a_recording_becomes_a_transcript(web: TestClient, engine: EchoEngine) -> None:
    identity = upload(web, content=b"x" * 3_000_000)
    assert web.get(f"/jobs/{identity}").json()["state"] == "waiting"
    start(web, identity)
    job = finished(web, identity)
    assert job["state"] == "done"
    assert [segment["start"] for segment in job["segments"]] == [0.5, 3661.25]
    assert (job["rtfx"], job["duration"], job["device"]) == (100, 4000, "cpu")
    assert engine.heard == [b"x" * 3_000_000]


def test_only_new_segments_are_asked_for(web: TestClient) -> None:
    identity = start(web, upload(web))[0]["id"]
    finished(web, identity)
    assert len(web.get(f"/jobs/{identity}", params={"start": 1}).json()["segments"]) == 1
    assert web.get(f"/jobs/{identity}", params={"start": 9}).json()["segments"] == []


@pytest.mark.parametrize("name", ["txt", "srt", "vtt", "json"])
def test_saved_as_a_file_of_the_recordings_name(web: TestClient, name: str) -> None:
    identity = start(web, upload(web, "Ümlaut talk.mp4"))[0]["id"]
    finished(web, identity)
    response = web.get(f"/jobs/{identity}/transcript.{name}")
    assert response.headers["content-disposition"] == f"attachment; filename*=UTF-8''%C3%9Cmlaut%20talk.{name}"
    assert "Hello world." in response.text


def test_a_path_on_this_computer_is_read_where_it_lies(web: TestClient, engine: EchoEngine, tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(b"lies here")
    identity = start(web, path=f' "{tmp_path / "talk.wav"}" ')[0]["id"]
    assert finished(web, identity)["state"] == "done"
    assert engine.heard == [b"lies here"]


def test_a_wrong_path_is_said(web: TestClient) -> None:
    response = web.post("/jobs", json={"model": "parakeet", "path": "/nowhere/talk.wav"})
    assert response.status_code == 400
    assert response.json()["detail"] == "There is no file /nowhere/talk.wav. Check the path."


def test_a_failed_job_says_why_and_the_next_one_runs(web: TestClient) -> None:
    bad, good = start(web, upload(web, "bad.wav"), upload(web, "good.wav"))
    assert finished(web, bad["id"])["error"] == "this is no audio; choose another file"
    assert finished(web, good["id"])["state"] == "done"
    assert web.get(f"/jobs/{bad['id']}/transcript.srt").status_code == 404


def test_progress_with_time_left(web: TestClient, engine: EchoEngine) -> None:
    engine.go.clear()
    first, second = start(web, upload(web, "a.wav"), upload(web, "b.wav"))
    for _ in range(100):
        states = [job["state"] for job in web.get("/jobs").json()]
        if states == ["running", "queued"]:
            break
        time.sleep(0.02)
    assert states == ["running", "queued"]
    assert web.get(f"/jobs/{first['id']}").json()["device"] == "cpu"
    engine.go.set()
    assert finished(web, second["id"])["state"] == "done"


@pytest.mark.parametrize(
    ("model", "status", "said"),
    [("parrot", 404, "choose one of parakeet, canary, whisper"), ("canary", 400, "canary.nemo is missing")],
)
def test_a_model_that_is_not_there(web: TestClient, model: str, status: int, said: str) -> None:
    response = web.post("/jobs", json={"model": model, "recordings": [upload(web)]})
    assert (response.status_code, said in response.json()["detail"]) == (status, True)


def test_names_cannot_leave_the_recordings_folder(web: TestClient, tmp_path: Path) -> None:
    for name in ("../../evil.wav", "..\\evil.wav", "/etc/evil", "..", ""):
        upload(web, name)
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "parakeet.nemo"]
    assert len(written) == 5
    assert all(path.parent.parent == tmp_path / "data" / "recordings" for path in written)


def test_the_microphones_blocks_become_a_wav_file(web: TestClient, tmp_path: Path) -> None:
    identity = web.post("/microphone").json()["id"]
    blocks = [bytes([number, 0]) * 8000 for number in range(3)]
    for index in (0, 1, 1, 0, 2):
        assert web.post(f"/microphone/{identity}/blocks/{index}", content=blocks[index]).status_code == 200
    assert web.post(f"/microphone/{identity}/blocks/7", content=b"xx").status_code == 409
    for _ in range(2):
        assert web.post(f"/microphone/{identity}/end").json() == {"id": identity}
    (path,) = (tmp_path / "data").rglob("*.wav")
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels()) == (16_000, 1)
        assert file.readframes(file.getnframes()) == b"".join(blocks)
    assert finished(web, start(web, identity)[0]["id"])["state"] == "done"


def test_unknown_things_are_not_found(web: TestClient) -> None:
    assert web.get("/jobs/none").status_code == 404
    assert web.post("/jobs", json={"model": "parakeet", "recordings": ["none"]}).status_code == 404
    assert web.post("/microphone/none/end").status_code == 404


def test_foreign_pages_reach_nothing(web: TestClient) -> None:
    assert web.get("/jobs", headers={"origin": "http://evil.example"}).status_code == 403
    assert web.post("/recordings?name=a", content=b"x", headers={"host": "evil.example"}).status_code == 403
    assert web.get("/jobs").json() == []
