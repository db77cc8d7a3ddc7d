"""Each format, to the letter."""

from dataclasses import replace

import pytest

from transcriber.errors import TranscriptReadError, UnsupportedOptionError
from transcriber.exports import FORMATS, PRESETS, Settings, render
from transcriber.exports.json import parse
from transcriber.exports.subtitles.timestamp import timestamp
from transcriber.transcript import Segment, Transcript, Word

WORDLESS = ("docx", "rttm")
"""Formats in whose bytes no words are to be seen."""
EMPTY = Transcript((), 1.0, "parakeet", "cpu")


def text(transcript: Transcript, name: str) -> str:
    return render(transcript, name).decode()


def test_txt_is_the_words_alone(transcript: Transcript) -> None:
    assert text(transcript, "txt") == "Hello world. Tom & <Jerry>\n"


def test_txt_with_speakers(spoken: Transcript) -> None:
    assert text(spoken, "txt") == "[00:00:00] Anna: Hello world.\n\n[01:01:01] Bob & <Co>: Tom & <Jerry>\n"


def test_srt(transcript: Transcript) -> None:
    assert text(transcript, "srt") == (
        "1\n00:00:00,500 --> 00:00:01,500\nHello world.\n\n2\n01:01:01,250 --> 01:01:02,083\nTom & <Jerry>\n"
    )


def test_srt_with_speakers(spoken: Transcript) -> None:
    plain = Settings(PRESETS["plain"])
    assert render(spoken, "srt", plain).decode() == (
        "1\n00:00:00,500 --> 00:00:01,500\nANNA: Hello world.\n\n"
        "2\n01:01:01,250 --> 01:01:02,000\nBOB & <CO>: Tom & <Jerry>\n"
    )


def test_vtt(transcript: Transcript) -> None:
    assert text(transcript, "vtt") == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nHello world.\n\n"
        "01:01:01.250 --> 01:01:02.083\nTom &amp; &lt;Jerry&gt;\n"
    )


def test_vtt_with_speakers(spoken: Transcript) -> None:
    assert "<v Anna>Hello world.\n" in text(spoken, "vtt")
    assert "<v Bob &amp; &lt;Co&gt;>Tom &amp; &lt;Jerry&gt;\n" in text(spoken, "vtt")


def test_csv_is_for_excel(spoken: Transcript) -> None:
    assert render(spoken, "csv") == (
        b"\xef\xbb\xbfstart,end,speaker,text\r\n"
        b"0.500,1.500,Anna,Hello world.\r\n3661.250,3662.000,Bob & <Co>,Tom & <Jerry>\r\n"
    )


def test_tsv(spoken: Transcript) -> None:
    assert text(spoken, "tsv").splitlines()[:2] == ["start\tend\tspeaker\ttext", "0.500\t1.500\tAnna\tHello world."]


def test_lrc(spoken: Transcript) -> None:
    assert text(spoken, "lrc") == (
        "[ti:talk]\n[length:66:40.00]\n[re:transcriber]\n[ve:0.1.0]\n[00:00.50]Anna: Hello world.\n[00:01.50]\n"
        "[61:01.25]Bob & <Co>: Tom & <Jerry>\n[61:02.00]\n"
    )


def test_md(spoken: Transcript) -> None:
    assert text(spoken, "md").startswith(
        "# talk\n\n**00:00:00 Anna:** Hello world.\n\n**01:01:01 Bob \\& \\<Co\\>:** Tom \\& \\<Jerry\\>\n\n---\n\n"
        "- Recording: talk.wav\n"
    )


def test_edl(spoken: Transcript) -> None:
    assert text(spoken, "edl").split("\r\n")[:7] == [
        "TITLE: talk",
        "FCM: NON-DROP FRAME",
        "",
        "001  001      V     C        01:00:00:12 01:00:00:13 01:00:00:12 01:00:00:13",
        " |C:ResolveColorBlue |M:Anna: Hello world. |D:26",
        "* LOC: 01:00:00:12 BLUE    Anna: Hello world.",
        "",
    ]


def test_html_is_one_file_that_loads_nothing(spoken: Transcript) -> None:
    page = text(replace(spoken, language="en"), "html")
    assert '<html lang="en">' in page
    assert "default-src 'none'" in page
    time = '<time datetime="PT0.500S">00:00:00</time>'
    assert f'<h2 dir="ltr"><bdi>Anna</bdi></h2>\n<p>{time}<span dir="auto">Hello world.</span></p>' in page
    assert "color-scheme: light dark" in page and "@media print" in page
    assert "http:" not in page and "https:" not in page


@pytest.mark.parametrize("name", FORMATS)
def test_a_silent_recording_can_be_saved(name: str) -> None:
    assert isinstance(render(EMPTY, name), bytes)


@pytest.mark.parametrize("name", FORMATS)
def test_words_without_times_can_be_saved(name: str) -> None:
    words = tuple(Word(word) for word in "nobody knows when this was said".split())
    content = render(Transcript((Segment(words, 2.0, 5.0),), 6.0, "canary", "cpu"), name)
    assert name in WORDLESS or "nobody knows when" in content.decode()


@pytest.mark.parametrize("name", FORMATS)
def test_controls_and_broken_names_do_no_harm(transcript: Transcript, name: str) -> None:
    segment = Segment((Word("a\x00b\ud800", 0.0, 1.0), Word("\x0b"), Word("c\n\nd", 1.0, 2.0)), 0.0, 2.0, "e\nf")
    assert transcript.source
    odd = replace(transcript, segments=(segment,), source=replace(transcript.source, name="x\ny.wav"))
    if name != "json":  # it keeps every word as it is
        assert render(odd, name)


def test_an_unknown_format_lists_the_known_ones(transcript: Transcript) -> None:
    with pytest.raises(UnsupportedOptionError, match="txt, srt, vtt, json"):
        render(transcript, "doc")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"segments": 3}', "not JSON", '{"segments": [], "colour": 1}'])
def test_what_is_no_transcript_is_refused(content: str) -> None:
    with pytest.raises(TranscriptReadError, match="no transcript"):
        parse(content)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "00:00:00,000"),
        (0.0004, "00:00:00,000"),
        (0.9996, "00:00:01,000"),
        (59.9999, "00:01:00,000"),
        (3599.9999, "01:00:00,000"),
        (100 * 3600, "100:00:00,000"),
        (-0.2, "00:00:00,000"),
    ],
)
def test_timecodes_round_to_what_can_be_written(seconds: float, written: str) -> None:
    assert timestamp(seconds, ",") == written
