"""The user's names and terms over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine
from tests.support.web import make_app
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.models.store import ModelStore
from transcriber.transcript import Transcript


@pytest.fixture
def web(jobs: Jobs, results: Results, transcript: Transcript, tmp_path: Path) -> Iterator[TestClient]:
    dispatcher = Dispatcher(jobs, results, EchoEngine(transcript), ModelStore(tmp_path / "models"))
    with TestClient(make_app(dispatcher, tmp_path), base_url="http://127.0.0.1:7860") as client:
        yield client


def test_terms_are_kept_as_they_were_understood(web: TestClient, tmp_path: Path) -> None:
    assert web.get("/vocabulary").json() == {"terms": []}
    answer = web.put("/vocabulary", json={"terms": ["Łódź", " Aiko   Tanaka", "", "# later", "Łódź", "C#"]})
    assert answer.json() == {"terms": ["Łódź", "Aiko Tanaka", "C#"]}
    assert web.get("/vocabulary").json() == answer.json()
    kept = (tmp_path / "data" / "vocabulary.txt").read_text(encoding="utf-8")
    assert kept.splitlines()[1:] == ["Łódź", "Aiko Tanaka", "C#"]
    assert web.put("/vocabulary", json={"terms": []}).json() == {"terms": []}


def test_what_is_no_term_changes_nothing(web: TestClient) -> None:
    web.put("/vocabulary", json={"terms": ["Łódź"]})
    answer = web.put("/vocabulary", json={"terms": ["fine", "x" * 101]})
    assert (answer.status_code, "line 2 of the vocabulary" in answer.json()["detail"]) == (400, True)
    assert web.get("/vocabulary").json() == {"terms": ["Łódź"]}


def test_a_file_that_is_no_list_of_terms(web: TestClient, tmp_path: Path) -> None:
    (tmp_path / "data" / "vocabulary.txt").write_bytes(b"\xff\xfe")
    answer = web.get("/vocabulary")
    assert (answer.status_code, "save it as UTF-8" in answer.json()["detail"]) == (400, True)


def test_foreign_pages_reach_nothing(web: TestClient) -> None:
    for headers in ({"origin": "http://evil.example"}, {"host": "evil.example"}):
        assert web.put("/vocabulary", json={"terms": ["evil"]}, headers=headers).status_code == 403
        assert web.get("/vocabulary", headers=headers).status_code == 403
