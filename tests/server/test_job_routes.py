"""From a recording to its transcript over HTTP: the queue, its order, what is refused, what is shown."""

import math
import time
from dataclasses import replace
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


def test_a_finished_transcript_stays_in_view_while_another_is_made(web: TestClient, engine: EchoEngine) -> None:
    """And when that is cancelled; what there is of it is one of the versions."""
    identity = start(web, upload(web))[0]["id"]
    finished = until(web, identity, "done")["number"]
    engine.stop_after = 1
    web.post(f"/jobs/{identity}/retry", json={"model": "whisper"})
    for _ in range(300):
        going_on = web.get(f"/jobs/{identity}").json()
        if going_on["unfinished"] and going_on["unfinished"]["done"]:
            break
        time.sleep(0.02)
    assert (going_on["state"], going_on["number"], len(going_on["segments"])) == ("running", finished, 2)
    web.post(f"/jobs/{identity}/cancel")
    cancelled = until(web, identity, "cancelled")
    assert (cancelled["number"], len(cancelled["segments"])) == (finished, 2)
    unfinished = cancelled["unfinished"]
    assert (unfinished["model"], unfinished["done"], unfinished["state"]) == ("whisper", 2000, "cancelled")
    assert "Whisper" in unfinished["title"]
    assert web.get(f"/jobs/{identity}/transcript.txt").text == "Hello world. Tom & <Jerry>\n"
    other = web.get(f"/jobs/{identity}", params={"number": 0}).json()
    assert (other["number"], len(other["segments"])) == (0, 1)
    assert web.get(f"/jobs/{identity}/transcript.txt", params={"number": 0}).text == "Hello world.\n"


def test_the_version_that_is_chosen(web: TestClient) -> None:
    identity = start(web, upload(web))[0]["id"]
    until(web, identity, "done")
    start(web, identity, model="whisper")
    for _ in range(300):
        versions = web.get(f"/jobs/{identity}").json()["transcripts"]
        if len(versions) == 2:
            break
        time.sleep(0.02)
    first, second = versions
    assert (first["model"], second["model"], first["edits"], first["part"]) == ("parakeet", "whisper", 0, None)
    assert web.get(f"/jobs/{identity}").json()["number"] == second["id"]
    assert web.put(f"/jobs/{identity}/version", json={"number": first["id"]}).status_code == 200
    assert web.get(f"/jobs/{identity}").json()["number"] == first["id"]
    assert web.get(f"/jobs/{identity}/transcript.json").json()["model"] == "parakeet"
    refused = web.put(f"/jobs/{identity}/version", json={"number": 99})
    assert (refused.status_code, "no such version" in refused.json()["detail"]) == (400, True)
    assert web.get(f"/jobs/{identity}", params={"number": 99}).status_code == 404


def test_a_part_again(web: TestClient, engine: EchoEngine) -> None:
    """It is a version beside the others; what it is asked in vain says so."""
    identity = start(web, upload(web))[0]["id"]
    shown = until(web, identity, "done")["number"]
    engine.go.clear()
    number = web.post(f"/jobs/{identity}/retry", json={"model": "whisper", "start": 60, "end": 90}).json()["part"]
    (job,) = listed(web)
    assert (job["state"], [(part["id"], part["state"]) for part in job["parts"]]) == ("done", [(number, "running")])
    engine.go.set()
    for _ in range(300):
        job = web.get(f"/jobs/{identity}").json()
        if len(job["transcripts"]) == 2:
            break
        time.sleep(0.02)
    assert (job["number"], job["parts"], job["transcripts"][0]["part"]) == (shown, [], None)
    assert web.post(f"/jobs/{identity}/parts/{number}/cancel").status_code == 404
    engine.go.clear()
    number = web.post(f"/jobs/{identity}/retry", json={"model": "whisper", "end": 30}).json()["part"]
    assert web.post(f"/jobs/{identity}/parts/{number}/cancel").status_code == 200
    for _ in range(300):
        job = web.get(f"/jobs/{identity}").json()
        if not job["parts"]:
            break
        time.sleep(0.02)
    assert job["parts"] == []


def test_two_versions_compared(web: TestClient, engine: EchoEngine, transcript: Transcript) -> None:
    identity = start(web, upload(web))[0]["id"]
    left = until(web, identity, "done")["number"]
    first, second = transcript.segments
    engine.transcript_of = replace(transcript, segments=(first, replace(second, words=second.words[:1])))
    web.post(f"/jobs/{identity}/retry", json={"model": "whisper"})
    right = until_version(web, identity, 2)
    compared = web.get(f"/jobs/{identity}/compare", params={"left": left, "right": right}).json()
    assert [(span["kind"], span["left"], span["right"]) for span in compared["spans"]] == [
        ("equal", [0, 4], [0, 3]),
        ("left", [4, 1], [3, 0]),
    ]
    assert (compared["disagreement"], compared["words"], compared["part"]) == (0.25, [4, 3], None)
    web.post(f"/jobs/{identity}/retry", json={"model": "whisper", "start": 2})
    part = until_version(web, identity, 3)
    compared = web.get(f"/jobs/{identity}/compare", params={"left": left, "right": part}).json()
    assert [(span["kind"], span["left"], span["right"]) for span in compared["spans"]] == [
        ("equal", [2, 2], [2, 1]),
        ("left", [4, 1], [3, 0]),
    ]
    assert compared["part"] == [2, 4000]
    assert web.get(f"/jobs/{identity}/compare", params={"left": left, "right": 99}).status_code == 404


def until_version(web: TestClient, identity: str, count: int) -> int:
    """The number of a recording's last transcript, once it has so many."""
    for _ in range(300):
        versions = web.get(f"/jobs/{identity}").json()["transcripts"]
        if len(versions) == count:
            return versions[-1]["id"]
        time.sleep(0.02)
    raise AssertionError(versions)
