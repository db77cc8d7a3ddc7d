"""Text that is written from right to left, and text of both directions."""

import io
import itertools
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcriber.exports import render
from transcriber.exports.direction import is_rtl, runs
from transcriber.transcript import Segment, Source, Transcript, Word


def said(text: str, speaker: str | None = None) -> Segment:
    words = [Word(word, float(place), place + 0.9) for place, word in enumerate(text.split())]
    return Segment(tuple(words), 0.0, float(len(words)), speaker)


@pytest.mark.parametrize(
    ("text", "base", "pieces"),
    [
        ("מה שלומך?", True, [("מה שלומך?", True)]),
        ("قال Angela Merkel في 2025.", True, [("قال ", True), ("Angela Merkel", False), (" في 2025.", True)]),
        ("iPhone 16 הוא", True, [("iPhone 16", False), (" הוא", True)]),
        ("He said שלום, עולם.", False, [("He said ", False), ("שלום, עולם", True), (".", False)]),
        ("عام ٢٠٢٥", True, [("عام ٢٠٢٥", True)]),
        ("שָׁלוֹם", True, [("שָׁלוֹם", True)]),
        ("10:30?", False, [("10:30?", False)]),
        ("", True, []),
    ],
)
def test_runs(text: str, base: bool, pieces: list[tuple[str, bool]]) -> None:
    assert list(runs(text, base)) == pieces


@given(st.text(alphabet="ab שמ,.12٣٤ َ"), st.booleans())
def test_runs_are_the_text(text: str, base: bool) -> None:
    pieces = list(runs(text, base))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(before[1] != after[1] for before, after in itertools.pairwise(pieces))


def test_the_first_letter_decides() -> None:
    assert [is_rtl(text) for text in ("… 12: שלום", "Tom שלום", "12", "ދިވެހި")] == [True, False, False, True]


def document_of(*segments: Segment, name: str = "talk.wav") -> Any:
    transcript = Transcript(segments, 9.0, "whisper", "cpu", source=Source(name, 1, "ab"))
    return docx.Document(io.BytesIO(render(transcript, "docx")))


def is_bidi(paragraph: Any) -> bool:
    return bool(paragraph._p.xpath("w:pPr/w:bidi"))


def rtl_of(paragraph: Any) -> list[tuple[str, bool]]:
    return [(run.text, bool(run.font.rtl)) for run in paragraph.runs]


def test_docx_says_which_paragraphs_and_runs_are_rtl() -> None:
    document = document_of(
        said("מה שלומך?", "Speaker 1"), said("He said שלום.", "Ben"), said("Good bye.", "אנה"), name="ראיון.wav"
    )
    heading, hebrew, mixed, english = document.paragraphs
    assert [is_bidi(one) for one in document.paragraphs] == [True, True, False, False]
    assert rtl_of(heading) == [("ראיון", True)]
    assert rtl_of(hebrew)[1:] == [("Speaker 1", False), (": ", True), ("מה שלומך?", True)]
    assert [run.bold for run in hebrew.runs[1:]] == [True, True, None]
    assert rtl_of(mixed)[1:] == [("Ben: ", False), ("He said ", False), ("שלום", True), (".", False)]
    assert rtl_of(english)[1:] == [("אנה", True), (": ", False), ("Good bye.", False)]
    values = [row.cells[1].paragraphs[0] for row in document.tables[0].rows]
    assert [is_bidi(value) for value in values][:2] == [True, False]


def test_html_takes_the_direction_from_what_was_said_and_not_from_who_said_it() -> None:
    transcript = Transcript((said("מה שלומך?", "Speaker 1"),), 9.0, "whisper", "cpu")
    page = render(transcript, "html").decode()
    assert '<h2 dir="rtl"><bdi>Speaker 1</bdi></h2>' in page and '<span dir="auto">מה שלומך?</span>' in page
