"""The document as a file: the dialog, its first lines, what is kept of it, several formats and recordings at once."""

import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.interview import ANSWERS, NAME, interview, keep, stored
from tests.support.page import job, open_recording, save, saved
from tests.support.page_program import SMALL_ENGINE, Program

OTHER = "other.wav"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    data = tmp_path_factory.mktemp("export") / "data"
    with stored(data) as (jobs, results):
        for name in (OTHER, NAME):
            keep(jobs, results, name, interview())
    with Program(data, command=SMALL_ENGINE) as program:
        yield program


def test_the_button_does_at_once_what_was_chosen_last(page: Page) -> None:
    open_recording(page, NAME)
    at_once = page.get_by_role("button", name="Export to Word")
    with page.expect_download() as download:
        at_once.click()
    assert download.value.suggested_filename == "interview.docx"
    name, text = save(page, "SRT")
    assert name == "interview.srt"
    assert "HANNAH WEISS: Hannah Weiss." in text
    page.reload()
    expect(page.get_by_role("button", name="Export as SRT")).to_be_enabled()


def test_the_first_lines_show_what_is_chosen(page: Page) -> None:
    open_recording(page, NAME)
    page.get_by_role("button", name="Other formats").click()
    dialog = page.get_by_role("dialog")
    preview = dialog.get_by_role("region", name="First lines")
    dialog.get_by_role("option", name="Text").click()
    expect(preview).to_contain_text(f"[00:00:05] {ANSWERS}: Hannah Weiss.")
    dialog.get_by_role("switch", name="Names of the speakers").uncheck()
    expect(preview).to_contain_text("[00:00:05] Hannah Weiss.")
    dialog.get_by_role("switch", name="Time at each paragraph").uncheck()
    expect(preview).not_to_contain_text("00:00")
    dialog.get_by_role("option", name="SRT").click()
    expect(dialog.get_by_role("switch", name="Time at each paragraph")).to_be_hidden()
    dialog.get_by_label("Limits").select_option("youtube")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Save as SRT").click()
    text = download.value.path().read_text("utf-8")
    assert "HANNAH WEISS" not in text
    assert max(map(len, text.splitlines())) <= 32


def test_the_formats_by_keys(page: Page) -> None:
    """One tab stop: arrows choose, the blank adds; Escape gives the focus back."""
    open_recording(page, NAME)
    more = page.get_by_role("button", name="Other formats")
    expect(more).to_be_enabled()
    more.focus()
    page.keyboard.press("Enter")
    formats = page.get_by_role("dialog").get_by_role("listbox", name="Format")
    expect(formats.locator(":focus")).to_have_count(1)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(formats.get_by_role("option", selected=True)).to_have_text(["Text.txt"])
    page.keyboard.press("Control+ArrowDown")
    page.keyboard.press("Space")
    expect(formats.get_by_role("option", selected=True)).to_have_count(2)
    expect(page.get_by_role("button", name="Save 2 files as a zip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()


def test_several_formats_and_recordings_are_an_archive(page: Page) -> None:
    open_recording(page, NAME)
    with zipfile.ZipFile(saved(page, "txt", "json")) as files:
        assert sorted(files.namelist()) == ["interview.json", "interview.txt"]
    page.get_by_role("button", name="Select several").click()
    job(page, OTHER).click()
    job(page, NAME).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export…", exact=True).click()
        page.get_by_role("dialog").get_by_role("option", name="Text").click()
        page.get_by_role("dialog").get_by_role("button", name="Save 2 files as a zip").click()
    with zipfile.ZipFile(download.value.path()) as files:
        assert sorted(files.namelist()) == ["interview.txt", "other.txt"]
