"""The work on recordings, as the list shows it: after a reload, in a second tab, stopped, gone on with, in order."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.page import (
    LONG,
    add,
    again,
    choose,
    expect_state,
    expect_words,
    job,
    long_words,
    open_recording,
    press,
    text,
    told,
    transcribe,
)
from tests.support.page_program import Program
from tests.support.places import SAMPLE


def begin(page: Page, recording: Path) -> None:
    """Transcribe it, until the first words are there."""
    transcribe(page, recording)
    page.locator(".word").first.wait_for(timeout=LONG)


def kept_words(page: Page, name: str) -> list[str]:
    """Of the transcript that the program shows."""
    address = f"/jobs/{told(page, name)['id']}/transcript.txt"
    return page.evaluate("async (address) => (await fetch(address)).text()", address).split()


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
    open_recording(second, "long.flac")
    second.locator(".word").nth(seen - 1).wait_for(timeout=LONG)
    for tab in (page, second):
        expect_state(tab, "long.flac", "done")
        expect_words(tab, long_words(sample_words))
        expect(tab.get_by_role("list", name="Jobs").get_by_role("listitem")).to_have_count(1)


def test_what_is_stopped_keeps_its_words_and_goes_on(page: Page, eight_minutes: Path, sample_words: list[dict]) -> None:
    begin(page, eight_minutes)
    press(page, "long.flac", "Stop")
    expect_state(page, "long.flac", "cancelled")
    expect(job(page, "long.flac")).to_contain_text("Stopped at ")
    kept, words = kept_words(page, "long.flac"), long_words(sample_words)
    assert 0 < len(kept) < len(words)
    assert kept == words[: len(kept)]
    expect_words(page, kept)
    again(page, "long.flac")
    expect_state(page, "long.flac", "done")
    expect_words(page, words)


def test_a_short_recording_overtakes(running: Page) -> None:
    transcribe(running, SAMPLE)
    expect_state(running, "twenty_words.flac", "done")
    expect(job(running, "long.flac")).to_contain_text(" done")
    press(running, "long.flac", "Stop")
    expect_state(running, "long.flac", "cancelled")


def test_order_cancel_of_a_waiting_one_and_do_next(
    page: Page, program: Program, tmp_path: Path, half_an_hour: Path
) -> None:
    recordings = [tmp_path / name for name in ("long.flac", "b.flac", "c.flac", "d.flac")]
    for recording in recordings:
        shutil.copy(half_an_hour, recording)
    transcribe(page, *recordings)
    page.locator(".word").first.wait_for(timeout=LONG)
    expect_state(page, "d.flac", "queued")
    program.kill_engine(signal.SIGSTOP)  # so that none of them ends while their order is looked at
    try:
        names = page.get_by_role("list", name="Jobs").locator("li .name")
        expect(names.nth(3)).to_have_text("d.flac")
        assert names.all_inner_texts()[:4] == ["long.flac", "b.flac", "c.flac", "d.flac"]
        expect(job(page, "d.flac")).to_contain_text("Waits for its turn")
        press(page, "d.flac", "Do next")
        expect(names.nth(1)).to_have_text("d.flac")
        for name in ("b.flac", "c.flac", "d.flac"):
            press(page, name, "Cancel")
            expect_state(page, name, "cancelled")
        press(page, "long.flac", "Stop")
        expect(job(page, "long.flac")).to_contain_text("Stops after this passage")
    finally:
        program.kill_engine(signal.SIGCONT)
    expect_state(page, "long.flac", "cancelled")


def test_another_model_keeps_both_transcripts(page: Page, sample_words: list[dict]) -> None:
    words = [word["text"] for word in sample_words]
    transcribe(page, SAMPLE)
    expect_words(page, words)
    expect_state(page, "twenty_words.flac", "done")
    choose(page, "Whisper")
    open_recording(page, "twenty_words.flac")
    again(page, "twenty_words.flac")
    versions = page.get_by_role("radiogroup", name="Versions").get_by_role("radio")
    expect(versions).to_have_count(2, timeout=LONG)
    expect_state(page, "twenty_words.flac", "done")
    expect_words(page, words)
    models = page.evaluate(
        "async (id) => (await (await fetch(`/jobs/${id}`)).json()).transcripts.map(({ model }) => model)",
        told(page, "twenty_words.flac")["id"],
    )
    assert models == ["parakeet", "whisper"]
    choose(page, "Parakeet")


@pytest.mark.logs("status of 404")  # of the document that is shown
def test_what_is_sent_stops_when_it_is_removed(page: Page, program: Program, tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "secret.flac")
    add(page, tmp_path / "secret.flac")
    expect(job(page, "secret.flac")).to_be_visible()
    press(page, "secret.flac", "Move to the bin")
    expect(job(page, "secret.flac")).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(job(page, "secret.flac")).to_be_visible()
    expect_state(page, "secret.flac", "done|cancelled|receiving")
