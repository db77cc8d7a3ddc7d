"""Our application behind a real HTTP client, and what a page asks of it."""

import time
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.support.places import FAKE_SETUP
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.server.app import create_app
from transcriber.server.routes.v1.access import Limits
from transcriber.server.setup_process import SetupQueue

FINISHED = ("done", "failed", "cancelled")


def make_app(dispatcher: Dispatcher, folder: Path) -> FastAPI:
    configurations = Configurations(dispatcher.jobs.database, dispatcher.store, "cpu")
    setups = SetupQueue(FAKE_SETUP, dispatcher.store.folder, folder / "setup.log")
    return create_app(dispatcher, configurations, setups, Limits(1_000_000, 2))


def upload(web: TestClient, name: str = "talk.wav", content: bytes = b"sound") -> str:
    identity = web.post("/recordings", json={"name": name, "size": len(content)}).json()["id"]
    assert web.put(f"/recordings/{identity}", params={"offset": 0}, content=content).json() == {"size": len(content)}
    assert web.post(f"/recordings/{identity}/end").status_code == 200
    return identity


def start(web: TestClient, *recordings: str, path: str = "", model: str = "parakeet") -> list[dict]:
    response = web.post("/jobs", json={"model": model, "recordings": recordings, "path": path})
    assert response.status_code == 200, response.text
    return response.json()


def until(web: TestClient, identity: str, *states: str) -> dict:
    for _ in range(300):
        job = web.get(f"/jobs/{identity}").json()
        if job["state"] in states:
            return job
        time.sleep(0.02)
    raise AssertionError(job)


def listed(web: TestClient) -> list[dict]:
    return web.get("/jobs").json()["jobs"]
