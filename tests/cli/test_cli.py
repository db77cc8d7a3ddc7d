"""The command line, run as a user runs it."""

import argparse
import hashlib
import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import docx
import pytest

from tests.support.media import write_media
from tests.support.places import DEMO_MODELS, RATE, SAMPLE
from tests.support.programs import run_program
from transcriber import cli
from transcriber.cli import transcribe, writing
from transcriber.cli.progress_output import JsonOutput, LineOutput
from transcriber.exports import PRESETS, Settings, render
from transcriber.exports.timeline import Timeline
from transcriber.models import catalog, manifest
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.transcript import Segment, Transcript, Word

COMMAND = ("-m", "transcriber", "transcribe", "--models-dir", DEMO_MODELS, "--device", "cpu")


def test_the_words_go_to_standard_output(sample_words: list[dict]) -> None:
    result = run_program(*COMMAND, SAMPLE)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == " ".join(word["text"] for word in sample_words) + "\n"


@pytest.mark.parametrize(
    ("chosen", "model"),
    [
        (None, "parakeet"),
        (["whisper-base"], "whisper-base"),
        (["sortformer", "whisper-base"], "whisper-base"),
        (["whisper-base", "parakeet"], "parakeet"),
        (["sortformer"], "parakeet"),
    ],
)
def test_without_a_name_the_model_is_one_that_was_chosen(chosen: list[str] | None, model: str, tmp_path: Path) -> None:
    """By whoever set models up, on any of the commands; a name that is given counts."""
    if chosen:
        ModelStore(tmp_path).choose(chosen)
    assert transcribe.options_of(arguments("--models-dir", str(tmp_path))).model == model
    assert transcribe.options_of(arguments("--models-dir", str(tmp_path), "--model", "canary")).model == "canary"
    result = run_program("-m", "transcriber", "bench", SAMPLE, "--models-dir", tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith(f"error: the model {model} is not set up"), result.stderr


def test_several_files_and_one_that_fails(tmp_path: Path, sample_audio, sample_words: list[dict]) -> None:
    """Inputs that share a stem keep their suffix; the bad one is one line; nothing is overwritten."""
    media = tmp_path / "media"
    media.mkdir()
    shutil.copy(SAMPLE, media / "talk.flac")
    write_media(media / "talk.mp4", sample_audio, "aac", 48_000, 2)
    shutil.copy(SAMPLE, media / "-dash ü.flac")
    (media / "diary.wav").write_text("nothing was said")
    out = tmp_path / "out"
    files = sorted(media.iterdir())
    (tmp_path / "out").mkdir()
    (out / "-dash ü.json").write_text("mine")
    result = run_program(*COMMAND, "--format", "json", "--output-dir", out, *files)
    assert result.returncode == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert errors[0].startswith(f"error: {media / 'diary.wav'}: ")
    assert "; choose an audio or video file" in errors[0]
    assert sorted(path.name for path in out.iterdir()) == ["-dash ü.json", "talk.flac.json", "talk.mp4.json"]
    assert (out / "-dash ü.json").read_text() == "mine"
    assert f"kept: {out / '-dash ü.json'}" in result.stderr
    for name in ("talk.flac.json", "talk.mp4.json"):
        transcript = json.loads((out / name).read_text(encoding="utf-8"))
        assert transcript["text"].split() == [word["text"] for word in sample_words]
        assert transcript["duration"] == pytest.approx(len(sample_audio) / RATE, abs=0.2)


def test_overwrite_writes_anew(transcriber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, which keeps its network and its models."""
    monkeypatch.setattr(transcribe, "offline_transcriber", lambda models_dir: transcriber)
    (tmp_path / "twenty_words.srt").write_text("old")
    options = ("--format", "srt", "--output-dir", tmp_path, "--overwrite", SAMPLE)
    assert cli.main([str(argument) for argument in (*COMMAND[2:], *options)]) == 0
    assert (tmp_path / "twenty_words.srt").read_text().startswith("1\n00:00:00,")


def write(transcript: Transcript, target: Path | None, *options: str) -> None:
    arguments = cli.parser().parse_args(["transcribe", "a.wav", *options])
    writing.write(transcript, "a.wav", [target] if target else [], arguments, LineOutput())


def test_a_format_that_is_no_text_with_a_record_beside_it(transcript: Transcript, tmp_path: Path) -> None:
    write(transcript, tmp_path / "talk.docx", "--format", "docx", "--provenance")
    assert docx.Document(str(tmp_path / "talk.docx")).paragraphs[1].text == "00:00:00\tHello world."
    record = json.loads((tmp_path / "talk.docx.provenance.json").read_text(encoding="utf-8"))
    content = (tmp_path / "talk.docx").read_bytes()
    assert record["result"] == {"name": "talk.docx", "sha256": hashlib.sha256(content).hexdigest()}
    assert record["source"]["sha256"] == "ab" * 32


def test_presets_and_frame_rates_reach_the_formats(transcript: Transcript, tmp_path: Path) -> None:
    write(transcript, tmp_path / "talk.srt", "--format", "srt", "--subtitles", "plain")
    assert (tmp_path / "talk.srt").read_bytes() == render(transcript, "srt", Settings(PRESETS["plain"]))
    write(transcript, tmp_path / "talk.edl", "--format", "edl", "--frame-rate", "50")
    assert (tmp_path / "talk.edl").read_bytes() == render(transcript, "edl", Settings(timeline=Timeline("50")))
    for timecode in ("source", "zero", "10:00:00:12"):
        write(transcript, tmp_path / f"{timecode[:2]}.edl", "--format", "edl", "--timecode", timecode)
        settings = Settings(timeline=Timeline(timecode=timecode))
        assert (tmp_path / f"{timecode[:2]}.edl").read_bytes() == render(transcript, "edl", settings)


@pytest.fixture
def hurried(transcript: Transcript) -> Transcript:
    """Twelve cues of which nobody can read the first eleven, and the last of which is too long for a line."""
    words = [Word("abcdefghijklmnopqrstuvwxyz" * (1 + place // 11), place, place + 0.3) for place in range(12)]
    return replace(transcript, segments=tuple(Segment((word,), *word.span) for word in words))


def test_limits_that_subtitles_cannot_keep_are_said_in_one_line(
    hurried: Transcript, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """Of two formats with the same cues, too."""
    arguments = cli.parser().parse_args(["align", "a.wav", "a.txt", "--format", "srt,vtt"])
    writing.write(hurried, "a.wav", [tmp_path / "a.srt", tmp_path / "a.vtt"], arguments, LineOutput())
    assert capsys.readouterr().err.splitlines()[:-1] == [
        "note: a.wav: 11 cues are faster than 20 characters a second, 1 has a line of more than 42 characters; "
        "--notes lists them"
    ]


def test_each_limit_that_is_not_kept_is_listed_on_demand(
    hurried: Transcript, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    write(hurried, tmp_path / "a.srt", "--format", "srt", "--notes")
    notes = capsys.readouterr().err.splitlines()[:-1]
    assert len(notes) == 12
    assert notes[0].startswith("note: a.wav: cue 1 at 00:00:00.000 “abc")
    assert notes[0].endswith("”: 28.4 characters a second, at most 20")


def test_programs_are_told_each_limit_that_is_not_kept(
    hurried: Transcript, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = cli.parser().parse_args(["watch", "talks", "--format", "srt", "--json"])
    writing.write(hurried, "a.wav", [tmp_path / "a.srt"], arguments, JsonOutput())
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["event"], one["name"]) for one in told] == [("note", "a.wav")] * 12 + [("wrote", "a.wav")]
    assert told[11]["text"].startswith("cue 12 at 00:00:11.000 “")


def test_cues_of_words_have_no_limits_to_keep(
    hurried: Transcript, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    write(hurried, tmp_path / "a.srt", "--format", "srt", "--words")
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["wrote"]


def test_a_model_that_is_not_set_up(tmp_path: Path) -> None:
    result = run_program("-m", "transcriber", "transcribe", "--models-dir", tmp_path, SAMPLE)
    assert result.returncode == 1
    assert result.stderr.startswith("error: the model parakeet is not set up: ")
    assert "python setup_local_models.py" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["transcribe"],
        ["transcribe", "a.wav", "--model", "parrot"],
        ["transcribe", "a.wav", "--format", "doc"],
        ["transcribe", "a.wav", "--subtitles", "cinema"],
        ["transcribe", "a.wav", "--provenance"],
        ["transcribe", "a.wav", "--format", "txt,srt"],
        ["transcribe", "a.wav", "--format", ","],
        ["transcribe", "a.wav", "--timecode", "noon"],
        ["transcribe", "a.wav", "--timecode", "01:00:00;00", "--frame-rate", "25"],
        ["check", "parrot"],
        ["completion", "ksh"],
        ["reproduce"],
        ["sing"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    result = run_program("-m", "transcriber", *arguments)
    assert result.returncode == 2
    assert "usage:" in result.stderr


def arguments(*given: object) -> argparse.Namespace:
    return cli.parser().parse_args(["transcribe", "a.wav", *map(str, given)])


def test_language_translation_and_vocabulary(tmp_path: Path) -> None:
    """Terms of the command line come first, then those of the file."""
    (tmp_path / "terms.txt").write_text("# mine\nŁódź\nMerkel\n", encoding="utf-8")
    given = ("--language", "German", "--translate-to", "en", "--term", "C#", "--vocabulary", tmp_path / "terms.txt")
    options = transcribe.options_of(arguments(*given, "--term", "Merkel"))
    assert (options.language, options.translate_to) == ("de", "en")
    assert options.vocabulary == ("C#", "Merkel", "Łódź")
    assert transcribe.options_of(arguments()) == TranscribeOptions()


def test_a_language_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments("--language", "Klingon")
    assert "there is no language “Klingon”" in capsys.readouterr().err


def test_what_a_model_cannot_is_one_line_before_anything_is_loaded(tmp_path: Path) -> None:
    """The file is nonsense, its manifest is that of the catalogue's Parakeet."""
    spec = catalog.find("parakeet")
    (tmp_path / spec.file).write_bytes(b"no model")
    recorded = manifest.read(DEMO_MODELS / "parakeet.json")
    assert recorded
    manifest.write_json(tmp_path / "parakeet.json", asdict(replace(recorded, repository=spec.repository)))
    result = run_program(
        "-m", "transcriber", "transcribe", "--models-dir", tmp_path, "--language", "de", SAMPLE, SAMPLE
    )
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(
        "error: the model parakeet does not understand German; choose one of the models parakeet-v3,"
    )


@pytest.mark.parametrize(("text", "expected"), [("90", 90), ("62:03", 3723), ("1:02:03.5", 3723.5), ("0:00:00", 0)])
def test_times(text: str, expected: float) -> None:
    assert arguments("--start", text).start == expected


@pytest.mark.parametrize("text", ["", "-1", "1:2:3:4", "soon", "1:", "nan"])
def test_what_is_no_time_is_wrong_usage(text: str) -> None:
    with pytest.raises(SystemExit):
        arguments("--start", text)


def test_a_part_a_track_a_card_and_a_second_model() -> None:
    given = ("--start", "10", "--end", "1:00", "--track", "2", "--device", "cuda:1", "--second-model", "whisper")
    options = transcribe.options_of(arguments(*given))
    assert (options.start, options.end, options.stream, options.device) == (10, 60, 2, "cuda:1")
    assert options.second_model == "whisper"
