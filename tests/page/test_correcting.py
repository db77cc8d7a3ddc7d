"""A transcript is corrected: nothing that was written is lost, whatever dies or is closed; all of it can be undone."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.interview import ANSWERS, ASKS, LINES, NAME, interview, keep, stored
from tests.support.page import exported, open_recording, show_whole, until
from tests.support.page_program import SMALL_ENGINE, Program
from transcriber.transcript import Segment, Transcript, Word

JAPANESE = "会議は十時から"
ANSWER = "Hannah Weiss. I have seen four high waters."

pytestmark = pytest.mark.logs("net::ERR_", "status of 409")


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    data = tmp_path_factory.mktemp("correcting") / "data"
    with stored(data) as (jobs, results):
        keep(jobs, results, NAME, interview())
        letters = tuple(
            Word(letter, 1 + at / 5, 1.1 + at / 5, 0.9, space_before=False) for at, letter in enumerate(JAPANESE)
        )
        keep(
            jobs,
            results,
            "japanese.wav",
            Transcript((Segment(letters, 1.0, 3.0),), 40.0, "whisper", "cpu", language="ja"),
        )
    with Program(data, command=SMALL_ENGINE) as program:
        yield program


def lines(page: Page) -> Locator:
    return page.locator(".turn .words")


def correct(page: Page, word: str, text: str) -> None:
    """Writes `text` in place of a word (what stands behind it stays), and goes on writing."""
    page.locator(".word", has_text=word).first.dblclick()
    expect(page.get_by_role("textbox", name=re.compile("^Text"))).to_be_focused()
    page.keyboard.type(text)


def test_a_correction_is_kept_undone_and_redone_across_reloads(document: Page) -> None:
    correct(document, "Weiss.", "Weiß")
    document.keyboard.press("Escape")
    expect(lines(document).nth(1)).to_have_text(ANSWER.replace("Weiss", "Weiß"))
    expect(document.locator(".turn").nth(1)).to_be_focused()
    assert "Weiß" in exported(document)
    expect(document.get_by_role("region", name="Versions")).to_contain_text("1 correction")
    document.reload()
    expect(lines(document).nth(1)).to_have_text(ANSWER.replace("Weiss", "Weiß"))
    document.get_by_role("button", name="Undo (Ctrl+Z)").click()
    expect(lines(document)).to_have_text(LINES)
    document.reload()
    expect(lines(document)).to_have_text(LINES)
    document.keyboard.press("Control+Shift+z")
    expect(lines(document).nth(1)).to_have_text(ANSWER.replace("Weiss", "Weiß"))
    assert "Weiß" in exported(document)


def test_every_key_can_be_written_over_a_selected_word(document: Page) -> None:
    """Also those that are keys of the page elsewhere."""
    keys = "abcdefghijklmnopqrstuvwxyz0123456789?/<>"
    document.locator(".word").first.dblclick()
    document.keyboard.type(keys)
    expect(document.get_by_role("textbox", name=re.compile("^Text"))).to_have_text(re.compile(f"^{re.escape(keys)} "))


def test_a_paragraph_becomes_two_and_one_again(document: Page) -> None:
    document.locator(".turn").nth(1).focus()
    document.keyboard.press("Enter")
    for _ in range(len("Hannah Weiss. ")):
        document.keyboard.press("ArrowRight")
    document.keyboard.press("Enter")
    document.keyboard.type("Yes. ")  # at once, before the program has answered
    expect(document.get_by_role("textbox", name=re.compile("^Text"))).to_have_text("Yes. I have seen four high waters.")
    expect(lines(document)).to_have_count(len(LINES) + 1)
    document.keyboard.press("Home")
    document.keyboard.press("Backspace")
    expect(lines(document)).to_have_count(len(LINES))
    document.keyboard.press("Escape")
    expect(lines(document).nth(1)).to_have_text("Hannah Weiss. Yes. I have seen four high waters.")
    expect(document.locator("[contenteditable]")).to_have_count(0)
    while (shown := lines(document).all_text_contents()) != LINES:
        document.keyboard.press("Control+z")
        until(document, lambda shown=shown: lines(document).all_text_contents() != shown)
    expect(document.get_by_role("button", name="Undo (Ctrl+Z)")).to_be_disabled()


def test_what_was_written_when_the_program_was_killed_is_kept(document: Page, program: Program) -> None:
    show_whole(document)
    correct(document, "Weiss.", "Weiß")
    program.kill()
    document.keyboard.press("Escape")
    expect(document.get_by_role("alert").filter(has_text="Not kept yet")).to_be_visible()
    expect(document.get_by_role("textbox", name=re.compile("^Text"))).to_contain_text("Weiß.")
    program.start()
    expect(document.get_by_role("alert").filter(has_text="Not kept yet")).to_have_count(0, timeout=20_000)
    document.reload()
    expect(lines(document).nth(1)).to_have_text(ANSWER.replace("Weiss", "Weiß"))


def test_what_was_written_when_the_page_was_closed_is_kept(
    document: Page, open_tab: Callable[[], Page], program: Program
) -> None:
    correct(document, "Weiss.", "Weiß")
    document.close(run_before_unload=True)
    other = open_tab()
    open_recording(other, NAME)
    expect(lines(other).nth(1)).to_have_text(ANSWER.replace("Weiss", "Weiß"))


def test_two_windows_do_not_overwrite_each_other(document: Page, open_tab: Callable[[], Page]) -> None:
    other = open_tab()
    open_recording(other, NAME)
    correct(document, "Weiss.", "Weiß")
    correct(other, "four", "five")
    other.keyboard.press("Escape")
    expect(other.locator(".editing")).to_have_count(0)  # not before it is kept
    expect(lines(other).nth(1)).to_have_text(ANSWER.replace("four", "five"))
    document.keyboard.press("Escape")
    expect(document.get_by_role("alert").filter(has_text="changed in another window")).to_be_visible()
    box = document.get_by_role("textbox", name=re.compile("^Text"))
    expect(box).to_have_text(ANSWER.replace("Weiss", "Weiß"))  # what was written here stays
    document.keyboard.press("Escape")
    expect(document.locator(".editing")).to_have_count(0)
    expect(lines(document).nth(1)).to_have_text(ANSWER.replace("Weiss", "Weiß"))
    document.keyboard.press("Control+z")
    expect(lines(document).nth(1)).to_have_text(ANSWER.replace("four", "five"))


def test_who_speaks_in_a_paragraph(document: Page) -> None:
    names = document.locator(".turn .name")
    document.locator(".turn").nth(2).focus()
    document.keyboard.press("2")
    expect(document.get_by_role("group", name=f"{ANSWERS}, 0:15")).to_have_count(1)
    document.keyboard.press("Control+z")
    expect(names).to_have_text([ASKS, ANSWERS, ASKS, ANSWERS])
    names.nth(2).click()
    document.get_by_role("menuitem", name="Somebody else…").click()
    document.get_by_role("dialog").get_by_role("textbox", name="Name").fill("אבי")
    document.keyboard.press("Enter")
    expect(names).to_have_text([ASKS, ANSWERS, "אבי", ANSWERS])
    assert "אבי" in exported(document)


def test_a_name_that_is_corrected_is_offered_to_the_vocabulary(document: Page, program: Program) -> None:
    correct(document, "high", "Waldhausen")
    document.keyboard.press("Escape")
    offer = document.get_by_role("status").filter(has_text="Waldhausen")
    offer.get_by_role("button", name="Add").click()
    expect(document.get_by_text("Later transcriptions go by it")).to_be_visible()
    assert "Waldhausen" in document.evaluate("async () => (await (await fetch('/vocabulary')).json()).terms")


def test_letters_without_blanks_stay_so(page: Page) -> None:
    open_recording(page, "japanese.wav")
    expect(lines(page)).to_have_text([JAPANESE])
    page.locator(".turn").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.insert_text("です。")
    page.keyboard.press("Escape")
    expect(page.locator("[contenteditable]")).to_have_count(0)
    expect(lines(page)).to_have_text([f"{JAPANESE}です。"])
    assert exported(page) == f"{JAPANESE}です。\n"


def test_what_is_pasted_is_plain_and_one_paragraph(document: Page) -> None:
    document.evaluate(
        "navigator.clipboard.write([new ClipboardItem({"
        " 'text/html': new Blob(['<b>Anna</b><script>document.title = 1</script>'], { type: 'text/html' }),"
        " 'text/plain': new Blob(['Anna\\nWeiss'], { type: 'text/plain' }) })])"
    )
    document.locator(".word", has_text="Hannah").first.dblclick()
    document.keyboard.press("Control+v")
    document.keyboard.press("Escape")
    expect(lines(document).nth(1)).to_have_text("Anna Weiss Weiss. I have seen four high waters.")
    assert document.locator(".turn b").count() == 0
