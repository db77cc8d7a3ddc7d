"""Texts that are written from right to left, and names."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.page import job, open_recording
from tests.support.page_program import SMALL_ENGINE, Program
from tests.support.places import SAMPLE
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.transcript import Segment, Transcript, Word

NAME = "ראיון (1).wav"
HEBREW, MIXED, ENGLISH = "מה שלומך?", "قال Angela Merkel في 2025 كذا.", "Who said שלום?"
SPEAKERS = ("Anna", "אבי", "Carl")

ORDER = """(text) => {
  const row = [...document.querySelectorAll(".turn .words")].find((one) => one.textContent === text);
  const range = document.createRange(), placed = [];
  const letters = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  while (letters.nextNode()) {
    for (let at = 0; at < letters.currentNode.length; at++) {
      range.setStart(letters.currentNode, at);
      range.setEnd(letters.currentNode, at + 1);
      const { left, width } = range.getBoundingClientRect();
      if (width) placed.push([left, letters.currentNode.data[at]]);
    }
  }
  const { left, right } = row.getBoundingClientRect(), lefts = placed.map(([place]) => place);
  return {
    seen: placed.sort(([one], [other]) => one - other).map(([, letter]) => letter).join(""),
    isAtRight: Math.min(...lefts) - left > right - Math.max(...lefts),
  };
}"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = DataFolder(tmp_path_factory.mktemp("direction") / "data")
    folder.open()
    database = Database(folder.database)
    jobs = Jobs(database, folder)
    segments = []
    for number, text in enumerate((HEBREW, MIXED, ENGLISH)):
        words = [
            Word(word, 9.0 * number + place, 9.0 * number + place + 0.9, speaker=SPEAKERS[number])
            for place, word in enumerate(text.split())
        ]
        segments.append(Segment(tuple(words), 9.0 * number, 9.0 * number + 9, SPEAKERS[number]))
    transcript = Transcript(tuple(segments), 27.0, "whisper", "cpu", elapsed=1.0)
    recording = jobs.add(NAME, "upload", size=SAMPLE.stat().st_size)
    recording.path.write_bytes(SAMPLE.read_bytes())
    Results(database, folder, jobs).finish(recording.id, transcript)
    database.close()
    folder._lock.release()
    with Program(folder.path, command=SMALL_ENGINE) as program:
        yield program


@pytest.mark.parametrize(
    ("text", "seen", "is_at_right"),
    [
        (HEBREW, "?ךמולש המ", True),
        (MIXED, ".اذك 2025 يف Angela Merkel لاق", True),
        (ENGLISH, "Who said םולש?", False),
    ],
)
def test_each_text_has_its_direction(page: Page, text: str, seen: str, is_at_right: bool) -> None:
    open_recording(page, NAME)
    expect(page.locator(".turn .words")).to_have_count(3)
    shown = page.evaluate(ORDER, text)
    assert shown["seen"].replace(" ", "") == seen.replace(" ", "")
    assert shown["isAtRight"] is is_at_right


def test_a_correction_keeps_its_direction(page: Page) -> None:
    open_recording(page, NAME)
    page.locator(".turn").first.focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name=re.compile("^Text"))
    expect(box).to_have_text(HEBREW)
    assert box.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)


def test_names_do_not_disturb_what_stands_beside_them(page: Page) -> None:
    open_recording(page, NAME)
    title = page.get_by_role("heading", level=1)
    assert title.locator(".title").evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    assert page.locator(".heading .about").evaluate("(one) => getComputedStyle(one).direction") == "ltr"
    row = job(page, NAME).get_by_text(NAME, exact=True).first
    assert row.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
