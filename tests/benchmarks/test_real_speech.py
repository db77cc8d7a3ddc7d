"""The table of real speech, with programs that write what they are told to."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from benchmarks import real_speech
from benchmarks.conditions import RATE
from benchmarks.real_speech import RECORDINGS, Recording, measure, rendered


class Scripted:
    """A peer that takes half a second and says the next of its texts."""

    def __init__(self, *texts: str, language: str = "en") -> None:
        self.texts, self.language = list(texts), language
        self.asked: list[str] = []

    def hear(self, path: Path, language: str = "en", task: str = "transcribe") -> dict[str, Any]:
        self.asked.append(language)
        answer = {"text": self.texts.pop(0), "language": self.language, "seconds": 0.5, "memory": 1.25}
        return {**answer, "times": [["x", 0.0, 0.5]]}


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    """Two seconds of stereo at 8 kHz."""
    path = tmp_path / "said.wav"
    tone = 0.3 * np.sin(2 * np.pi * 300 * np.arange(16_000) / 8000)
    soundfile.write(path, np.stack([tone, tone], axis=1), 8000)
    return Recording("letters", path, "en", "the rain falls on roofs")


def asked(keep: Path | None = None, rounds: int = 1, give_language: bool = False) -> argparse.Namespace:
    return argparse.Namespace(keep=keep, rounds=rounds, give_language=give_language)


def cells(printed: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("| \n").split("|")] for line in printed.splitlines()]


def test_each_way_has_a_row_with_its_counts(recording: Recording, capsys: pytest.CaptureFixture[str]):
    peers = {"ours": Scripted("The rain falls on roofs."), "theirs": Scripted("The the rain fell.", language="nl")}
    measure(peers, [recording], "clean", asked())
    assert cells(capsys.readouterr().out) == [
        ["letters", "clean", "ours", "0.00", "5", "0", "0", "0", "0", "0", "1 of 1", "–", "4.0", "1.25"],
        ["letters", "clean", "theirs", "80.00", "5", "1", "2", "1", "0", "1", "0 of 1", "–", "4.0", "1.25"],
    ]
    assert peers["ours"].asked == ["auto"]


def test_rounds_that_differ_are_counted_and_the_first_one_has_the_words(
    recording: Recording, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(real_speech, "REST", 0)
    ours = Scripted("the rain falls on roofs", "", "the rain falls on a roof", "")
    measure({"ours": ours}, [recording, recording], "clean", asked(rounds=2, give_language=True))
    (row,) = cells(capsys.readouterr().out)
    assert row[3:5] == ["20.00", "10"]
    assert row[-3] == "2"
    assert ours.asked == ["en"] * 4


def test_what_is_kept_tells_the_mistakes(recording: Recording, tmp_path: Path):
    measure({"ours": Scripted("the rain fell on roofs")}, [recording], "noise10", asked(tmp_path / "kept"))
    (line,) = (tmp_path / "kept" / "ours.jsonl").read_text(encoding="utf-8").splitlines()
    kept = json.loads(line)
    assert kept["mistakes"] == ["rain falls on → rain fell on"]
    assert (kept["recording"], kept["condition"], kept["round"]) == ("said.wav", "noise10", 0)
    assert kept["times"] == [["x", 0.0, 0.5]]


def test_everybody_hears_one_channel_of_16_khz(recording: Recording, tmp_path: Path):
    about = soundfile.info(rendered(recording, "clean", tmp_path))
    assert (about.samplerate, about.channels, about.frames) == (RATE, 1, 2 * RATE)


def test_a_delay_is_silence_before_the_recording(recording: Recording):
    late = replace(recording, delay=0.5).samples()
    assert not np.any(late[: RATE // 2])
    assert np.array_equal(late[RATE // 2 :], recording.samples())


def test_the_recordings_are_there_with_their_texts(shared_data: Path):
    found = {name: list(read(shared_data)) for name, read in RECORDINGS.items()}
    assert {name: len(recordings) for name, recordings in found.items()} == {
        "long": 1,
        "librispeech": 10,
        "fleurs": 25,
        "silence": 366,
    }
    assert all(one.path.is_file() for recordings in found.values() for one in recordings)
    assert all(bool(one.text) == (name != "silence") for name, recordings in found.items() for one in recordings)
    assert {one.group for one in found["fleurs"]} == {f"fleurs-{code}" for code in ("de", "en", "es", "fr", "pt")}
