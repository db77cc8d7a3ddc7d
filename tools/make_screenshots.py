"""Make the pictures in docs/: every state of the page, light and dark, wide and narrow.

    python -m tools.make_screenshots MODELS_DIR

Starts the program with the models in that folder, whisper-base and speakers among them, and a data folder of its own.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools.running import start_page

PROJECT = Path(__file__).resolve().parent.parent
SAMPLE, DOCS = PROJECT / "examples" / "sample.flac", PROJECT / "docs"
WIDE, NARROW = {"width": 1200, "height": 1000}, {"width": 390, "height": 1400}
WORD = 34
"""The place of the word that is clicked: “ice”."""


def opened(browser: Browser, address: str, scheme: str = "light", size: dict[str, int] = WIDE) -> Page:
    page = browser.new_page(viewport=size, color_scheme=scheme, permissions=["microphone"])  # type: ignore[arg-type]
    page.goto(address)
    expect(page.get_by_role("button", name="Transcribe", exact=True)).to_be_enabled(timeout=60_000)
    return page


def picture(page: Page, name: str, whole: bool = True) -> None:
    """Of the whole page, or of what is scrolled to."""
    page.wait_for_timeout(400)
    page.screenshot(path=DOCS / f"{name}.png", full_page=whole)
    print(f"docs/{name}.png", flush=True)


def transcribe(page: Page, *files: Path) -> None:
    page.get_by_label("Recordings").set_input_files(files)
    page.get_by_role("button", name="Transcribe", exact=True).click()


def state(page: Page, name: str, wanted: str) -> None:
    item = page.get_by_role("list", name="Jobs").get_by_role("listitem").filter(has_text=name).first
    expect(item).to_contain_text(wanted, timeout=600_000)


def press(page: Page, name: str, button: str) -> None:
    item = page.get_by_role("list", name="Jobs").get_by_role("listitem").filter(has_text=name).first
    item.get_by_role("button", name=button, exact=True).click()


def name_speakers(page: Page) -> None:
    """Of the sample, and how that looks."""
    panel = page.locator("transcript-view .speakers")
    panel.locator("summary").click()
    for number, name in enumerate(("Reporter", "Captain"), 1):
        panel.get_by_label(f"Name of Speaker {number}", exact=True).fill(name)
        with page.expect_response("**/speakers"):
            page.keyboard.press("Enter")
    expect(panel.locator("summary")).to_contain_text("Captain")
    picture(page, "speakers")
    panel.locator("summary").click()


def models_page(browser: Browser, address: str, scheme: str, size: dict[str, int], name: str) -> None:
    """Its upper half: configurations; its lower half: a new one being filled in, and the models."""
    page = opened(browser, address, scheme, size)
    page.get_by_role("tab", name="Models").click()
    page.get_by_text("✓ Active").wait_for()
    picture(page, name, whole=False)
    page.get_by_text("Add a configuration").click()
    form = page.locator("new-configuration")
    form.get_by_label("Name").fill("Base on the card")
    form.get_by_label("Model").select_option("whisper-base")
    form.get_by_label("Device").select_option("cuda")
    form.get_by_role("status").get_by_role("listitem").first.wait_for()
    page.get_by_text("More models").click()
    page.get_by_text("Add a configuration").evaluate("(summary) => summary.scrollIntoView()")
    picture(page, f"{name}-lower", whole=False)
    page.close()


def make_all(browser: Browser, address: str, folder: Path, process: "subprocess.Popen[str]") -> None:
    audio = soundfile.read(SAMPLE, dtype="float32")[0]
    for name in ("board meeting.flac", "second half.flac"):
        soundfile.write(folder / name, np.tile(audio, 8), 16_000)
    (folder / "notes.wav").write_text("not a recording")
    page = opened(browser, address)
    picture(page, "empty")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_label("Recording time")).to_have_text("0:04", timeout=60_000)
    picture(page, "recording")
    page.get_by_role("button", name="Stop", exact=True).click()
    state(page, "Microphone", "ready")
    page.get_by_label("Recordings").set_input_files(SAMPLE)
    state(page, "sample.flac", "ready")
    picture(page, "ready")
    page.locator("transcribe-options summary").click()
    page.locator("transcribe-options").get_by_label("Speakers", exact=True).select_option("find out how many")
    picture(page, "options")
    page.locator("transcribe-options summary").click()
    press(page, "Microphone", "Remove")
    picture(page, "removed")
    transcribe(page, folder / "notes.wav", folder / "board meeting.flac", folder / "second half.flac")
    state(page, "sample.flac", "done")
    page.locator(".word").first.wait_for(timeout=600_000)
    state(page, "board meeting.flac", " of ")
    picture(page, "running")
    press(page, "board meeting.flac", "Cancel")
    state(page, "board meeting.flac", "cancelled at")
    page.get_by_role("button", name="board meeting.flac").click()
    picture(page, "cancelled")
    state(page, "second half.flac", "done")
    page.get_by_role("button", name="sample.flac").click()
    page.get_by_role("link", name="Save", exact=True).wait_for()
    name_speakers(page)
    page.locator(".word").nth(WORD).click()
    picture(page, "page")
    for scheme, size, name in (("dark", WIDE, "dark"), ("light", NARROW, "narrow"), ("dark", NARROW, "narrow-dark")):
        other = opened(browser, address, scheme, size)
        other.get_by_role("button", name="sample.flac").click()
        other.locator(".word").nth(WORD).click()
        picture(other, name)
        other.close()
    for scheme, size, name in (
        *(("light", WIDE, "models"), ("dark", WIDE, "models-dark")),
        *(("light", NARROW, "models-narrow"), ("dark", NARROW, "models-narrow-dark")),
    ):
        models_page(browser, address, scheme, size, name)
    for title in ("How to use", "Privacy & performance", "Saving", "Model information"):
        page.get_by_role("button", name=title).click()
    # The folder is another one each time, and nobody's.
    page.get_by_text(str(folder)).last.evaluate("(place) => place.textContent = 'in /home/me/transcripts'")
    picture(page, "sections")
    process.kill()
    page.get_by_role("alert").filter(has_text="does not answer").first.wait_for()
    page.evaluate("scrollTo(0, 0)")
    picture(page, "program-gone", whole=False)


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    options = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        process, address = start_page("--models-dir", sys.argv[1], "--data-dir", Path(folder) / "data")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        try:
            make_all(browser, address, Path(folder), process)
        finally:
            browser.close()
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
