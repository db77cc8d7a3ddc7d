"""Who speaks, over HTTP: asked for, shown, named, undone; and whose voices are remembered."""

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.support.conversation import FIRST, SECOND, conversation, set_up_speakers
from tests.support.fakes import EchoEngine
from tests.support.web import until, upload
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.speakers.protocol import VECTOR_SIZE
from transcriber.speakers.remembered import RememberedVoices
from transcriber.transcript import Transcript


@pytest.fixture
def transcript() -> Transcript:
    return conversation()


@pytest.fixture
def identity(web: TestClient, dispatcher: Dispatcher) -> str:
    """Of a job that is done."""
    set_up_speakers(dispatcher.store.folder)
    body = {"model": "parakeet", "recordings": [upload(web)], "speakers": "2"}
    identity = web.post("/jobs", json=body).json()[0]["id"]
    until(web, identity, "done")
    return identity


def change(web: TestClient, identity: str, status: int = 200, **asked: object) -> dict:
    response = web.post(f"/jobs/{identity}/speakers", json=asked)
    assert response.status_code == status, response.text
    return response.json()


def speakers(web: TestClient, identity: str) -> list[str]:
    return [segment["speaker"] for segment in web.get(f"/jobs/{identity}").json()["segments"]]


def test_what_is_asked_for_reaches_the_engine(web: TestClient, engine: EchoEngine, identity: str) -> None:
    options = engine.asked[0][1]
    assert (options.speakers, options.speaker_model) == ("2", "")
    shown = web.get(f"/jobs/{identity}").json()
    assert [voice["speaker"] for voice in shown["diarization"]["voices"]] == [FIRST, SECOND]
    assert shown["number"] == shown["transcripts"][0]["id"]


def test_whoever_is_forgotten_is_suggested_no_more(web: TestClient, identity: str, dispatcher: Dispatcher) -> None:
    def suggested() -> str:
        return web.get(f"/jobs/{identity}").json()["diarization"]["voices"][1]["suggestion"]

    assert suggested() == ""
    remembered = RememberedVoices(dispatcher.jobs.folder.remembered_voices)
    remembered.turn_on()
    remembered.remember("Anna", np.eye(VECTOR_SIZE)[0], 10.0)
    assert suggested() == "Anna"
    remembered.forget("Anna")
    assert suggested() == ""
    remembered.path.write_text("damaged", encoding="utf-8")
    assert suggested() == ""


def test_names_over_http(web: TestClient, identity: str, dispatcher: Dispatcher) -> None:
    """In the page's answer, whose `source` is another one then, in every format, and in the files."""
    before = web.get(f"/jobs/{identity}").json()["source"]
    answer = change(web, identity, names={FIRST: "Tom", "2": "Anna"})
    assert [voice["speaker"] for voice in answer["diarization"]["voices"]] == ["Tom", "Anna"]
    assert answer["diarization"]["voices"][1]["suggestion"] == ""
    assert speakers(web, identity) == ["Tom", "Anna", "Tom"]
    assert web.get(f"/jobs/{identity}").json()["source"] != before
    assert "Anna: It is me." in web.get(f"/jobs/{identity}/transcript.txt").text
    (file,) = dispatcher.jobs.folder.transcripts.glob("*.txt")
    assert "Anna: It is me." in file.read_text(encoding="utf-8")
    change(web, identity, undo=True)
    assert speakers(web, identity) == [FIRST, SECOND, FIRST]
    assert "Anna" not in file.read_text(encoding="utf-8")


def test_a_merge_by_numbers(web: TestClient, identity: str) -> None:
    change(web, identity, merge=[1, 2])
    assert speakers(web, identity) == [FIRST] * 3


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({}, 400, "send one of names, merge, count, split, undo"),
        ({"undo": False}, 400, "send one of"),
        ({"names": {"1": "Tom"}, "undo": True}, 400, "send one of"),
        ({"names": {"1": ["Tom"]}}, 400, "names.1"),
        ({"colour": "red"}, 400, "colour"),
        ({"undo": True}, 400, "no change of the speakers to undo"),
        ({"names": {"Bob": "Tom"}}, 400, "no speaker “Bob”"),
        ({"names": {"1": "x" * 10_000}}, 400, "too long"),
        ({"count": "3"}, 400, "transcribe it again with speakers"),
        ({"count": 3}, 400, "transcribe it again with speakers"),
        ({"split": 1}, 400, "transcribe it again with speakers"),
        ({"merge": [1, 9]}, 400, "no speaker"),
        ({"names": {"1": "Tom"}, "number": 99}, 400, "no such transcript"),
        ({"names": {"1": "Tom"}, "number": 1 << 80}, 400, "no such transcript"),
    ],
)
def test_what_cannot_be_done_is_said(web: TestClient, identity: str, asked: dict, status: int, words: str) -> None:
    assert words in change(web, identity, status, **asked)["detail"]
    assert speakers(web, identity) == [FIRST, SECOND, FIRST]


def test_no_such_recording(web: TestClient) -> None:
    change(web, "nothing", 404, undo=True)


def test_without_the_model_the_command_is_said(web: TestClient, dispatcher: Dispatcher, engine: EchoEngine) -> None:
    response = web.post("/jobs", json={"model": "parakeet", "recordings": [upload(web)], "speakers": "auto"})
    assert response.status_code == 400
    assert f"run `python setup_local_models.py {dispatcher.store.diarizing().name}` once" in response.json()["detail"]
    response = web.post("/jobs", json={"model": "parakeet", "recordings": [upload(web)], "speakers": "many"})
    assert "“many” is no number of speakers" in response.json()["detail"]
    assert engine.asked == []


def test_voices_are_remembered_only_where_that_is_wanted(web: TestClient, dispatcher: Dispatcher) -> None:
    file = dispatcher.jobs.folder.remembered_voices
    assert web.get("/settings/voices").json() == {"remember": False, "names": [], "file": str(file)}
    assert not file.exists()
    assert web.put("/settings/voices", json={"remember": True}).json()["remember"] is True
    assert file.exists()
    assert "“Anna” is not remembered" in web.delete("/settings/voices/Anna").json()["detail"]
    assert web.put("/settings/voices", json={"remember": False}).json()["remember"] is False
    assert not file.exists()


def test_a_remembered_voice_is_forgotten(web: TestClient, dispatcher: Dispatcher) -> None:
    import numpy as np

    from transcriber.speakers.remembered import RememberedVoices

    remembered = RememberedVoices(dispatcher.jobs.folder.remembered_voices)
    remembered.turn_on()
    for name in ("Anna", "Tom/Jerry"):
        remembered.remember(name, np.eye(1, 192)[0], 10.0)
    assert web.get("/settings/voices").json()["names"] == ["Anna", "Tom/Jerry"]
    assert web.delete("/settings/voices/Tom%2FJerry").json()["names"] == ["Anna"]
    assert remembered.names() == ["Anna"]
