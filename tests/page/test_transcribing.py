"""From a recording to its words, as a user goes through it."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.support.page import LONG, expect_words, exported, long_words, text, transcribe
from tests.support.places import RATE, SAMPLE


def test_drop_a_file_and_have_its_words(page: Page, sample_words: list[dict], sample_audio: np.ndarray) -> None:
    words = [word["text"] for word in sample_words]
    transcribe(page, SAMPLE)
    expect_words(page, words)
    assert re.match(r"1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\none two three", exported(page, "srt"))
    assert exported(page) == " ".join(words) + "\n"
    about = page.locator(".heading .about")
    expect(about).to_contain_text(f"0:{len(sample_audio) // RATE}")
    expect(about).to_contain_text("Parakeet")
    details = page.get_by_role("complementary")
    details.get_by_text("Details").click()
    expect(details.locator("dl")).to_contain_text("× real time")
    expect(details.locator("dl")).to_contain_text("on the processor")
    page.get_by_role("button", name="Copy text").click()
    expect(page.get_by_text("The text is on the clipboard.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").split() == words
    page.reload()
    expect_words(page, words)


@pytest.mark.parametrize("model", ["Canary", "Whisper"])
def test_the_other_models(page: Page, sample_words: list[dict], model: str) -> None:
    transcribe(page, SAMPLE, model=model)
    expect_words(page, [word["text"] for word in sample_words])
    expect(page.locator(".heading .about")).to_contain_text(model, timeout=LONG)


def test_what_is_here_is_corrected_while_the_rest_is_transcribed(
    page: Page, eight_minutes: Path, sample_words: list[dict]
) -> None:
    """The text grows beneath what is written, which is kept when all is done."""
    transcribe(page, eight_minutes)
    first = page.locator(".word").first
    first.wait_for(timeout=LONG)
    expect(page.locator(".live")).to_contain_text("of 8:", timeout=LONG)
    first.dblclick()
    page.keyboard.type("Corrected")
    written = page.get_by_role("textbox", name=re.compile("^Text"))
    expect(written).to_contain_text("Corrected")
    page.keyboard.press("Escape")
    expect(page.locator(".word").first).to_have_text("Corrected")
    expect(page.locator(".live")).to_be_hidden(timeout=LONG)
    expect_words(page, ["Corrected", *long_words(sample_words)[1:]])
    page.reload()
    expect_words(page, ["Corrected", *long_words(sample_words)[1:]])
    page.get_by_role("button", name="Undo (Ctrl+Z)").click()
    expect_words(page, long_words(sample_words))


def test_what_is_made_can_be_stopped(page: Page, half_an_hour: Path) -> None:
    transcribe(page, half_an_hour)
    page.locator(".word").first.wait_for(timeout=LONG)
    page.locator(".live").get_by_role("button", name="Stop").click()
    expect(page.locator(".live")).to_be_hidden(timeout=LONG)
    kept = text(page)
    assert kept
    page.reload()
    page.locator(".word").first.wait_for()
    assert text(page) == kept
