"""How soon the page is there, how smoothly three hours are read and corrected, how 2,000 recordings are searched.

    python -m benchmarks.page

First page: from the start of the process to the whole answer to `GET /`, against the import of Gradio alone in the
same run. Document: 30,000 words in 3,000 segments. Library: 2,000 recordings of nine minutes
(tests/support/full_library.py). Both are put into a data folder, and shown by a real Chromium, which opens the page
anew each time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserType, sync_playwright

from tests.support import full_library
from tools.running import start_page
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.options import TranscribeOptions
from transcriber.server.uploads import wav_header
from transcriber.system.offline import QUIET
from transcriber.transcript import Segment, Transcript, Word

HOURS, SEGMENTS, WORDS = 3, 3000, 10
EXECUTABLE, SWITCHES = "/usr/bin/chromium", ["--no-sandbox", "--disable-gpu", "--no-first-run"]


def start(data_dir: Path) -> tuple["subprocess.Popen[str]", str]:
    return start_page("--models-dir", "demo_models", "--data-dir", data_dir)


def first_page(runs: int) -> dict[str, list[float]]:
    """Seconds, interleaved."""
    figures: dict[str, list[float]] = {"first page": [], "import gradio": [], "python itself": []}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            process, address = start(Path(folder) / "data")
            with opener.open(address) as answer:
                answer.read()
            figures["first page"].append(time.perf_counter() - began)
            process.terminate()
            process.wait()
        for name, code in (("import gradio", "import gradio"), ("python itself", "pass")):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, **QUIET})
            figures[name].append(time.perf_counter() - began)
    return figures


def prepared(folder: DataFolder) -> Database:
    """The database of a new data folder, which is left to the program to lock."""
    for path in (folder.path, folder.recordings, folder.transcripts):
        path.mkdir(exist_ok=True)
    return Database(folder.database)


def long_transcript(folder: DataFolder) -> str:
    """A finished job of three hours and 30,000 words; its recording is silence. Returns its id."""
    database = prepared(folder)
    jobs = Jobs(database, folder)
    results = Results(database, folder, jobs)
    seconds = HOURS * 3600
    job = jobs.add("three hours.wav", "upload")
    jobs.enqueue(job.id, TranscribeOptions("parakeet", "cpu"))
    with job.path.open("wb") as file:
        file.write(wav_header(seconds * 32_000))
        file.truncate(seconds * 32_000 + 44)  # sparse: silence costs no room
    length = seconds / SEGMENTS
    segments = []
    for number in range(SEGMENTS):
        step = length / WORDS
        words = (
            Word(f"word{number}.{k}", number * length + k * step, number * length + (k + 1) * step)
            for k in range(WORDS)
        )
        segments.append(Segment(tuple(words), number * length, (number + 1) * length))
    results.finish(job.id, Transcript(tuple(segments), seconds, "parakeet", "cpu", 60.0))
    database.close()
    return job.id


SHOWN = """(mark) => {
    const [painted] = performance.getEntriesByName(mark);
    const [frame] = performance.getEntriesByName("first-contentful-paint");
    return [painted.startTime, painted.startTime - frame.startTime];
}"""
FRAMES = """async () => {
    const region = document.querySelector("document-view .scroll"), gaps = [];
    let last = performance.now(), step = 0;
    await new Promise((resolve) => {
        const frame = (now) => {
            gaps.push(now - last);
            last = now;
            if (++step > 120) return resolve();
            region.scrollTop = region.scrollHeight * ((step * 37) % 120) / 120;
            requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
    });
    return gaps.slice(2);
}"""
SEEKS = """async () => {
    const words = [...document.querySelectorAll("document-view .word")], times = [];
    for (let k = 0; k < 30; k++) {
        const word = words[(k * 7919) % words.length], began = performance.now();
        word.click();
        while (!word.classList.contains("now")) await new Promise(requestAnimationFrame);
        await new Promise((resolve) => setTimeout(resolve));
        times.push(performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return times;
}"""
KEYS = """() => {
    window.keys = [];
    addEventListener("keydown", (event) => requestAnimationFrame(() => {
        setTimeout(() => keys.push(performance.now() - event.timeStamp));
    }), true);
}"""
SEARCHES = """async (queries) => {
    const times = [];
    for (const query of queries) {
        const began = performance.now();
        await (await fetch(`/search?q=${encodeURIComponent(query)}&limit=60&hits=3`)).json();
        times.push(performance.now() - began);
    }
    return times;
}"""
TYPED = """async (query) => {
    const input = document.querySelector("[role=search] input"), began = performance.now();
    const list = document.querySelector(".list.found ul");
    input.value = query;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    while (!list.textContent.includes(query)) await new Promise(requestAnimationFrame);
    const taken = performance.now() - began;
    input.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return taken;
}"""
SETTLING, OPENING = 3, 5
"""Seconds that a browser has to start, and to open the page."""


def reading(browser: Browser, address: str, identity: str, runs: int) -> dict[str, list[float]]:
    """Milliseconds."""
    where = f"{address}#/r/{identity}"
    shown = [first_shown(browser.browser_type, where, "words") for _ in range(runs)]
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(where)
    page.locator("document-view .word").nth(29_999).wait_for(state="attached")
    page.wait_for_timeout(1000)
    figures = {
        "30,000 words, from opening the page until the first are painted": [whole for whole, _ in shown],
        "… after the frame around them": [after for _, after in shown],
        "a frame while scrolling to random places": page.evaluate(FRAMES),
        "a click on a word until it is marked": page.evaluate(SEEKS),
    }
    page.locator("document-view .turn").nth(100).dblclick()
    page.wait_for_timeout(500)
    page.evaluate(KEYS)
    for letter in "a key takes so long until what it writes is painted":
        page.keyboard.press("Space" if letter == " " else letter)
        page.wait_for_timeout(60)
    figures["a key in a paragraph until it is painted"] = page.evaluate("keys")
    page.close()
    return figures


def library(browser: Browser, address: str, runs: int) -> dict[str, list[float]]:
    """Milliseconds, once the program has looked through all of them."""
    while any(not job["excerpt"] for job in listed(address)):
        time.sleep(2)
    shown = [first_shown(browser.browser_type, address, "recordings") for _ in range(runs)]
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.locator("ul[aria-label=Jobs] li").first.wait_for()
    words = [full_library.own_word(number) for number in range(0, 2000, 200)]
    figures = {
        "2,000 recordings, from opening the page until the first are painted": [whole for whole, _ in shown],
        "… after the frame around them": [after for _, after in shown],
        "a search for a word of one recording": page.evaluate(SEARCHES, words),
        "a search for words of all of them": page.evaluate(SEARCHES, ["the", "people time", "recording", "wh"] * 3),
        "a search from the last key, which it waits 200 ms for": [page.evaluate(TYPED, word) for word in words],
    }
    page.close()
    return figures


def listed(address: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{address}jobs") as answer:
        recordings: list[dict[str, Any]] = json.load(answer)["jobs"]
    return recordings


def first_shown(chromium: BrowserType, address: str, mark: str) -> list[float]:
    """Milliseconds until the page notes a paint as `mark`: since it was opened, and since anything was painted.

    In a browser that has not been here before. Nobody listens to it meanwhile: that takes 6 ms for each of 90 files.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [EXECUTABLE, *SWITCHES, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(SETTLING)
            port = Path(profile, "DevToolsActivePort").read_text().split()[0]
            opening = urllib.request.Request(
                f"http://127.0.0.1:{port}/json/new?{urllib.parse.quote(address, safe=':/')}", method="PUT"
            )
            urllib.request.urlopen(opening).close()
            time.sleep(OPENING)
            browser = chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
            (page,) = (page for page in browser.contexts[0].pages if page.url.startswith(address[:20]))
            shown: list[float] = page.evaluate(SHOWN, mark)
            browser.close()
        finally:
            process.kill()
            process.wait()
    return shown


def table(figures: dict[str, list[float]], unit: str) -> None:
    for name, values in figures.items():
        ordered = sorted(values)
        print(
            f"| {name} | {statistics.median(ordered):.2f} {unit} | {ordered[0]:.2f} | "
            f"{ordered[int(0.95 * (len(ordered) - 1))]:.2f} | {ordered[-1]:.2f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    args = parser.parse_args()
    print("| | median | least | 95 % | most |\n|---|---|---|---|---|")
    figures = first_page(args.runs)
    table(figures, "s")
    ratio = statistics.median(figures["first page"]) / statistics.median(figures["import gradio"])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=SWITCHES)
        with tempfile.TemporaryDirectory() as data_dir:
            identity = long_transcript(DataFolder(Path(data_dir)))
            with running(Path(data_dir)) as address:
                table(reading(browser, address, identity, args.runs), "ms")
        with tempfile.TemporaryDirectory() as data_dir:
            database = prepared(DataFolder(Path(data_dir)))
            full_library.fill(database)
            database.close()
            with running(Path(data_dir)) as address:
                table(library(browser, address, args.runs), "ms")
        browser.close()
    print(f"\nThe first page takes {ratio:.2f} × the time of importing Gradio.")


@contextmanager
def running(data_dir: Path) -> Iterator[str]:
    """The address of the program with this data folder."""
    process, address = start(data_dir)
    try:
        yield address
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
