"""The six endpoints of configurations, as a program that knows only their description would call them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.engine_types import FASTER, engine_type
from tests.support.fakes import EchoEngine
from tests.support.places import DEMO_MODELS
from tests.support.web import make_app, start, until, upload
from transcriber.engines.families import types
from transcriber.engines.whisper.files import WHISPER
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.models.store import ModelStore
from transcriber.transcript import Transcript

COLUMNS = {
    *("id", "name", "model_name", "model_type", "device", "compute_type", "is_active", "is_default"),
    *("description", "created_at", "updated_at"),
}
MINE = {
    "name": "Parakeet on the processor",
    "model_name": "parakeet",
    "model_type": "nemo",
    "device": "cpu",
    "compute_type": "float32",
    "description": "For the old computer",
}


@pytest.fixture(autouse=True)
def faster_whisper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(types(), FASTER.name, FASTER)


@pytest.fixture
def engine(transcript: Transcript) -> EchoEngine:
    return EchoEngine(transcript)


@pytest.fixture
def web(jobs: Jobs, results: Results, engine: EchoEngine, tmp_path: Path) -> Iterator[TestClient]:
    models = tmp_path / "models"
    models.mkdir()
    for name in ("parakeet.nemo", "whisper.pt"):
        (models / name).symlink_to(DEMO_MODELS / name)
    (models / "whisper-base.pt").symlink_to(DEMO_MODELS / "whisper.pt")
    dispatcher = Dispatcher(jobs, results, engine, ModelStore(models))
    with TestClient(make_app(dispatcher, tmp_path), base_url="http://127.0.0.1:7860", follow_redirects=False) as client:
        yield client


def ask(web: TestClient, endpoint: str, **fields: object) -> dict:
    answer = web.post(f"/api/{endpoint}/", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(web: TestClient, endpoint: str, status: int, **fields: object) -> str:
    answer = web.post(f"/api/{endpoint}/", json=fields)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"] == answer.json()["detail"]
    return answer.json()["error"]


def models(web: TestClient) -> dict[str, dict]:
    return {model["name"]: model for model in web.get("/api/get_stt_models/").json()["models"]}


def test_get_stt_models(web: TestClient) -> None:
    answer = web.get("/api/get_stt_models/").json()
    assert set(answer) == {"models", "current_model", "current_model_id"}
    assert all(set(model) == COLUMNS for model in answer["models"])
    (active,) = (model for model in answer["models"] if model["is_active"])
    assert (answer["current_model"], answer["current_model_id"]) == (active["name"], active["id"])
    base = models(web)["base"]
    assert (base["model_type"], base["device"], base["compute_type"]) == ("whisper", "cpu", "int8")
    assert base["description"] == "Balanced speed and accuracy (recommended)"
    assert (base["is_active"], base["is_default"]) == (False, False)
    assert datetime.fromisoformat(base["created_at"]) <= datetime.fromisoformat(base["updated_at"])


def test_set_stt_model(web: TestClient, engine: EchoEngine) -> None:
    base = models(web)["base"]["id"]
    assert ask(web, "set_stt_model", model_id=base) == {"status": "base is active now", "current_model": "base"}
    assert web.get("/api/get_stt_models/").json()["current_model_id"] == base
    until(web, start(web, upload(web), model="")[0]["id"], "done")
    options = engine.asked[0][1]
    assert (options.model, options.device, options.engine, options.compute_type) == (
        *("whisper-base", "cpu", "whisper", "int8"),
    )


def test_set_stt_model_refuses(web: TestClient) -> None:
    assert "whisper-small.pt is missing" in refused(web, "set_stt_model", 400, model_id=models(web)["small"]["id"])
    assert "no configuration with the number 99" in refused(web, "set_stt_model", 404, model_id=99)
    assert "model_id" in refused(web, "set_stt_model", 400, model_id="base")
    assert "model_id" in refused(web, "set_stt_model", 400)


def test_create_stt_model(web: TestClient, engine: EchoEngine) -> None:
    answer = ask(web, "create_stt_model", **MINE)
    assert set(answer) == {"status", "model", "warnings"}
    assert (set(answer["model"]), answer["warnings"]) == (COLUMNS, [])
    assert {name: answer["model"][name] for name in MINE} == MINE
    assert models(web)[MINE["name"]] == answer["model"]
    until(web, start(web, upload(web), model=MINE["name"])[0]["id"], "done")
    assert engine.asked[0][1].compute_type == "float32"


def test_create_stt_model_as_it_is_described(web: TestClient) -> None:
    """Its name is the model's, and what is not here yet is a warning."""
    ask(web, "delete_stt_model", model_id=models(web)["small"]["id"])
    fields = {"model_type": "whisper", "device": "cpu", "compute_type": "int8", "description": "…"}
    answer = ask(web, "create_stt_model", name="small", **fields)
    assert answer["model"]["model_name"] == "small"
    assert "whisper-small.pt is missing" in answer["warnings"][0]
    assert len(answer["warnings"]) == 1


