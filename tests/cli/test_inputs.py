"""Which recordings are meant on the command line, what their results are called, and what is said meanwhile."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path, PurePath

import numpy as np
import pytest
import soundfile

from tests.support.places import DEMO_MODELS, PROJECT, SAMPLE
from tests.support.programs import run_program
from transcriber import cli
from transcriber.audio import recording_files
from transcriber.cli import inputs
from transcriber.cli.inputs import Input

TRANSCRIBE = ("-m", "transcriber", "transcribe", "--models-dir", DEMO_MODELS, "--device", "cpu")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Recordings in two folders, with other files between them."""
    for name in ("a.wav", "b.txt", "deep/a.mp3", "deep/ü [1].FLAC", ".hidden/c.wav", "deep/.d.wav"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def places(*arguments: object) -> list[str]:
    return [one.place.as_posix() for one in inputs.find(list(map(str, arguments)), Path("nowhere"))]


def test_a_folder_is_its_recordings(tree: Path) -> None:
    assert places(tree) == ["a.wav", "deep/a.mp3", "deep/ü [1].FLAC"]


def test_in_the_order_in_which_people_count(tmp_path: Path) -> None:
    names = [f"Part {number}/take {take}.wav" for number in (1, 2, 10) for take in (9, 11)]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert places(tmp_path) == names
    assert places(f"{tmp_path}/*/take 9.wav", f"{tmp_path}/Part 1*/*") == ["take 9.wav"] * 3 + ["take 11.wav"] * 2


def test_a_pattern_is_what_fits(tree: Path) -> None:
    assert places(f"{tree}/**/a.*") == ["a.wav", "a.mp3"]
    assert places(tree / "deep" / "ü [1].FLAC") == ["ü [1].FLAC"]


def test_each_recording_once(tree: Path) -> None:
    assert places(tree / "a.wav", tree, f"{tree}/*.wav") == ["a.wav", "deep/a.mp3", "deep/ü [1].FLAC"]


def test_what_is_not_there_fails_by_itself(tree: Path) -> None:
    assert places(tree / "none.wav", f"{tree}/*.none") == ["none.wav", "*.none"]


def test_a_folder_without_recordings_fails_by_itself(tree: Path) -> None:
    (tree / "empty").mkdir()
    nothing, one = inputs.find([str(tree / "empty"), str(tree / "a.wav")], tree)
    assert str(nothing.error) == "there is no recording in this folder; name a file, or another folder"
    assert one.error is None


@pytest.mark.parametrize("name", [".", "", "..", "/"])
def test_a_folder_may_have_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    monkeypatch.setattr(recording_files, "recordings", lambda folder, on_error: [])
    (nothing,) = inputs.find([name], tmp_path)
    assert str(nothing.error).startswith("there is no recording in this folder")
    assert len(inputs.stems([nothing, Input(tmp_path / "a.wav", "a.wav", PurePath("a.wav"))])) == 2


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"sound")))
    (one,) = inputs.find(["-"], tmp_path)
    assert (one.path.read_bytes(), one.name, inputs.stems([one])) == (b"sound", "standard input", ["stdin"])


def test_every_format_of_the_readme_is_taken_from_a_folder() -> None:
    formats = "wav mp3 m4a aac flac ogg opus wma amr aiff caf mp4 mov mkv webm avi".split()
    assert {f".{name}" for name in formats} <= recording_files.SUFFIXES


def test_names_of_results() -> None:
    """The stem where that is enough, else the whole name, else a number; what lies in a folder stays in it."""
    names = ["talk.mp4", "talk.wav", "other.mp3", "no.dots.flac", "sub/other.mp3", "same.wav", "same.wav", "stdin"]
    found = [Input(Path(str(number)), name, PurePath(name)) for number, name in enumerate(names)]
    assert inputs.stems(found) == [
        "talk.mp4",
        "talk.wav",
        "other",
        "no.dots",
        str(PurePath("sub/other")),
        "same.wav",
        "same.wav (2)",
        "stdin",
    ]


def test_a_folder_in_two_formats_as_json_lines(tmp_path: Path) -> None:
    """What is there already is kept, and only the missing format is written."""
    (tmp_path / "in" / "sub").mkdir(parents=True)
    shutil.copy(SAMPLE, tmp_path / "in" / "sub" / "talk.flac")
    (tmp_path / "in" / "bad.mp3").write_text("nothing was said")
    (tmp_path / "out" / "sub").mkdir(parents=True)
    (tmp_path / "out" / "sub" / "talk.txt").write_text("mine")
    result = run_program(
        *TRANSCRIBE, tmp_path / "in", "--format", "txt,srt", "--output-dir", tmp_path / "out", "--json"
    )
    assert (result.returncode, result.stderr) == (1, "")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    talk = [one for one in told if one["name"].endswith("talk.flac")]
    assert [one["event"] for one in talk][:2] == ["kept", "begin"]
    assert talk[-1]["files"] == [str(tmp_path / "out" / "sub" / "talk.srt")]
    assert talk[-1]["rtfx"] > 0
    assert {one["event"] for one in talk} == {"kept", "begin", "progress", "wrote"}
    (failed,) = [one for one in told if one["event"] == "failed"]
    assert (failed["error"], failed["name"]) == ("AudioDecodeError", str(tmp_path / "in" / "bad.mp3"))
    assert (tmp_path / "out" / "sub" / "talk.txt").read_text() == "mine"


