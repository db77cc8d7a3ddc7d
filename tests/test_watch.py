"""`watch`, with a small engine in place of the engine process; and once as a user runs it."""

import argparse
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from tests.conftest import DEMO_MODELS, PROJECT, SAMPLE, run_program
from tests.fakes import CRASH, EchoEngine
from transcriber import cli
from transcriber.cli.saying import Lines
from transcriber.cli.watch import Watching
from transcriber.options import TranscribeOptions
from transcriber.transcript import Transcript
from transcriber.watching import Watched


class Fragile(EchoEngine):
    """Answers after a moment. It dies over a recording named killer…, and all that it has then are suspects."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self.going_on: dict[Path, Callable[[dict], None]] = {}

    def transcribe(self, path: Path, *asked: Any) -> int:
        self.going_on[path] = asked[2]
        Timer(0.2, self._answer_to, (path,)).start()
        return 0

    def _answer_to(self, path: Path) -> None:
        if path.name.startswith("killer"):
            victims, self.going_on = self.going_on, {}
            for on_event in victims.values():
                on_event({**CRASH, "to_blame": len(victims) == 1, "is_suspect": True})
        elif on_event := self.going_on.pop(path, None):
            on_event({"event": "done", "transcript": asdict(self.transcript_of)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def watch(folder: Path, engine: EchoEngine, *options: str) -> int:
    arguments = ["watch", str(folder), "--once", "--interval", "0.05", *options]
    args: argparse.Namespace = cli.parser().parse_args(arguments)
    args.output_dir = args.output_dir or args.folder
    watched = Watched(folder, folder.parent / "own", "asked", 0.0)
    watched.open()
    return Watching(watched, engine, TranscribeOptions(), args, Lines()).run()


def test_what_is_there_is_written_once(folder: Path, transcript: Transcript) -> None:
    (folder / "a.wav").write_bytes(b"sound")
    (folder / "b.wav").write_bytes(b"sound")
    engine = EchoEngine(transcript)
    assert watch(folder, engine, "--format", "txt,srt") == 0
    assert sorted(path.name for path in folder.iterdir()) == ["a.srt", "a.txt", "a.wav", "b.srt", "b.txt", "b.wav"]
    (folder / "a.txt").unlink()
    assert watch(folder, engine, "--format", "txt,srt") == 0
    assert len(engine.asked) == 2
    assert not (folder / "a.txt").exists()


def test_a_result_of_somebody_elses_is_kept(folder: Path, transcript: Transcript) -> None:
    (folder / "a.wav").write_bytes(b"sound")
    (folder / "a.txt").write_text("mine")
    engine = EchoEngine(transcript)
    watch(folder, engine)
    assert (folder / "a.txt").read_text() == "mine"
    assert engine.asked == []


def test_a_recording_that_went_on_growing_is_written_anew(folder: Path, transcript: Transcript) -> None:
    (folder / "a.wav").write_bytes(b"sound")
    watch(folder, EchoEngine(transcript))
    (folder / "a.txt").write_text("the first half")
    (folder / "a.wav").write_bytes(b"sound and more")
    watch(folder, EchoEngine(transcript))
    assert (folder / "a.txt").read_text() == f"{transcript.text}\n"


def test_what_fails_is_told_once(folder: Path, transcript: Transcript, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.wav").write_bytes(b"no sound")
    (folder / "good.wav").write_bytes(b"sound")
    assert watch(folder, EchoEngine(transcript)) == 1
    assert capsys.readouterr().err.count("error: ") == 1
    engine = EchoEngine(transcript)
    assert watch(folder, engine) == 0
    assert engine.asked == []
    assert (folder / "good.txt").exists()


def test_a_recording_over_which_the_engine_dies_takes_nobody_along(folder: Path, transcript: Transcript) -> None:
    for name in ("a.wav", "killer.wav", "z.wav"):
        (folder / name).write_bytes(b"sound")
    assert watch(folder, Fragile(transcript)) == 1
    assert {path.name for path in folder.glob("*.txt")} == {"a.txt", "z.txt"}


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is a signal of POSIX's here")
def test_as_a_user_runs_it(folder: Path, tmp_path: Path) -> None:
    """A recording that appears while it watches is transcribed; Ctrl-C ends it; a restart repeats nothing."""
    out = tmp_path / "out"
    command = [sys.executable, "-m", "transcriber", "watch", folder, "--models-dir", DEMO_MODELS, "--output-dir", out]
    watching = subprocess.Popen(
        [*map(str, command), "--settling", "0.5", "--device", "cpu"], cwd=PROJECT, stderr=subprocess.PIPE, text=True
    )
    assert watching.stderr
    (folder / "sub").mkdir()
    shutil.copy(SAMPLE, folder / "sub" / "talk.flac")
    said = watching.stderr.readline()
    assert said.startswith(f"wrote: {out / 'sub' / 'talk.txt'} ")
    while not (out / ".transcriber" / "watched.json").exists():
        time.sleep(0.01)
    watching.send_signal(signal.SIGINT)
    rest = watching.stderr.read()
    assert (watching.wait(20), "Traceback" in rest) == (0, False)
    assert "Watching has ended" in rest
    again = run_program(*command[1:], "--settling", "0", "--once")
    assert (again.returncode, again.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere", "--models-dir", DEMO_MODELS], "there is no folder nowhere"),
        ([".", "--models-dir", "nowhere"], "the model parakeet is not set up"),
        ([".", "--models-dir", DEMO_MODELS, "--vocabulary", "nowhere"], "the vocabulary nowhere cannot be read"),
    ],
)
def test_what_cannot_be_watched(arguments: list, why: str) -> None:
    result = run_program("-m", "transcriber", "watch", *arguments, "--once")
    assert result.returncode == 1
    assert result.stderr.startswith(f"error: {why}")
