"""Recordings over HTTP: uploads that break off, the microphone, names of any kind, media for the player."""

import json
import os
import wave
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine
from tests.support.web import FINISHED, listed, start, until, upload
from transcriber.errors import StorageError
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.store import Jobs


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


@pytest.mark.parametrize(
    ("source", "name", "channels"),
    [("microphone", "Microphone", 1), ("shared", "Shared sound", 1), ("both", "Conversation", 2)],
)
def test_what_a_page_records(web: TestClient, tmp_path: Path, source: str, name: str, channels: int) -> None:
    announced = web.post("/microphone", json={"source": source}).json()
    web.put(f"/recordings/{announced['id']}", params={"offset": announced["size"]}, content=b"\1\0" * 8000)
    (path,) = (tmp_path / "data").rglob("*.wav")
    assert path.name.startswith(f"{name} 20")
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getnframes()) == (channels, 8000 // channels)
    assert web.post("/microphone", json={"source": "radio"}).status_code == 400


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


def test_a_full_disk_is_said(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("the disk is full", "make room")

    monkeypatch.setattr(Jobs, "add", full)
    response = web.post("/recordings", json={"name": "a", "size": 1})
    said = "the disk is full; make room"
    assert (response.status_code, response.json()) == (507, {"error": said, "detail": said})


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
