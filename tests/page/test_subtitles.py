"""The document as subtitles: read, corrected, timed, mended."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.interview import interview, keep, stored
from tests.support.page import exported, open_recording
from tests.support.page_program import SMALL_ENGINE, Program
from transcriber.transcript import Segment, Word

NAME = "fast.wav"
HASTY = "Because the toll-keepers were asleep or were paid to be so".split()


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    data = tmp_path_factory.mktemp("subtitles") / "data"
    said = interview()
    words = tuple(Word(word, 30 + at / 6, 30 + (at + 0.9) / 6) for at, word in enumerate(HASTY))
    hasty = Segment(words, 30.0, words[-1].span[1], said.segments[-1].speaker)
    behind = Segment((Word("Yes.", 32.0, 32.4),), 32.0, 32.4, said.segments[0].speaker)
    with stored(data) as (jobs, results):
        keep(jobs, results, NAME, replace(said, segments=(*said.segments, hasty, behind)))
    with Program(data, command=SMALL_ENGINE) as program:
        yield program


@pytest.fixture
def cues(page: Page) -> Locator:
    open_recording(page, NAME)
    page.get_by_role("radio", name="Subtitles").click()
    cues = page.get_by_role("list", name="Subtitles").get_by_role("listitem")
    expect(cues.first).to_contain_text("Could you say your name?")
    return cues


def test_what_is_too_fast_is_said_and_mended(page: Page, cues: Locator) -> None:
    """The focus stays, and undo brings it back; files have it so."""
    wrong = cues.filter(has_text="Too fast")
    expect(wrong).to_have_count(1)
    before = exported(page, "srt")
    wrong.get_by_role("button", name="Mend subtitle").click()
    expect(wrong).to_have_count(0)
    expect(page.locator(".cue:focus")).to_contain_text("toll-keepers")
    expect(page.get_by_text("All keep the limits")).to_be_visible()
    assert exported(page, "srt") != before
    page.keyboard.press("Control+z")
    expect(wrong).to_have_count(1)
    assert exported(page, "srt") == before
    page.get_by_role("button", name="Mend all").click()
    expect(wrong).to_have_count(0)


def test_what_is_left_stays_left(page: Page, cues: Locator) -> None:
    wrong = cues.filter(has_text="Too fast")
    wrong.get_by_role("button", name="Leave subtitle").click()
    expect(wrong).to_have_count(0)
    page.reload()
    expect(cues.first).to_contain_text("Could you say your name?")
    expect(wrong).to_have_count(0)


def test_text_and_times_are_corrected_where_they_stand(page: Page, cues: Locator) -> None:
    cues.first.focus()
    page.keyboard.press("Enter")
    page.keyboard.type(" Please.")
    page.keyboard.press("Enter")
    expect(cues.first).to_contain_text("name? Please.")
    expect(cues.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(cues.nth(1)).to_be_focused()
    end = page.get_by_label("End of subtitle 1", exact=True)
    end.fill("0:04.5")
    end.press("Enter")
    expect(end).to_have_value("0:04.50")
    end.fill("0:09")
    end.press("Enter")
    expect(page.locator("subtitles-view").get_by_role("alert")).to_contain_text("when the next subtitle begins")
    expect(end).to_have_value("0:04.50")
    assert "00:00:04,500\nTOMASZ BRANDT: Could you say your name? Please." in exported(page, "srt").replace(
        "\nname", " name"
    ).replace("\nPlease", " Please")
    page.get_by_role("radio", name="Text").click()
    expect(page.locator(".turn .words").first).to_have_text("Could you say your name? Please.")


def test_a_click_goes_there_and_the_cue_is_marked(page: Page, cues: Locator) -> None:
    cues.nth(1).locator("p").click()
    expect(cues.nth(1)).to_have_attribute("aria-current", "true")
    page.get_by_label("Limits").select_option("bbc")
    expect(page.get_by_text("break a limit")).to_be_visible()
