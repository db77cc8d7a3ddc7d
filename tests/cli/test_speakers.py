"""`speakers`: a transcript's speakers by other names or told apart otherwise, and the voices that are remembered."""

import os
from pathlib import Path

import pytest

from tests.support.conversations import alternating, voices
from tests.support.told_apart import told_apart, who_says
from transcriber import cli
from transcriber.exports import json
from transcriber.speakers.clustered import ClusteredVoices
from transcriber.speakers.remembered import RememberedVoices
from transcriber.speakers.voices import beside
from transcriber.speakers.windows import HEADER, Window, end_bytes, window_bytes
from transcriber.system import atomic_file
from transcriber.transcript import Transcript

SAID = alternating(3, 12)


def kept(heard: ClusteredVoices) -> bytes:
    """As transcribe keeps them."""
    windows = heard.windows
    records = [HEADER]
    for number, start in enumerate(windows.starts.tolist()):
        own = windows.pieces["window"] == number
        window = Window(windows.active[number], windows.pieces[own], windows.vectors[own].astype("f2"))
        records.append(window_bytes(start, window))
    return b"".join([*records, end_bytes(round(windows.duration * 16_000))])


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    transcript, heard = told_apart(SAID)
    file = tmp_path / "talk.json"
    file.write_text(json.render(transcript), encoding="utf-8")
    beside(file).write_bytes(kept(heard))
    return file


def read(file: Path) -> Transcript:
    return json.parse(file.read_text(encoding="utf-8"))


def speakers(*arguments: object) -> int:
    return cli.main(["speakers", *map(str, arguments)])


def test_who_there_is(talk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = talk.read_bytes()
    assert speakers(talk) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[:5] for line in lines] == [[n, "Speaker", n, "00:00:24", "quality"] for n in "123"]
    assert all(0.5 < float(line[5]) < 1 for line in lines)
    assert talk.read_bytes() == before