def test_create_stt_model_refuses(web: TestClient) -> None:
    assert "already" in refused(web, "create_stt_model", 409, **{**MINE, "name": "BASE"})
    assert "no model type" in refused(web, "create_stt_model", 400, **{**MINE, "model_type": "parrot"})
    assert "no model “parrot”" in refused(web, "create_stt_model", 404, **{**MINE, "model_name": "parrot"})
    assert "name" in refused(web, "create_stt_model", 400, model_type="whisper")
    assert len(models(web)) == 8


def test_validate_stt_model(web: TestClient) -> None:
    asked = {"model_type": "whisper", "model_name": "base", "device": "cpu", "compute_type": "int8"}
    assert ask(web, "validate_stt_model", **asked) == {
        "valid": True,
        "available": True,
        "message": "OpenAI Whisper base can be used, on the processor.",
        "warnings": [],
    }
    missing = ask(web, "validate_stt_model", **{**asked, "model_name": "small"})
    assert (missing["valid"], missing["available"]) == (True, False)
    taken = ask(web, "validate_stt_model", **asked, name="base")
    assert (taken["valid"], taken["message"]) == (
        False,
        "There is a configuration “base” already; choose another name.",
    )
    assert len(models(web)) == 8


def test_get_stt_types_has_every_engine_that_is_registered(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = web.get("/api/get_stt_types/").json()
    assert before == {"types": list(types()), "default_type": "whisper"}
    assert {"nemo", "whisper"} <= set(before["types"])
    monkeypatch.setitem(types(), "custom", engine_type("custom", WHISPER))
    assert web.get("/api/get_stt_types/").json()["types"] == [*before["types"], "custom"]
    asked = {"model_type": "custom", "model_name": "base", "device": "cpu", "compute_type": "float32"}
    assert ask(web, "validate_stt_model", **asked)["available"]


def test_delete_stt_model(web: TestClient) -> None:
    tiny = models(web)["tiny"]["id"]
    assert ask(web, "delete_stt_model", model_id=tiny) == {"status": "Model deleted successfully"}
    assert "tiny" not in models(web)
    refused(web, "delete_stt_model", 404, model_id=tiny)
    ask(web, "set_stt_model", model_id=models(web)["whisper"]["id"])
    assert "the active" in refused(web, "delete_stt_model", 409, model_id=models(web)["whisper"]["id"])
    assert "the default" in refused(web, "delete_stt_model", 409, model_id=models(web)["parakeet"]["id"])


def test_without_the_last_slash(web: TestClient) -> None:
    for name in ("get_stt_models", "get_stt_types"):
        assert web.get(f"/api/{name}").json() == web.get(f"/api/{name}/").json()
    tiny = models(web)["tiny"]["id"]
    assert web.post("/api/validate_stt_model", json={"model_type": "whisper", "model_name": "base"}).json()["valid"]
    assert web.post("/api/create_stt_model", json=MINE).status_code == 200
    assert web.post("/api/set_stt_model", json={"model_id": models(web)["base"]["id"]}).status_code == 200
    assert web.post("/api/delete_stt_model", json={"model_id": tiny}).status_code == 200


@pytest.mark.parametrize("name", ["set_stt_model", "create_stt_model", "validate_stt_model", "delete_stt_model"])
def test_foreign_pages_change_nothing(web: TestClient, name: str) -> None:
    body = {"model_id": 4, **MINE}
    for headers in ({"origin": "http://evil.example"}, {"host": "evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert web.post(f"/api/{name}/", json=body, headers=headers).status_code == 403
    assert len(models(web)) == 8
