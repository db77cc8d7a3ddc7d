"""What keeps nobody out: every state of the page by the rules of WCAG, light and dark; on a phone, in large text."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import violations
from tests.support.conversation import conversation
from tests.support.interview import keep, stored
from tests.support.page import open_recording, until
from tests.support.page_program import SMALL_ENGINE, Program

TALK = "talk.wav"
VIEWS = ("add", "models", "settings", "help")
SIZES = {
    "wide": (1440, 900),
    "laptop": (1280, 720),
    "small": (1024, 700),
    "twice as large": (720, 450),
    "phone": (390, 844),
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    data = tmp_path_factory.mktemp("everybody") / "data"
    with stored(data) as (jobs, results):
        keep(jobs, results, TALK, conversation())
        keep(jobs, results, "another.wav", conversation())
    with Program(data, command=SMALL_ENGINE) as program:
        yield program


TOO_WIDE = """() => {
    const seen = [...document.querySelectorAll(".app .view:not([hidden]), .app .view:not([hidden]) .tools")];
    return seen.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => `${one.tagName} ${one.className}`);
}"""


def correcting(page: Page) -> None:
    page.locator(".turn .words").first.dblclick()
    expect(page.locator(".turn [contenteditable]")).to_be_visible()


def finding(page: Page) -> None:
    page.locator("#main").focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("there")


def exporting(page: Page) -> None:
    page.keyboard.press("Control+e")
    expect(page.get_by_role("dialog")).to_be_visible()


def keys(page: Page) -> None:
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def subtitles(page: Page) -> None:
    page.get_by_role("radio", name="Subtitles").click()
    expect(page.locator(".cue").first).to_be_visible()


def searching(page: Page) -> None:
    page.get_by_role("searchbox", name="Search names and words").fill("there")
    expect(page.locator(".lib mark").first).to_be_visible()


STATES: tuple[Callable[[Page], None], ...] = (correcting, finding, exporting, keys, searching, subtitles)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_keeps_to_the_rules(browser: Browser, program: Program, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    found = {}
    for view in VIEWS:
        page.goto(f"{program.address}#/{view}")
        expect(page.get_by_role("heading", level=1).filter(visible=True)).to_be_visible()
        found[view] = violations(page)
    page.goto(program.address)
    open_recording(page, TALK)
    expect(page.get_by_role("region", name="Transcript").locator(".turn")).not_to_have_count(0)
    found["document"] = violations(page)
    for state in STATES:
        state(page)
        found[state.__name__] = violations(page)
        page.keyboard.press("Escape")
    context.close()
    assert {state: wrong for state, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("size", SIZES)
def test_nothing_has_to_be_scrolled_sideways(browser: Browser, program: Program, size: str) -> None:
    """Nor is what one presses smaller than a finger can hit."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True)
    page = context.new_page()
    addresses = [f"#/{view}" for view in VIEWS]
    page.goto(program.address)
    jobs = page.evaluate("async () => (await (await fetch('/jobs')).json()).jobs.map((job) => job.id)")
    for address in ("#/", *addresses, f"#/r/{jobs[0]}", f"#/r/{jobs[0]}?v=subtitles"):
        page.goto(f"{program.address}{address}")
        page.locator(".view:not([hidden])").first.wait_for(state="attached")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.evaluate(TOO_WIDE) == [], address
    context.close()


def player(page: Page, what: str) -> float:
    """Of the one player of the page: its time, or whether it plays."""
    return page.evaluate(f"import('/page/player/player.js').then(({{ player }}) => Number(player.{what}))")


def test_the_same_keys_work_while_somebody_writes_and_after_a_button(page: Page) -> None:
    open_recording(page, TALK)
    page.locator(".turn .words").first.dblclick()
    writing = page.locator(".turn [contenteditable]")
    expect(writing).to_be_focused()
    said = writing.text_content()
    page.keyboard.press("Alt+l")
    until(page, lambda: player(page, "time") >= 5)
    assert writing.text_content() == said
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Copy")).first.click()
    page.keyboard.press("k")
    until(page, lambda: player(page, "isPlaying") == 1)


def test_the_keys_are_listed(page: Page) -> None:
    page.locator("#main").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    for what in ("Play, pause", "Correct this paragraph", "Speaker of this paragraph", "Search everything", "Export"):
        expect(dialog.get_by_text(what, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
