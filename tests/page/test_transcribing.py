"""From a recording to its words, as a user goes through it."""

import itertools
import re
import shutil
from pathlib import Path

import docx
import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.page import LONG, expect_state, expect_words, save, saved, transcribe
from tests.support.places import RATE, SAMPLE


def test_drop_a_file_and_save_its_subtitles(page: Page, sample_words: list[dict], sample_audio: np.ndarray) -> None:
    words = [word["text"] for word in sample_words]
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    transcribe(page)
    expect_words(page, words)
    name, subtitles = save(page, "SRT")
    assert name == "twenty_words.srt"
    assert re.match(r"1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\none two three", subtitles)
    assert save(page, "TXT") == ("twenty_words.txt", " ".join(words) + "\n")
    assert save(page, "VTT")[1].startswith("WEBVTT\n")
    assert '"words"' in save(page, "JSON")[1]
    assert [paragraph.text for paragraph in docx.Document(saved(page, "DOCX")).paragraphs][1].endswith("four five")
    figures = page.locator("transcript-view .figures").inner_text()
    assert f"0:{len(sample_audio) // RATE}" in figures
    assert "× real time" in figures
    assert "the CPU" in figures
    page.get_by_role("button", name="Copy text").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").split() == words
    page.reload()
    expect_words(page, words)


@pytest.mark.parametrize("model", ["Canary", "Whisper"])
def test_the_other_models(page: Page, sample_words: list[dict], model: str) -> None:
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    transcribe(page, model)
    expect(page.locator("transcript-view .figures")).to_contain_text(model.lower(), timeout=LONG)
    expect_words(page, [word["text"] for word in sample_words])


def test_files_dropped_anywhere(page: Page, tmp_path: Path) -> None:
    """A real drop, through the browser's own drag events."""
    for name in ("one.flac", "two.flac"):
        shutil.copy(SAMPLE, tmp_path / name)
    devtools = page.context.new_cdp_session(page)
    for event in ("dragEnter", "dragOver", "drop"):
        devtools.send(
            "Input.dispatchDragEvent",
            {
                "type": event,
                "x": 900,
                "y": 700,
                "data": {
                    "items": [],
                    "files": [str(tmp_path / "one.flac"), str(tmp_path / "two.flac")],
                    "dragOperationsMask": 1,
                },
            },
        )
        page.wait_for_timeout(200)  # the browser asks the page whether it takes the files
    for name in ("one.flac", "two.flac"):
        expect_state(page, name, "ready")
    transcribe(page)
    for name in ("one.flac", "two.flac"):
        expect_state(page, name, "done")


def test_a_path_on_this_computer(page: Page, sample_words: list[dict], tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "bei mir zu Hause.flac")
    page.get_by_label("Path on this computer").fill(str(tmp_path / "bei mir zu Hause.flac"))
    transcribe(page)
    expect(page.locator("transcript-view .status")).to_contain_text("bei mir zu Hause.flac: done", timeout=LONG)
    expect_words(page, [word["text"] for word in sample_words])
    expect(page.get_by_label("Path on this computer")).to_have_value("")


def test_a_part_of_a_recording(page: Page, sample_words: list[dict]) -> None:
    """From the middle of a pause to the middle of another."""
    ends = [(word["end"] + after["start"]) / 2 for word, after in itertools.pairwise(sample_words)]
    page.locator("transcribe-options summary").click()
    page.get_by_label("From", exact=True).fill(f"0:{ends[2]:05.2f}")
    page.get_by_label("To", exact=True).fill(f"{ends[9]:.2f}")
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    transcribe(page)
    expect_words(page, [word["text"] for word in sample_words[3:10]])


def test_options_may_be_filled_in_before_the_models_are_known(page: Page, sample_words: list[dict]) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/models", hold)
    page.reload()
    page.locator("transcribe-options summary").click()
    page.get_by_label("To", exact=True).fill("2 hours")
    page.get_by_label("To", exact=True).blur()
    expect(page.locator("transcribe-options").get_by_role("alert").filter(has_text="Write a time")).to_be_visible()
    page.get_by_label("To", exact=True).fill(f"{(sample_words[2]['end'] + sample_words[3]['start']) / 2:.2f}")
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    button = page.get_by_role("button", name="Transcribe", exact=True)
    expect(button).to_be_enabled(timeout=LONG)
    button.click()
    page.wait_for_timeout(500)
    (asked,) = held
    asked.continue_()
    page.unroute("**/models")
    expect_words(page, [word["text"] for word in sample_words[:3]])


def test_what_cannot_be_transcribed_is_said(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="Transcribe", exact=True).click()
    alert = page.locator("recording-sources").get_by_role("alert")
    expect(alert).to_have_text("Choose a recording first: drop a file, record, or type a path.")
    page.get_by_label("Path on this computer").fill("/nowhere/talk.wav")
    page.get_by_role("button", name="Transcribe", exact=True).click()
    expect(alert).to_contain_text("There is no file")
    (tmp_path / "diary.wav").write_text("nothing was said")
    page.get_by_label("Recordings").set_input_files(tmp_path / "diary.wav")
    page.get_by_label("Path on this computer").fill("")
    page.get_by_role("button", name="Transcribe", exact=True).click()
    expect_state(page, "diary.wav", "no audio or video that can be read")


def test_sections_and_banner(page: Page) -> None:
    expect(page.get_by_role("alert").first).to_contain_text("Demo models")
    for title, text in (
        ("How to use", "Drop"),
        ("Model information", "NVIDIA Parakeet TDT 0.6B v2"),
        ("Privacy & performance", "kernel took it away"),
    ):
        page.get_by_role("button", name=title).click()
        expect(page.get_by_text(re.compile(text)).first).to_be_visible(timeout=LONG)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_screens_need_no_sideways_scrolling(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
