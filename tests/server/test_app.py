"""Our routes, asked through a real HTTP client; behind them a small engine with real behaviour."""

import json
import math
import os
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine, pretend
from tests.support.places import DEMO_MODELS
from tests.support.web import FINISHED, listed, make_app, start, until, upload
from transcriber.errors import StorageError
from transcriber.exports import FORMATS, render
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import UNFINISHED, Results
from transcriber.jobs.store import Jobs
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.transcript import Transcript


@pytest.fixture
def engine(transcript: Transcript) -> EchoEngine:
    return EchoEngine(transcript)


@pytest.fixture
def dispatcher(jobs: Jobs, results: Results, engine: EchoEngine, tmp_path: Path) -> Dispatcher:
    models = tmp_path / "models"
    models.mkdir()
    for name in ("parakeet.nemo", "whisper.pt"):
        (models / name).symlink_to(DEMO_MODELS / name)
    return Dispatcher(jobs, results, engine, ModelStore(models))


@pytest.fixture
def real_models(dispatcher: Dispatcher) -> None:
    for name in ("parakeet", "canary"):
        pretend(dispatcher.store, name)


@pytest.fixture
def web(dispatcher: Dispatcher, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(make_app(dispatcher, tmp_path), base_url="http://127.0.0.1:7860") as client:
        yield client


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


def test_an_upload_that_breaks_off_goes_on(web: TestClient, engine: EchoEngine) -> None:
    identity = web.post("/recordings", json={"name": "talk.wav", "size": 10}).json()["id"]
    web.put(f"/recordings/{identity}", params={"offset": 0}, content=b"01234")
    start(web, identity)
    (job,) = listed(web)
    assert (job["state"], job["arrived"], job["size"]) == ("receiving", 5, 10)
    assert web.post(f"/recordings/{identity}/end").status_code == 409
    assert web.put(f"/recordings/{identity}", params={"offset": 8}, content=b"89").status_code == 409
    web.put(f"/recordings/{identity}", params={"offset": 3}, content=b"3456789")
    web.post(f"/recordings/{identity}/end")
    until(web, identity, "done")
    assert engine.heard == [b"0123456789"]
    assert web.put(f"/recordings/{identity}", params={"offset": 10}, content=b"x").status_code == 409


def test_the_microphones_blocks_become_a_wav_file(web: TestClient, tmp_path: Path) -> None:
    announced = web.post("/microphone").json()
    identity, offset = announced["id"], announced["size"]
    blocks = [bytes([number, 0]) * 8000 for number in range(3)]
    for index in (0, 1, 1, 0, 2):
        response = web.put(f"/recordings/{identity}", params={"offset": offset + index * 16_000}, content=blocks[index])
        assert response.status_code == 200
    for _ in range(2):
        assert web.post(f"/recordings/{identity}/end").json() == {"id": identity}
    (path,) = (tmp_path / "data").rglob("*.wav")
    with wave.open(str(path)) as file:
        assert file.readframes(file.getnframes()) == b"".join(blocks)
    start(web, identity)
    assert until(web, identity, *FINISHED)["state"] == "done"


def test_a_microphone_whose_page_is_gone_is_ready_and_may_come_back(
    web: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcriber.server.uploads.SILENT_SECONDS", 1.0)
    announced = web.post("/microphone").json()
    address = f"/recordings/{announced['id']}"
    web.put(address, params={"offset": announced["size"]}, content=b"\1\0" * 8000)
    assert listed(web)[0]["state"] == "receiving"
    until(web, announced["id"], "ready")
    assert listed(web)[0]["state"] == "ready"
    monkeypatch.undo()
    web.put(address, params={"offset": announced["size"] + 16_000}, content=b"\2\0" * 8000)
    assert listed(web)[0]["state"] == "receiving"
    web.post(f"{address}/end")
    assert len(web.get(f"{address}/media").content) == announced["size"] + 32_000


def test_media_answers_ranges_and_is_never_a_page(web: TestClient) -> None:
    sound, page = upload(web, "talk.wav", b"0123456789"), upload(web, "evil.html", b"<script>alert(1)</script>")
    part = web.get(f"/recordings/{sound}/media", headers={"range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, b"234")
    assert part.headers["content-type"].startswith("audio/")  # systems have several names for a wav file
    answer = web.get(f"/recordings/{page}/media")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_settings(web: TestClient, tmp_path: Path) -> None:
    assert web.get("/settings").json() == {
        "formats": ["txt", "srt"],
        "sidecars": False,
        "known_formats": {name: known.title for name, known in FORMATS.items()},
        "folder": str(tmp_path / "data" / "transcripts"),
    }
    assert web.put("/settings", json={"formats": ["vtt"]}).status_code == 200
    assert web.get("/settings").json()["formats"] == ["vtt"]
    assert web.put("/settings", json={"formats": ["doc"]}).status_code == 400
    until(web, start(web, upload(web))[0]["id"], "done")
    for _ in range(100):
        written = [path.suffix for path in (tmp_path / "data" / "transcripts").iterdir()]
        if written == [".vtt"]:
            break
        time.sleep(0.02)
    assert written == [".vtt"]


def test_a_full_disk_is_said(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("the disk is full", "make room")

    monkeypatch.setattr(Jobs, "add", full)
    response = web.post("/recordings", json={"name": "a", "size": 1})
    said = "the disk is full; make room"
    assert (response.status_code, response.json()) == (507, {"error": said, "detail": said})


def test_unknown_things_are_not_found(web: TestClient) -> None:
    assert web.get("/jobs/none").status_code == 404
    assert web.post("/jobs", json={"model": "parakeet", "recordings": ["none"]}).status_code == 404
    assert web.post("/recordings/none/end").status_code == 404
    assert web.get("/recordings/none/media").status_code == 404
    assert web.delete("/jobs/none").status_code == 404


def test_foreign_pages_reach_nothing(web: TestClient) -> None:
    assert web.get("/jobs", headers={"origin": "http://evil.example"}).status_code == 403
    body = {"name": "a", "size": 1}
    assert web.post("/recordings", json=body, headers={"host": "evil.example"}).status_code == 403
    assert listed(web) == []


@pytest.mark.parametrize(
    "name",
    [
        "あ" * 78,
        "あ" * 120,
        "x" * 251,
        "e\N{COMBINING ACUTE ACCENT}" * 127,
        "\\udce9",
        "a\\u0000b",
        "\\u001b[2J\\n",
        ".",
    ],
)
def test_a_recording_of_any_name(web: TestClient, name: str) -> None:
    """Uploaded, listed, transcribed, saved; the others beside it, too."""
    body = f'{{"name": "{name}.flac", "size": 5}}'.encode()
    answer = web.post("/recordings", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200, answer.text
    identity, other = answer.json()["id"], upload(web)
    assert web.put(f"/recordings/{identity}", params={"offset": 0}, content=b"sound").status_code == 200
    assert web.post(f"/recordings/{identity}/end").status_code == 200
    start(web, identity)
    assert until(web, identity, *FINISHED)["state"] == "done"
    assert web.get(f"/jobs/{identity}/transcript.srt").status_code == 200
    assert web.get(f"/recordings/{identity}/media").status_code == 200
    start(web, other)
    assert until(web, other, *FINISHED)["state"] == "done"
    assert all(job["error"] == "" for job in listed(web))


def test_a_path_that_is_no_utf8_or_too_long(web: TestClient, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.flac")
    try:
        path.write_bytes(b"sound")
    except OSError:
        pytest.skip("this file system takes no such names")
    body = json.dumps({"model": "parakeet", "path": str(path)})  # the browser would write \udce9, as this does
    answer = web.post("/jobs", content=body.encode(), headers={"content-type": "application/json"})
    assert answer.status_code == 200, answer.text
    job = until(web, answer.json()[0]["id"], *FINISHED)
    assert (job["state"], job["name"]) == ("done", "caf\\xe9.flac")
    for wrong in (
        str(path.with_name(os.fsdecode(b"\xe8.flac"))),
        "/" + "x" * 300,
        "/" + "x/" * 4000,
        "a\0b",
        "~nobody/a.wav",
        "~\ud800/a.wav",
        "~\0",
    ):
        body = json.dumps({"model": "parakeet", "path": wrong})
        answer = web.post("/jobs", content=body.encode(), headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert "Check the path" in answer.json()["detail"]
    assert [job["name"] for job in listed(web)] == ["caf\\xe9.flac"]


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


def test_a_recording_whose_file_cannot_be_made_is_no_job(web: TestClient, dispatcher: Dispatcher) -> None:
    dispatcher.jobs.folder.recordings.rmdir()
    dispatcher.jobs.folder.recordings.write_text("no folder")
    assert web.post("/recordings", json={"name": "a.wav", "size": 5}).status_code == 507
    assert listed(web) == []


def test_an_upload_that_was_cancelled_goes_on_once_it_is_asked_for(web: TestClient) -> None:
    identity = web.post("/recordings", json={"name": "a.wav", "size": 5}).json()["id"]
    web.put(f"/recordings/{identity}", params={"offset": 0}, content=b"so")
    assert web.post(f"/jobs/{identity}/cancel").status_code == 200
    assert until(web, identity, "cancelled")["model"] is None
    assert web.put(f"/recordings/{identity}", params={"offset": 2}, content=b"und").status_code == 409
    assert web.post(f"/jobs/{identity}/retry", json={"model": "parakeet"}).status_code == 200
    assert until(web, identity, "receiving")["arrived"] == 2
    web.put(f"/recordings/{identity}", params={"offset": 2}, content=b"und")
    web.post(f"/recordings/{identity}/end")
    assert until(web, identity, *FINISHED)["state"] == "done"


def test_what_has_arrived_of_another_recording_is_kept_apart(web: TestClient) -> None:
    identity = web.post("/recordings", json={"name": "REC0001.WAV", "size": 9}).json()["id"]
    web.put(f"/recordings/{identity}", params={"offset": 0}, content=b"abcdef")
    answer = web.put(f"/recordings/{identity}", params={"offset": 0}, content=b"abcxefghi")
    assert (answer.status_code, answer.json()["detail"]) == (
        412,
        "what has arrived is the beginning of another recording",
    )
    assert web.put(f"/recordings/{identity}", params={"offset": 0}, content=b"abcdefghi").status_code == 200
    assert web.post(f"/recordings/{identity}/end").status_code == 200


def test_a_recording_whose_rest_cannot_be_sent(web: TestClient) -> None:
    identity = web.post("/recordings", json={"name": "talk.wav", "size": 9}).json()["id"]
    web.put(f"/recordings/{identity}", params={"offset": 0}, content=b"abc")
    assert web.post(f"/recordings/{identity}/abandon", json={"why": "it was\nchanged"}).status_code == 200
    job = web.get(f"/jobs/{identity}").json()
    assert (job["state"], job["error"], job["arrived"]) == ("failed", "it was\\x0achanged", 3)
    answer = web.post(f"/jobs/{identity}/retry", json={})
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "only a part of talk.wav has arrived; drop the file again",
    )
    whole = upload(web)
    web.post(f"/recordings/{whole}/abandon", json={"why": "late"})
    assert web.get(f"/jobs/{whole}").json()["state"] == "ready"


def test_how_the_names_of_recordings_end(web: TestClient) -> None:
    endings = web.get("/recordings/endings").json()["endings"]
    assert {".wav", ".mp3", ".m4a"} <= set(endings) and ".txt" not in endings


def test_a_copy_for_the_player(web: TestClient, dispatcher: Dispatcher) -> None:
    wav, mp3 = upload(web, content=b"abc"), upload(web, "talk.mp3", b"def")
    assert web.get(f"/recordings/{mp3}/media", params={"copy": True}).status_code == 404
    assert web.post(f"/recordings/{wav}/copy", json={}).json() == {"is_made": False}
    assert web.post(f"/recordings/{mp3}/copy", json={}).json() == {"is_made": True}
    assert web.post(f"/recordings/{wav}/copy", json={"always": True}).json() == {"is_made": True}
    for identity, content in ((wav, b"cba"), (mp3, b"fed")):
        answer = web.get(f"/recordings/{identity}/media", params={"copy": True})
        assert (answer.content, answer.headers["content-type"]) == (content, "audio/wav")
        assert web.get(f"/recordings/{identity}/media").content == content[::-1]
        assert len(list(dispatcher.jobs.folder.temporary.glob("*.wav"))) == (2 if identity == wav else 1)
        job = dispatcher.jobs.get(identity)
        assert job
        dispatcher.jobs.delete(job)
    assert list(dispatcher.jobs.folder.temporary.glob("*.wav")) == []
