"""What is written is read again, by parsers that are not ours: it says the same."""

import csv
import io
import json
import re
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import docx
import lxml.etree
import lxml.html
import pytest
import srt
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from tests.support.strategies import ANY, AWKWARD, HAN, LATIN, transcripts
from transcriber.exports import FORMATS, Settings, render
from transcriber.exports.json import parse
from transcriber.exports.origin import FULL
from transcriber.exports.paragraphs import paragraphs
from transcriber.exports.subtitles.cues import Cue
from transcriber.exports.subtitles.shaping import shape
from transcriber.exports.timeline import RATES, Timeline
from transcriber.exports.timing import utterances
from transcriber.transcript import Segment, Transcript, Word

TEXTS = st.one_of(LATIN, HAN, ANY, st.sampled_from(AWKWARD))
DTD = Path(__file__).with_name("fcpxml.dtd")


@given(transcripts(TEXTS))
def test_json_gives_the_transcript_back(transcript: Transcript) -> None:
    assert parse(render(transcript, "json").decode()) == transcript


@given(transcripts(TEXTS))
def test_srt_parses_elsewhere(transcript: Transcript) -> None:
    cues = shape(transcript, labels=True)
    parsed = list(srt.parse(render(transcript, "srt").decode(), ignore_errors=False))
    assert [one.content for one in parsed] == [cue.text for cue in cues]
    for one, cue in zip(parsed, cues):
        assert abs(one.start - timedelta(seconds=cue.start)) < timedelta(milliseconds=1)
        assert abs(one.end - timedelta(seconds=cue.end)) < timedelta(milliseconds=1)
    assert [one.index for one in parsed] == list(range(1, len(cues) + 1))


@given(transcripts(TEXTS))
def test_vtt_parses_elsewhere(transcript: Transcript) -> None:
    cues = shape(transcript)
    parsed = webvtt.from_string(render(transcript, "vtt").decode())
    assert [_unescaped(one.raw_text) for one in parsed] == [_with_voices(cue) for cue in cues]
    for one, cue in zip(parsed, cues):
        assert one.start_in_seconds == pytest.approx(int(cue.start + 0.0005), abs=1)
        assert one.start == _clock(cue.start)
        assert one.end == _clock(cue.end)


def _with_voices(cue: Cue) -> str:
    if not cue.reply:
        return (f"<v {cue.speaker}>" if cue.speaker else "") + cue.text
    lines = zip((cue.speaker, cue.reply.speaker), cue.texts)
    return "\n".join(f"<v {speaker}>{line}</v>" if speaker else line for speaker, line in lines)


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1000 % 60:02d}.{whole % 1000:03d}"


@given(transcripts(TEXTS))
def test_tables_parse_elsewhere(transcript: Transcript) -> None:
    rows = [
        {"start": f"{s.start:.3f}", "end": f"{s.end:.3f}", "speaker": s.speaker or "", "text": s.text}
        for s in utterances(transcript)
    ]
    commas, tabs = render(transcript, "csv"), render(transcript, "tsv")
    assert list(csv.DictReader(io.StringIO(commas.decode("utf-8-sig"), newline=""), strict=True)) == rows
    reader = csv.DictReader(io.StringIO(tabs.decode(), newline=""), dialect="excel-tab", quoting=csv.QUOTE_NONE)
    assert list(reader) == rows


@given(transcripts(TEXTS))
def test_html_parses_elsewhere(transcript: Transcript) -> None:
    page = lxml.html.fromstring(render(transcript, "html"), parser=lxml.html.HTMLParser(encoding="utf-8"))
    written = list(paragraphs(transcript))
    assert [element.text_content() for element in page.xpath("//main/p/span")] == [each.text for each in written]
    assert [element.text_content() for element in page.xpath("//main/h2")] == [
        each.speaker for each in written if each.speaker
    ]
    assert not page.xpath("//script | //link | //img | //@onclick")