def test_changes_are_made_and_said(talk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    changes = ("--name", "1=Anna", "--merge", "2,3")
    assert speakers(talk, *changes, "--format", "txt,rttm", "--output-dir", out) == 0
    said = capsys.readouterr()
    assert f"wrote: {talk}" in said.err and [line.split()[1] for line in said.out.splitlines()] == ["Anna", "Speaker"]
    assert who_says(read(talk)) == {"a": {"Anna"}, "b": {"Speaker 2"}, "c": {"Speaker 2"}}
    assert "Anna" in (out / "talk.txt").read_text(encoding="utf-8")
    assert "Speaker_2" in (out / "talk.rttm").read_text(encoding="utf-8")


def test_a_format_goes_to_standard_output(talk: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert speakers(talk, "--name", "Speaker 3=Carla", "--format", "rttm") == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert len(lines) == 12 and all(line.startswith("SPEAKER ") for line in lines) and "Carla" in lines[2]


def test_others_are_told_apart_with_the_voices_that_were_kept(talk: Path) -> None:
    assert speakers(talk, "--name", "2=Bob") == 0
    assert speakers(talk, "--count", "1-2") == 0
    assert len(read(talk).diarization.voices) == 2
    assert speakers(talk, "--count", "auto", "--name", "1=Anna") == 0
    assert who_says(read(talk))["a"] == {"Anna"}
    assert speakers(talk, "--merge", "Anna,2") == 0
    assert speakers(talk, "--split", "Anna") == 0
    assert sorted(len(names) for names in who_says(read(talk)).values()) == [1, 1, 1]
    assert len(set().union(*who_says(read(talk)).values())) == 3


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--name", "7=Anna"), "no speaker “7”; those there are: 1 (Speaker 1), 2 (Speaker 2), 3 (Speaker 3)"),
        (("--name", "1=Anna", "--name", "2=Anna"), "merge them if they are one"),
        (("--remember",), "--remember-voices on"),
        (("--name", "1=Anna", "--remember"), "--remember-voices on"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: tuple[str, ...], why: str, talk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = talk.read_bytes()
    assert speakers(talk, *arguments, "--data-dir", tmp_path / "data") == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ") and why in error
    assert talk.read_bytes() == before


def test_nobody_without_a_name_is_remembered(talk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    RememberedVoices(tmp_path / "remembered-voices.json").turn_on()
    assert speakers(talk, "--remember", "--data-dir", tmp_path) == 1
    assert "name them with --name" in capsys.readouterr().err


@pytest.mark.parametrize("option", [("--count", "2"), ("--split", "1")])
def test_without_the_voices_it_is_said_how_to_get_them(
    option: tuple[str, str], talk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = talk.read_bytes()
    beside(talk).unlink()
    assert speakers(talk, *option) == 1
    assert "talk.voices" in (error := capsys.readouterr().err) and "--speakers auto --format json" in error
    beside(talk).write_bytes(b"something else")
    assert speakers(talk, *option) == 1
    assert "talk.voices" in (error := capsys.readouterr().err) and "damaged" in error
    assert talk.read_bytes() == before


def test_more_people_than_there_are_voices_is_said(talk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert speakers(talk, "--count", "99") == 0
    told = len(read(talk).diarization.voices)
    assert told < 99 and f"{told} voices were told apart, not as many" in capsys.readouterr().err


def test_a_transcript_without_speakers(talk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = Transcript(read(talk).segments, 60, "whisper-base", "cpu")
    talk.write_text(json.render(plain), encoding="utf-8")
    assert speakers(talk) == 1
    assert "--speakers auto" in capsys.readouterr().err
    talk.write_text("no transcript", encoding="utf-8")
    assert speakers(talk) == 1
    assert "no transcript of this program" in capsys.readouterr().err


def test_a_disk_that_is_full_leaves_the_transcript_as_it_was(
    talk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = talk.read_bytes()
    monkeypatch.setattr(atomic_file.os, "fsync", full)
    assert speakers(talk, "--name", "1=Anna") == 1
    assert "No space left" in capsys.readouterr().err and talk.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [(), ("FILE", "--count", "off"), ("FILE", "--count", "0"), ("FILE", "--name", "Anna"), ("FILE", "--merge", "2")],
)
def test_wrong_usage(arguments: tuple[str, ...], talk: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        speakers(*(talk if argument == "FILE" else argument for argument in arguments))
    assert ended.value.code == 2


def test_voices_are_remembered_where_that_was_turned_on(
    talk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ("--data-dir", tmp_path / "data")
    assert speakers("--remembered", *data) == 0
    assert capsys.readouterr().out == "Remembering voices is off.\n"
    assert speakers("--remember-voices", "on", *data) == 0
    assert speakers(talk, "--name", "2=Bob", "--remember", *data) == 0
    assert "remembered: Bob" in capsys.readouterr().err
    assert speakers("--remembered", *data) == 0
    assert capsys.readouterr().out.startswith("Bob  00:00:24 of 1 recording, last on 20")

    transcript, heard = told_apart([*alternating(1, 3), (20.0, 30.0, 1), (31.0, 40.0, 0)])
    other = tmp_path / "other.json"
    other.write_text(json.render(transcript), encoding="utf-8")
    beside(other).write_bytes(kept(heard))
    assert speakers(other, "--count", "auto", *data) == 0
    assert "Speaker 2" in (said := capsys.readouterr().out) and "may be Bob" in said.splitlines()[1]
    assert "Bob" not in who_says(read(other))["b"]

    assert speakers("--forget", "Bob", *data) == 0
    assert speakers("--forget", "Bob", *data) == 1
    assert speakers("--remember-voices", "off", *data) == 0
    assert not list((tmp_path / "data").glob("*.json"))


def test_the_voices_that_are_kept_are_those_that_were_heard(talk: Path) -> None:
    from transcriber.speakers import voices as kept_voices

    activity, heard = kept_voices.read(beside(talk).read_bytes()).people(), voices(SAID).people()
    assert (activity.active == heard.active).all()


def test_what_was_private_stays_so_and_a_link_stays_one(talk: Path, tmp_path: Path) -> None:
    talk.chmod(0o600)
    link = tmp_path / "link.json"
    link.symlink_to(talk)
    assert speakers(link, "--name", "1=Anna", "--count", "2") == 0
    assert link.is_symlink() and talk.stat().st_mode & 0o777 == 0o600
    assert "Anna" in talk.read_text(encoding="utf-8")


def test_what_is_no_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "talk.json")
    assert speakers(tmp_path / "talk.json", "--name", "1=Anna") == 1
    assert "is no file" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["x" * 101, "A\x1b[31m", "A\nB"])
def test_what_nobody_can_be_called(talk: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        speakers(talk, "--name", f"1={name}")
