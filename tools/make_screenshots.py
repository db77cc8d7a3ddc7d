"""Make the pictures in docs/: the states of the page, light and dark, wide, narrow and on a phone.

    python -m tools.make_screenshots MODELS_DIR

Starts the program with the models in that folder, whisper-base, whisper-tiny.en and speakers among them, and a data
folder of its own.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import soundfile
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools.running import start_page

PROJECT = Path(__file__).resolve().parent.parent
SAMPLE, DOCS = PROJECT / "examples" / "sample.flac", PROJECT / "docs"
WIDE, SMALL, PHONE = (1440, 900), (1024, 700), (390, 844)
PEOPLE = {"Speaker 1": "Reporter", "Speaker 2": "Captain"}
PARTS = {"First winter": (0.0, 18.9), "The new bridge": (34.0, 48.0), "Horses on a ferry": (23.0, 38.5)}
"""Seconds of the sample that are recordings of their own."""
LONG = 600_000


class Pictures:
    """Of the program at `address`."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address

    @contextmanager
    def page(self, at: str = "", size: tuple[int, int] = WIDE, scheme: str = "light") -> Iterator[Page]:
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type]
            permissions=["microphone"],
            locale="en-GB",
        )
        page = context.new_page()
        page.goto(f"{self.address}{at}")
        page.locator(".lib .brand").wait_for(state="attached")
        yield page
        context.close()

    def take(self, page: Page, name: str) -> None:
        page.mouse.move(0, 0)
        page.wait_for_timeout(900)
        page.screenshot(path=DOCS / f"{name}.png")
        print(f"docs/{name}.png", flush=True)

    def ask(self, method: str, route: str, **fields: object) -> object:
        answer = httpx.request(method, f"{self.address}{route}", json=fields, timeout=120, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def transcribe(self, path: Path, title: str, **options: object) -> str:
        (job,) = self.ask("POST", "jobs", path=str(path), **options)  # type: ignore[misc]
        self.ask("PATCH", f"jobs/{job['id']}", title=title)
        return job["id"]

    def wait(self, identity: str) -> None:
        """Until a recording is transcribed."""
        while httpx.get(f"{self.address}jobs/{identity}", timeout=120, trust_env=False).json()["state"] != "done":
            time.sleep(1)


def words(page: Page) -> None:
    expect(page.get_by_role("region", name="Transcript")).to_contain_text("swim", timeout=LONG)


def prepare(pictures: Pictures, folder: Path) -> str:
    """The recordings of the pictures; returns the id of the conversation."""
    audio, rate = soundfile.read(SAMPLE, dtype="float32")
    for title, (start, end) in PARTS.items():
        soundfile.write(folder / f"{title}.flac", audio[int(start * rate) : int(end * rate)], rate)
        pictures.wait(pictures.transcribe(folder / f"{title}.flac", title, model="whisper-base", language="en"))
    shutil.copy(SAMPLE, folder / "ferry.flac")
    (folder / "notes.wav").write_text("not a recording")
    pictures.transcribe(folder / "notes.wav", "Notes", model="whisper-base")
    talk = pictures.transcribe(
        folder / "ferry.flac", "The night ferry", model="whisper-base", language="en", speakers="2"
    )
    pictures.wait(talk)
    pictures.ask("POST", f"jobs/{talk}/speakers", names=PEOPLE)
    pictures.ask("POST", f"jobs/{talk}/retry", model="whisper-tiny.en")
    pictures.wait(talk)
    return talk


def first(pictures: Pictures) -> None:
    for scheme, name in (("light", "first"), ("dark", "first-dark")):
        with pictures.page(scheme=scheme) as page:
            pictures.take(page, name)
    with pictures.page() as page:
        page.get_by_role("button", name="Record", exact=True).click()
        expect(page.get_by_label("Recording time")).to_have_text("0:04", timeout=60_000)
        pictures.take(page, "recording")


def document(pictures: Pictures, talk: str) -> None:
    for scheme, size, name in (
        *(("light", WIDE, "page"), ("dark", WIDE, "page-dark"), ("light", SMALL, "small")),
        *(("light", PHONE, "phone"), ("dark", PHONE, "phone-dark")),
    ):
        with pictures.page(f"#/r/{talk}?t=13.2", size, scheme) as page:
            words(page)
            pictures.take(page, name)
    with pictures.page("#/", PHONE) as page:
        pictures.take(page, "phone-list")
    with pictures.page(f"#/r/{talk}") as page:
        words(page)
        turn = page.get_by_role("region", name="Transcript").locator(".turn").nth(1)
        turn.locator(".words").dblclick()
        pictures.take(page, "correcting")
        page.keyboard.press("Escape")
        turn.locator(".words").evaluate(
            """(text) => {
                const range = document.createRange(), words = [...text.querySelectorAll("span")];
                range.setStartBefore(words[5]); range.setEndAfter(words[13]);
                getSelection().removeAllRanges(); getSelection().addRange(range);
                document.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
            }"""
        )
        pictures.take(page, "selection")
        page.evaluate("getSelection().removeAllRanges()")
        page.keyboard.press("Control+f")
        page.keyboard.type("the")
        pictures.take(page, "find")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Compare", exact=True).click()
        pictures.take(page, "compare")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+e")
        page.get_by_role("dialog").wait_for()
        pictures.take(page, "export")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        pictures.take(page, "keys")
    for scheme, name in (("light", "subtitles"), ("dark", "subtitles-dark")):
        with pictures.page(f"#/r/{talk}?v=subtitles&t=13.2", scheme=scheme) as page:
            page.locator(".cue").first.wait_for()
            pictures.take(page, name)


def library(pictures: Pictures) -> None:
    with pictures.page() as page:
        page.keyboard.press("/")
        page.keyboard.type("bridge")
        page.locator(".lib mark").first.wait_for()
        pictures.take(page, "search")
    with pictures.page() as page:
        page.get_by_role("button", name="Select several").click()
        rows = page.get_by_role("list", name="Jobs").get_by_role("listitem")
        for number in (0, 2):
            rows.nth(number).click()
        pictures.take(page, "selecting")


def views(pictures: Pictures, folder: Path) -> None:
    for scheme, name in (("light", "models"), ("dark", "models-dark")):
        with pictures.page("#/models", scheme=scheme) as page:
            page.get_by_text("In use").filter(visible=True).first.wait_for()
            pictures.take(page, name)
    with pictures.page("#/settings") as page:
        page.get_by_role("heading", name="Settings").wait_for()
        page.wait_for_timeout(500)
        # The folder is another one each time, and nobody's.
        page.evaluate(
            """(folder) => {
                const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (walker.nextNode())
                    walker.currentNode.data = walker.currentNode.data.replaceAll(folder, "/home/me/transcriber");
            }""",
            str(folder / "data"),
        )
        pictures.take(page, "settings")


def running(pictures: Pictures, folder: Path, process: "subprocess.Popen[str]") -> None:
    audio, rate = soundfile.read(SAMPLE, dtype="float32")
    soundfile.write(folder / "long.flac", np.tile(audio, 30), rate)
    long = pictures.transcribe(folder / "long.flac", "A whole crossing", model="whisper-base", language="en")
    with pictures.page(f"#/r/{long}") as page:
        expect(page.get_by_role("region", name="Transcript")).to_contain_text("ferry", timeout=LONG)
        pictures.take(page, "running")
        process.kill()
        page.get_by_role("alert").filter(has_text="does not answer").first.wait_for()
        pictures.take(page, "program-gone")


def main() -> None:
    options = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made)
        process, address = start_page("--models-dir", sys.argv[1], "--data-dir", folder / "data")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=options)
        pictures = Pictures(browser, address)
        try:
            first(pictures)
            document(pictures, prepare(pictures, folder))
            library(pictures)
            views(pictures, folder)
            running(pictures, folder, process)
        finally:
            browser.close()
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
