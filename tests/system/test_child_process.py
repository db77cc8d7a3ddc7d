"""Processes of ours, started in a folder in which somebody keeps modules of the names that we import."""

import json
import queue
import shutil
from pathlib import Path

import pytest

from tests.support.places import DEMO_MODELS, SAMPLE
from tests.support.programs import run_program
from transcriber.freeze import freezing
from transcriber.models import catalog
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.system import child_process
from transcriber.worker.client import EngineClient
from transcriber.worker.protocol import End, Transcribed

NAMES = (
    "json whisper nemo numpy av soundfile random torch queue uvicorn gradio transformers secrets transcriber".split()
)


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder; each of its modules leaves word that it was imported."""
    folder = tmp_path / "box"
    folder.mkdir()
    for name in NAMES:
        left = f"open({str(folder / f'imported-{name}')!r}, 'w').close()\nraise ImportError('{name} of somebody')\n"
        (folder / f"{name}.py").write_text(left)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(("model", "path"), [("parakeet", ""), ("parakeet", ":.:/nowhere"), ("whisper", "")])
def test_the_engine_process_imports_nothing_of_it(
    box: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample_words: list[dict], model: str, path: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", path)
    client, told = EngineClient(DEMO_MODELS, tmp_path / "engine.log"), queue.Queue()
    client.transcribe(SAMPLE, TranscribeOptions(model, "cpu"), 0, told.put)
    try:
        while not isinstance(event := told.get(timeout=120), End):
            pass
    finally:
        client.close()
    assert list(box.glob("imported-*")) == []
    assert isinstance(event, Transcribed), event
    assert event.transcript.text == " ".join(word["text"] for word in sample_words)


def test_the_set_up_imports_nothing_of_it(box: Path, tmp_path: Path) -> None:
    sources, store = tmp_path / "sources", ModelStore(tmp_path / "models")
    sources.mkdir()
    shutil.copy(DEMO_MODELS / "parakeet.nemo", sources)
    freezing.freeze(catalog.find("parakeet"), sources, store, lambda stage: None)
    assert store.find("parakeet").check().is_file()
    assert list(box.glob("imported-*")) == []


def test_what_is_started_finds_this_package_wherever_it_is(box: Path) -> None:
    program = "import json, subprocess, sys; from transcriber.system import child_process\n"
    program += "command = child_process.command('transcriber', '--version')\n"
    program += f"print(json.dumps(subprocess.run(command, cwd={str(box)!r}, env=child_process.environment(),"
    program += " capture_output=True, text=True).stdout))"
    assert json.loads(run_program("-c", program).stdout).strip()
    assert list(box.glob("imported-*")) == []


def test_what_the_user_has_on_the_path_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ":/opt/mine:.:relative:/srv/more")
    assert child_process.environment()["PYTHONPATH"] == f"{child_process.PACKAGE_FOLDER}:/opt/mine:/srv/more"
