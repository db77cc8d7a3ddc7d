"""Captions over HTTP: asked for, heard piece by piece, read as they come."""

import json

from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine
from tests.support.places import SAMPLE
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.live.captions import Captions
from transcriber.server.uploads import HEADER_SIZE
from transcriber.transcript import Word
from transcriber.worker.protocol import Captioned

ASKED = {"model": "parakeet", "language": "en"}


def begin(web: TestClient) -> str:
    return web.post("/microphone").json()["id"]


def events(text: str) -> list[dict]:
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]


def test_what_is_said_is_read_as_events(web: TestClient, engine: EchoEngine) -> None:
    identity = begin(web)
    assert web.get(f"/recordings/{identity}/captions").status_code == 204
    assert web.post(f"/recordings/{identity}/captions", json=ASKED).json() == {"is_new": True}
    assert web.post(f"/recordings/{identity}/captions", json=ASKED).json() == {"is_new": False}
    web.put(f"/recordings/{identity}?offset={HEADER_SIZE}", content=b"\1\2" * 8000)
    assert bytes(engine.sound[1]) == b"\1\2" * 8000
    engine.captions[1][2](Captions((Word("Ask", 0.0, 0.3),), (Word("not", 0.4, 0.6),), 1.0))
    engine.captions[1][2](Captions((Word("not", 0.4, 0.6),), (), 1.0))
    web.post(f"/recordings/{identity}/end")
    answer = web.get(f"/recordings/{identity}/captions")
    assert answer.headers["content-type"].startswith("text/event-stream")
    (told,) = events(answer.text)
    assert (told["settled"], told["unsettled"], told["is_over"]) == ("Ask not", "", True)
    (rest,) = events(web.get(f"/recordings/{identity}/captions", headers={"last-event-id": "1"}).text)
    assert (rest["settled"], rest["known"]) == (" not", 2)


def test_a_recording_that_ends_has_its_captions_as_a_version(
    web: TestClient, engine: EchoEngine, dispatcher: Dispatcher
) -> None:
    identity = begin(web)
    web.post(f"/recordings/{identity}/captions", json=ASKED)
    engine.captions[1][2](Captions((Word("Ask", 0.0, 0.3),), (), 1.0))
    engine.captions[1][2](Captioned())
    (version,) = web.get(f"/jobs/{identity}").json()["transcripts"]
    assert version["is_live"]


def test_only_what_comes_from_the_microphone_has_captions(web: TestClient) -> None:
    path = web.post("/jobs", json={**ASKED, "path": str(SAMPLE)}).json()[0]["id"]
    assert web.post(f"/recordings/{path}/captions", json=ASKED).status_code == 409
    assert web.post("/recordings/none/captions", json=ASKED).status_code == 404
    wrong = web.post(f"/recordings/{begin(web)}/captions", json={**ASKED, "language": "xx"})
    assert wrong.status_code == 400
