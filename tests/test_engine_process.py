"""The two processes: work, errors and deaths. The engine here is the real one, with the demo models."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import DEMO_MODELS, PROJECT, RATE, SAMPLE
from transcriber.engine_client import EngineClient
from transcriber.errors import AudioDecodeError, EngineCrashError, ModelCorruptError, ModelNotFrozenError
from transcriber.options import TranscribeOptions

OPTIONS = TranscribeOptions("parakeet", "cpu")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    engine = EngineClient(DEMO_MODELS, tmp_path_factory.mktemp("engine") / "engine.log")
    yield engine
    engine.close()


def test_transcribes_and_tells_how_far_it_is(client: EngineClient, sample_words: list[dict]) -> None:
    events: list[dict] = []
    transcript = client.transcribe(SAMPLE, OPTIONS, events.append)
    assert transcript.text.split() == [word["text"] for word in sample_words]
    assert [event["event"] for event in events] == ["loaded", "progress"]
    assert events[1]["done"] == pytest.approx(events[1]["duration"])
    assert len(events[1]["segments"]) == len(transcript.segments)


def test_an_error_comes_back_as_what_it_was(client: EngineClient, tmp_path: Path) -> None:
    (tmp_path / "diary.wav").write_text("not a sound")
    with pytest.raises(AudioDecodeError) as raised:
        client.transcribe(tmp_path / "diary.wav", OPTIONS)
    assert raised.value.hint
    assert client.transcribe(SAMPLE, OPTIONS).text


def test_a_killed_engine_costs_one_job(client: EngineClient, tmp_path: Path, sample_audio: np.ndarray) -> None:
    soundfile.write(tmp_path / "long.wav", np.tile(sample_audio, 60), RATE)

    def kill(event: dict) -> None:
        os.kill(client._process.pid, signal.SIGKILL)

    with pytest.raises(EngineCrashError, match="memory"):
        client.transcribe(tmp_path / "long.wav", OPTIONS, kill)
    assert client.transcribe(SAMPLE, OPTIONS).text


def test_an_engine_that_stops_in_another_way(client: EngineClient) -> None:
    with pytest.raises(EngineCrashError, match="gets a new one") as raised:
        client.transcribe(SAMPLE, OPTIONS, lambda event: os.kill(client._process.pid, signal.SIGABRT))
    assert str(client.log) in raised.value.hint
    assert client.transcribe(SAMPLE, OPTIONS).text


def test_closing_ends_the_process_and_what_it_does(tmp_path: Path) -> None:
    engine = EngineClient(DEMO_MODELS, tmp_path / "engine.log")
    process = engine._running()
    failures: list[Exception] = []

    def ask() -> None:
        try:
            engine.transcribe(SAMPLE, OPTIONS)
        except EngineCrashError as error:
            failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.5)
    engine.close()
    asking.join(20)
    assert process.poll() is not None
    assert "closed" in str(failures[0])


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_engine_outlives_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    script = f"""
import time
from pathlib import Path
from transcriber.engine_client import EngineClient
engine = EngineClient(Path({str(DEMO_MODELS)!r}), Path({str(tmp_path / "engine.log")!r}))
print(engine._running().pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=PROJECT) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(how)
        parent.wait()
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and time.monotonic() < until:
        if "zombie" in Path(f"/proc/{child}/status").read_text():
            return
        time.sleep(0.1)
    assert not Path(f"/proc/{child}").exists()


def test_a_model_that_vanished_or_broke(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    shutil.copy(DEMO_MODELS / "parakeet.nemo", models)
    engine = EngineClient(models, tmp_path / "engine.log")
    try:
        with pytest.raises(ModelNotFrozenError):
            engine.load(TranscribeOptions("canary", "cpu"))
        (models / "parakeet.nemo").write_bytes((models / "parakeet.nemo").read_bytes()[:100_000])
        with pytest.raises(ModelCorruptError):
            engine.load(OPTIONS)
        shutil.copy(DEMO_MODELS / "parakeet.nemo", models)
        engine.load(OPTIONS)
    finally:
        engine.close()
