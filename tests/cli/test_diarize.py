"""`diarize`: who speaks when, as RTTM, on standard output."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.loudness import LoudnessDiarizer
from tests.support.places import RATE
from transcriber import cli
from transcriber.cli import diarize
from transcriber.options import TranscribeOptions
from transcriber.pipeline.speaker_track import SpeakerModels
from transcriber.pipeline.transcriber import Transcriber


class LoudnessTranscriber(Transcriber):
    def _speaker_models(self, options: TranscribeOptions) -> SpeakerModels:
        return SpeakerModels(LoudnessDiarizer(), "loudness")


@pytest.fixture(autouse=True)
def loudness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diarize, "offline_transcriber", LoudnessTranscriber)


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    """Two seconds quiet, one of silence, three loud."""
    levels = np.repeat([0.1, 0.1, 0, 0.8, 0.8, 0.8], RATE)
    soundfile.write(tmp_path / "meeting.wav", levels * np.sin(np.arange(len(levels))), RATE)
    return tmp_path / "meeting.wav"


def test_a_line_a_turn(meeting: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diarize", str(meeting)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "SPEAKER meeting 1 0.000 2.000 <NA> <NA> Speaker_1 <NA> <NA>",
        "SPEAKER meeting 1 3.000 3.000 <NA> <NA> Speaker_2 <NA> <NA>",
    ]


def test_a_part_and_a_number_of_people(meeting: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diarize", str(meeting), "--start", "3", "--end", "5", "--speakers", "1"]) == 0
    assert capsys.readouterr().out == "SPEAKER meeting 1 3.000 2.000 <NA> <NA> Speaker_1 <NA> <NA>\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["no.wav"], "no.wav"),
        (["meeting.wav", "--speakers", "3"], "loudness tells two people apart"),
        (["meeting.wav", "--speakers", "off"], "nothing to do with --speakers off"),
    ],
)
def test_what_fails_is_one_line(
    arguments: list[str], why: str, meeting: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(meeting.parent)
    assert cli.main(["diarize", *arguments]) == 1
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("error: ") and why in said.err and said.err.count("\n") == 1
