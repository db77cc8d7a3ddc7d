"""The library at the left: what the list shows, and everything that can be done with recordings there."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from zipfile import ZipFile

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.listed_jobs import Listed, fill
from tests.support.page import LONG
from tests.support.page_program import SMALL_ENGINE, Program

INTERVIEW = (("Hannah Weiss", "It is running."), ("Tomasz Brandt", "Who are you?"))
HANNAH = Listed("Hannah Weiss", 0, 1478, INTERVIEW, to_check=8)
FERRY = Listed("Voice note, ferry", 0.001, 41, ((None, "Second paragraph"),))
SILENT = Listed("ZOOM0012", 0.002, 542, state="failed", error="There is no sound in it")
STOPPED = Listed("Archive visit", 45, 1876, state="cancelled", done=800)
LECTURE = Listed("lecture 10", 110, 4495, ((None, "أهلاً وسهلاً"),))
EARLIER = Listed("Lecture 9", 800, 750, ())
ALL = (HANNAH, FERRY, SILENT, STOPPED, LECTURE, EARLIER)
TITLES = [listed.title for listed in ALL]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """With an engine that transcribes nothing."""
    with Program(tmp_path_factory.mktemp("library") / "data", command=SMALL_ENGINE) as program:
        yield program


@pytest.fixture
def page(program: Program, open_tab: Callable[[], Page]) -> Page:
    """A tab with the list of these recordings."""
    fill(program.data_dir, ALL, anew=True)
    tab = open_tab()
    expect(rows(tab)).to_have_count(len(ALL))
    return tab


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Jobs").get_by_role("listitem")


def row(page: Page, title: str) -> Locator:
    return rows(page).filter(has=page.get_by_role("link", name=title, exact=True))


def titles(page: Page) -> Locator:
    return rows(page).locator(".name")


def focused(page: Page, title: str) -> None:
    """The row of that title has the focus."""
    expect(page.get_by_role("list", name="Jobs").get_by_role("link", name=title, exact=True)).to_be_focused()


def show(page: Page, scope: str, now: str = "All recordings") -> None:
    page.get_by_role("button", name=now, exact=True).click()
    page.get_by_role("menuitemradio", name=scope, exact=True).click()


def choose(page: Page, title: str, *entries: str) -> None:
    """From the menu of a row, and from the one that follows it."""
    row(page, title).get_by_role("button", name="More").click()
    for entry in entries:
        page.locator(".menu").get_by_text(entry, exact=True).click()


def toast(page: Page) -> Locator:
    return page.locator(".toast")


def test_rows_say_what_is_in_a_recording(page: Page) -> None:
    expect(titles(page)).to_have_text(TITLES)
    said = ["Hannah Weiss, Tomasz Brandt", "“Second paragraph”", "There is no sound in it", "Stopped at 13:20"]
    for title, text in zip(TITLES, said, strict=False):
        expect(row(page, title)).to_contain_text(text)
    expect(row(page, HANNAH.title)).to_contain_text("8 to check")
    expect(row(page, HANNAH.title)).to_contain_text("24:38")
    expect(row(page, EARLIER.title)).to_contain_text("No words in it")
    groups = rows(page).get_by_role("heading")
    expect(groups.first).to_have_text("Today")
    # Some are three minutes old, which just after midnight is another day.
    assert len(set(groups.all_inner_texts()) - {"Yesterday"}) == 4
    assert row(page, LECTURE.title).locator(".text").evaluate("(one) => getComputedStyle(one).direction") == "rtl"


def test_the_order_is_kept(page: Page) -> None:
    page.get_by_role("button", name="Order: Newest first").click()
    page.get_by_role("menuitemradio", name="By title").click()
    by_title = ["Archive visit", "Hannah Weiss", "Lecture 9", "lecture 10", "Voice note, ferry", "ZOOM0012"]
    expect(titles(page)).to_have_text(by_title)
    page.reload()
    expect(titles(page)).to_have_text(by_title)
    page.get_by_role("button", name="Order: By title").click()
    page.get_by_role("menuitemradio", name="Longest first").click()
    expect(titles(page).first).to_have_text("lecture 10")


def test_one_tab_stop_and_arrows_inside(page: Page) -> None:
    page.get_by_role("button", name="Order: Newest first").focus()
    page.keyboard.press("Tab")
    focused(page, HANNAH.title)
    for key, title in (
        ("ArrowDown", FERRY),
        ("End", EARLIER),
        ("ArrowDown", EARLIER),
        ("ArrowUp", LECTURE),
        ("Home", HANNAH),
    ):
        page.keyboard.press(key)
        focused(page, title.title)
    page.keyboard.press("Tab")
    expect(row(page, HANNAH.title).get_by_role("button", name="More")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("list", name="Jobs").locator(":focus")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("heading", name=FERRY.title)).to_be_visible()
    focused(page, FERRY.title)
    expect(row(page, FERRY.title).get_by_role("link")).to_have_attribute("aria-current", "page")


def test_rename_in_place(page: Page) -> None:
    row(page, FERRY.title).get_by_role("link").focus()
    page.keyboard.press("F2")
    page.keyboard.type("not kept")
    page.keyboard.press("Escape")
    focused(page, FERRY.title)
    page.keyboard.press("F2")
    page.keyboard.type("Ferry <b>")
    page.keyboard.press("Enter")
    focused(page, "Ferry <b>")
    page.reload()
    expect(titles(page).nth(1)).to_have_text("Ferry <b>")
    choose(page, "Ferry <b>", "Rename")
    page.keyboard.type("Again")
    page.get_by_role("button", name="Add", exact=True).first.focus()
    expect(titles(page).nth(1)).to_have_text("Again")


def test_undo_takes_back_all_that_was_removed(page: Page) -> None:
    row(page, FERRY.title).get_by_role("link").focus()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("toolbar", name="With the selection")).to_contain_text("2 selected")
    page.keyboard.press("Delete")
    expect(toast(page)).to_contain_text("2 recordings are in the bin")
    focused(page, STOPPED.title)
    page.keyboard.press("Delete")
    expect(toast(page)).to_contain_text("3 recordings are in the bin")
    focused(page, LECTURE.title)
    expect(titles(page)).to_have_text([HANNAH.title, LECTURE.title, EARLIER.title])
    toast(page).get_by_role("button", name="Undo").click()
    expect(titles(page)).to_have_text(TITLES)
    focused(page, LECTURE.title)


@pytest.mark.logs("status of 404")  # it may be asked for just then
def test_what_is_open_closes_when_it_is_removed(page: Page) -> None:
    row(page, EARLIER.title).get_by_role("link").click()
    expect(page.get_by_role("main").get_by_role("heading", name=EARLIER.title)).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.get_by_role("main").get_by_role("heading", name=EARLIER.title)).to_be_hidden()
    focused(page, LECTURE.title)


def test_selecting_by_mouse_and_keys(page: Page) -> None:
    bar = page.get_by_role("toolbar", name="With the selection")
    row(page, FERRY.title).get_by_role("link").click(modifiers=["ControlOrMeta"])
    page.get_by_role("checkbox", name=f"Select {LECTURE.title}").click(modifiers=["Shift"])
    expect(bar).to_contain_text("4 selected")
    page.get_by_role("checkbox", name=f"Select {SILENT.title}").click()
    expect(bar).to_contain_text("3 selected")
    page.keyboard.press("Space")
    expect(bar).to_contain_text("4 selected")
    page.keyboard.press("ControlOrMeta+a")
    expect(bar).to_contain_text("6 selected")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    focused(page, SILENT.title)
    page.get_by_role("button", name="Select several").click()
    expect(bar.get_by_role("button", name="Move to the bin")).to_be_disabled()
    expect(page.get_by_role("checkbox", name=re.compile("^Select "))).to_have_count(len(ALL))


def test_folders(page: Page) -> None:
    choose(page, FERRY.title, "Move to a folder", "New folder")
    page.keyboard.type("Kaltenbrunn")
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Voice note, ferry is in Kaltenbrunn")
    choose(page, HANNAH.title, "Move to a folder", "Kaltenbrunn")
    show(page, "Kaltenbrunn")
    expect(titles(page)).to_have_text([HANNAH.title, FERRY.title])
    page.reload()
    expect(titles(page)).to_have_text([HANNAH.title, FERRY.title])
    page.get_by_role("button", name="Kaltenbrunn", exact=True).click()
    page.get_by_role("menuitem", name="Rename this folder").click()
    page.keyboard.type("River")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="River", exact=True).click()
    page.get_by_role("menuitem", name="Delete this folder").click()
    expect(page.get_by_role("button", name="All recordings", exact=True)).to_be_visible()
    expect(titles(page)).to_have_text(TITLES)
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="River", exact=True)).to_be_visible()
    expect(titles(page)).to_have_text([HANNAH.title, FERRY.title])


def test_dragging_into_a_folder(page: Page) -> None:
    page.get_by_role("button", name="All recordings", exact=True).click()
    page.get_by_role("menuitem", name="New folder").click()
    page.keyboard.type("River")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is in this folder yet")).to_be_visible()
    show(page, "All recordings", now="River")
    row(page, SILENT.title).get_by_role("link").click(modifiers=["ControlOrMeta"])
    page.get_by_role("checkbox", name=f"Select {STOPPED.title}").click()
    page.get_by_role("checkbox", name=f"Select {STOPPED.title}").hover()
    page.mouse.down()
    for _ in range(2):  # the first move begins to drag
        page.get_by_role("button", name="All recordings", exact=True).hover()
    for _ in range(2):
        page.get_by_role("menuitemradio", name="River").hover()
    page.mouse.up()
    expect(toast(page)).to_contain_text("2 recordings are in River")
    toast(page).get_by_role("button", name="Undo").click()
    show(page, "River")
    expect(page.get_by_text("Nothing is in this folder yet")).to_be_visible()


def test_the_bin(page: Page, program: Program) -> None:
    for title in (FERRY.title, SILENT.title):
        choose(page, title, "Move to the bin")
        expect(row(page, title)).to_have_count(0)
    show(page, "Bin")
    expect(titles(page)).to_have_text([SILENT.title, FERRY.title])
    expect(rows(page).first).to_contain_text("Goes for good in 30 days")
    binned = page.get_by_role("list", name="Jobs").get_by_role("button", name=SILENT.title, exact=True)
    binned.click()
    page.get_by_role("menuitem", name="Restore").click()
    expect(titles(page)).to_have_text([FERRY.title])
    left = page.get_by_role("list", name="Jobs").get_by_role("button", name=FERRY.title, exact=True)
    expect(left).to_be_focused()
    page.keyboard.press("Delete")
    page.get_by_role("dialog").get_by_role("button", name="Keep").click()
    expect(titles(page)).to_have_text([FERRY.title])
    page.get_by_role("button", name="Empty the bin").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("The bin is empty.")).to_be_visible()
    expect(rows(page)).to_have_count(0)
    assert len(list((program.data_dir / "recordings").iterdir())) == len(ALL) - 1
    show(page, "All recordings", now="Bin")
    expect(titles(page)).to_have_text([title for title in TITLES if title != FERRY.title])


def test_menus_by_keys_alone(page: Page) -> None:
    row(page, HANNAH.title).get_by_role("link").focus()
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem", name="Move to the bin")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_role("menuitem", name="Select")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    focused(page, HANNAH.title)


def test_a_long_list_is_whole_and_only_what_changed_is_painted(page: Page, program: Program) -> None:
    fill(program.data_dir, [Listed(f"Interview {number}", 3 + number) for number in range(400)])
    expect(rows(page)).to_have_count(406)
    page.evaluate(
        """() => {
            window.painted = new Set();
            const note = (changes) => changes.forEach(({ target }) => {
                const item = target.parentElement?.closest("li");
                if (item) painted.add(item);
            });
            const whatever = { subtree: true, childList: true, characterData: true };
            new MutationObserver(note).observe(document.querySelector("recording-list ul"), whatever);
        }"""
    )
    row(page, "Interview 3").get_by_role("link").focus()
    page.keyboard.press("F2")
    page.keyboard.type("Another")
    page.keyboard.press("Enter")
    focused(page, "Another")
    assert page.evaluate("[...painted].map((item) => item.querySelector('.name').textContent)") == ["Another"]
    page.keyboard.press("End")
    focused(page, EARLIER.title)


def test_the_list_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    row(page, HANNAH.title).get_by_role("link").click()
    expect(page.get_by_role("list", name="Jobs")).to_be_hidden()
    page.go_back()
    expect(row(page, HANNAH.title)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_words_of_all_recordings_are_searched(page: Page, program: Program) -> None:
    lines = ((None, "before it, and then"), (None, "a needle is said"))
    fill(
        program.data_dir,
        [Listed(f"Recording {number}", 1, 60, lines[: 2 if number == 7 else 1]) for number in range(20)],
    )
    expect(rows(page)).to_have_count(26)
    box, found = page.get_by_role("searchbox"), page.get_by_role("list", name="Found")
    page.get_by_role("heading", name="Drop a recording anywhere").click()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("needl")
    expect(found.get_by_role("listitem")).to_have_count(1, timeout=LONG)
    expect(found).to_contain_text("Recording 7")
    expect(found.locator("mark")).to_have_text("needle")
    expect(page.get_by_role("heading", name="1 recording with")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    hit = found.get_by_role("link").nth(1)
    expect(hit).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/#/r/*?t=10.5")
    expect(hit).to_be_focused()
    expect(hit).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    box.fill("recording")
    expect(found.get_by_role("listitem")).to_have_count(20)
    box.fill("nobody says this")
    expect(page.get_by_role("heading", name="Nothing is called “nobody says this”")).to_be_visible()
    page.keyboard.press("Escape")
    expect(rows(page)).to_have_count(26)
    expect(found).to_be_hidden()


def test_a_title_is_found_and_shown_as_it_is(page: Page) -> None:
    box, found = page.get_by_role("searchbox"), page.get_by_role("list", name="Found")
    box.fill('"ferry')
    expect(found.get_by_role("listitem")).to_have_count(1, timeout=LONG)
    expect(found).to_contain_text("in the title")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("heading", name=FERRY.title)).to_be_visible()


def test_many_are_transcribed_again_with_the_kept_choice(page: Page, program: Program) -> None:
    row(page, FERRY.title).get_by_role("link").click(modifiers=["ControlOrMeta"])
    page.get_by_role("checkbox", name=f"Select {STOPPED.title}").click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="With the selection")
    bar.get_by_role("button", name="Transcribe again with the kept choice").click()
    for title in (FERRY.title, SILENT.title, STOPPED.title):
        expect(row(page, title)).to_contain_text("“hello”")
    expect(bar).to_be_hidden()
    focused(page, STOPPED.title)
    asked = (program.data_dir / "asked.jsonl").read_text().splitlines()
    assert [json.loads(line)["model"] for line in asked] == ["parakeet"] * 3


def test_many_are_exported_as_one_archive(page: Page) -> None:
    row(page, HANNAH.title).get_by_role("link").click(modifiers=["ControlOrMeta"])
    page.get_by_role("checkbox", name=f"Select {SILENT.title}").click(modifiers=["Shift"])
    page.get_by_role("toolbar", name="With the selection").get_by_role("button", name="Export…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="2 recordings")).to_be_visible()
    with page.expect_download() as download:
        dialog.locator(".primary").click()
    names = ZipFile(download.value.path()).namelist()
    assert sorted(Path(name).stem for name in names) == [HANNAH.title, FERRY.title]
    expect(dialog).to_be_hidden()


@pytest.mark.logs("status of 403")  # axe-core asks for the styles by itself, which the guard refuses
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_from_using_it(page: Page, scheme: Literal["light", "dark"]) -> None:
    """In each of its states."""
    page.emulate_media(color_scheme=scheme)
    assert violations(page) == []
    row(page, HANNAH.title).get_by_role("button", name="More").click()
    assert violations(page) == []
    page.get_by_role("menuitem", name="Select").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("searchbox").fill("second")
    expect(page.get_by_role("list", name="Found").get_by_role("listitem")).to_have_count(1, timeout=LONG)
    assert violations(page) == []
    page.keyboard.press("Escape")
    choose(page, SILENT.title, "Move to the bin")
    expect(row(page, SILENT.title)).to_have_count(0)
    show(page, "Bin")
    expect(titles(page)).to_have_text([SILENT.title])
    assert violations(page) == []
