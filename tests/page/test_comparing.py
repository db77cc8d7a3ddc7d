"""Several transcripts of one recording: one is shown, two are compared, and the words of another are taken."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.interview import LINES, NAME, SAID, interview, keep, stored
from tests.support.page_program import SMALL_ENGINE, Program

OTHERWISE = tuple((who, start, said.replace("four", "for")) for who, start, said in SAID)


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    data = tmp_path_factory.mktemp("versions") / "data"
    with stored(data) as (jobs, results):
        keep(jobs, results, NAME, interview(), interview("canary", OTHERWISE))
    with Program(data, command=SMALL_ENGINE) as program:
        yield program


def test_one_is_chosen_and_stays(document: Page) -> None:
    second = document.locator(".turn .words").nth(1)
    versions = document.get_by_role("radiogroup", name="Versions").get_by_role("radio")
    expect(versions).to_have_count(2)
    expect(second).to_contain_text("for high waters")
    versions.filter(has_text="Whisper").click()
    expect(second).to_contain_text("four high waters")
    document.reload()
    expect(second).to_contain_text("four high waters")
    expect(versions.filter(has_text="Whisper")).to_be_checked()


def test_what_was_heard_stays_one_click_away(document: Page) -> None:
    second = document.locator(".turn .words").nth(1)
    document.locator(".word", has_text="for").last.dblclick()
    document.keyboard.type("six")
    document.keyboard.press("Escape")
    versions = document.get_by_role("radiogroup", name="Versions").get_by_role("radio")
    expect(versions.filter(has_text="Yours")).to_contain_text("1 correction")
    versions.filter(has_text="As heard").first.click()
    expect(second).to_contain_text("for high waters")
    document.locator(".turn").nth(1).dblclick()
    expect(document.get_by_text("This is as it was heard.")).to_be_visible()
    versions.filter(has_text="Yours").click()
    expect(second).to_contain_text("six high waters")


def test_two_are_compared_and_words_are_taken(document: Page) -> None:
    document.get_by_role("button", name="Compare").click()
    dialog = document.get_by_role("dialog", name="Compare versions")
    expect(dialog).to_contain_text("They differ in 1 place")
    dialog.locator("button.is").click()
    document.get_by_role("menuitem", name="Take “four”").click()
    expect(dialog).to_contain_text("They say the same.")
    document.keyboard.press("Escape")
    expect(document.locator(".turn .words")).to_have_text(LINES)
    document.keyboard.press("Control+z")
    expect(document.locator(".turn .words").nth(1)).to_contain_text("for high waters")
