"""What was corrected by hand: it is in every format, and those that have a place for it say so."""

import io
import zipfile
from dataclasses import replace

import pytest
import webvtt

from tests.support.edited import edited
from transcriber.exports import FORMATS, Settings, render
from transcriber.exports.json import parse
from transcriber.exports.origin import NONE
from transcriber.pipeline.provenance import record
from transcriber.transcript import Transcript

WITHOUT_A_PLACE = ("txt", "srt", "csv", "tsv")


@pytest.fixture
def corrected(transcript: Transcript) -> Transcript:
    """Changed three times, the last on the last day of November 2026."""
    changed = edited(transcript, "words", first=0, count=2, text="Corrected words.")
    return replace(changed, edits=3, edited_at=1796040000.0)


def text_of(transcript: Transcript, name: str) -> str:
    content = render(transcript, name)
    if name == "docx":
        return zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    return content.decode("utf-8-sig")


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "rttm"])
def test_the_new_words_are_in_every_format(corrected: Transcript, name: str) -> None:
    text = text_of(corrected, name)
    assert "Corrected" in text
    assert "Hello" not in text and "world" not in text


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in (*WITHOUT_A_PLACE, "json")])
def test_each_that_has_a_place_for_it_says_that_it_was_corrected(
    corrected: Transcript, transcript: Transcript, name: str
) -> None:
    assert "by hand" in text_of(corrected, name).lower()
    assert "3 changes, the last on 2026-11-30" in text_of(corrected, name)
    assert "by hand" not in text_of(transcript, name).lower()


def test_a_comment_is_no_cue(corrected: Transcript) -> None:
    assert webvtt.from_string(render(corrected, "vtt").decode())[0].text == "Corrected words."


def test_json_and_the_record_beside_the_others_know_it(corrected: Transcript) -> None:
    assert parse(render(corrected, "json").decode()) == corrected
    assert (record(corrected)["edits"], record(corrected)["edited_at"]) == (3, 1796040000.0)


def test_nothing_is_said_where_nothing_is_to_be_said(corrected: Transcript) -> None:
    assert b"by hand" not in render(corrected, "html", Settings(origin=NONE))
