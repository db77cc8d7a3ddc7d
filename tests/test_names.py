"""Recordings of every name that a file system takes, on the command line and in a folder that is watched; and consoles
that cannot show them. The page's are in tests/page/test_names.py."""

import json
import os
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.places import DEMO_MODELS, PROJECT, RATE
from transcriber import cli
from transcriber.audio import recording_files
from transcriber.cli import inputs, transcribe
from transcriber.cli.inputs import Input
from transcriber.exports import FORMATS, render
from transcriber.pipeline.provenance import sidecar
from transcriber.readable import encodable, json_text, readable
from transcriber.system import file_names
from transcriber.transcript import Source, Transcript

ACUTE = "\N{COMBINING ACUTE ACCENT}"
NAMES = [
    "あ" * 80 + ".flac",  # 245 bytes
    "x" * 250 + ".flac",
    "\N{GRINNING FACE}" * 60 + ".flac",
    f"e{ACUTE}" * 81 + "a.flac",
    "y" * 240 + "A.flac",  # two that differ at the end only
    "y" * 240 + "B.flac",
    os.fsdecode(b"caf\xe9.flac"),
    os.fsdecode(b"\xfcbung/" + b"\xe4" * 250 + b".flac"),
    "two\nlines\x1b[2J.flac",
    f"e{ACUTE}.flac",  # what a Mac makes of the next one
    "\N{LATIN SMALL LETTER E WITH ACUTE}.flac",
    "Talk.flac",
    "talk.flac",
    "a:warning: [b]%s{0}.flac",
    "- --help.flac",
]


@pytest.fixture
def folder(tmp_path: Path, sample_audio: np.ndarray) -> Path:
    """A second of sound under each of these names."""
    soundfile.write(tmp_path / "one.flac", sample_audio[:RATE], RATE)
    for name in NAMES:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy(tmp_path / "one.flac", path)
        except OSError:
            pytest.skip("this file system takes no such names")
    if len(list((tmp_path / "in").rglob("*.flac"))) < len(NAMES):
        pytest.skip("this file system takes some of these names for one")
    return tmp_path / "in"


def results(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and ".transcriber" not in path.parts]


