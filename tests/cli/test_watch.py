"""`watch`, with a small engine in place of the engine process; and once as a user runs it."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from tests.support.fakes import EchoEngine, crash
from tests.support.places import DEMO_MODELS, PROJECT, SAMPLE
from tests.support.programs import run_program
from transcriber import cli, errors
from transcriber.cli.progress_output import LineOutput
from transcriber.cli.watch import FolderWatcher
from transcriber.cli.watched_folder import WatchedFolder
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume_state import ResumeState
from transcriber.transcript import Transcript
from transcriber.worker.blame import blame_of
from transcriber.worker.client import Listener
from transcriber.worker.protocol import Failed, Transcribed


class Fragile(EchoEngine):
    """Answers after a moment. It dies over a recording named killer…, and all that it has then are suspects."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self.going_on: dict[Path, Listener] = {}

    def transcribe(self, path: Path, *asked: Any) -> int:
        self.going_on[path] = asked[2]
        Timer(0.2, self._answer_to, (path,)).start()
        return 0

    def _answer_to(self, path: Path) -> None:
        if path.name.startswith("killer"):
            victims, self.going_on = self.going_on, {}
            working = set(range(len(victims)))
            for number, on_event in enumerate(victims.values()):
                on_event(crash(blame_of(number, working)))
        elif on_event := self.going_on.pop(path, None):
            on_event(Transcribed(self.transcript_of))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def watch(folder: Path, engine: EchoEngine, *options: str) -> int:
    arguments = ["watch", str(folder), "--once", "--interval", "0.05", *options]
    args: argparse.Namespace = cli.parser().parse_args(arguments)
    args.output_dir = args.output_dir or args.folder
    watched = WatchedFolder(folder, folder.parent / "own", "asked", 0.0)
    watched.open()
    try:
        return FolderWatcher(watched, engine, TranscribeOptions(), args, LineOutput()).run()
    finally:
        watched.close()


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


class Recorder(EchoEngine):
    """Cannot read a recording at first, while which `complete` goes on with it."""

    def __init__(self, transcript: Transcript, complete: Callable[[Path], None], error: str) -> None:
        super().__init__(transcript)
        self.complete, self.error = complete, error

    def transcribe(self, path: Path, *asked: Any) -> int:
        if len(self.asked):
            return super().transcribe(path, *asked)
        self.asked.append((path, asked[0], asked[1], ResumeState()))
        self.complete(path)
        return self._answer(lambda number: asked[2](Failed(getattr(errors, self.error)("this is no audio"))))


@pytest.mark.parametrize("error", ["AudioDecodeError", "AudioNotFoundError", "UnexpectedError"])
def test_a_recording_that_is_completed_after_it_failed_is_taken_again(
    folder: Path, transcript: Transcript, error: str
) -> None:
    """By the same run."""
    (folder / "a.m4a").write_bytes(b"the first half")
    engine = Recorder(transcript, lambda path: path.write_bytes(b"all of it, and its index"), error)
    assert watch(folder, engine) == 1
    assert engine.heard == [b"all of it, and its index"]
    assert (folder / "a.txt").read_text() == f"{transcript.text}\n"


@pytest.mark.parametrize("error", ["AudioNotFoundError", "UnexpectedError", "EngineCrashError", "StorageError"])
def test_what_could_not_be_read_is_not_done(folder: Path, transcript: Transcript, error: str) -> None:
    """The next run tries again, though the file is the same."""
    (folder / "a.wav").write_bytes(b"sound")
    assert watch(folder, Recorder(transcript, lambda path: None, error)) == 1
    assert watch(folder, EchoEngine(transcript)) == 0
    assert (folder / "a.txt").exists()


def test_permission_that_is_given_later(folder: Path, transcript: Transcript) -> None:
    """It changes neither the file's size nor its time."""
    (folder / "a.wav").write_bytes(b"sound")
    engine = Recorder(transcript, lambda path: path.chmod(0o640), "AudioNotFoundError")
    watch(folder, engine)
    assert engine.heard == [b"sound"]


def test_a_recording_that_failed_makes_no_result_ours(folder: Path, transcript: Transcript) -> None:
    """Nor does one whose result somebody else has written."""
    (folder / "a.wav").write_bytes(b"half a sound")
    watch(folder, Recorder(transcript, lambda path: None, "AudioDecodeError"))
    (folder / "a.txt").write_text("mine")
    for content in (b"sound after all", b"sound once more"):
        (folder / "a.wav").write_bytes(content)
        watch(folder, EchoEngine(transcript))
        assert (folder / "a.txt").read_text() == "mine"


def test_a_result_that_cannot_be_written_costs_no_other(
    folder: Path, transcript: Transcript, capsys: pytest.CaptureFixture[str]
) -> None:
    """Something else has its place; and what nobody foresaw ends the work at no other, either."""
    for name in ("a.wav", "b.wav", "c.wav"):
        (folder / name).write_bytes(b"sound")
    (folder / "out" / "b.txt").mkdir(parents=True)
    engine = EchoEngine(transcript)
    begun = engine.transcribe

    def transcribe(path: Path, *asked: Any) -> int:
        if path.name == "c.wav":
            raise KeyError("nobody foresaw this")
        return begun(path, *asked)

    engine.transcribe = transcribe  # type: ignore[method-assign]
    assert watch(folder, engine, "--format", "txt,srt", "--overwrite", "--output-dir", str(folder / "out")) == 1
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["a.srt", "a.txt", "b.srt", "b.txt"]
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(said) == 2
    assert any("b.txt cannot be written" in line for line in said)
    assert any("KeyError" in line for line in said)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's here")
def test_what_may_not_be_read_is_told_and_keeps_nothing_else_from_being_read(folder: Path) -> None:
    """By `watch`, and by `transcribe`; once it may be read it is transcribed."""
    shutil.copy(SAMPLE, folder / "a.flac")
    closed, listed = folder / "lost+found", folder / "listed"
    for place, mode in ((closed, 0o000), (listed, 0o444)):
        place.mkdir()
        shutil.copy(SAMPLE, place / "b.flac")
        place.chmod(mode)
    out = folder.parent / "out"
    for command in (["watch", folder, "--once", "--settling", "0"], ["transcribe", folder, "--overwrite"]):
        result = run_unprivileged(*command, "--models-dir", DEMO_MODELS, "--device", "cpu", "--output-dir", out)
        said = result.stderr.splitlines()
        assert result.returncode == 1, result.stderr
        assert [line.split(":")[0] for line in said] == ["error", "error", "wrote"] or said[0].startswith("wrote")
        errors = sorted(line for line in said if line.startswith("error: "))
        assert [line.split(": ")[1] for line in errors] == [str(listed / "b.flac"), str(closed)]
        assert all("Permission denied" in line for line in errors)
        assert (out / "a.txt").exists()
    for place in (closed, listed):
        place.chmod(0o755)
    again = run_unprivileged(
        *("watch", folder, "--once", "--settling", "0", "--models-dir", DEMO_MODELS, "--device", "cpu"),
        *("--output-dir", out),
    )
    assert again.returncode == 0, again.stderr
    assert {path.parent.name for path in out.rglob("b.txt")} == {"listed", "lost+found"}


def run_unprivileged(*arguments: object) -> subprocess.CompletedProcess[str]:
    """As one for whom permissions count, which they do not for root."""
    command = [sys.executable, "-m", "transcriber", *map(str, arguments)]
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may read everything, and there is no setpriv")
        command = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search", *command]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)


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
