"""A written text becomes subtitles of its recording."""

import json
from pathlib import Path

import pytest

from tests.support.places import DEMO_MODELS, PROJECT, SAMPLE
from tests.support.programs import run_program
from transcriber import cli, exports
from transcriber.errors import ScriptError, UnsupportedOptionError
from transcriber.options import TranscribeOptions
from transcriber.pipeline import script
from transcriber.pipeline.script import Line, align_script, read
from transcriber.transcript import Segment, Transcript, Word, joined

PARAKEET = TranscribeOptions("parakeet", "cpu")
TEXT = """One, two; three – four five.
six SEVEN eight banana nine zero

Yes no up down left right on off stop go
"""


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "talk.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_lines(text: Path) -> None:
    lines = read(text)
    assert [line.name for line in lines] == ["line 1", "line 2", "line 4"]
    assert lines[0].words == ("One,", "two;", "three", "–", "four", "five.")


@pytest.mark.parametrize("name", ["srt", "vtt", "json"])
def test_what_we_write_can_be_read_again(transcript, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"a.{name}"
    path.write_bytes(exports.render(transcript, name))
    assert [word for line in read(path) for word in line.words] == transcript.text.split()


def test_tags_and_settings_of_cues_are_no_words(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    cue = "00:01.000 --> 00:02.000 align:start\r\n<v Ann>Hello <i>you</i>\r\nthere &amp; <c.red>me"
    path.write_text(f"WEBVTT\r\n\r\nNOTE mine\r\n\r\n1\r\n{cue}", "utf-8")
    assert read(path) == [Line("cue 1", ("Hello", "you", "there", "&", "me"))]


def test_a_sloppy_subrip_file_is_read_as_far_as_it_can_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is no cue is passed over, and not printed; a blank line within a cue does not end it."""
    path = tmp_path / "a.srt"
    path.write_text(
        "mine\n\n00:00:01,000 --> 00:00:02,000 X1:40\n<i>Hello</i>\n\nyou < me\n\n2\n0:0:3.5 --> 0:0:4\nand I"
    )
    assert read(path) == [Line("cue 1", ("Hello", "you", "<", "me")), Line("cue 2", ("and", "I"))]
    assert caplog.text == ""


def test_subtitles_without_their_header(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text("00:01.000 --> 00:02.000\nHello", "utf-8")
    assert read(tmp_path / "a.vtt") == [Line("cue 1", ("Hello",))]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b" \n\n", "there are no words in"),
        ("a.txt", b"\xff\xfe\x00", "is damaged or of another kind"),
        ("a.srt", b"Hello\n", "there are no words in"),
        ("a.json", b"[1]", "is damaged or of another kind"),
        ("a.json", b'{"segments": 1}', "is damaged or of another kind"),
        ("a.docx", b"PK", "give a file that ends in .txt, .srt, .vtt, .json"),
        ("b.txt", None, "cannot be read"),
    ],
)
def test_what_is_no_script(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ScriptError, match=said):
        read(tmp_path / name)


def test_each_line_is_a_segment_with_its_words_as_written(transcriber, text: Path, sample_words: list[dict]) -> None:
    transcript = align_script(transcriber, SAMPLE, read(text), PARAKEET)
    assert [segment.text for segment in transcript.segments] == TEXT.replace("\n\n", "\n").splitlines()
    starts = [sample_words[number]["start"] for number in (0, 5, 10)]
    assert [segment.start for segment in transcript.segments] == pytest.approx(starts, abs=0.12)
    assert transcript.notes == ("1 word of the script was not heard: line 2 “banana”.",)
    assert (transcript.model, transcript.duration) == ("parakeet", pytest.approx(19.8, abs=1))


def test_a_long_line_is_cut(transcriber) -> None:
    text = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["text"]
    lines = [Line("line 1", tuple(text.split()))]
    transcript = align_script(transcriber, SAMPLE, lines, PARAKEET)
    assert len(transcript.segments) > 1


def test_many_words_that_are_not_heard_are_named_by_their_places(transcriber) -> None:
    lines = [
        Line("line 1", ("one", "two", "three", *["banana"] * 9)),
        *[Line(f"line {k}", ("four", "fig")) for k in range(2, 15)],
    ]
    (note,) = align_script(transcriber, SAMPLE, lines, PARAKEET).notes
    assert f"line 1 “{' '.join(['banana'] * 8)} …”, " in note
    assert note.endswith(" more places.")


@pytest.mark.parametrize(
    ("words", "said"),
    [("Привет всем вам", "cannot write most of this text, such as “Привет”"), ("–", "cannot write"), ("stop " * 3, "")],
)
def test_a_text_of_something_else_is_refused(transcriber, tmp_path: Path, words: str, said: str) -> None:
    import numpy as np
    import soundfile

    soundfile.write(tmp_path / "silence.wav", np.random.default_rng(0).normal(0, 1e-3, 16_000), 16_000)
    with pytest.raises(ScriptError, match=said or "not one word of the text is heard"):
        align_script(transcriber, tmp_path / "silence.wav", [Line("line 1", tuple(words.split()))], PARAKEET)


def test_other_models_are_refused_with_those_that_can(transcriber, text: Path) -> None:
    with pytest.raises(UnsupportedOptionError, match=r"choose one of parakeet, whisper$"):
        align_script(transcriber, SAMPLE, read(text), TranscribeOptions("canary", "cpu"))


def test_whisper_can_too(real_models: Path, tmp_path: Path) -> None:
    """A sentence that nobody says is reported."""
    from transcriber.pipeline.transcriber import Transcriber

    recording, text = PROJECT / "examples" / "sample.flac", tmp_path / "script.txt"
    options = TranscribeOptions("whisper-tiny.en", "cpu")
    heard = Transcriber(real_models).transcribe(recording, options)
    lines = [segment.text for segment in heard.segments]
    text.write_text("\n".join([*lines[:2], "Bananas grow sideways.", *lines[2:]]), encoding="utf-8")
    transcript = align_script(Transcriber(real_models), recording, read(text), options)
    assert [segment.text for segment in transcript.segments] == [*lines[:2], "Bananas grow sideways.", *lines[2:]]
    assert (
        "words of the script were not heard: line 3 “" in transcript.notes[-1]
        and "grow sideways.”" in transcript.notes[-1]
    )


def test_the_command(
    transcriber, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In this process, which keeps its network and its models."""
    monkeypatch.setattr(cli.align, "offline_transcriber", lambda models_dir: transcriber)
    command = ("align", SAMPLE, text, "--models-dir", DEMO_MODELS, "--device", "cpu", "--format", "vtt")
    assert cli.main([str(argument) for argument in (*command, "--output-dir", tmp_path / "out")]) == 0
    assert f"note: {SAMPLE}: 1 word of the script was not heard: line 2 “banana”." in capsys.readouterr().err
    written = (tmp_path / "out" / "twenty_words.vtt").read_text(encoding="utf-8")
    assert written.startswith("WEBVTT\n\n00:00:00.")
    cues = script.read(tmp_path / "out" / "twenty_words.vtt")
    assert cues[0].words == read(text)[0].words
    assert [word for cue in cues for word in cue.words] == [word for line in read(text) for word in line.words]


def test_the_command_refuses_in_a_sentence(tmp_path: Path) -> None:
    result = run_program("-m", "transcriber", "align", SAMPLE, tmp_path / "no.txt")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"error: {tmp_path / 'no.txt'} cannot be read (No such file or directory); check the path\n"


def test_a_json_transcript_gives_its_words_as_they_are_joined(transcriber, tmp_path: Path) -> None:
    words = [Word("one-", space_before=False), Word("two", space_before=False), Word("three"), Word("%")]
    path = tmp_path / "a.json"
    path.write_bytes(exports.render(Transcript((Segment(tuple(words), 0.0, 2.0),), 2.0, "whisper", "cpu"), "json"))
    (line,) = read(path)
    assert line.words == ("one-", "two", "three", "%")
    assert align_script(transcriber, SAMPLE, [line], PARAKEET).text == "one-two three %"


def test_lines_of_a_cue_in_a_script_without_blanks_are_one_text(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\n我们昨天\n讨论了 OK\nit\n", "utf-8")
    (line,) = read(path)
    assert joined(line.given) == "我们昨天讨论了 OK it"
