"""Who spoke, in every format: each name is there, as it was given, and the words are the same."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any
from xml.etree import ElementTree

import docx
import lxml.html
import pytest
import webvtt
from markdown_it import MarkdownIt

from transcriber.errors import TranscriptReadError
from transcriber.exports import FORMATS, PRESETS, Settings, render
from transcriber.exports.json import parse
from transcriber.exports.origin import facts
from transcriber.exports.timing import one_line
from transcriber.readable import encodable
from transcriber.transcript import Diarization, Segment, Transcript, Turn, Voice, Word

PLAIN = Settings(PRESETS["plain"])
NAMES = {
    "plain": ("Anna", "Ben", "Cleo"),
    "markup": ("<b>Anna</b> & Co", "</v><script>alert(1)</script>", '" onload="x" &lt;'),
    "markdown": ("*Anna* _B_", "[Ben](http://x.y) `c`", "# Cleo | ~d~ $e$ \\"),
    "commas": ("Anna, the first", "Ben\tand\nCleo; \r\n'quoted'", '"Cleo", "D"'),
    "right to left": ("ד״ר אנה", "بن (٣)", "Cleo שלום"),
    "long": ("Anna " * 60, "B" * 300, "Cleo-" * 80),
    "emoji": ("🧑‍🚀 Zoë", "👩🏽‍⚕️", "é\u0301 \u200f"),
    "syntax": ("[00:01.00]Anna", "{\\b1}Ben|C:x |M:y |D:3", "x --> y: NOTE"),
    "controls": ("An\x00na", "\x1b[31mBen", "Cleo\u2028\ud800"),
    "alike": ("Speaker 1", "Speaker_1", "speaker 1"),
}
TEXTS = ("One, two.", "Three & four.", "Five: six?", "Seven.", "Eight.")


def transcript_of(names: tuple[str, str, str]) -> Transcript:
    """Five segments of three people, two of whom speak at once for a moment."""
    segments, turns = [], []
    for number, (text, name) in enumerate(zip(TEXTS, (names[0], names[1], names[1], names[2], names[0]))):
        start = 4.0 * number
        words = (Word(word, start + at, start + at + 0.9, speaker=name) for at, word in enumerate(text.split()))
        segments.append(Segment(tuple(words), start, start + 3.0))
        if not turns or turns[-1].speaker != name:
            turns.append(Turn(start, start + 4.5, name))
        turns[-1] = replace(turns[-1], end=start + 4.5)
    voices = tuple(Voice(name, 9.0, 0.9) for name in names)
    diarization = Diarization("speakers", voices, tuple(turns), revision="abc")
    return Transcript(tuple(segments), 30.0, "whisper", "cpu", diarization=diarization)


def spoken(transcript: Transcript, name: str) -> list[tuple[str, str]]:
    """(speaker, text) of each place of a format that says who speaks; a place without a name goes on."""
    content = render(transcript, name, PLAIN)
    if name == "docx":
        return list(map(_of_docx, docx.Document(io.BytesIO(content)).paragraphs[1:]))
    text = content.decode("utf-8-sig")
    if name in PATTERNS:
        texts = "|".join(map(re.escape, (*TEXTS, " ".join(TEXTS[1:3]))))
        return re.findall(PATTERNS[name].replace("TEXT", texts), text.replace("\r\n", "\n"), re.MULTILINE)
    readers = {"csv": _csv, "tsv": _tsv, "fcpxml": _fcpxml, "json": _json, "html": _html, "md": _md, "vtt": _vtt}
    return list(readers[name](text))


PATTERNS = {
    "srt": r"--> \S+\n(?:(.*): )??(TEXT)\n",
    "lrc": r"^\[\d+:\d\d\.\d\d\](?:(.*): )(TEXT)$",
    "edl": r"\|M:(?:(.*): )(TEXT) \|D:",
    "txt": r"^\[[\d:]{8}\] (?:(.*): )?(TEXT)$",
}


def _of_docx(paragraph: Any) -> tuple[str, str]:
    bold, rest = ("".join(run.text for run in paragraph.runs[1:] if bool(run.bold) == is_bold) for is_bold in (1, 0))
    return bold.removesuffix(": "), rest


def _csv(text: str) -> Iterator[tuple[str, str]]:
    for row in csv.DictReader(io.StringIO(text, newline=""), strict=True):
        yield row["speaker"], row["text"]


def _tsv(text: str) -> Iterator[tuple[str, str]]:
    for row in csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE):
        yield row["speaker"], row["text"]


def _fcpxml(text: str) -> Iterator[tuple[str, str]]:
    for marker in ElementTree.fromstring(text).iter("marker"):
        yield marker.attrib["note"], marker.attrib["value"]


def _json(text: str) -> Iterator[tuple[str, str]]:
    for segment in parse(text).segments:
        yield segment.words[0].speaker or "", segment.text


def _html(text: str) -> Iterator[tuple[str, str]]:
    page = lxml.html.fromstring(text)
    assert not page.xpath("//script | //b | //@onload")
    for place in page.xpath("//main/p"):
        yield place.xpath("string(preceding-sibling::*[1][self::h2])"), place.xpath("string(span)")


def _vtt(text: str) -> Iterator[tuple[str, str]]:
    for cue in webvtt.from_string(text):
        match = re.fullmatch(r"<v ([^<>]*)>([^<>]*)", cue.raw_text)
        assert match
        yield unescape(match[1]), unescape(match[2])


def _md(text: str) -> Iterator[tuple[str, str]]:
    parsed = MarkdownIt().enable("strikethrough").parse(text.partition("\n---\n")[0])
    for parts in [token.children or [] for token in parsed if token.type == "inline"][1:]:
        assert {part.type for part in parts} <= {"text", "text_special", "strong_open", "strong_close"}
        end = next(number for number, part in enumerate(parts) if part.type == "strong_close")
        bold, rest = ("".join(part.content for part in side) for side in (parts[:end], parts[end:]))
        yield bold[len("00:00:00 ") :].removesuffix(":"), rest[1:]


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("name", [name for name in FORMATS if name != "rttm"])
def test_every_format_names_who_says_what(name: str, kind: str) -> None:
    transcript = transcript_of(NAMES[kind])
    anna, ben, cleo = map(encodable if name == "json" else one_line, NAMES[kind])
    said = spoken(transcript, name)
    assert " ".join(text for _, text in said) == transcript.text
    if name == "srt":
        assert [speaker for speaker, _ in said] == [anna.upper(), ben.upper(), "", cleo.upper(), anna.upper()]
    elif name in ("txt", "md", "docx", "html"):
        assert [speaker for speaker, _ in said] == [anna, ben, cleo, anna]
    else:
        assert [speaker for speaker, _ in said] == [_written(speaker, name) for speaker in (anna, ben, ben, cleo, anna)]


def _written(speaker: str, name: str) -> str:
    """Markers and lyrics have signs of their own, which no name may give."""
    return {"lrc": speaker.replace("[", "(").replace("]", ")"), "edl": speaker.replace("|", "/")}.get(name, speaker)


@pytest.mark.parametrize("kind", NAMES)
def test_rttm_names_each_of_them(kind: str) -> None:
    fields = [line.split(" ") for line in render(transcript_of(NAMES[kind]), "rttm").decode().split("\n")[:-1]]
    assert {len(line) for line in fields} == {10}
    anna, ben, cleo, again = (line[7] for line in fields)
    assert anna == again and len({anna, ben, cleo}) == 3
    assert anna == "_".join(one_line(NAMES[kind][0]).split())


@pytest.mark.parametrize("name", FORMATS)
def test_labels_are_the_only_difference(name: str) -> None:
    """What knows no speakers is written as before there were any."""
    transcript = transcript_of(NAMES["plain"])
    silent = [
        replace(segment, words=tuple(replace(w, speaker=None) for w in segment.words))
        for segment in transcript.segments
    ]
    content = render(replace(transcript, segments=tuple(silent), diarization=None), name).decode("utf-8", "replace")
    assert not [speaker for speaker in NAMES["plain"] if re.search(rf"\b{speaker}\b", content, re.IGNORECASE)]


def test_json_has_turns_overlaps_and_the_quality_of_each_voice() -> None:
    transcript = transcript_of(NAMES["plain"])
    written = render(transcript, "json").decode()
    fields = json.loads(written)["diarization"]
    assert fields["overlaps"] == [[4.0, 4.5], [12.0, 12.5], [16.0, 16.5]]
    assert fields["turns"][1] == {"start": 4.0, "end": 12.5, "speaker": "Ben"}
    assert fields["voices"][2] == {"speaker": "Cleo", "seconds": 9.0, "quality": 0.9, "suggestion": ""}
    assert parse(written) == transcript


@pytest.mark.parametrize("diarization", ["talk", [], {"overlaps": []}, {"model": "speakers"}])
def test_json_with_other_speakers_is_refused(diarization: object) -> None:
    fields = json.loads(render(transcript_of(NAMES["plain"]), "json"))
    with pytest.raises(TranscriptReadError):
        parse(json.dumps({**fields, "diarization": diarization}))


def test_json_from_before_there_were_speakers_is_read() -> None:
    fields = json.loads(render(transcript_of(NAMES["plain"]), "json"))
    del fields["diarization"]
    assert parse(json.dumps(fields)).diarization is None


def test_who_reads_is_told_who_spoke_for_how_long() -> None:
    told = dict(facts(transcript_of(NAMES["plain"])))["Speakers"]
    assert told == "Anna 00:00:09, Ben 00:00:09, Cleo 00:00:09; told apart by speakers (revision abc)"
