"""`live`: lines that stay, while they are spoken; the sound is kept, and Ctrl+C loses nothing."""

import json
import signal
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.support.places import DEMO_MODELS, PROJECT, RATE
from transcriber import cli
from transcriber.cli.live import LinePrinter
from transcriber.live.captions import Captions
from transcriber.transcript import Word

COMMAND = [sys.executable, "-m", "transcriber", "live", "-", "--models-dir", DEMO_MODELS, "--device", "cpu"]


@pytest.fixture(scope="module")
def sound(sample_audio: np.ndarray) -> bytes:
    return (sample_audio * 32767).astype("<i2").tobytes()


def live(sound: bytes, *options: object) -> subprocess.CompletedProcess[bytes]:
    command = [*map(str, COMMAND), *map(str, options)]
    return subprocess.run(command, input=sound, cwd=PROJECT, capture_output=True, timeout=120, check=False)


def test_what_is_on_standard_input(sound: bytes, sample_words: list[dict], tmp_path: Path) -> None:
    done = live(sound, "--save", tmp_path / "kept.wav")
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode().splitlines()
    assert " ".join(line.partition("] ")[2] for line in lines).split() == [word["text"] for word in sample_words]
    assert len(lines) > 2
    assert lines[0].startswith("[00:00:00] one two")
    with wave.open(str(tmp_path / "kept.wav")) as kept:
        assert (kept.getframerate(), kept.getnchannels()) == (RATE, 1)
        assert kept.readframes(kept.getnframes()) == sound


def test_json_for_programs(sound: bytes, sample_words: list[dict]) -> None:
    told = [json.loads(line) for line in live(sound, "--json").stdout.splitlines()]
    settled = [word["text"] for one in told for word in one["settled"]]
    assert settled == [word["text"] for word in sample_words]
    assert any(one["unsettled"] for one in told)
    assert told[-1]["end"] == pytest.approx(len(sound) / 2 / RATE, abs=0.01)


def test_a_file_that_is_there_is_not_overwritten(sound: bytes, tmp_path: Path) -> None:
    (tmp_path / "kept.wav").write_text("mine")
    done = live(sound, "--save", tmp_path / "kept.wav")
    assert done.returncode == 1
    assert b"it is already there" in done.stderr
    assert (tmp_path / "kept.wav").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is another thing there")
def test_ctrl_c_writes_what_was_said_until_then(sound: bytes) -> None:
    command = [*map(str, COMMAND), "--json"]
    process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin and process.stdout
    process.stdin.write(sound[: 5 * 2 * RATE])  # in the middle of a word, and no more comes
    process.stdin.flush()
    told: list[dict] = []
    while not (told and told[-1]["unsettled"]):
        told.append(json.loads(process.stdout.readline()))
    process.send_signal(signal.SIGINT)
    told += map(json.loads, process.stdout.read().splitlines())
    process.stdin.close()
    assert process.wait(30) == 0
    settled = [word["text"] for one in told for word in one["settled"]]
    assert settled[:5] == ["one", "two", "three", "four", "five"]


def test_no_microphone_without_its_package(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert cli.main(["live", "--models-dir", str(DEMO_MODELS)]) == 1
    assert "run `pip install sounddevice`" in capsys.readouterr().err


def test_a_line_is_written_once_it_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    printer = LinePrinter()
    printer.print(Captions((Word("Ask", 0.0, 0.4), Word("not.", 0.5, 0.9)), (Word("What", 1.0, 1.2),), 1.5))
    printer.print(Captions((Word("What", 1.0, 1.2),), (), 1.6))
    assert capsys.readouterr().out == "[00:00:00] Ask not.\n"
    printer.print(Captions((), (), 3.0))
    assert capsys.readouterr().out == "[00:00:01] What\n"
