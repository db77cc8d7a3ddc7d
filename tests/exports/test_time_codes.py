"""Markers lie where an editor has the recording: by its own time code, or by the one that was asked for."""

import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import lxml.etree
import pytest

from transcriber.errors import UnsupportedOptionError
from transcriber.exports import Settings, render
from transcriber.exports.json import parse
from transcriber.exports.origin import facts
from transcriber.exports.timeline import Timeline
from transcriber.smpte import DROPPED, RATES, frames_of, text_of
from transcriber.transcript import Segment, Source, Start, Transcript, Word

DTD = lxml.etree.DTD(str(Path(__file__).with_name("fcpxml.dtd")))
TEN_SECONDS_IN = Transcript(
    (Segment((Word("ten", 10.0, 10.4),), 10.0, 10.4),), 20.0, "parakeet", "cpu", source=Source("tc.mov", 1, "ab")
)
CAMERA = Start(36_000.0, "25")
DROP = Start(float(frames_of("01:00:00;00", "29.97") / RATES["29.97"]), "29.97", True)
NON_DROP = Start(float(frames_of("01:00:00:00", "29.97") / RATES["29.97"]), "29.97")
RECORDER = Start(36_000.0)


@pytest.mark.parametrize("rate", RATES)
def test_a_time_code_is_read_as_it_is_written(rate: str) -> None:
    for frames in (*range(4000), *range(17_000, 19_000), *range(107_000, 109_000), 2_000_000):
        assert frames_of(text_of(frames, rate), rate) == frames
        if rate in DROPPED:
            assert frames_of(text_of(frames, rate, True), rate) == frames


@pytest.mark.parametrize(
    ("frames", "rate", "text"),
    [
        (0, "29.97", "00:00:00;00"),
        (1799, "29.97", "00:00:59;29"),
        (1800, "29.97", "00:01:00;02"),
        (17_981, "29.97", "00:09:59;29"),
        (17_982, "29.97", "00:10:00;00"),
        (107_892, "29.97", "01:00:00;00"),
        (2_589_408, "29.97", "00:00:00;00"),
        (3600, "59.94", "00:01:00;04"),
        (215_784, "59.94", "01:00:00;00"),
    ],
)
def test_numbers_are_dropped_as_smpte_says(frames: int, rate: str, text: str) -> None:
    """Values of SMPTE ST 12-1: but for a frame in 1,000, an hour of time code is an hour; a day begins anew."""
    assert text_of(frames, rate, True) == text


def test_numbers_that_are_dropped_never_stand_there() -> None:
    for frames in range(0, 2_589_408, 899):
        _, minutes, rest = text_of(frames, "29.97", True).split(":")
        assert minutes[1] == "0" or rest not in ("00;00", "00;01")


@pytest.mark.parametrize(
    ("start", "timeline", "head", "first"),
    [
        (None, Timeline(), "NON-DROP", "01:00:10:00"),
        (None, Timeline(timecode="zero"), "NON-DROP", "00:00:10:00"),
        (None, Timeline("29.97", "01:00:00;00"), "DROP", "01:00:10;00"),
        (None, Timeline("29.97"), "NON-DROP", "01:00:10:00"),
        (None, Timeline("24", "20:00:00:12"), "NON-DROP", "20:00:10:12"),
        (None, Timeline(timecode="23:59:55:00"), "NON-DROP", "00:00:05:00"),
        (CAMERA, Timeline(), "NON-DROP", "10:00:10:00"),
        (CAMERA, Timeline(timecode="zero"), "NON-DROP", "00:00:10:00"),
        (CAMERA, Timeline("50"), "NON-DROP", "10:00:10:00"),
        (DROP, Timeline(), "DROP", "01:00:10;00"),
        (DROP, Timeline(timecode="zero"), "NON-DROP", "00:00:10:00"),
        (DROP, Timeline("25"), "NON-DROP", "01:00:10:00"),
        (NON_DROP, Timeline(), "NON-DROP", "01:00:10:00"),
        (RECORDER, Timeline(), "NON-DROP", "10:00:10:00"),
        (RECORDER, Timeline("24", "01:02:03:04"), "NON-DROP", "01:02:13:04"),
    ],
)
def test_edl(start: Start | None, timeline: Timeline, head: str, first: str) -> None:
    lines = render(replace(TEN_SECONDS_IN, start=start), "edl", Settings(timeline=timeline)).decode().split("\r\n")
    assert lines[1] == f"FCM: {head} FRAME"
    assert lines[3].split()[4] == first
    assert lines[5].startswith(f"* LOC: {first} ")


@pytest.mark.parametrize("start", [None, CAMERA, DROP, NON_DROP, RECORDER])
@pytest.mark.parametrize("timeline", [Timeline(), Timeline(timecode="zero"), Timeline("29.97", "02:00:00;00")])
def test_fcpxml(start: Start | None, timeline: Timeline) -> None:
    root = lxml.etree.fromstring(render(replace(TEN_SECONDS_IN, start=start), "fcpxml", Settings(timeline=timeline)))
    assert DTD.validate(root), DTD.error_log
    found = {name: root.find(f".//{name}").attrib for name in ("asset", "asset-clip", "sequence", "marker", "format")}
    frame = Fraction(found["format"]["frameDuration"][:-1])
    for attributes, name in itertools.product(found.values(), ("start", "duration", "offset", "tcStart")):
        if name in attributes:
            assert (Fraction(attributes[name][:-1]) / frame).denominator == 1, (attributes, name)
    begin = Fraction(start.seconds) if start else 0
    media = Fraction(found["asset"]["start"][:-1])
    assert abs(media - begin) <= frame / 2
    assert found["asset-clip"]["start"] == found["asset"]["start"]
    assert abs(Fraction(found["marker"]["start"][:-1]) - media - 10) <= frame / 2
    assert found["asset-clip"]["offset"] == found["sequence"]["tcStart"]
    assert found["asset"]["src"] if "src" in found["asset"] else root.find(".//media-rep").get("src") == "tc.mov"
    is_drop = timeline.timecode.endswith(";00") or (start == DROP and timeline.timecode == "source")
    assert found["sequence"]["tcFormat"] == ("DF" if is_drop else "NDF")


@pytest.mark.parametrize(
    ("start", "said"), [(CAMERA, "10:00:00:00"), (DROP, "01:00:00;00"), (RECORDER, "10:00:00"), (None, "")]
)
def test_who_reads_is_told_it(start: Start | None, said: str) -> None:
    assert dict(facts(replace(TEN_SECONDS_IN, start=start))).get("Time code at the beginning", "") == said


def test_the_beginning_is_kept_and_older_transcripts_have_none() -> None:
    stored = render(replace(TEN_SECONDS_IN, start=DROP), "json").decode()
    assert parse(stored).start == DROP
    older = render(TEN_SECONDS_IN, "json").decode().replace('"start": null,\n ', "", 1)
    assert '"start": null' not in older and parse(older).start is None


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        ("", "one hour"),
        ("", "1:00:00:00"),
        ("", "01:60:00:00"),
        ("", "01:00:00:24"),
        ("25", "01:00:00:25"),
        ("25", "01:00:00;00"),
        ("29.97", "01:00:00;30"),
        ("", "24:00:00:00"),
        ("", "٠١:00:00:00"),
    ],
)
def test_what_is_no_time_code_is_refused(rate: str, text: str) -> None:
    with pytest.raises(UnsupportedOptionError, match=r"time code|dropped"):
        Timeline(rate, text)
