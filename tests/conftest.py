"""What tests share: the sample recording with its true words, models, an open data folder."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.support.places import DEMO_MODELS, SAMPLE, SHARED_DATA
from tools import real_weights
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.transcript import Coverage, Segment, Source, Transcript, Word

# A shell that starts the tests in the background has them ignore Ctrl-C, and with them the programs that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Recordings of people; not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared recordings are not here")
    return SHARED_DATA


@pytest.fixture(scope="session")
def real_models() -> Path:
    """A models folder with Whisper base, Whisper tiny.en and `speakers` as published, frozen; never write into it.

    Where the weights could not be fetched, what needs them is skipped; in CI it fails.
    """
    if missing := real_weights.missing():
        reason = f"the real weights are not here: {', '.join(missing)} (python -m tools.real_weights fetches them)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return real_weights.FOLDER


@pytest.fixture(scope="session")
def sample_words() -> list[dict]:
    """The words of the sample recording, each with its text, start and end."""
    return json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["words"]


@pytest.fixture(scope="session")
def sample_audio() -> np.ndarray:
    return soundfile.read(SAMPLE, dtype="float32")[0]


@pytest.fixture(scope="session")
def transcriber():
    """One Transcriber on the demo models for all tests: its models stay loaded."""
    from transcriber.pipeline.transcriber import Transcriber

    return Transcriber(DEMO_MODELS)


@pytest.fixture(scope="session")
def small_salm(tmp_path_factory: pytest.TempPathFactory):
    """A SmallSalm: Canary-Qwen's classes at small size, in memory, as published and frozen."""
    from tests.support.small_salm import make_small_salm

    return make_small_salm(tmp_path_factory.mktemp("salm"))


@pytest.fixture
def transcript() -> Transcript:
    """Two segments that nobody said."""
    first = Segment((Word("Hello", 0.5, 0.9, 0.98), Word("world.", 1.0, 1.5, 0.7)), 0.5, 1.5)
    second = Segment(
        (Word("Tom", 3661.25, 3661.5), Word("&", 3661.5, 3661.6), Word("<Jerry>", 3661.6, 3662.0)), 3661.25, 3662.0
    )
    return Transcript(
        (first, second),
        duration=4000.0,
        model="parakeet",
        device="cpu",
        elapsed=40.0,
        revision="abc",
        source=Source("talk.wav", 128_000_044, "ab" * 32),
        coverage=Coverage(4.0, ((2.0, 2.5),), retried=2, recovered=1, dropped=(Word("you", 1800.0, 1800.5),)),
    )


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """An open data folder."""
    folder = DataFolder(tmp_path / "data")
    folder.open()
    return folder


@pytest.fixture
def jobs(folder: DataFolder) -> Jobs:
    return Jobs(Database(folder.database), folder)


@pytest.fixture
def results(jobs: Jobs) -> Results:
    return Results(jobs.database, jobs.folder, jobs)


@pytest.fixture
def nothing_is_run(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Any:
    """No pickle ran, and nothing was written where a test stands."""
    folder = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("EVIL", str(folder / "evil"))
    yield
    assert not list(folder.iterdir())
