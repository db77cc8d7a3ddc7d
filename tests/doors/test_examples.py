"""Every script in examples/, run as it says itself."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.places import DEMO_MODELS, PROJECT, SAMPLE

EXAMPLES = PROJECT / "examples"


def run(*command: object, stdin: bytes = b"") -> str:
    """What it prints. `transcriber` is the command that is installed beside this Python."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    result = subprocess.run(
        list(map(str, command)),
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(PROJECT)},
    )
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


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


def test_with_realtime_client(address: str, recording: Path, words: str) -> None:
    said = run(sys.executable, EXAMPLES / "with_realtime_client.py", address, recording)
    assert said == f"{words}\n"


def test_live(tmp_path: Path, sample_audio: np.ndarray, words: str) -> None:
    sound = (sample_audio * 32767).astype("<i2").tobytes()
    said = run("sh", EXAMPLES / "live.sh", tmp_path, DEMO_MODELS, stdin=sound)
    assert (tmp_path / "words.jsonl").read_text() == said
    settled = [word["text"] for line in said.splitlines() for word in json.loads(line)["settled"]]
    assert " ".join(settled) == words
    assert soundfile.info(tmp_path / "sound.wav").frames == len(sample_audio)


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
