"""Edits over HTTP: made, undone, redone; two pages at once; what is no edit."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.support.conversation import conversation, said
from tests.support.fakes import EchoEngine
from tests.support.web import start, until, upload
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.transcript import Transcript

JSON = {"content-type": "application/json"}


@pytest.fixture
def transcript() -> Transcript:
    return conversation()


@pytest.fixture
def identity(web: TestClient) -> str:
    """Of a job that is done."""
    (job,) = start(web, upload(web))
    until(web, job["id"], "done")
    return job["id"]


class Page:
    """What a page knows of a transcript: it takes over what each answer says, and never asks for all of it again."""

    def __init__(self, web: TestClient, identity: str) -> None:
        self.web, self.identity = web, identity
        shown = web.get(f"/jobs/{identity}").json()
        self.segments: list[dict] = shown["segments"]
        self.state = shown

    def send(self, where: str, status: int = 200, **body: object) -> dict:
        response = self.web.post(f"/jobs/{self.identity}/{where}", json=body)
        assert response.status_code == status, response.text
        answer = response.json()
        if status == 200:
            splice = answer["splice"]
            self.segments[splice["first"] : splice["first"] + splice["removed"]] = splice["segments"]
            self.state = answer
        return answer

    def edit(self, kind: str, status: int = 200, **asked: object) -> dict:
        return self.send("edits", status, kind=kind, revision=self.state["revision"], **asked)

    def agrees(self) -> bool:
        """Whether it shows what a page does that is loaded now."""
        shown = self.web.get(f"/jobs/{self.identity}").json()
        names = ("revision", "can_undo", "can_redo", "edits", "edited_at", "marks", "checks", "diarization")
        return shown["segments"] == self.segments and all(shown[name] == self.state[name] for name in names)


@pytest.fixture
def page(web: TestClient, identity: str) -> Page:
    return Page(web, identity)


def test_marks_are_set_undone_redone_and_taken_away(page: Page) -> None:
    answer = page.edit("mark", start=3.0, end=4.4)
    assert answer["marks"] == [{"id": 1, "start": 3.0, "end": 4.4, "text": "It is me."}]
    assert (answer["can_undo"], answer["can_redo"], answer["edits"]) == (True, False, 0)
    page.edit("mark", start=0.5, end=0.9)
    assert [mark["text"] for mark in page.state["marks"]] == ["Who", "It is me."]
    assert [mark["id"] for mark in page.send("undo")["marks"]] == [1]
    assert [mark["id"] for mark in page.send("redo")["marks"]] == [2, 1]
    assert [mark["id"] for mark in page.edit("unmark", id=1)["marks"]] == [2]
    assert page.agrees()


def test_two_pages_at_once(page: Page, web: TestClient, identity: str) -> None:
    """The second one is told, and changes nothing; once it shows what the first did, it can."""
    other = Page(web, identity)
    page.edit("mark", start=0.5, end=0.9)
    assert "another window" in other.edit("mark", 409, start=3.0, end=4.4)["error"]
    assert page.agrees()
    Page(web, identity).edit("mark", start=3.0, end=4.4)


@pytest.mark.parametrize(
    ("kind", "asked", "words"),
    [
        ("paint", {}, "there is no edit “paint”; choose one of"),
        ("undo", {}, "there is no edit “undo”"),
        ("speakers", {"names": {}}, "there is no edit “speakers”"),
        ("mark", {"start": 1.0}, "end: Field required"),
        ("mark", {"start": 2.0, "end": 1.0}, "begins before it ends"),
        ("mark", {"start": 1.0, "end": 2.0, "colour": "red"}, "colour"),
        ("unmark", {"id": 1}, "no such mark"),
        ("mark", {"start": 1.0, "end": 2.0, "number": 99}, "no such transcript"),
    ],
)
def test_what_is_no_edit_is_said(page: Page, kind: str, asked: dict, words: str) -> None:
    assert words in page.edit(kind, 400, **asked)["error"]
    assert page.agrees()


def test_nothing_is_undone_where_nothing_was_done(page: Page, web: TestClient) -> None:
    assert "nothing to undo" in page.send("undo", 400)["error"]
    assert "nothing to redo" in page.send("redo", 400)["error"]
    assert web.post("/jobs/nothing/undo", json={}).status_code == 404


def test_words_of_another_version_are_taken_as_one_edit(page: Page, web: TestClient, engine: EchoEngine) -> None:
    """Those of a part that was transcribed again; the people keep their names."""
    part = (said("Speaker 1", 3.0, "Is it me?"),)
    engine.transcript_of = replace(conversation(), segments=part, diarization=None)
    before = page.segments[:]
    web.post(f"/jobs/{page.identity}/retry", json={"model": "whisper", "start": 2, "end": 5})
    for _ in range(300):
        versions = web.get(f"/jobs/{page.identity}").json()["transcripts"]
        if len(versions) == 2:
            break
        time.sleep(0.02)
    page.edit("take", **{"from": versions[1]["id"]}, start=2, end=5)
    assert [words(segment) for segment in page.segments] == ["Who is there?", "Is it me?", "Come in."]
    assert page.segments[1]["speaker"] == "Speaker 2"
    assert page.agrees()
    page.send("undo")
    assert page.segments == before
    page.edit("take", 400, **{"from": 99}, start=2, end=5)


def words(segment: dict) -> str:
    return " ".join(word["text"] for word in segment["words"])


def test_a_correction_over_http(page: Page, web: TestClient, identity: str) -> None:
    """The answer has the segments that are others now, and no others; every format has the new words."""
    answer = page.edit("words", first=3, count=3, text="It is Tom.")
    assert (answer["splice"]["first"], answer["splice"]["removed"], len(answer["splice"]["segments"])) == (1, 1, 1)
    assert [word["text"] for word in answer["splice"]["segments"][0]["words"]] == ["It", "is", "Tom."]
    assert answer["offer"] == ["Tom"]
    assert page.agrees()
    assert "It is Tom." in web.get(f"/jobs/{identity}/transcript.txt").text
    page.send("undo")
    assert page.agrees()
    assert "It is me." in web.get(f"/jobs/{identity}/transcript.txt").text


def test_a_page_that_takes_over_every_answer_shows_what_there_is(page: Page) -> None:
    for kind, asked in (
        ("split", {"word": 1}),
        ("words", {"first": 0, "count": 5, "text": "Nobody"}),
        ("speaker", {"first": 1, "count": 1, "speaker": "Anna"}),
        ("replace", {"find": "in", "with": "inside at once"}),
        ("join", {"word": 1}),
        ("words", {"first": 0, "count": 6, "text": ""}),
        ("words", {"first": 0, "count": 0, "text": "All is new."}),
    ):
        page.edit(kind, **asked)
        assert page.agrees()
    for _ in range(7):
        page.send("undo")
        assert page.agrees()
    assert page.state["edits"] == 0
    for _ in range(7):
        page.send("redo")
        assert page.agrees()
    assert [word["text"] for word in page.segments[0]["words"]] == ["All", "is", "new."]


def test_what_changes_nothing_is_no_edit(page: Page) -> None:
    answer = page.edit("words", first=0, count=3, text=" Who  is there? ")
    assert (answer["splice"]["segments"], answer["edits"], answer["can_undo"]) == ([], 0, False)


def test_a_replacement_is_previewed(page: Page, web: TestClient, identity: str) -> None:
    body = {"kind": "replace", "find": "is", "with": "was", "whole_words": True}
    shown = web.post(f"/jobs/{identity}/edits/preview", json=body).json()
    assert (shown["count"], [hit["first"] for hit in shown["hits"]]) == (2, [1, 4])
    assert page.agrees()
    page.edit("replace", find="is", **{"with": "was", "whole_words": True})
    assert [segment["words"][1]["text"] for segment in page.segments] == ["was", "was", "in."]
    assert web.post(f"/jobs/{identity}/edits/preview", json={"find": "Come"}).json()["count"] == 1
    assert web.post(f"/jobs/{identity}/edits/preview", json={"find": " "}).status_code == 400


def test_the_state_says_where_paragraphs_begin_and_what_is_doubtful(page: Page) -> None:
    assert [segment["starts_paragraph"] for segment in page.segments] == [True, True, True]
    page.edit("split", word=1)
    assert [segment["starts_paragraph"] for segment in page.segments] == [True, True, True, True]
    page.edit("join", word=1)
    assert [segment["starts_paragraph"] for segment in page.segments] == [True, False, True, True]


def test_a_paste_of_half_a_character(page: Page) -> None:
    body = {"kind": "words", "revision": 0, "first": 0, "count": 1, "text": "\ud83d Who"}
    response = page.web.post(f"/jobs/{page.identity}/edits", content=json.dumps(body).encode(), headers=JSON)
    assert response.status_code == 200, response.text
    assert page.web.get(f"/jobs/{page.identity}").json()["segments"][0]["words"][0]["text"] == r"\ud83d"


def test_the_models_own_words_stay_one_question_away(page: Page, web: TestClient, identity: str) -> None:
    page.edit("words", first=3, count=3, text="It is Tom.")
    own = web.get(f"/jobs/{identity}", params={"edits": False}).json()
    assert [word["text"] for word in own["segments"][1]["words"]] == ["It", "is", "me."]
    assert (own["edits"], own["can_undo"]) == (0, False)
    assert "It is me." in web.get(f"/jobs/{identity}/transcript.txt", params={"edits": False}).text
    known = web.get(f"/jobs/{identity}/transcript.json").json()
    assert (known["edits"], known["edited_at"]) == (1, page.state["edited_at"])
    assert page.agrees()


def test_saved_files_are_written_again_once_nothing_is_edited_for_a_while(
    page: Page, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at every edit."""
    monkeypatch.setattr("transcriber.jobs.dispatcher.QUIET_SECONDS", 0.05)
    folder = dispatcher.jobs.folder.transcripts

    def is_saved(words: str) -> bool:
        return any(words in file.read_text(encoding="utf-8") for file in folder.glob("*.txt"))

    wait_for(lambda: is_saved("Who is there?"))
    page.edit("words", first=0, count=1, text="Where")
    wait_for(lambda: is_saved("Where is there?"))


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(300):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError


def test_what_is_edited_while_it_is_transcribed_is_kept(web: TestClient, engine: EchoEngine) -> None:
    engine.stop_after = 2
    (job,) = start(web, upload(web, "long.wav"))
    wait_for(lambda: len(web.get(f"/jobs/{job['id']}").json()["segments"]) == 2)
    page = Page(web, job["id"])
    assert page.state["number"] == 0
    page.edit("words", number=0, first=0, count=1, text="Where")
    assert page.agrees()
    engine.stop_after = 99
    until(web, job["id"], "done")
    shown = web.get(f"/jobs/{job['id']}").json()
    assert [word["text"] for word in shown["segments"][0]["words"]] == ["Where", "is", "there?"]
    assert (shown["edits"], shown["number"] > 0, len(shown["segments"])) == (1, True, 3)
