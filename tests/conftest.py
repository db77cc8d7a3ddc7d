"""What tests share: where things are, the sample recording with its true words, and recordings made on the fly."""

import json
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from transcriber.data_folder import DataFolder
from transcriber.database import Database
from transcriber.jobs import Jobs
from transcriber.results import Results
from transcriber.transcript import Coverage, Segment, Source, Transcript, Word

PROJECT = Path(__file__).resolve().parent.parent
DEMO_MODELS = PROJECT / "demo_models"
SHARED_DATA = PROJECT.parent / "shared" / "data"
FAKE_SETUP = PROJECT / "tests" / "fake_setup.py"
SAMPLE = PROJECT / "examples" / "sample.flac"
RATE = 16_000


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Recordings of people; not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared recordings are not here")
    return SHARED_DATA


@pytest.fixture(scope="session")
def sample_words() -> list[dict]:
    """The words of the sample recording, each with its text, start and end."""
    return json.loads((PROJECT / "examples" / "sample.json").read_text(encoding="utf-8"))["words"]


@pytest.fixture(scope="session")
def sample_audio() -> np.ndarray:
    return soundfile.read(SAMPLE, dtype="float32")[0]


@pytest.fixture(scope="session")
def transcriber():
    """One Transcriber on the demo models for all tests: its models stay loaded."""
    from transcriber.pipeline import Transcriber

    return Transcriber(DEMO_MODELS)


@pytest.fixture(scope="session")
def small_salm(tmp_path_factory: pytest.TempPathFactory):
    """A SmallSalm: Canary-Qwen's classes at small size, in memory, as published and frozen."""
    from tests.small_salm import make_small_salm

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


def write_media(path: Path, audio: np.ndarray, codec: str, rate: int = RATE, channels: int = 1) -> Path:
    """`audio` [N] at 16 kHz as any container and codec, the same on every channel."""
    layout = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}[channels]
    resampler = av.AudioResampler(format=av.Codec(codec, "w").audio_formats[0], layout=layout, rate=rate)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        step = 1024
        for at in range(0, len(audio), step):
            frame = av.AudioFrame.from_ndarray(
                audio[None, at : at + step].astype(np.float32), format="flt", layout="mono"
            )
            frame.sample_rate = RATE
            frame.pts = at
            for part in resampler.resample(frame):
                container.mux(stream.encode(part))
        for part in resampler.resample(None):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def run_program(*arguments: object, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with `arguments` from the project's folder."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, **environment},
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