def test_standard_input_to_standard_output(sample_words: list[dict]) -> None:
    command = [sys.executable, *map(str, TRANSCRIBE), "-", "--format", "csv", "--words"]
    result = subprocess.run(
        command, input=SAMPLE.read_bytes(), capture_output=True, cwd=PROJECT, timeout=120, check=True
    )
    rows = result.stdout.decode("utf-8-sig").splitlines()[1:]
    assert [row.split(",")[-1] for row in rows] == [word["text"] for word in sample_words]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")
def test_a_terminal_sees_a_bar_and_then_the_words(sample_words: list[dict]) -> None:
    parent, child = os.openpty()
    process = subprocess.Popen(
        [sys.executable, *map(str, TRANSCRIBE), str(SAMPLE)], cwd=PROJECT, stdout=child, stderr=child
    )
    os.close(child)
    seen = b""
    while True:
        try:
            seen += os.read(parent, 4096)
        except OSError:  # the other end is closed
            break
    assert process.wait(60) == 0
    text = seen.decode()
    assert "twenty_words.flac" in text
    assert "━" in text
    plain = re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", text)
    assert plain.rstrip().endswith(" ".join(word["text"] for word in sample_words))


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is a signal of POSIX's here")
def test_ctrl_c_leaves_what_is_finished(tmp_path: Path, sample_audio) -> None:
    shutil.copy(SAMPLE, tmp_path / "a.flac")
    soundfile.write(tmp_path / "b.flac", np.tile(sample_audio, 360), 16_000)  # two hours
    command = [sys.executable, *map(str, TRANSCRIBE), tmp_path / "a.flac", tmp_path / "b.flac"]
    process = subprocess.Popen(
        [*map(str, command), "--output-dir", str(tmp_path / "out")], cwd=PROJECT, stderr=subprocess.PIPE, text=True
    )
    while not (tmp_path / "out" / "a.txt").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == cli.INTERRUPTED
    assert "Traceback" not in said
    assert "What is finished stays" in said
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.txt"]


def test_models_and_check(tmp_path: Path) -> None:
    result = run_program("-m", "transcriber", "models", "--models-dir", DEMO_MODELS, "--json")
    found = json.loads(result.stdout)
    assert [one["name"] for one in found] == ["parakeet", "canary", "whisper"]
    assert (found[0]["languages"], found[2]["has_temperature"]) == (["en"], True)
    assert "whisper" in run_program("-m", "transcriber", "models", "--models-dir", DEMO_MODELS).stdout
    assert "setup_local_models" in run_program("-m", "transcriber", "models", "--models-dir", tmp_path).stdout
    assert run_program("-m", "transcriber", "check", "--models-dir", DEMO_MODELS).returncode == 0
    assert run_program("-m", "transcriber", "check", "--models-dir", tmp_path).returncode == 1
    verified = run_program("-m", "transcriber", "check", "parakeet", "--verify", "--models-dir", DEMO_MODELS)
    assert (verified.returncode, verified.stdout) == (0, "✓ parakeet: as it was frozen\n")


def test_bench() -> None:
    options = ("--models-dir", DEMO_MODELS, "--device", "cpu", "--rounds", "1", "--json")
    result = run_program("-m", "transcriber", "bench", SAMPLE, *options)
    found = json.loads(result.stdout)
    assert found["seconds"] == pytest.approx(20.3, abs=0.1)
    assert 0 < found["rtfx_least"] <= found["rtfx"] <= found["rtfx_most"]
    assert (found["device"], found["memory_gb"] > 0.1) == ("cpu", True)


def completed(*words: str) -> list[str]:
    """What bash offers for the last of these words."""
    script = run_program("-m", "transcriber", "completion", "bash").stdout
    line = " ".join(f"'{word}'" for word in words)
    asked = f'COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _shtab_transcriber; printf "%s\\n" "${{COMPREPLY[@]}}"'
    result = subprocess.run(
        ["bash"], input=f"{script}\n{asked}", capture_output=True, text=True, check=True, timeout=60
    )
    return result.stdout.split()


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_completes() -> None:
    assert completed("transcriber", "tr") == ["transcribe"]
    assert "--models-dir" in completed("transcriber", "transcribe", "--mod")
    assert completed("transcriber", "transcribe", "--model", "parakeet-v") == ["parakeet-v3"]


@pytest.mark.parametrize("shell", ["zsh", "fish", "tcsh", "powershell"])
def test_other_shells_have_a_script(shell: str) -> None:
    result = run_program("-m", "transcriber", "completion", shell)
    assert result.returncode == 0
    assert "transcribe" in result.stdout