@given(transcripts(TEXTS))
def test_fcpxml_is_what_apple_says_it_is(transcript: Transcript) -> None:
    root = lxml.etree.fromstring(render(transcript, "fcpxml"))
    dtd = lxml.etree.DTD(str(DTD))
    assert dtd.validate(root), dtd.error_log
    segments = list(utterances(transcript))
    assert [marker.get("value") for marker in root.iter("marker")] == [s.text for s in segments]
    assert [marker.get("note") for marker in root.iter("marker")] == [s.speaker for s in segments]
    end = Fraction(root.find(".//asset-clip").get("duration")[:-1])
    for marker, segment in zip(root.iter("marker"), segments):
        start = Fraction(marker.get("start")[:-1])
        assert (start * 25).denominator == 1
        assert abs(start - Fraction(segment.start)) <= Fraction(1, 49)  # half a frame, and what a float is off
        assert start <= end


EVENT = re.compile(r"(\d{3,})  001 {6}V {5}C {8}((?:\d\d+:\d\d:\d\d:\d\d ?){4})$")


@given(transcripts(TEXTS))
def test_edl_has_an_event_and_two_markers_a_segment(transcript: Transcript) -> None:
    text = render(transcript, "edl").decode()
    assert "\n" not in text.replace("\r\n", "")
    head, *events = text.removesuffix("\r\n").split("\r\n\r\n")
    assert head.split("\r\n")[1] == "FCM: NON-DROP FRAME"
    assert len(events) == len(list(utterances(transcript)))
    for number, event in enumerate(events, start=1):
        line, resolve, avid = event.split("\r\n")
        match = EVENT.match(line)
        assert match and int(match[1]) == number
        assert re.match(r" \|C:ResolveColor[A-Z][a-z]+ \|M:[^|]+ \|D:\d+$", resolve)
        assert avid.startswith(f"* LOC: {match[2].split()[0]} ")


@given(transcripts(TEXTS))
def test_lrc_has_a_time_in_front_of_every_line(transcript: Transcript) -> None:
    lines = render(transcript, "lrc").decode().splitlines()
    timed = [line for line in lines if re.match(r"\[\d\d+:\d\d\.\d\d\].", line)]
    assert len(timed) == len(list(utterances(transcript)))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_transcript_gives_the_same_bytes(spoken: Transcript, name: str) -> None:
    assert render(spoken, name) == render(spoken, name)


def test_docx_opens_elsewhere(spoken: Transcript, tmp_path: Path) -> None:
    document = docx.Document(io.BytesIO(render(spoken, "docx", Settings(origin=FULL))))
    title, first, second = [paragraph.text for paragraph in document.paragraphs]
    assert title == "talk"
    assert first == "00:00:00\tAnna: Hello world."
    assert second == "01:01:01\tBob & <Co>: Tom & <Jerry>"
    facts = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows}
    assert facts["SHA-256 of the recording"] == "ab" * 32
    assert document.core_properties.title == "talk"


@pytest.mark.parametrize("rate", RATES)
def test_editors_get_the_frame_that_is_nearest(rate: str) -> None:
    transcript = Transcript((Segment((Word("x", 600.0, 600.5),), 600.0, 600.5),), 700.0, "parakeet", "cpu")
    settings = Settings(timeline=Timeline(rate))
    frames = round(600 * RATES[rate])
    marker = lxml.etree.fromstring(render(transcript, "fcpxml", settings)).find(".//marker")
    assert Fraction(marker.get("start")[:-1]) == frames / RATES[rate]
    timecode = render(transcript, "edl", settings).decode().split()[9]
    hours, minutes, seconds, frame = map(int, timecode.split(":"))
    base = round(RATES[rate])
    assert ((hours * 60 + minutes) * 60 + seconds) * base + frame == 3600 * base + frames


def test_json_of_an_older_version_can_be_read(transcript: Transcript) -> None:
    fields = json.loads(render(transcript, "json"))
    for newer in ("versions", "source", "coverage", "options"):
        del fields[newer]
    assert parse(json.dumps(fields)).segments == transcript.segments
