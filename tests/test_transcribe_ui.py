"""The front door: what it checks before there is a page, and what it exposes."""

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest

import transcribe_ui
from tests.support.media import repeated
from tests.support.places import DEMO_MODELS
from tests.support.programs import run_program
from tools.running import start_page
from transcriber.models.store import ModelStore


def test_missing_models_end_the_program_before_a_page(tmp_path: Path) -> None:
    result = run_program("transcribe_ui.py", "--models-dir", tmp_path / "models", "--no-browser")
    assert result.returncode == 1
    assert result.stderr.startswith("❌ Local models not found!")
    for name in ("parakeet.nemo", "canary.nemo", "whisper.pt"):
        assert str(tmp_path / "models" / name) in result.stderr
    assert "python setup_local_models.py" in result.stderr
    assert "user-model-setup-guide.md" in result.stderr


def test_only_chosen_models_are_required(tmp_path: Path) -> None:
    ModelStore(tmp_path).choose(["whisper"])
    shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path)
    transcribe_ui.validate_local_models(tmp_path)


@pytest.mark.parametrize("content", [b"", b"<html>not a model</html>" * 1000])
def test_a_damaged_or_foreign_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    ModelStore(tmp_path).choose(["parakeet"])
    (tmp_path / "parakeet.nemo").write_bytes(content)
    with pytest.raises(SystemExit) as raised:
        transcribe_ui.validate_local_models(tmp_path)
    assert raised.value.code == 1
    message = capsys.readouterr().err
    assert str(tmp_path / "parakeet.nemo") in message
    assert "python setup_local_models.py" in message


def test_a_model_that_vanished_is_a_file_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="canary"):
        transcribe_ui.load_model("canary", tmp_path)


def test_load_model_restores_once(transcriber: object) -> None:
    model = transcribe_ui.load_model("parakeet", DEMO_MODELS, "cpu")
    assert type(model).__name__ == "EncDecRNNTBPEModel"
    assert transcribe_ui.load_model("parakeet", DEMO_MODELS, "cpu") is model
    assert model in transcribe_ui.models_cache.values()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_page_answers_and_nothing_outlives_it(tmp_path: Path, how: signal.Signals) -> None:
    process, address = start_page("--models-dir", DEMO_MODELS, "--data-dir", tmp_path / "data")
    try:
        page = httpx.get(address, trust_env=False)
        assert page.status_code == 200
        assert "Transcribe" in page.text
        until = time.monotonic() + 30
        while not (children := _children(process.pid)) and time.monotonic() < until:
            time.sleep(0.1)
        assert children
    finally:
        process.send_signal(how)
        process.wait(20)
    until = time.monotonic() + 20
    while any(map(_is_alive, children)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(map(_is_alive, children))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_what_is_still_being_answered_at_the_end_is_no_error(tmp_path: Path, sample_audio: np.ndarray) -> None:
    long, data_dir = repeated(tmp_path / "long.flac", sample_audio, 90), tmp_path / "data"
    with (tmp_path / "errors").open("wb") as errors:
        process, address = start_page("--models-dir", DEMO_MODELS, "--data-dir", data_dir, stderr=errors)

    def ask() -> None:
        with long.open("rb") as file, suppress(httpx.HTTPError):
            httpx.post(
                f"{address}v1/audio/transcriptions", files={"file": file}, data={"model": "whisper"}, timeout=200
            )

    asking = threading.Thread(target=ask)
    asking.start()
    until = time.monotonic() + 60
    while not any(path.is_file() for path in (data_dir / "temporary").rglob("*")) and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    asking.join(20)
    assert (tmp_path / "errors").read_text() == ""


@dataclass(frozen=True)
class Running:
    """The program, as a user started it."""

    data_dir: Path
    address: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data_dir = tmp_path_factory.mktemp("running") / "data"
    process, address = start_page("--models-dir", DEMO_MODELS, "--data-dir", data_dir)
    yield Running(data_dir, address)
    process.terminate()
    process.wait(20)


def test_the_data_folder_is_private(running: Running) -> None:
    assert os.stat(running.data_dir).st_mode & 0o777 == 0o700


def test_a_second_program_on_one_data_folder_says_so(running: Running) -> None:
    arguments = ("--models-dir", DEMO_MODELS, "--data-dir", running.data_dir, "--no-browser")
    result = run_program("transcribe_ui.py", *arguments)
    assert result.returncode == 1
    said = f"already running with the data folder {running.data_dir}; open {running.address} in your browser"
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_port_in_use_is_said(running: Running, tmp_path: Path) -> None:
    port = running.address.rstrip("/").rpartition(":")[2]
    arguments = ("--models-dir", DEMO_MODELS, "--data-dir", tmp_path / "b", "--port", port, "--no-browser")
    result = run_program("transcribe_ui.py", *arguments)
    assert result.returncode == 1
    assert f"port {port} is in use" in result.stderr


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    arguments = ("--models-dir", DEMO_MODELS, "--data-dir", tmp_path / "file" / "data", "--no-browser")
    result = run_program("transcribe_ui.py", *arguments)
    assert result.returncode == 1
    assert f"error: the data folder {tmp_path / 'file' / 'data'} cannot be written" in result.stderr
    assert "running at" not in result.stdout


def _children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(folder.name))
        except (OSError, IndexError):
            continue
    return found


def _is_alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
