"""From a recording to its transcript over HTTP: the queue, its order, what is refused, what is shown."""

import math
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine
from tests.support.web import FINISHED, listed, start, until, upload
from transcriber.exports import FORMATS, render
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import UNFINISHED
from transcriber.options import TranscribeOptions
from transcriber.transcript import Transcript


def test_a_recording_becomes_a_transcript(web: TestClient, engine: EchoEngine) -> None:
    identity = upload(web, content=b"x" * 3_000_000)
    assert web.get(f"/jobs/{identity}").json()["state"] == "ready"
    start(web, identity)
    job = until(web, identity, *FINISHED)
    assert job["state"] == "done"
    assert [segment["start"] for segment in job["segments"]] == [0.5, 3661.25]
    assert (job["elapsed"], job["duration"], job["device"]) == (40, 4000, "cpu")
    assert engine.heard == [b"x" * 3_000_000]
    assert web.get(f"/recordings/{identity}/waveform").content == b"\x00\xff\x01\xff"


def test_only_new_segments_are_asked_for(web: TestClient) -> None:
    identity = start(web, upload(web))[0]["id"]
    until(web, identity, "done")
    assert len(web.get(f"/jobs/{identity}", params={"start": 1}).json()["segments"]) == 1
    assert web.get(f"/jobs/{identity}", params={"start": 9}).json()["segments"] == []


def test_the_list_is_sent_only_when_it_changed(web: TestClient) -> None:
    identity = upload(web)
    first = web.get("/jobs").json()
    assert [job["id"] for job in first["jobs"]] == [identity]
    for _ in range(50):  # until the recording's length is known
        again = web.get("/jobs", params={"revision": first["revision"]}).json()
        if again["jobs"] is None:
            break
        first = again
        time.sleep(0.02)
    assert again == {**first, "jobs": None}
    upload(web, "other.wav")
    assert len(web.get("/jobs", params={"revision": first["revision"]}).json()["jobs"]) == 2


@pytest.mark.parametrize("name", FORMATS)
def test_saved_as_a_file_of_the_recordings_name(web: TestClient, transcript: Transcript, name: str) -> None:
    identity = start(web, upload(web, "Ümlaut talk.mp4"))[0]["id"]
    until(web, identity, "done")
    response = web.get(f"/jobs/{identity}/transcript.{name}")
    assert response.headers["content-disposition"] == f"attachment; filename*=UTF-8''%C3%9Cmlaut%20talk.{name}"
    assert response.content == render(transcript, name)
    assert response.headers["content-type"].startswith(FORMATS[name].media_type)


def test_a_path_on_this_computer_is_read_where_it_lies(web: TestClient, engine: EchoEngine, tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(b"lies here")
    identity = start(web, path=f' "{tmp_path / "talk.wav"}" ')[0]["id"]
    assert until(web, identity, *FINISHED)["state"] == "done"
    assert engine.heard == [b"lies here"]
    web.delete(f"/jobs/{identity}")
    assert (tmp_path / "talk.wav").exists()


def test_a_wrong_path_is_said(web: TestClient) -> None:
    response = web.post("/jobs", json={"model": "parakeet", "path": "/nowhere/talk.wav"})
    assert response.status_code == 400
    assert response.json()["detail"] == "There is no file /nowhere/talk.wav. Check the path."


def test_a_failed_job_says_why_and_the_next_one_runs(web: TestClient) -> None:
    bad, good = start(web, upload(web, "bad.wav"), upload(web, "good.wav"))
    assert until(web, bad["id"], *FINISHED)["error"] == "this is no audio; choose another file"
    assert until(web, good["id"], *FINISHED)["state"] == "done"
    assert web.get(f"/jobs/{bad['id']}/transcript.srt").status_code == 404


def test_a_queue_with_progress_cancel_and_retry(web: TestClient, engine: EchoEngine) -> None:
    engine.go.clear()
    first, second = start(web, upload(web, "a.wav"), upload(web, "b.wav"))
    until(web, first["id"], "running")
    assert [job["state"] for job in listed(web)] == ["running", "queued"]
    web.post(f"/jobs/{second['id']}/cancel")
    assert until(web, second["id"], "cancelled")["error"] == ""
    web.post(f"/jobs/{first['id']}/cancel")
    until(web, first["id"], "cancelled")
    web.post(f"/jobs/{second['id']}/retry", json={"model": "whisper"})
    assert until(web, second["id"], "done")["model"] == "whisper"
    web.post(f"/jobs/{second['id']}/retry", json={"model": "parakeet"})
    until(web, second["id"], "done")
    models = [kept["model"] for kept in web.get(f"/jobs/{second['id']}").json()["transcripts"]]
    assert models == ["whisper", "parakeet"]
    number = web.get(f"/jobs/{second['id']}").json()["transcripts"][0]["id"]
    assert web.get(f"/jobs/{second['id']}", params={"number": number}).json()["model"] == "whisper"


def test_what_is_asked_for_reaches_the_engine(web: TestClient, engine: EchoEngine) -> None:
    fields = {"language": "en", "start": 600.5, "end": 720, "stream": 2, "second_model": "whisper"}
    body = {"model": "parakeet", "recordings": [upload(web)], "vocabulary": ["Łódź ", "", "C#"], **fields}
    identity = web.post("/jobs", json=body).json()[0]["id"]
    until(web, identity, "done")
    (first,) = (options for _, options, *_ in engine.asked)
    assert first == TranscribeOptions("parakeet", "cpu", first.engine, vocabulary=("Łódź", "C#"), **fields)
    web.post(f"/jobs/{identity}/retry", json={"model": "parakeet", "start": 1})
    until(web, identity, "done")
    assert [options.start for _, options, *_ in engine.asked] == [600.5, 1]
    assert engine.asked[1][1] == TranscribeOptions("parakeet", "cpu", first.engine, start=1)


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"language": "de"}, 400, "does not understand German; choose one of the models parakeet-v3"),
        ({"translate_to": "fr"}, 400, "cannot translate English into French; no model in the catalogue can do this"),
        ({"start": 9, "end": 3}, 400, "ends before it starts"),
        ({"start": -1}, 400, "ends before it starts"),
        ({"start": "soon"}, 400, "start: Input should be a valid number"),
        ({"stream": 0}, 400, "stream: Input should be greater than or equal to 1"),
        ({"vocabulary": ["x" * 101]}, 400, "line 1 of the vocabulary"),
        ({"second_model": "parrot"}, 404, "no model “parrot”"),
        ({"second_model": "canary-1b-v2"}, 400, "canary-1b-v2.nemo is missing"),
        ({"second_model": "canary", "vocabulary": ["Łódź"]}, 400, "the model canary takes no vocabulary"),
    ],
    ids=str,
)
def test_what_cannot_be_honoured_is_refused_before_it_waits(
    real_models: None, web: TestClient, fields: dict, status: int, said: str
) -> None:
    identity = upload(web)
    for address in ("/jobs", f"/jobs/{identity}/retry"):
        response = web.post(address, json={"model": "parakeet", "recordings": [identity], **fields})
        assert (response.status_code, said in response.json()["detail"]) == (status, True), response.text
    assert [job["state"] for job in listed(web)] == ["ready"]


