"""What is written belongs where it was begun, whatever is opened, changed in another window, or dies meanwhile."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.support.interview import LINES, NAME, interview, keep, stored
from tests.support.page import open_recording, show_whole, until
from tests.support.page_program import SMALL_ENGINE, Program

OTHER, PARTED = "other.wav", "parted.wav"
SAID = [
    "Nothing was said about the harbor.",
    "Two years went by.",
    "Then the ferry sank.",
    "The owner was asleep.",
    "They all learnt to swim.",
]

pytestmark = pytest.mark.logs("net::ERR_", "status of 409", "status of 404")


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    data = tmp_path_factory.mktemp("elsewhere") / "data"
    said = [("Ann", 6.0 * at, line) for at, line in enumerate(SAID)]
    with stored(data) as (jobs, results):
        keep(jobs, results, NAME, interview())
        keep(jobs, results, OTHER, interview(said=said))
        part = interview(said=[("Hannah Weiss", 5.0, "Hannah Wise.")])
        keep(jobs, results, PARTED, interview(), replace(part, options={"start": 5.0, "end": 7.0}))
    with Program(data, command=SMALL_ENGINE) as program:
        yield program


def words_of(page: Page, name: str) -> str:
    """As the program has them."""
    return page.evaluate(
        """async (name) => {
            const { jobs } = await (await fetch("/jobs")).json(), { id } = jobs.find((job) => job.name === name);
            const { segments } = await (await fetch(`/jobs/${id}`)).json();
            return segments.flatMap(({ words }) => words.map(({ text }) => text)).join(" ");
        }""",
        name,
    )


def titles_of(page: Page) -> list[str]:
    return page.evaluate("async () => (await (await fetch('/jobs')).json()).jobs.map((job) => job.title).sort()")


def subtitles(page: Page) -> None:
    page.get_by_role("radio", name="Subtitles").click()
    expect(page.locator(".cue")).not_to_have_count(0)


def write_into(page: Page, cue: str, text: str) -> None:
    page.locator(".cue p", has_text=cue).dblclick()
    expect(page.locator(".cue [contenteditable]:focus")).to_contain_text(cue)
    page.keyboard.type(text)


def test_a_cue_is_itself_also_when_another_becomes_two(page: Page) -> None:
    """Its words have other numbers then."""
    open_recording(page, OTHER)
    subtitles(page)
    write_into(page, SAID[0], " And a very long sentence more, which does not find room on the lines of one subtitle.")
    write_into(page, SAID[3], " Indeed.")
    until(page, lambda: "one subtitle." in words_of(page, OTHER))
    page.wait_for_timeout(300)
    expect(page.locator(".cue [contenteditable]")).to_have_text(f"{SAID[3]} Indeed.")
    page.keyboard.press("Enter")
    until(page, lambda: "asleep. Indeed. They" in words_of(page, OTHER))
    assert all(line in words_of(page, OTHER) for line in SAID)
    expect(page.locator(".cue [contenteditable]")).to_have_count(0)


@pytest.mark.parametrize("leave", ["back", "reload"])
def test_a_cue_is_kept_where_it_was_written(page: Page, leave: str) -> None:
    open_recording(page, OTHER)
    expect(page.locator(".turn")).not_to_have_count(0)
    open_recording(page, NAME)
    subtitles(page)
    write_into(page, "Could you say your name?", " Please.")
    if leave == "reload":
        page.reload()
    else:
        page.evaluate("history.go(-2)")
        expect(page.locator(".heading .title")).to_have_text(OTHER)
    until(page, lambda: "name? Please. Hannah" in words_of(page, NAME))
    assert words_of(page, OTHER) == " ".join(SAID)


def test_escape_keeps_what_was_written_in_a_cue(page: Page) -> None:
    open_recording(page, NAME)
    subtitles(page)
    write_into(page, "Could you say your name?", " Please.")
    page.keyboard.press("Escape")
    expect(page.locator(".cue").first).to_contain_text("name? Please.")
    until(page, lambda: "name? Please. Hannah" in words_of(page, NAME))


def test_a_title_is_that_of_the_recording_at_which_it_was_begun(page: Page) -> None:
    open_recording(page, OTHER)
    expect(page.locator(".heading .title")).to_have_text(OTHER)
    open_recording(page, NAME)
    expect(page.locator(".heading .title")).to_have_text(NAME)
    page.locator(".heading .title").dblclick()
    page.keyboard.type("The flood")
    page.go_back()
    expect(page.locator(".heading .title")).to_have_text(OTHER)
    until(page, lambda: titles_of(page) == ["The flood", OTHER, PARTED])


@pytest.mark.parametrize("kind", ["paragraph", "cue"])
def test_what_was_written_while_the_program_was_gone_outlives_another_view(
    page: Page, program: Program, kind: str
) -> None:
    open_recording(page, NAME)
    expect(page.locator(".turn")).to_have_count(len(LINES))
    if kind == "cue":
        subtitles(page)
    show_whole(page)
    program.kill()
    expect(page.get_by_role("alert").filter(has_text="does not answer").first).to_be_visible()  # it moves the page down
    if kind == "cue":
        write_into(page, "And the night?", " Yes.")
    else:
        page.locator(".turn .words", has_text="And the night?").dblclick()
        page.keyboard.press("End")
        page.keyboard.type(" Yes.")
    page.evaluate("location.hash = '#/help'")
    page.wait_for_timeout(500)
    program.start()
    until(page, lambda: "night? Yes. My" in words_of(page, NAME), milliseconds=60_000)


def test_another_windows_words_are_not_written_over_unseen(open_tab: Callable[[], Page]) -> None:
    first, second = open_tab(), open_tab()
    for tab in (first, second):
        open_recording(tab, NAME)
        expect(tab.locator(".turn")).to_have_count(len(LINES))
    second.route("**/jobs?*", lambda _: None)  # it learns nothing
    for tab, text in ((first, " Thanks."), (second, " Please.")):
        tab.locator(".turn .words").first.dblclick()
        tab.keyboard.press("End")
        tab.keyboard.type(text)
        tab.keyboard.press("Escape")
        if tab is first:
            until(first, lambda: "name? Thanks." in words_of(first, NAME))
    expect(second.get_by_text("changed in another window meanwhile")).to_be_visible()
    writing = second.locator(".turn [contenteditable]")
    expect(writing).to_contain_text("Please.")
    expect(writing).to_contain_text("Thanks.")
    second.keyboard.press("Escape")
    expect(writing).to_have_count(0)
    assert {"Thanks.", "Please."} <= set(words_of(first, NAME).split())


def test_what_crossed_with_another_windows_words_is_told_to_who_leaves(open_tab: Callable[[], Page]) -> None:
    first, second = open_tab(), open_tab()
    for tab in (first, second):
        open_recording(tab, NAME)
        expect(tab.locator(".turn")).to_have_count(len(LINES))
    second.route("**/jobs?*", lambda _: None)
    for tab, text in ((first, " Thanks."), (second, " Please.")):
        tab.locator(".turn .words").first.dblclick()
        tab.keyboard.press("End")
        tab.keyboard.type(text)
        if tab is first:
            tab.keyboard.press("Escape")
            until(first, lambda: "name? Thanks." in words_of(first, NAME))
    second.evaluate("location.hash = '#/help'")
    expect(second.get_by_role("status").filter(has_text="Could you say your name? Please.")).to_be_visible()
    assert "name? Thanks. Hannah" in words_of(first, NAME)


def test_a_window_learns_what_another_one_corrected(open_tab: Callable[[], Page]) -> None:
    first, second = open_tab(), open_tab()
    for tab in (first, second):
        open_recording(tab, NAME)
        expect(tab.locator(".turn")).to_have_count(len(LINES))
    first.locator(".turn .words").first.dblclick()
    first.keyboard.press("End")
    first.keyboard.type(" Please.")
    first.keyboard.press("Escape")
    expect(second.locator(".turn .words").first).to_have_text(f"{LINES[0]} Please.")
    second.get_by_role("button", name="Undo (Ctrl+Z)").click()
    for tab in (first, second):
        expect(tab.locator(".turn .words").first).to_have_text(LINES[0])


def test_the_way_back_is_not_another_recordings(page: Page) -> None:
    open_recording(page, NAME)
    expect(page.locator(".turn")).to_have_count(len(LINES))
    page.keyboard.press("Control+f")
    page.keyboard.type("levee")
    page.locator(".find .replace-toggle").click()
    page.get_by_label("Replace with").fill("dyke")
    page.get_by_role("button", name="Replace all").click()
    page.get_by_role("dialog").get_by_role("button", name="Replace").click()
    toast = page.get_by_role("status").filter(has_text="Replaced")
    expect(toast).to_be_visible()
    open_recording(page, OTHER)
    expect(toast).to_have_count(0)


def test_more_than_a_paragraph_can_be_is_refused(page: Page) -> None:
    open_recording(page, NAME)
    expect(page.locator(".turn")).to_have_count(len(LINES))
    page.locator(".turn .words").first.dblclick()
    page.keyboard.insert_text("lorem " * 60_000)
    page.keyboard.press("Escape")
    expect(page.get_by_text(re.compile("too many for one paragraph"))).to_be_visible(timeout=30_000)
    assert words_of(page, NAME).startswith(LINES[0])


@pytest.mark.parametrize(
    ("where", "heading"),
    [
        ("#/r/%", None),
        ("#/r/%E0%A4%A", None),
        ("#/r/..%2Fjobs", None),
        ("?n=999", NAME),
        ("?n=x", NAME),
        ("?n=-1", NAME),
    ],
)
def test_an_address_that_leads_nowhere_says_so(page: Page, where: str, heading: str | None) -> None:
    """A version that there is none of is the recording's own."""
    if heading:
        open_recording(page, NAME)
        expect(page.locator(".turn")).to_have_count(len(LINES))
        where = f"{page.evaluate('location.hash')}{where}"
    page.evaluate("(where) => { location.hash = where; }", where)
    page.reload()
    if heading:
        expect(page.locator(".turn")).to_have_count(len(LINES))
    else:
        expect(page.get_by_text("There is no such recording")).to_be_visible()


def test_a_part_that_is_looked_at_does_not_become_the_recording(page: Page) -> None:
    open_recording(page, PARTED)
    expect(page.locator(".turn")).to_have_count(len(LINES))
    versions = page.get_by_role("radiogroup", name="Versions").get_by_role("radio")
    versions.filter(has_text="0:05 to 0:07").click()
    expect(page.locator(".turn .words")).to_have_text(["Hannah Wise."])
    page.reload()
    expect(page.locator(".turn .words")).to_have_text(["Hannah Wise."])  # its address says so
    open_recording(page, NAME)
    open_recording(page, PARTED)
    expect(page.locator(".turn .words")).to_have_text(LINES)
