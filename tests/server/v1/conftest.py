"""OpenAI's audio API without its clients; behind it a small engine."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine
from tests.support.places import DEMO_MODELS
from tests.support.web import make_app
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.models.store import ModelStore
from transcriber.transcript import Transcript


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    shutil.copytree(DEMO_MODELS, tmp_path / "models")
    return ModelStore(tmp_path / "models")


@pytest.fixture
def engine(transcript: Transcript) -> EchoEngine:
    return EchoEngine(transcript)


@pytest.fixture
def dispatcher(jobs: Jobs, results: Results, engine: EchoEngine, store: ModelStore) -> Dispatcher:
    return Dispatcher(jobs, results, engine, store)


@pytest.fixture
def app(dispatcher: Dispatcher, tmp_path: Path) -> FastAPI:
    """At most two requests at once, of at most 1 MB."""
    return make_app(dispatcher, tmp_path)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        yield client


@pytest.fixture
def served(app: FastAPI) -> Iterator[str]:
    """The address of a real server: what is about connections shows only there."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