def test_no_time_is_infinite(web: TestClient) -> None:
    headers = {"content-type": "application/json"}
    assert web.post("/jobs", content='{"recordings": [], "start": NaN}', headers=headers).status_code == 400


def test_what_a_cancelled_job_has_can_be_saved(web: TestClient, engine: EchoEngine) -> None:
    engine.stop_after = 1
    identity = start(web, upload(web))[0]["id"]
    for _ in range(300):
        if web.get(f"/jobs/{identity}").json()["segments"]:
            break
        time.sleep(0.02)
    web.post(f"/jobs/{identity}/cancel")
    job = until(web, identity, "cancelled")
    assert (len(job["segments"]), job["done"]) == (1, 2000)
    assert web.get(f"/jobs/{identity}/transcript.txt").text == "Hello world.\n"
    assert UNFINISHED in web.get(f"/jobs/{identity}/transcript.json").text


def test_the_waiting_one_that_is_wanted_first(web: TestClient, engine: EchoEngine) -> None:
    engine.go.clear()
    _, b, c = start(web, *(upload(web, name) for name in ("a.wav", "b.wav", "c.wav")))
    web.post(f"/jobs/{c['id']}/first")
    assert [job["name"] for job in listed(web)] == ["a.wav", "c.wav", "b.wav"]
    engine.go.set()
    until(web, b["id"], "done")
    assert [path.name for path, *_ in engine.asked] == ["a.wav", "c.wav", "b.wav"]


def test_removed_and_restored(web: TestClient) -> None:
    identity = upload(web)
    assert web.delete(f"/jobs/{identity}").status_code == 200
    assert listed(web) == []
    assert web.get(f"/jobs/{identity}").status_code == 404
    assert web.post(f"/jobs/{identity}/restore").status_code == 200
    assert [job["id"] for job in listed(web)] == [identity]


@pytest.mark.parametrize(
    ("model", "status", "said"),
    [("parrot", 404, "choose one of parakeet, "), ("canary-1b-v2", 400, "canary-1b-v2.nemo is missing")],
)
def test_a_model_that_is_not_there(web: TestClient, model: str, status: int, said: str) -> None:
    response = web.post("/jobs", json={"model": model, "recordings": [upload(web)]})
    assert (response.status_code, said in response.json()["detail"]) == (status, True)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("options", "no JSON"),
        ("options", "[" * 5000),
        ("duration", math.inf),
        ("path", "/" + "x" * 300),
        ("path", "file:%00"),
        ("device", "\ud800"),
    ],
)
def test_a_row_that_cannot_be_shown_is_shown_as_such(
    web: TestClient, dispatcher: Dispatcher, column: str, value: object
) -> None:
    """And the others as ever; it can be removed."""
    damaged, other = upload(web, "damaged.wav"), upload(web, "other.wav")
    with dispatcher.jobs.database.transaction() as transaction:
        if value == "\ud800":  # bytes that are no text
            transaction.execute("UPDATE jobs SET device = CAST(x'ff' AS TEXT) WHERE id = ?", (damaged,))
        else:
            transaction.execute(f"UPDATE jobs SET {column} = ? WHERE id = ?", (value, damaged))
    shown = {job["name"]: job for job in listed(web)}
    assert shown.keys() == {"damaged.wav", "other.wav"}
    if column in ("options", "duration"):
        assert shown["damaged.wav"]["state"] == "failed"
        assert "cannot be" in shown["damaged.wav"]["error"]
    assert web.post(f"/jobs/{damaged}/cancel").status_code == 200
    assert web.delete(f"/jobs/{damaged}").status_code == 200
    assert [job["id"] for job in listed(web)] == [other]
