"""The list of jobs: what is there after a reload, in a second tab, after a cancel; order, retry, removal."""

import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.page import (
    LONG,
    choose,
    expect_state,
    expect_words,
    job,
    long_words,
    press,
    save,
    text,
    transcribe,
)
from tests.support.page_program import Program
from tests.support.places import SAMPLE


def begin(page: Page, recording: Path) -> None:
    """Transcribe it, until the first words are there."""
    page.get_by_label("Recordings").set_input_files(recording)
    transcribe(page)
    page.locator(".word").first.wait_for(timeout=LONG)


@pytest.fixture
def running(page: Page, half_an_hour: Path) -> Page:
    """A tab in which a long recording is being transcribed, and words are there."""
    begin(page, half_an_hour)
    return page


def test_a_reload_and_a_second_tab_lose_nothing(
    page: Page, open_tab: Callable[[], Page], eight_minutes: Path, sample_words: list[dict]
) -> None:
    begin(page, eight_minutes)
    seen = len(text(page))
    page.reload()
    page.locator(".word").nth(seen - 1).wait_for(timeout=LONG)
    second = open_tab()
    second.locator(".word").nth(seen - 1).wait_for(timeout=LONG)
    for tab in (page, second):
        expect_state(tab, "long.flac", "done")
        expect_words(tab, long_words(sample_words))
    assert len(page.get_by_role("list", name="Jobs").get_by_role("listitem").all()) == 1


def test_cancel_keeps_what_is_done_and_retry_finishes_it(
    page: Page, eight_minutes: Path, sample_words: list[dict]
) -> None:
    begin(page, eight_minutes)
    press(page, "long.flac", "Cancel")
    expect_state(page, "long.flac", "cancelled at")
    kept = save(page, "TXT")[1].split()
    words = long_words(sample_words)
    assert 0 < len(kept) < len(words)
    assert kept == words[: len(kept)]
    expect_words(page, kept)
    press(page, "long.flac", "Retry")
    expect_state(page, "long.flac", "done")
    expect_words(page, words)


def test_a_short_recording_overtakes(running: Page) -> None:
    running.get_by_label("Recordings").set_input_files(SAMPLE)
    transcribe(running)
    expect_state(running, "twenty_words.flac", "done")
    expect(job(running, "long.flac")).to_contain_text(" of 30:27 on the CPU")
    press(running, "long.flac", "Cancel")
    expect_state(running, "long.flac", "cancelled")


def test_order_cancel_of_a_waiting_one_and_do_next(
    page: Page, program: Program, tmp_path: Path, half_an_hour: Path
) -> None:
    recordings = [tmp_path / name for name in ("long.flac", "b.flac", "c.flac", "d.flac")]
    for recording in recordings:
        shutil.copy(half_an_hour, recording)
    page.get_by_label("Recordings").set_input_files(recordings)
    expect_state(page, "d.flac", "ready")
    transcribe(page)
    page.locator(".word").first.wait_for(timeout=LONG)
    program.kill_engine(signal.SIGSTOP)  # so that none of them ends while their order is looked at
    try:
        names = page.get_by_role("list", name="Jobs").locator("li .name")
        expect(names.nth(3)).to_have_text("d.flac")
        assert names.all_inner_texts()[:4] == ["long.flac", "b.flac", "c.flac", "d.flac"]
        press(page, "d.flac", "Do next")
        expect(names.nth(1)).to_have_text("d.flac")
        for name in ("b.flac", "c.flac", "d.flac"):
            press(page, name, "Cancel")
            expect_state(page, name, "cancelled")
        press(page, "long.flac", "Cancel")
    finally:
        program.kill_engine(signal.SIGCONT)
    expect_state(page, "long.flac", "cancelled at")


def test_retry_with_another_model_keeps_both_transcripts(page: Page, sample_words: list[dict]) -> None:
    words = [word["text"] for word in sample_words]
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    transcribe(page)
    expect_words(page, words)
    choose(page, "Whisper")
    press(page, "twenty_words.flac", "Retry")
    versions = page.get_by_role("group", name="Transcripts of this recording").get_by_role("button")
    expect(versions).to_have_count(2, timeout=LONG)
    expect(page.locator(".figures")).to_contain_text("whisper")
    expect_words(page, words)
    versions.filter(has_text="Parakeet").click()
    expect(page.locator(".figures")).to_contain_text("parakeet")
    expect_words(page, words)
    assert '"model": "parakeet"' in save(page, "JSON")[1]


def test_remove_and_undo(page: Page, program: Program, tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "secret.flac")
    page.get_by_label("Recordings").set_input_files(tmp_path / "secret.flac")
    expect_state(page, "secret.flac", "ready")
    press(page, "secret.flac", "Remove")
    expect(job(page, "secret.flac")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect_state(page, "secret.flac", "ready")
    press(page, "secret.flac", "Remove")
    expect(job(page, "secret.flac")).to_have_count(0)
    for _ in range(150):
        if not list(program.data_dir.rglob("secret.flac")):
            break
        page.wait_for_timeout(100)
    assert not list(program.data_dir.rglob("secret.flac"))


def test_finished_transcripts_are_saved_in_the_chosen_formats(page: Page, program: Program, tmp_path: Path) -> None:
    page.get_by_role("button", name="Saving").click()
    expect(page.get_by_text(str(program.data_dir / "transcripts"))).to_be_visible()
    for name, wanted in (("TXT", False), ("SRT", False), ("VTT", True), ("JSON", False), ("DOCX", True)):
        page.get_by_label(name, exact=True).set_checked(wanted)
    page.get_by_label("With a record of where each came from").check()
    page.reload()
    page.get_by_role("button", name="Saving").click()
    expect(page.get_by_label("VTT", exact=True)).to_be_checked()
    expect(page.get_by_label("TXT", exact=True)).not_to_be_checked()
    shutil.copy(SAMPLE, tmp_path / "kept.flac")
    page.get_by_label("Recordings").set_input_files(tmp_path / "kept.flac")
    transcribe(page)
    expect_state(page, "kept.flac", "done")
    page.wait_for_timeout(1000)  # they are written when the job is done
    names = sorted(path.name for path in (program.data_dir / "transcripts").glob("* kept.*"))
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d kept\.", name) for name in names)
    endings = ["docx", "docx.provenance.json", "vtt", "vtt.provenance.json"]
    assert [name.partition("kept.")[2] for name in names] == endings
    assert (program.data_dir / "transcripts" / names[2]).read_text().startswith("WEBVTT")
