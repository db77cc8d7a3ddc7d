"""A library of 2,000 recordings in the page: all of it is there and found, and what one does costs what it is about."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.support.full_library import fill, own_word
from tests.support.page import LONG
from tests.support.page_program import SMALL_ENGINE, Program
from transcriber.jobs.database import Database

RECORDINGS = 2000
MAX_ANSWER_BYTES = 5000
"""Of what is sent when one recording changed."""


@pytest.fixture(scope="module")
def identities() -> list[str]:
    """Of the recordings, the oldest first."""
    return []


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, identities: list[str]) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("large") / "data"
    folder.mkdir()
    database = Database(folder / "transcriber.db")
    identities += fill(database, RECORDINGS, words=60)
    database.close()
    with Program(folder, command=SMALL_ENGINE) as program:
        yield program


@pytest.fixture
def page(open_tab: Callable[[], Page]) -> Page:
    tab = open_tab()
    expect(rows(tab)).to_have_count(RECORDINGS, timeout=LONG)
    return tab


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Jobs").get_by_role("listitem")


def test_all_of_it_is_listed_with_what_is_in_the_transcripts(page: Page) -> None:
    """Also of a library that an older version kept: it is indexed while the page is there."""
    expect(rows(page).first).to_contain_text(f"Recording {RECORDINGS}")
    expect(rows(page).first).to_contain_text(own_word(RECORDINGS - 1), timeout=LONG)
    rows(page).first.get_by_role("link").focus()
    page.keyboard.press("End")
    expect(rows(page).last.get_by_role("link")).to_be_focused()
    expect(rows(page).last).to_be_in_viewport()
    expect(rows(page).last).to_contain_text("Hannah Weiss", timeout=LONG)


def test_one_of_them_is_found_and_opened_at_the_second(page: Page, identities: list[str]) -> None:
    found = page.get_by_role("list", name="Found")
    page.get_by_role("searchbox").fill(own_word(123)[:-1])
    expect(found.get_by_role("listitem")).to_have_count(10, timeout=LONG)
    page.get_by_role("searchbox").fill(own_word(123))
    expect(found.get_by_role("listitem")).to_have_count(1)
    found.locator(".hit").click()
    page.wait_for_url(f"**/#/r/{identities[123]}?t=0")
    expect(page.get_by_role("region", name="Transcript")).to_contain_text(own_word(123))


def test_many_go_into_the_bin_and_all_come_back(page: Page) -> None:
    rows(page).first.get_by_role("link").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.get_by_role("toolbar", name="With the selection").get_by_role("button", name="Move to the bin").click()
    expect(rows(page)).to_have_count(0, timeout=LONG)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(rows(page)).to_have_count(RECORDINGS, timeout=LONG)
    expect(rows(page).first).to_contain_text(f"Recording {RECORDINGS}")


def test_a_change_of_one_sends_little(page: Page) -> None:
    """Once the index has caught up with what was removed and restored."""
    page.wait_for_function("async () => (await (await fetch('/search?q=needle')).json()).pending === 0", timeout=LONG)
    with page.expect_response(lambda response: "/jobs?revision=" in response.url and response.json()["jobs"] is None):
        pass  # and the page with the index
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response) if "/jobs?revision=" in response.url else None)
    rows(page).nth(RECORDINGS // 2).locator(".name").focus()
    page.keyboard.press("F2")
    page.keyboard.type("The mayor")
    page.keyboard.press("Enter")
    expect(rows(page).nth(RECORDINGS // 2)).to_contain_text("The mayor")
    told = [response.body() for response in answers if b"The mayor" in response.body()]
    assert told and max(map(len, told)) < MAX_ANSWER_BYTES
