"""The words of a recording while it is recorded."""

import re
import sys
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.page import LONG, choose, expect_state, show_whole
from tests.support.page_program import Program

NAME = "Microphone"


pytestmark = pytest.mark.usefixtures("nothing_stays")


def record(page: Page) -> None:
    choose(page, "Parakeet")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_role("log", name="Captions")).to_contain_text("three four", timeout=LONG)


def settled(page: Page) -> str:
    return page.locator(".caption-text > span").first.inner_text()


def expect_more(page: Page, before: str) -> None:
    """More words are settled behind those before."""
    page.wait_for_function(
        "before => document.querySelector('.caption-text > span').textContent.length > before + 20",
        arg=len(before),
        timeout=LONG,
    )
    assert settled(page).startswith(before)


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()
    expect_state(page, NAME, "done")


def test_words_appear_while_they_are_spoken(page: Page) -> None:
    record(page)
    seen = [settled(page)]
    for _ in range(8):
        page.wait_for_timeout(500)
        seen.append(settled(page))
    assert all(later.startswith(earlier) for earlier, later in pairwise(seen)), "a settled word changed"
    assert len(seen[-1]) > len(seen[0])
    assert not violations(page)
    stop(page)


def test_they_are_a_version_of_their_own(page: Page) -> None:
    record(page)
    stop(page)
    versions = page.get_by_role("radiogroup", name="Versions")
    expect(versions.get_by_role("radio")).to_have_count(2)
    live = versions.get_by_role("radio").filter(has_text="written while it was spoken")
    expect(live).to_have_count(1)
    expect(live).not_to_be_checked()
    live.click()
    expect(page.locator(".word").first).to_be_visible()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("dialog", name="Compare versions")).to_be_visible()


def test_a_window_of_their_own(page: Page) -> None:
    record(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open in a window of their own").click()
    window = opened.value
    expect(window).to_have_url(re.compile("#/captions/"))
    expect(window.get_by_role("log", name="Captions")).to_contain_text("three four", timeout=LONG)
    assert not window.get_by_role("navigation").is_visible()
    assert not violations(window)
    window.close()
    stop(page)


def test_off_is_off(page: Page, program: Program) -> None:
    box = page.get_by_role("checkbox", name="Captions while recording")
    box.uncheck()
    page.reload()
    expect(box).not_to_be_checked()
    choose(page, "Parakeet")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_label("Recording time")).to_have_text("0:02", timeout=LONG)
    expect(page.get_by_role("log", name="Captions")).to_be_hidden()
    box.check()
    expect(page.get_by_role("log", name="Captions")).to_contain_text("two three", timeout=LONG)
    stop(page)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX's")
def test_a_killed_engine_is_followed_by_another(page: Page, program: Program) -> None:
    record(page)
    before = settled(page)
    program.kill_engine()
    expect_more(page, before)
    stop(page)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX's")
@pytest.mark.logs("net::ERR_")
def test_a_killed_program_goes_on(page: Page, program: Program) -> None:
    show_whole(page)
    record(page)
    before = settled(page)
    program.kill()
    page.wait_for_timeout(1500)
    program.start()
    expect_more(page, before)
    stop(page)


def test_a_window_of_a_recording_that_is_over(open_tab: Callable[[], Page], program: Program) -> None:
    page = open_tab()
    page.goto(f"{program.address}#/captions/0123456789ab")
    expect(page.get_by_role("log", name="Captions")).to_contain_text("There are no captions", timeout=LONG)
