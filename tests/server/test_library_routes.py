"""The library over HTTP: what the list shows and when it is sent, titles, folders, the bin."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine
from tests.support.full_library import fill, own_word
from tests.support.web import listed, start, until, upload
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.server import uploads


def poll(web: TestClient, before: dict[str, Any]) -> dict[str, Any]:
    return web.get("/jobs", params={"revision": before["revision"]}).json()


@pytest.fixture
def three(web: TestClient, engine: EchoEngine, dispatcher: Dispatcher) -> list[str]:
    """Finished recordings, of which there is no more to tell."""
    identities = [upload(web, f"{name}.wav") for name in "abc"]
    start(web, *identities)
    for identity in identities:
        until(web, identity, "done")
    for thread in engine.threads:
        thread.join(10)
    dispatcher.index.catch_up()
    return identities


def test_only_what_changed_is_sent(web: TestClient, three: list[str]) -> None:
    whole = web.get("/jobs").json()
    assert whole["whole"] and sorted(job["id"] for job in whole["jobs"]) == sorted(three)
    assert poll(web, whole) == {**{key: whole[key] for key in whole if key != "folders"}, "whole": False, "jobs": None}
    web.patch(f"/jobs/{three[1]}", json={"title": "The mayor"})
    web.delete(f"/jobs/{three[2]}")
    changed = poll(web, whole)
    assert [(job["id"], job["title"], job["name"]) for job in changed["jobs"]] == [(three[1], "The mayor", "b.wav")]
    assert (changed["gone"], changed["whole"]) == ([three[2]], False)
    web.post("/bin/empty", json={})
    assert poll(web, changed)["jobs"] is None
    assert poll(web, whole)["whole"]  # whoever slept meanwhile


@pytest.mark.parametrize("revision", ["1-0-0", "x", "--", "{}-99-0", "{}-99999999999999999999-0", "{}-²-0", "{}"])
def test_of_a_revision_that_nobody_knows_everything_is_sent(web: TestClient, revision: str) -> None:
    identity = upload(web)
    program = web.get("/jobs").json()["revision"].partition("-")[0]
    answer = web.get("/jobs", params={"revision": revision.format(program)}).json()
    assert answer["whole"] and [job["id"] for job in answer["jobs"]] == [identity]


def test_how_much_has_arrived_is_sent_and_that_nothing_comes(
    web: TestClient, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = web.post("/recordings", json={"name": "d.wav", "size": 10}).json()["id"]
    before = web.get("/jobs").json()
    web.put(f"/recordings/{identity}", params={"offset": 0}, content=b"1234")
    arriving = poll(web, before)
    assert [(job["id"], job["arrived"], job["is_silent"]) for job in arriving["jobs"]] == [(identity, 4, False)]
    monkeypatch.setattr(uploads, "SILENT_SECONDS", -1)
    silent = poll(web, arriving)
    assert [(job["id"], job["is_silent"]) for job in silent["jobs"]] == [(identity, True)]
    assert poll(web, silent)["jobs"] is None


def test_that_one_is_stopping_is_sent(web: TestClient, engine: EchoEngine, three: list[str]) -> None:
    engine.stop_after = 1
    identity = upload(web)
    start(web, identity)
    for _ in range(300):
        if web.get(f"/jobs/{identity}").json()["segments"]:
            break
    engine.cancel = lambda number: None  # it takes a while to stop
    before = web.get("/jobs").json()
    web.post(f"/jobs/{identity}/cancel")
    assert [(job["id"], job["is_stopping"]) for job in poll(web, before)["jobs"]] == [(identity, True)]


def test_a_title_is_the_name_of_what_is_exported(web: TestClient, three: list[str]) -> None:
    for title, shown, file in (
        ("  Weiss: “the\nlevee” 1/2 ", "Weiss: “the levee” 1/2", "Weiss_%20%E2%80%9Cthe%20levee%E2%80%9D%201_2.srt"),
        ("", "a.wav", "a.srt"),
    ):
        assert web.patch(f"/jobs/{three[0]}", json={"title": title}).json()["title"] == shown
        disposition = web.get(f"/jobs/{three[0]}/transcript.srt").headers["content-disposition"]
        assert disposition == f"attachment; filename*=UTF-8''{file}"
    response = web.patch(f"/jobs/{three[0]}", json={"title": "x" * 201})
    assert (response.status_code, "201 characters" in response.json()["detail"]) == (400, True)


def test_folders(web: TestClient, three: list[str]) -> None:
    before = web.get("/jobs").json()
    folder = web.post("/folders", json={"name": "Flood"}).json()
    assert poll(web, before)["folders"] == [folder] == web.get("/folders").json()["folders"]
    assert web.post("/jobs/move", json={"ids": [*three[:2], "none"], "folder": folder["id"]}).status_code == 200
    assert web.patch(f"/jobs/{three[2]}", json={"folder": folder["id"]}).json()["folder"] == folder["id"]
    assert web.patch(f"/jobs/{three[2]}", json={"folder": None}).json()["folder"] is None
    assert web.patch(f"/jobs/{three[0]}", json={"title": "x"}).json()["folder"] == folder["id"]
    assert web.patch(f"/folders/{folder['id']}", json={"name": "The flood"}).status_code == 200
    assert sorted(web.delete(f"/folders/{folder['id']}").json()["ids"]) == sorted(three[:2])
    assert [job["folder"] for job in listed(web)] == [None] * 3
    assert web.get("/jobs").json()["folders"] == []


def test_a_folder_that_is_not_there(web: TestClient, three: list[str]) -> None:
    for response in (
        web.post("/jobs/move", json={"ids": three, "folder": 5}),
        web.patch(f"/jobs/{three[0]}", json={"folder": 1 << 70}),
        web.patch("/folders/5", json={"name": "a"}),
        web.delete("/folders/5"),
    ):
        assert (response.status_code, response.json()["detail"]) == (404, "there is no such folder")


def test_many_into_the_bin_and_back(web: TestClient, three: list[str]) -> None:
    assert web.post("/jobs/remove", json={"ids": [*three[:2], "none"]}).json() == {"ids": three[:2]}
    assert [job["id"] for job in listed(web)] == three[2:]
    content = web.get("/bin").json()
    assert content["days"] == 30 and sorted(job["id"] for job in content["jobs"]) == sorted(three[:2])
    assert all(job["expires_at"] - job["removed_at"] == 30 * 24 * 3600 for job in content["jobs"])
    assert sorted(web.post("/jobs/restore", json={"ids": three}).json()["ids"]) == sorted(three[:2])
    assert sorted(job["id"] for job in listed(web)) == sorted(three)
    web.post("/jobs/remove", json={"ids": three})
    web.post("/bin/empty", json={"ids": three[:1]})
    assert sorted(job["id"] for job in web.get("/bin").json()["jobs"]) == sorted(three[1:])
    web.post("/bin/empty", json={})
    assert web.get("/bin").json()["jobs"] == []
    assert web.post(f"/jobs/{three[1]}/restore").status_code == 404


def test_a_damaged_digest_is_an_empty_one(web: TestClient, dispatcher: Dispatcher, three: list[str]) -> None:
    for damaged in ("[" * 5000, '{"speakers": 5}', "", '{"of a newer version": 1}'):
        dispatcher.jobs.update(three[0], digest=damaged)
        (shown,) = [job for job in listed(web) if job["id"] == three[0]]
        assert (shown["state"], shown["speakers"], shown["to_check"]) == ("done", [], 0)


def test_the_list_shows_what_is_in_a_transcript(web: TestClient, three: list[str]) -> None:
    (job,) = [job for job in listed(web) if job["id"] == three[0]]
    assert (job["has_transcript"], job["excerpt"]) == (True, "Hello world. Tom & <Jerry>")
    assert (job["to_check"], job["language"], job["speakers"]) == (1, None, [])


def test_search(web: TestClient, three: list[str]) -> None:
    web.patch(f"/jobs/{three[0]}", json={"title": "Jerry’s"})
    found = web.get("/search", params={"q": "jerry"}).json()
    assert [recording["title"] for recording in found["recordings"]] == ["Jerry’s", "c.wav", "b.wav"]
    assert [recording["in_title"] for recording in found["recordings"]] == [True, False, False]
    assert (found["total"], found["pending"]) == (3, 0)
    hit = {"start": 3661.6, "before": "Hello world. Tom & <", "match": "Jerry", "after": ">"}
    assert all(recording["hits"] == [hit] and recording["count"] == 1 for recording in found["recordings"])
    found = web.get("/search", params={"q": "jerry", "limit": 1}).json()
    assert (len(found["recordings"]), found["total"]) == (1, 3)
    for query in ("", '"', "AND", "a" * 5000, "NEAR(x y)", "title:x", "\0"):
        assert web.get("/search", params={"q": query}).status_code == 200
    assert web.get("/search", params={"q": "x", "limit": 0}).status_code == 400


def test_many_recordings_are_found_and_listed(web: TestClient, dispatcher: Dispatcher) -> None:
    """Also where the text of each is short; how fast that is, is measured in benchmarks/."""
    identities = fill(dispatcher.jobs.database, 300, 20)
    assert len(listed(web)) == 300
    dispatcher.index.catch_up()
    (recording,) = web.get("/search", params={"q": own_word(123)}).json()["recordings"]
    assert (recording["id"], recording["hits"][0]["match"]) == (identities[123], own_word(123))
    assert web.get("/search", params={"q": "needle"}).json()["total"] == 300


def test_storage(web: TestClient, three: list[str]) -> None:
    used = web.get("/settings/storage").json()
    assert used.keys() == {"recordings", "bin", "transcripts", "models", "free"}
    assert (used["recordings"], used["bin"]) == (15, 0)
    web.delete(f"/jobs/{three[0]}")
    assert web.get("/settings/storage").json()["bin"] == 5
