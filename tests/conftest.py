"""What tests share: where things are, the sample recording with its true words, and recordings made on the fly."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from tools import real_weights
from transcriber.data_folder import DataFolder
from transcriber.database import Database
from transcriber.jobs import Jobs
from transcriber.results import Results
from transcriber.transcript import Coverage, Segment, Source, Transcript, Word

PROJECT = Path(__file__).resolve().parent.parent
DEMO_MODELS = PROJECT / "demo_models"
SHARED_DATA = PROJECT.parent / "shared" / "data"
FAKE_SETUP = PROJECT / "tests" / "fake_setup.py"
SAMPLE = PROJECT / "tests" / "data" / "twenty_words.flac"
RATE = 16_000

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
    """A models folder with Whisper base and Whisper tiny.en as published, frozen; read it, never write into it.

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


def write_media(
    path: Path,
    audio: np.ndarray,
    codec: str,
    rate: int = RATE,
    channels: int = 1,
    sample_format: str | None = None,
    start: float = 0.0,
    hole: tuple[float, float] | None = None,
    **options: str,
) -> Path:
    """`audio` [N] at 16 kHz as any container and codec, the same on every channel.

    The track starts at `start` seconds; what lies in `hole`, (from, to) seconds of the track, is not written.
    `options` are the container's.
    """
    layout = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")[channels - 1]
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout, options={"strict": "experimental"})
        if codec.startswith("wma"):
            stream.bit_rate = 128_000
        stream.format = sample_format or stream.codec.audio_formats[0].name
        stream.open()
        resampler = av.AudioResampler(stream.format, layout, rate, frame_size=stream.frame_size or 1024)
        frame = av.AudioFrame.from_ndarray(audio[None].astype(np.float32), format="flt", layout="mono")
        frame.sample_rate = RATE
        at = 0
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            part.pts, at = at + round(start * rate), at + part.samples
            for packet in stream.encode(part):
                if not hole or not hole[0] <= float(packet.pts * packet.time_base) - start < hole[1]:
                    container.mux(packet)
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
