"""The text is the same in every format: the transcript's own."""

import csv
import io
import re
from dataclasses import replace
from html import unescape
from xml.etree import ElementTree

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.strategies import LATIN, MIXED, transcripts
from transcriber.exports import FORMATS, PRESETS, Settings, render
from transcriber.exports.json import parse
from transcriber.exports.paragraphs import paragraphs
from transcriber.exports.subtitles.breaking import units, width
from transcriber.exports.subtitles.shaping import shape
from transcriber.exports.timing import by_word
from transcriber.joining import Piece, words_of
from transcriber.transcript import Segment, Transcript, Word, joined

ALONE = st.none()
PLAIN = Settings(PRESETS["plain"])


def said(*pieces: str, language: str = "en") -> Transcript:
    """A sentence of pieces as Whisper writes them, 0.4 s each."""
    words = words_of(Piece(text, 0.4 * number, 0.4 * (number + 1), 0.9) for number, text in enumerate(pieces))
    return Transcript((Segment(tuple(words), 0.0, words[-1].span[1]),), 60.0, "whisper", "cpu", language=language)


def texts(transcript: Transcript, name: str) -> list[str]:
    """Of each segment, as a format has it."""
    content = render(transcript, name, PLAIN)
    if name == "docx":
        paragraphs = docx.Document(io.BytesIO(content)).paragraphs[1:]
        return [paragraph.text.partition("\t")[2] for paragraph in paragraphs]
    text = content.decode("utf-8-sig")
    if name in ("csv", "tsv"):
        rows = csv.reader(io.StringIO(text, newline="")) if name == "csv" else map(_cells, text.split("\n")[:-1])
        return [row[3] for row in rows][1:]
    if name == "fcpxml":
        return [marker.attrib["value"] for marker in ElementTree.fromstring(text).iter("marker")]
    if name == "json":
        return [segment.text for segment in parse(text).segments]
    pattern = {
        "srt": r"--> .*\n(.*)\n",
        "vtt": r"--> .*\n(.*)\n",
        "lrc": r"^\[\d+:\d\d\.\d\d\](.+)$",
        "html": r'<span dir="auto">(.*)</span>',
        "md": r"^\*\*[\d:]+\*\* (.*)$",
        "edl": r"\|M:(.*) \|D:",
        "txt": r"^(.*)$",
    }[name]
    found = re.findall(pattern, text.replace("\r\n", "\n"), re.MULTILINE)
    return [unescape(one) if name in ("html", "vtt") else one for one in found]


def _cells(line: str) -> list[str]:
    return line.split("\t")


HYPHENS = said(" The", " state", "-of", "-the", "-art", " c", "'est", " 25", "-30", " %", " 4", "%", " O", "'Bare.")
CHINESE = said("我在", "20", "25", "年", "买", "了", " i", "Phone", " 16", "。", language="zh")
THAI = said("ส", "ว", "ั", "ส", "ด", "ี", " ว", "ั", "นน", "ี้", " 25", language="th")


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "rttm"])
@pytest.mark.parametrize(
    ("transcript", "text"),
    [
        (HYPHENS, "The state-of-the-art c'est 25-30 % 4% O'Bare."),
        (CHINESE, "我在2025年买了 iPhone 16。"),
        (THAI, "สวัสดี วันนี้ 25"),
    ],
)
def test_every_format_has_the_text_that_was_written(transcript: Transcript, text: str, name: str) -> None:
    assert transcript.text == text
    if name == "txt":
        assert render(transcript, name).decode() == f"{text}\n"
    else:
        assert [one for one in texts(transcript, name) if one] == [text]


@given(transcripts(MIXED, timed=True, blanks=st.booleans(), speakers=ALONE))
def test_every_format_joins_words_as_the_transcript_does(transcript: Transcript) -> None:
    wanted = [segment.text for segment in transcript.segments]
    assert render(transcript, "txt").decode() == f"{transcript.text}\n"
    for name in ("csv", "tsv", "json", "edl", "fcpxml"):
        assert texts(transcript, name) == wanted
    assert texts(transcript, "html") == [paragraph.text for paragraph in paragraphs(transcript)]
    assert render(by_word(transcript), "txt").decode() == f"{transcript.text}\n"


@given(
    transcripts(st.one_of(LATIN, MIXED), timed=True, blanks=st.booleans(), speakers=ALONE),
    st.sampled_from(["netflix", "bbc"]),
)
def test_lines_of_subtitles_are_parts_of_the_text(transcript: Transcript, preset: str) -> None:
    """Between two of them there was a blank, or a place where one may break; widths count what is written."""
    rest = transcript.text
    for cue in shape(transcript, PRESETS[preset]):
        assert cue.width == width(joined(cue.words))
        for line in cue.texts:
            assert rest.startswith(line)
            rest = rest.removeprefix(line).removeprefix(" ")
    assert rest == ""


def test_what_is_joined_is_never_broken() -> None:
    """A hyphenated word, a number with its sign, a word behind an apostrophe."""
    lines = [line for cue in shape(said(*[" state", "-of", "-the", "-art"] * 12)) for line in cue.texts]
    assert {word for line in lines for word in line.split()} == {"state-of-the-art"}
    apart = replace(HYPHENS, segments=(Segment((Word("5", 0, 1), Word("%", 1, 2, space_before=False)), 0, 2),))
    assert [unit.text for unit in units(apart.segments[0].words)] == ["5%"]
    assert units(apart.segments[0].words)[0].span == (0, 2)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我在2025年买了iPhone。", "我|在|2025|年|买|了|iPhone。"),
        ("「きょうスーパーで」", "「きょ|う|スー|パー|で」"),
        ("เที่ยวไปน้ำจันทร์ๆ", "เที่|ย|ว|ไป|น้ำ|จั|น|ทร์ๆ"),
        ("ສະບາຍເຂົ້າ", "ສະ|ບາ|ຍ|ເຂົ້າ"),
        ("ကျွန်တော်မင်္ဂလာပါ။", "ကျွန်|တော်|မင်္ဂ|လာ|ပါ။"),
        ("ខ្ញុំទិញ។", "ខ្ញុំ|ទិ|ញ។"),
        ("བཀྲ་ཤིས།", "བཀྲ་|ཤིས།"),
        ("state-of-the-art", "state-of-the-art"),
        ("서울입니다.", "서울입니다."),
    ],
)
def test_where_a_text_without_blanks_may_be_broken(text: str, parts: str) -> None:
    assert [unit.text for unit in units([Word(text, 0.0, 4.0)])] == parts.split("|")
    by_letters = [Word(letter, at, at + 1, space_before=not at) for at, letter in enumerate(text)]
    assert [unit.text for unit in units(by_letters)] == parts.split("|")


def test_lines_are_broken_at_blanks_rather_than_between_syllables() -> None:
    thai = said("สวัสดีครับทุกคน", " วันนี้อากาศดีมาก", " เราไปเที่ยวกันไหม", " หรืออยู่บ้าน", language="th")
    lines = [line for cue in shape(thai) for line in cue.texts]
    assert len(lines) > 1
    assert joined(Word(line) for line in lines) == thai.text
