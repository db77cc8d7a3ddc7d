"""Every script in examples/, run as it says itself."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import DEMO_MODELS, PROJECT, SAMPLE

EXAMPLES = PROJECT / "examples"


def run(*command: object) -> str:
    """What it prints. `transcriber` is the command that is installed beside this Python."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    result = subprocess.run(
        list(map(str, command)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(PROJECT)},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLE, tmp_path / "talk.flac"))


def test_in_python(recording: Path, words: str) -> None:
    said = run(sys.executable, EXAMPLES / "in_python.py", recording, DEMO_MODELS)
    assert said.splitlines()[0] == words
    assert recording.with_suffix(".srt").read_text().startswith("1\n00:00:00,")


def test_with_openai_client(address: str, recording: Path, words: str) -> None:
    said = run(sys.executable, EXAMPLES / "with_openai_client.py", address, recording).splitlines()
    assert said[0] == "models: parakeet, canary, whisper"
    assert [line.split()[-1] for line in said[1:-1]] == words.split()
    assert said[-1] == words


def test_with_gradio_client(address: str, recording: Path, words: str) -> None:
    said = run(sys.executable, EXAMPLES / "with_gradio_client.py", address, recording).splitlines()
    assert said[:2] == ["models: parakeet, canary, whisper", words]
    assert said[2] == "WEBVTT"


def test_with_curl(address: str, recording: Path, words: str) -> None:
    said = run("sh", EXAMPLES / "with_curl.sh", address, recording)
    assert '"id":"parakeet"' in said
    assert "00:00:00,480 --> " in said
    assert f'"text": "{words}"' in said


def test_command_line(recording: Path, words: str) -> None:
    said = run("sh", EXAMPLES / "command_line.sh", recording.parent, DEMO_MODELS)
    assert said.startswith("parakeet ")
    assert {path.name for path in (recording.parent / "results").iterdir()} == {"talk.srt", "talk.docx", "talk.json"}
    assert '"event": "wrote", "name": ' in said


def test_watch_folder(recording: Path, words: str) -> None:
    run("sh", EXAMPLES / "watch_folder.sh", recording.parent, DEMO_MODELS)
    assert (recording.parent / "texts" / "talk.txt").read_text() == f"{words}\n"


def test_each_has_its_test() -> None:
    scripts = {path.stem for path in EXAMPLES.glob("*") if path.suffix in (".py", ".sh")}
    assert scripts == {name.removeprefix("test_") for name in globals() if name.startswith("test_")} - {
        "each_has_its_test"
    }
