"""What all of our routes have in common, and the settings."""

import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.web import listed, start, until, upload
from transcriber.exports import FORMATS


def test_settings(web: TestClient, tmp_path: Path) -> None:
    told = web.get("/settings").json()
    first = {
        "formats": ["txt", "srt"],
        "sidecars": False,
        "known_formats": {name: known.title for name, known in FORMATS.items()},
        "folder": str(tmp_path / "data" / "transcripts"),
    }
    assert told.items() >= first.items()
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


def test_what_the_page_goes_by_is_kept(web: TestClient) -> None:
    before = web.get("/settings").json()["page"]
    choice = {"language": "de", "translate_to": "en", "second_model": "", "speakers": "2-4"}
    kept = web.patch("/settings/page", json={"theme": "dark", "choice": choice}).json()
    assert kept == before | {"theme": "dark", "choice": choice} == web.get("/settings").json()["page"]


@pytest.mark.parametrize(
    ("changed", "name"),
    [({"theme": "pink"}, "theme"), ({"colour": "red"}, "colour"), ({"choice": {"model": "x"}}, "choice.model")],
)
def test_a_setting_that_is_none_is_refused_in_a_sentence(web: TestClient, changed: dict, name: str) -> None:
    before = web.get("/settings").json()
    refused = web.patch("/settings/page", json=changed)
    assert refused.status_code == 400
    assert refused.json()["detail"].startswith(f"The page has no such settings: {name} (")
    assert web.get("/settings").json() == before


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
