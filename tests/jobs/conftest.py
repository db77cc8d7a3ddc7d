"""A dispatcher of recordings, and behind it a small engine that tells what a test wants."""

from pathlib import Path

import pytest

from tests.support.fakes import SilentEngine
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.models.store import ModelStore
from transcriber.transcript import Transcript


@pytest.fixture
def engine(transcript: Transcript) -> SilentEngine:
    return SilentEngine(transcript)


@pytest.fixture
def dispatcher(jobs: Jobs, results: Results, engine: SilentEngine, tmp_path: Path) -> Dispatcher:
    return Dispatcher(jobs, results, engine, ModelStore(tmp_path / "models"))
