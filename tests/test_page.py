"""The page in a real Chromium, with the real engine and the demo models: as a user goes through it."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.conftest import DEMO_MODELS, RATE, SAMPLE
from tests.test_transcribe_ui import start_page

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
LONG = 60_000


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, sample_audio: np.ndarray) -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs a Chromium")
        pytest.skip("no Chromium on this machine")
    spoken = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    soundfile.write(spoken, sample_audio[: 5 * RATE], RATE, subtype="PCM_16")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*OPTIONS, f"--use-file-for-fake-audio-capture={spoken}"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    process, address = start_page("--models-dir", DEMO_MODELS, "--data-dir", tmp_path_factory.mktemp("data"))
    yield address
    process.terminate()
    process.wait(20)


def is_problem(message: ConsoleMessage) -> bool:
    """An error that the browser logged, other than its own note of a request that we refused with a reason."""
    return message.type == "error" and "status of 400" not in message.text


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A tab on the page; it fails when the page asks anything beyond this computer, or logs an error."""
    context = browser.new_context(
        permissions=["microphone", "clipboard-read", "clipboard-write"], viewport={"width": 1200, "height": 900}
    )
    tab = context.new_page()
    foreign: list[str] = []
    problems: list[str] = []
    tab.on(
        "request",
        lambda request: (
            foreign.append(request.url) if not request.url.startswith((address, "blob:", "data:")) else None
        ),
    )
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda message: problems.append(message.text) if is_problem(message) else None)
    tab.goto(address)
    expect(tab.get_by_role("button", name="Transcribe", exact=True)).to_be_enabled(timeout=LONG)
    expect(tab.get_by_label("Recordings")).to_be_attached()
    yield tab
    context.close()
    assert not foreign
    assert not problems


def transcribe(page: Page, model: str = "Parakeet") -> None:
    choose(page, model)
    page.get_by_role("button", name="Transcribe", exact=True).click()


def choose(page: Page, model: str) -> None:
    page.get_by_label("Model", exact=True).click()
    page.get_by_role("option", name=re.compile(model)).click()


def expect_words(page: Page, words: list[str]) -> None:
    expect(page.get_by_role("link", name="Save as TXT")).to_be_visible(timeout=LONG)
    text = " ".join(page.locator("transcript-view .text").all_inner_texts())
    assert text.split() == words


def save(page: Page, name: str) -> tuple[str, str]:
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Save as {name}").click()
    return download.value.suggested_filename, Path(download.value.path()).read_text(encoding="utf-8")


def test_drop_a_file_and_save_its_subtitles(page: Page, sample_words: list[dict], sample_audio: np.ndarray) -> None:
    words = [word["text"] for word in sample_words]
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    transcribe(page)
    expect_words(page, words)
    name, subtitles = save(page, "SRT")
    assert name == "sample.srt"
    assert re.match(r"1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\none two three", subtitles)
    assert save(page, "TXT") == ("sample.txt", " ".join(words) + "\n")
    assert save(page, "VTT")[1].startswith("WEBVTT\n")
    assert '"words"' in save(page, "JSON")[1]
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
    expect(page.get_by_label("Chosen files").get_by_role("listitem")).to_have_count(2)
    transcribe(page)
    for name in ("one.flac", "two.flac"):
        expect(page.get_by_role("button", name=f"{name} – done")).to_be_visible(timeout=LONG)


def test_a_path_on_this_computer(page: Page, sample_words: list[dict], tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "bei mir zu Hause.flac")
    page.get_by_label("Path on this computer").fill(str(tmp_path / "bei mir zu Hause.flac"))
    transcribe(page)
    expect(page.locator("transcript-view .status")).to_have_text("bei mir zu Hause.flac: done", timeout=LONG)
    expect_words(page, [word["text"] for word in sample_words])
    expect(page.get_by_label("Path on this computer")).to_have_value("")


def test_record_with_the_microphone(page: Page) -> None:
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_label("Recording time")).to_have_text("0:06", timeout=LONG)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_label("Chosen files")).to_contain_text("ready")
    transcribe(page)
    expect(page.locator("transcript-view .status")).to_have_text(re.compile("Microphone.*: done"), timeout=LONG)
    heard = " ".join(page.locator("transcript-view .text").all_inner_texts()).split()
    # The fake microphone plays its file in a loop from anywhere: the words in order, but the first ones may be missing.
    spoken = ["one", "two", "three", "four", "five"]
    assert len(set(heard) & set(spoken)) >= 4
    page.reload()
    expect(page.get_by_role("link", name="Save as TXT")).to_be_visible(timeout=LONG)


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
    expect(page.get_by_role("region", name="Transcript")).to_contain_text(
        "no audio or video that can be read", timeout=LONG
    )


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