def test_each_has_its_own_results_in_every_format(
    folder: Path, transcriber, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """With a record beside each, told as JSON; and the same once more finds all of them."""
    monkeypatch.setattr(transcribe, "offline_transcriber", lambda models_dir: transcriber)
    out = folder.parent / "out"
    command = ["transcribe", str(folder), "--models-dir", str(DEMO_MODELS), "--device", "cpu", "--provenance", "--json"]
    command += ["--format", ",".join(FORMATS), "--output-dir", str(out)]
    assert cli.main(command) == 0
    told = [json.loads(line) for line in capsysbinary.readouterr().out.decode("utf-8").splitlines()]
    assert [one["event"] for one in told].count("wrote") == len(NAMES)
    json.dumps(told, ensure_ascii=False).encode()
    written = results(out)
    assert len(written) == len(NAMES) * (2 * len(FORMATS) - 1)
    assert len({file_names.collision_key(str(path)) for path in written}) == len(written)
    of_names = {json.loads(path.read_bytes())["source"]["name"] for path in out.rglob("*.json")}
    assert of_names == {readable(Path(name).name) for name in NAMES}
    assert cli.main(command) == 0
    again = [json.loads(line) for line in capsysbinary.readouterr().out.decode("utf-8").splitlines()]
    assert [one["event"] for one in again] == ["kept"] * len(NAMES) * len(FORMATS)
    assert len(results(out)) == len(written)


def test_each_is_transcribed_where_a_folder_is_watched(folder: Path) -> None:
    out = folder.parent / "out"
    command = ["watch", folder, "--models-dir", DEMO_MODELS, "--device", "cpu", "--once", "--settling", "0"]
    first = run(*command, "--format", "srt,json", "--output-dir", out)
    assert first.returncode == 0, first.stderr
    said = [line.partition(": ")[0] for line in first.stderr.decode("utf-8").splitlines()]  # one line each
    assert [what for what in said if what != "note"] == ["wrote"] * len(NAMES)
    assert len(results(out)) == 2 * len(NAMES)
    assert len({file_names.collision_key(str(path)) for path in results(out)}) == 2 * len(NAMES)
    again = run(*command, "--format", "srt,json", "--output-dir", out)
    assert (again.returncode, again.stderr) == (0, b"")


def run(*arguments: object, cwd: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "transcriber", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        timeout=250,
        check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
    )


CONSOLES = [
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
]


@pytest.mark.parametrize("console", CONSOLES)
def test_consoles_that_show_few_characters(console: dict[str, str], tmp_path: Path, sample_audio: np.ndarray) -> None:
    """What they cannot show is spelt otherwise, and JSON is UTF-8 whatever they are."""
    for command in ("", "transcribe", "watch", "serve", "align", "reproduce", "models", "check", "bench", "completion"):
        shown = run(*command.split(), "--help", **console)
        assert (shown.returncode, shown.stderr) == (0, b""), command
    assert b"FORMAT[,FORMAT" in run("transcribe", "--help", **console).stdout
    checked = run("check", "--models-dir", DEMO_MODELS, **console)
    assert (checked.returncode, checked.stderr) == (0, b"")
    assert b"+ frozen" in checked.stdout
    soundfile.write(tmp_path / "one.flac", sample_audio[:RATE], RATE)
    name = "Łódź ☕.flac".encode()
    os.rename(tmp_path / "one.flac", os.fsencode(tmp_path) + b"/" + name)
    there = tmp_path / os.fsdecode(name)
    said = run("transcribe", there, "--models-dir", DEMO_MODELS, "--device", "cpu", "--json", **console)
    assert (said.returncode, said.stderr) == (0, b"")
    told = [json.loads(line) for line in said.stdout.decode("utf-8").splitlines()]
    assert told[-1]["transcript"]["source"]["name"] == "Łódź ☕.flac"
    missing = run("transcribe", tmp_path / "nö ☕.flac", "--models-dir", DEMO_MODELS, **console)
    assert missing.returncode == 1
    assert missing.stderr.startswith(b"error: ")
    assert len(missing.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise there")
def test_nobody_reads_what_is_written() -> None:
    command = f"{sys.executable} -m transcriber completion bash | head -c 1"
    done = subprocess.run(["bash", "-c", command], cwd=PROJECT, capture_output=True, timeout=60, check=False)
    assert (len(done.stdout), done.stderr) == (1, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="the data folder is elsewhere")
@pytest.mark.parametrize(("command", "status"), [("completion bash", 1), ("reproduce a.json", 2)])
def test_what_nobody_foresaw_is_a_sentence_and_its_traceback_a_file(
    command: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("nobody foresaw this")

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("shtab.complete", broken)
    monkeypatch.setattr("transcriber.pipeline.reproduce.read", broken)
    assert cli.main(command.split()) == status
    log = tmp_path / "transcriber" / "errors.log"
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: this program made a mistake (KeyError: 'nobody foresaw this')")
    assert line.endswith(str(log))
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_names_that_fit_stay_and_others_are_told_apart() -> None:
    assert file_names.fitted("talk", ".srt") == "talk.srt"
    assert file_names.fitted("x" * 251, ".srt") == "x" * 251 + ".srt"
    shortened = {file_names.fitted("あ" * 90 + end, ".json") for end in "ABC"}
    assert len(shortened) == 3
    for name in (*shortened, file_names.fitted(os.fsdecode(b"\xe9" * 255), ".provenance.json")):
        assert 240 < len(os.fsencode(name)) <= 255
    assert all(name.startswith("あ" * 70) and name.endswith(".json") for name in shortened)


@pytest.mark.parametrize("ending", [".txt", ".json", ".fcpxml", ".srt.provenance.json"])
def test_a_name_that_looks_shortened_is_no_others(ending: str) -> None:
    """Two recordings of one folder: a long name, and what its result would be called."""
    first = file_names.fitted("あ" * 84, ending)
    second = file_names.fitted(first.removesuffix(ending), ending)
    assert first != second
    assert len(second.encode()) <= 255
    assert file_names.fitted("talk~0123abcd", ending) == f"talk~0123abcd{ending}"


def test_names_as_they_can_be_read() -> None:
    assert readable(os.fsdecode(b"caf\xe9\n")) == "caf\\xe9\\x0a"
    assert encodable("\ud800 \n") == "\\ud800 \n"
    assert encodable("Łódź".encode().decode("ascii", "surrogateescape")) == "Łódź"
    assert json.loads(json_text({"name": os.fsdecode(b'"caf\xe9"')})) == {"name": '"caf\\xe9"'}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("recording", [os.fsdecode(b"caf\xe9.mov"), "a\x01\x1b\ufffe\n.wav", "\ud83d.mp4"])
def test_every_format_and_the_record_beside_it_take_every_name(
    transcript: Transcript, name: str, recording: str
) -> None:
    from dataclasses import replace

    named = replace(transcript, source=Source(recording, 1, "ab"))
    content = render(named, name)
    if not FORMATS[name].is_binary:
        content.decode(FORMATS[name].encoding)
    assert json.loads(sidecar(named, recording, content))["source"]["name"].isprintable()


def test_the_order_in_which_people_count() -> None:
    names = ["Part 1", "part 2", "Part 02 b", "Part 10", "Part 10a", "Part １1", "é", "f", "9/1", "10/1"]
    paths = [Path(f"{name}.flac") for name in names]
    expected = ["9/1", "10/1", "é", "f", "Part 1", "part 2", "Part 02 b", "Part 10", "Part 10a", "Part １1"]
    assert [str(path.with_suffix("")) for path in sorted(reversed(paths), key=recording_files.counted)] == expected


def test_names_of_results_are_others_on_every_system() -> None:
    names = [
        "é.wav",
        unicodedata.normalize("NFD", "é.wav"),
        "Talk.wav",
        "talk.wav",
        "a.mp3",
        "A.wav",
        "a.wav",
        "a.wav (2).flac",
    ]
    stems = inputs.stems([Input(Path(str(number)), name, Path(name)) for number, name in enumerate(names)])
    assert len({file_names.collision_key(stem) for stem in stems}) == len(names)
