"""A transcript as it is read, heard, searched and quoted."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.interview import ANSWERS, ASKS, DOUBTFUL, LINES, NAME, interview, keep, stored
from tests.support.page_program import SMALL_ENGINE, Program

NOW = "import('/page/player/player.js').then(({ player }) => player.time)"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    data = tmp_path_factory.mktemp("document") / "data"
    with stored(data) as (jobs, results):
        keep(jobs, results, NAME, interview())
    with Program(data, command=SMALL_ENGINE) as program:
        yield program


def test_paragraphs_with_who_speaks_and_when(document: Page) -> None:
    region = document.get_by_role("region", name="Transcript")
    assert region.locator(".turn .words").all_text_contents() == LINES
    expect(region.get_by_role("group", name=f"{ANSWERS}, 0:20")).to_be_visible()
    assert region.locator(".turn .name").all_text_contents() == [ASKS, ANSWERS, ASKS, ANSWERS]
    expect(region.locator(".word.unsure")).to_have_text([DOUBTFUL])
    hole = region.locator(".hole")
    expect(hole).to_contain_text("3 seconds of speech without words, at 0:35")
    assert hole.evaluate("(one) => one.previousElementSibling.textContent").endswith("levee.")
    facts = document.get_by_role("complementary")
    facts.get_by_text("Details").click()
    expect(facts.locator("dl")).to_contain_text("10 × real time")
    expect(facts.locator("dl")).to_contain_text("90.0 %")


def test_a_click_on_a_word_plays_there_and_the_spoken_word_is_marked(document: Page) -> None:
    word = document.locator(".word", has_text="neighbour,")
    word.click()
    expect(word).to_have_class(re.compile(r"\bnow\b"))
    document.wait_for_function(f"{NOW}.then((time) => time > 21)")
    expect(document.locator(".word.now")).to_have_count(1)
    expect(document.locator(".turn.now .words")).to_have_text(LINES[3])
    document.keyboard.press("k")


def test_whoever_scrolls_away_is_left_there_until_asked_back(document: Page) -> None:
    document.set_viewport_size({"width": 1200, "height": 400})
    document.locator(".word").first.click()
    back = document.get_by_role("button", name="Back to the spoken word")
    expect(back).to_be_hidden()
    document.locator(".scroll").hover()
    document.mouse.wheel(0, 300)
    expect(back).to_be_visible()
    scrolled = document.locator(".scroll").evaluate("(one) => one.scrollTop")
    document.wait_for_function(f"{NOW}.then((time) => time > 1.2)")  # two words on
    assert document.locator(".scroll").evaluate("(one) => one.scrollTop") == scrolled
    back.click()
    expect(back).to_be_hidden()
    expect(document.locator(".word.now")).to_be_in_viewport()
    document.keyboard.press("k")


def test_one_tab_stop_and_arrows_between_paragraphs(document: Page) -> None:
    turns = document.locator(".turn")
    assert document.locator(".turns [tabindex='0']").count() == 1
    turns.first.focus()
    document.keyboard.press("ArrowDown")
    document.keyboard.press("ArrowDown")
    expect(turns.nth(2)).to_be_focused()
    assert document.locator(".turns [tabindex='0']").count() == 1
    document.keyboard.press("ArrowUp")
    expect(turns.nth(1)).to_be_focused()


def test_a_title_in_place(document: Page) -> None:
    heading = document.get_by_role("heading", level=1)
    heading.get_by_text(NAME).dblclick()
    document.keyboard.type("ראיון with <b>Weiss</b>")
    document.keyboard.press("Enter")
    expect(heading).to_contain_text("ראיון with <b>Weiss</b>")
    document.reload()
    expect(heading.locator(".title")).to_have_text("ראיון with <b>Weiss</b>")
    heading.locator(".title").dblclick()
    document.keyboard.type("no")
    document.keyboard.press("Escape")
    expect(heading.locator(".title")).to_have_text("ראיון with <b>Weiss</b>")
    heading.locator(".title").dblclick()
    document.keyboard.type(NAME)
    document.keyboard.press("Enter")
    expect(document.get_by_role("list", name="Jobs")).to_contain_text(NAME)


def test_find_and_replace_all(document: Page) -> None:
    document.keyboard.press("Control+f")
    document.get_by_role("textbox", name="Find").fill("LEVEE")
    count = document.locator(".find .count")
    expect(count).to_have_text("1 of 2")
    document.keyboard.press("Enter")
    expect(count).to_have_text("2 of 2")
    document.keyboard.press("Enter")
    expect(count).to_have_text("1 of 2")
    assert document.evaluate("CSS.highlights.get('hit-now').size + CSS.highlights.get('hit').size") == 2
    document.locator(".find .replace-toggle").click()
    document.get_by_role("textbox", name="Replace with").fill("dam")
    document.get_by_role("button", name="Replace all…").click()
    dialog = document.get_by_role("dialog")
    expect(dialog.locator("ins")).to_have_text(["dam", "dam"])
    assert document.locator(".turn .words").nth(3).text_content() == LINES[3]  # nothing before it is wanted
    dialog.get_by_role("button", name="Replace").click()
    expect(document.locator(".turn .words").nth(3)).to_have_text(LINES[3].replace("levee", "dam"))
    expect(count).to_have_text("None")
    document.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(document.locator(".turn .words").nth(3)).to_have_text(LINES[3])
    document.get_by_role("textbox", name="Find").press("Escape")
    expect(document.locator(".find")).to_be_hidden()


def select_words(page: Page, first: int, last: int) -> None:
    page.evaluate(
        "([first, last]) => { const words = [...document.querySelectorAll('.word')].map((word) => word.firstChild);"
        " getSelection().setBaseAndExtent(words[first], 0, words[last], words[last].length); }",
        [first, last],
    )


def test_what_is_selected_can_be_quoted_and_marked(document: Page) -> None:
    select_words(document, 5, 6)
    bar = document.get_by_role("toolbar", name="Selection")
    bar.get_by_role("button", name="Copy as quote").click()
    expect(document.get_by_text("The quote is on the clipboard.")).to_be_visible()
    assert document.evaluate("navigator.clipboard.readText()") == f"“Hannah Weiss.” — {ANSWERS}, 0:05"
    select_words(document, 5, 6)
    bar.get_by_role("button", name="Mark").click()
    marked = document.get_by_role("region", name="Marked")
    expect(marked.get_by_role("listitem")).to_contain_text(["Hannah Weiss."])
    document.reload()
    expect(marked.get_by_role("listitem")).to_have_count(1)
    marked.get_by_role("listitem").hover()
    marked.get_by_role("button", name="Remove the mark").click()
    expect(marked).to_be_hidden()


def test_what_is_doubtful_is_gone_through(document: Page) -> None:
    panel = document.get_by_role("region", name="To check")
    expect(panel).to_contain_text("1 doubtful word, and 3 seconds of speech without words")
    document.locator(".turn").first.focus()
    document.keyboard.press("n")
    expect(panel).to_contain_text("1 / 2")
    expect(document.locator(".word.target")).to_have_text(DOUBTFUL)
    document.wait_for_function(f"{NOW}.then((time) => time > 19)")  # it is heard
    document.keyboard.press("n")
    expect(panel).to_contain_text("2 / 2")
    document.keyboard.press("Shift+N")
    document.keyboard.press("Enter")
    assert document.evaluate("getSelection().toString()") == DOUBTFUL
    document.keyboard.type("Oberlechner,")
    document.keyboard.press("Escape")
    document.keyboard.press("k")
