"""Who spoke, on the page: read, named, merged, undone, told apart by hand."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.conversation import FIRST, SECOND, conversation
from tests.support.interview import keep, stored
from tests.support.page import exported, open_recording
from tests.support.page_program import SMALL_ENGINE, Program
from transcriber.speakers.protocol import VECTOR_SIZE
from transcriber.speakers.remembered import RememberedVoices
from transcriber.system.user_folders import REMEMBERED_VOICES
from transcriber.transcript import Transcript

TALK, NOTE = "talk.wav", "note.wav"


def without_speakers() -> Transcript:
    segments = tuple(
        replace(part, speaker=None, words=tuple(replace(word, speaker=None) for word in part.words))
        for part in conversation().segments
    )
    return replace(conversation(), segments=segments, diarization=None)


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    data = tmp_path_factory.mktemp("speakers") / "data"
    with stored(data) as (jobs, results):
        keep(jobs, results, NOTE, without_speakers())
        keep(jobs, results, TALK, conversation())
    with Program(data, command=SMALL_ENGINE) as program:
        yield program


@pytest.fixture
def panel(page: Page) -> Locator:
    """The speakers of the conversation."""
    open_recording(page, TALK)
    panel = page.get_by_role("complementary").get_by_role("region", name="Speakers")
    expect(panel.get_by_role("listitem")).to_have_count(2)
    return panel


def expect_speakers(page: Page, *names: str) -> None:
    """Who speaks in the transcript, one turn after the other."""
    expect(page.locator(".turn .name")).to_have_text(list(names))


def rename(panel: Locator, before: str, name: str) -> None:
    field = panel.get_by_label(f"Name of {before}", exact=True)
    field.fill(name)
    with panel.page.expect_response("**/speakers"):
        field.press("Enter")


def test_names_hold_everywhere(page: Page, panel: Locator) -> None:
    """Enter keeps the name and the focus; a name is text, whatever it looks like."""
    rename(panel, FIRST, "<img src=x onerror=alert(1)>")
    expect(panel.get_by_label("Name of <img src=x onerror=alert(1)>", exact=True)).to_be_focused()
    rename(panel, "<img src=x onerror=alert(1)>", "  Łukasz O’Neill ")
    expect_speakers(page, "Łukasz O’Neill", SECOND, "Łukasz O’Neill")
    expect(panel.locator(".face").first).to_have_text("ŁO")
    assert "Łukasz O’Neill: Who is there?" in exported(page)
    page.reload()
    expect_speakers(page, "Łukasz O’Neill", SECOND, "Łukasz O’Neill")


def test_whose_voice_is_remembered_is_suggested(page: Page, program: Program) -> None:
    remembered = RememberedVoices(program.data_dir / REMEMBERED_VOICES)
    remembered.turn_on()
    remembered.remember("Anna", np.eye(VECTOR_SIZE)[0], 10.0)
    open_recording(page, TALK)
    page.get_by_role("button", name="Yes, this is Anna").click()
    expect_speakers(page, FIRST, "Anna", FIRST)
    expect(page.get_by_role("button", name="Yes, this is Anna")).to_be_hidden()


def test_what_is_no_name_is_said_and_changes_nothing(page: Page, panel: Locator) -> None:
    rename(panel, FIRST, SECOND)
    expect(panel.get_by_role("alert")).to_contain_text(SECOND)
    panel.get_by_label(f"Name of {SECOND}", exact=True).focus()
    expect(panel.get_by_label(f"Name of {FIRST}", exact=True)).to_have_value(FIRST)
    expect_speakers(page, FIRST, SECOND, FIRST)
    rename(panel, SECOND, "Anna")
    expect(panel.get_by_role("alert")).to_be_hidden()


def test_the_same_person_and_back(page: Page, panel: Locator) -> None:
    """By the menu, by dragging, by the dialog; Undo brings both back."""
    row = panel.get_by_role("listitem").first
    row.hover()
    row.get_by_role("button", name=f"More about {FIRST}").click()
    page.get_by_role("menuitem", name=SECOND).click()
    expect_speakers(page, FIRST)  # who has no name has the number of the order
    page.get_by_role("button", name="Undo", exact=True).click()
    expect_speakers(page, FIRST, SECOND, FIRST)
    panel.locator(".face").nth(1).drag_to(row)
    expect_speakers(page, FIRST)
    page.keyboard.press("Control+z")
    expect_speakers(page, FIRST, SECOND, FIRST)
    panel.get_by_role("button", name="Merge…").click()
    page.get_by_role("dialog").get_by_role("button", name="Merge", exact=True).click()
    expect_speakers(page, FIRST)
    expect(panel.get_by_role("button", name="Merge…")).to_be_hidden()


def test_without_voices_no_other_count(page: Page, panel: Locator) -> None:
    panel.get_by_role("button", name="Another number of people…").click()
    page.get_by_role("dialog").get_by_label("How many people speak").fill("3")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("transcribe it again with speakers")
    expect_speakers(page, FIRST, SECOND, FIRST)


def test_doubt_is_said_in_words(panel: Locator) -> None:
    expect(panel.locator(".share")).to_have_text(["0:02", "0:01"])
    expect(panel.get_by_text("not surely told from the others").filter(visible=True)).to_have_count(1)


def test_who_speaks_is_said_by_hand_where_nobody_was_told_apart(page: Page) -> None:
    open_recording(page, NOTE)
    page.get_by_role("button", name="Name who speaks…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Anna")
    page.keyboard.press("Enter")
    expect(page.locator(".turn .name").first).to_have_text("Anna")
    field = page.get_by_label("Name of Anna", exact=True)
    expect(field).to_be_focused()
    field.fill("Anna Berg")
    field.press("Enter")
    expect(page.locator(".turn .name").first).to_have_text("Anna Berg")


def test_a_long_name_fits(page: Page, panel: Locator) -> None:
    rename(panel, FIRST, "x" * 100)
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_f2_names_who_speaks_now(page: Page, panel: Locator) -> None:
    page.evaluate("import('/page/player/player.js').then(({ player }) => player.seek(3.2))")
    page.locator("#main").focus()
    page.keyboard.press("F2")
    expect(panel.get_by_label(f"Name of {SECOND}", exact=True)).to_be_focused()
