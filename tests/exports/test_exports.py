"""Each format, to the letter."""

import json

import pytest

from transcriber.errors import UnsupportedOptionError
from transcriber.exports import FORMATS, render
from transcriber.exports.timecode import timecode
from transcriber.transcript import Transcript, from_dict

EMPTY = Transcript((), 1.0, "parakeet", "cpu")


def test_txt_is_the_words_alone(transcript: Transcript) -> None:
    assert render(transcript, "txt") == "Hello world. Tom & <Jerry>\n"


def test_srt(transcript: Transcript) -> None:
    assert render(transcript, "srt") == (
        "1\n00:00:00,500 --> 00:00:01,500\nHello world.\n\n2\n01:01:01,250 --> 01:01:02,000\nTom & <Jerry>\n"
    )


def test_vtt(transcript: Transcript) -> None:
    assert render(transcript, "vtt") == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nHello world.\n\n"
        "01:01:01.250 --> 01:01:02.000\nTom &amp; &lt;Jerry&gt;\n"
    )


def test_json_has_everything(transcript: Transcript) -> None:
    fields = json.loads(render(transcript, "json"))
    assert fields.pop("text") == transcript.text
    assert fields.pop("rtfx") == 100
    assert from_dict(fields) == transcript


@pytest.mark.parametrize("name", FORMATS)
def test_a_silent_recording_can_be_saved(name: str) -> None:
    assert isinstance(render(EMPTY, name), str)


def test_an_unknown_format_lists_the_known_ones(transcript: Transcript) -> None:
    with pytest.raises(UnsupportedOptionError, match="txt, srt, vtt, json"):
        render(transcript, "doc")


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
    assert timecode(seconds, ",") == written
