"""Recording: nothing that was said is lost."""

import re
import sys
import wave
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy.signal import fftconvolve

from tests.support.page import LONG, SPOKEN_SECONDS, begin, choose, expect_state, show_whole, text
from tests.support.page_program import Program
from tests.support.places import RATE

NAME = "Microphone"


pytestmark = pytest.mark.usefixtures("nothing_stays")


def record(page: Page, until: str) -> None:
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_label("Recording time")).to_have_text(until, timeout=LONG)


def recorded(program: Program) -> np.ndarray:
    """The last recording."""
    path = max(program.data_dir.rglob("Microphone*.wav"), key=lambda path: path.name)
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32)


def loud_halves(samples: np.ndarray) -> np.ndarray:
    """In which half seconds something is heard."""
    half = RATE // 2
    return np.abs(samples[: len(samples) // half * half]).reshape(-1, half).max(1) > 500


def expect_spoken(page: Page) -> None:
    """The fake microphone plays its file in a loop from anywhere."""
    page.locator(".word").first.wait_for(timeout=LONG)
    assert len(set(text(page)) & {"one", "two", "three", "four", "five"}) >= 4


def stop(page: Page) -> None:
    page.get_by_role("button", name="Stop", exact=True).click()


def test_what_is_said_while_it_is_muted_is_not_kept(page: Page, program: Program) -> None:
    """And the recording goes on."""
    record(page, "0:02")
    mute = page.get_by_role("button", name="Mute", exact=True)
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Recording time")).to_have_text("0:05", timeout=LONG)
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_label("Recording time")).to_have_text("0:07", timeout=LONG)
    stop(page)
    expect_state(page, NAME, "done")
    loud = loud_halves(recorded(program))
    assert loud[:3].any()
    assert not loud[6:9].any()
    assert loud[-3:].any()


def test_record_and_transcribe(page: Page, program: Program) -> None:
    """It is transcribed as soon as it ends, and the page shows it."""
    choose(page, "Parakeet")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_label("Level")).to_be_visible()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_focused()
    page.wait_for_function("document.querySelector('meter').value > 0.05", timeout=LONG)
    expect(page.get_by_label("Recording time")).to_have_text("0:06", timeout=LONG)
    stop(page)
    page.wait_for_url("**/#/r/*")
    expect_state(page, NAME, "done")
    expect_spoken(page)
    assert len(recorded(program)) >= 6 * RATE
    page.reload()
    expect_spoken(page)


def test_pause(page: Page, program: Program) -> None:
    record(page, "0:02")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_timeout(700)  # what was under way is told
    paused = page.get_by_label("Recording time").inner_text()
    page.wait_for_timeout(2500)
    assert page.get_by_label("Recording time").inner_text() == paused
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_label("Recording time")).to_have_text("0:05", timeout=LONG)
    stop(page)
    expect_state(page, NAME, "queued|running|done")
    assert 4.5 * RATE < len(recorded(program)) < 6.5 * RATE


def test_a_closed_tab_loses_nothing(open_tab: Callable[[], Page], program: Program) -> None:
    first = open_tab()
    record(first, "0:06")
    first.close(run_before_unload=True)
    second = open_tab()
    expect_state(second, NAME, "ready")
    assert len(recorded(program)) >= 5.5 * RATE
    begin(second, NAME)
    expect_state(second, NAME, "done")
    second.get_by_role("link", name=NAME).click()
    expect_spoken(second)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX's")
@pytest.mark.logs("net::ERR_")
def test_a_killed_program_loses_nothing(page: Page, program: Program) -> None:
    show_whole(page)
    record(page, "0:04")
    program.kill()
    expect(page.locator("adding-troubles p")).to_contain_text("What you say is kept in this page meanwhile")
    page.wait_for_timeout(2000)
    program.start()
    expect(page.locator("adding-troubles p")).to_be_empty(timeout=LONG)
    shown = page.get_by_label("Recording time").inner_text()
    stop(page)
    expect_state(page, NAME, "queued|running|done")
    heard = recorded(program)
    minutes, seconds = map(int, re.fullmatch(r"(\d+):(\d\d)", shown).groups())
    assert len(heard) >= (60 * minutes + seconds) * RATE
    # What is heard repeats itself: a piece that is missing or doubled, half a second at least, would shift it.
    period, reach = SPOKEN_SECONDS * RATE, RATE // 2 + 800
    for at in range(reach, len(heard) - period - RATE - reach, RATE):
        piece, around = heard[at : at + RATE], heard[at + period - reach : at + period + RATE + reach]
        if np.abs(piece).max() > 500:
            likeness = fftconvolve(around, piece[::-1], "valid")
            assert abs(int(np.argmax(likeness)) - reach) < RATE // 4


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX's")
@pytest.mark.logs("net::ERR_")
def test_a_killed_program_and_a_closed_tab(open_tab: Callable[[], Page], program: Program) -> None:
    first = open_tab()
    show_whole(first)
    record(first, "0:06")
    program.kill()
    first.close()
    program.start()
    second = open_tab()
    expect_state(second, NAME, "ready")
    begin(second, NAME)
    expect_state(second, NAME, "done")
    second.get_by_role("link", name=NAME).click()
    expect_spoken(second)
