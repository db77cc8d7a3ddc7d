"""Our routes, asked through a real HTTP client; behind them a small engine with real behaviour."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine, pretend
from tests.support.places import DEMO_MODELS
from tests.support.web import make_app
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.models.store import ModelStore
from transcriber.transcript import Transcript


@pytest.fixture
def engine(transcript: Transcript) -> EchoEngine:
    return EchoEngine(transcript)


@pytest.fixture
def dispatcher(jobs: Jobs, results: Results, engine: EchoEngine, tmp_path: Path) -> Dispatcher:
    models = tmp_path / "models"
    models.mkdir()
    for name in ("parakeet.nemo", "whisper.pt"):
        (models / name).symlink_to(DEMO_MODELS / name)
    return Dispatcher(jobs, results, engine, ModelStore(models))


@pytest.fixture
def real_models(dispatcher: Dispatcher) -> None:
    for name in ("parakeet", "canary"):
        pretend(dispatcher.store, name)


@pytest.fixture
def web(dispatcher: Dispatcher, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(make_app(dispatcher, tmp_path), base_url="http://127.0.0.1:7860") as client:
        yield client
