"""What is said of long work where there is no terminal."""

from pathlib import Path

import pytest

from transcriber.cli.progress_output import LineOutput
from transcriber.errors import AudioDecodeError
from transcriber.transcript import Transcript


def test_now_and_then_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    say = LineOutput()
    say.begin("talk.mp3")
    for now in range(0, 70, 5):
        say.progress("talk.mp3", 10.0 * now, 3600.0)
    say.progress("talk.mp3", 700.0, None)
    assert capsys.readouterr().err.splitlines() == [
        "talk.mp3: 00:05:50 of 01:00:00",
    ]


def test_each_end_is_a_line(transcript: Transcript, capsys: pytest.CaptureFixture[str]) -> None:
    say = LineOutput()
    say.note("a.wav", "Coverage 99 %.")
    say.kept("a.wav", Path("out/a.txt"))
    say.wrote("a.wav", [Path("a.srt"), Path("a.txt")], transcript)
    say.failed("b.wav", AudioDecodeError("this is no audio", "choose another file"))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "note: a.wav: Coverage 99 %.",
        f"kept: {Path('out/a.txt')} is already there (--overwrite writes it anew)",
        "wrote: a.srt, a.txt (4000.0 s of audio on cpu, 100.0× real time)",
        "error: b.wav: this is no audio; choose another file",
    ]
