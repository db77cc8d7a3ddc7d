"""How soon the page is there, and how smoothly the transcript of three hours scrolls and seeks.

    python -m benchmarks.page

First page: from the start of the process to the whole answer to `GET /`, against the import of Gradio alone in the same
run. Transcript: 30,000 words in 3,000 segments, put into a job store and opened in a real Chromium.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

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


def long_transcript(folder: DataFolder) -> None:
    """A finished job of three hours and 30,000 words; its recording is silence."""
    folder.open()
    database = Database(folder.database)
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


FRAMES = """async () => {
    const region = document.querySelector("transcript-view .transcript"), gaps = [];
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
    const words = [...document.querySelectorAll("transcript-view .word")], times = [];
    for (let k = 0; k < 50; k++) {
        const word = words[(k * 7919) % words.length], began = performance.now();
        word.click();
        await new Promise(requestAnimationFrame);
        if (!word.classList.contains("spoken")) throw new Error("not marked");
        times.push(performance.now() - began);
    }
    return times;
}"""


def reading(page: Page, address: str) -> dict[str, list[float]]:
    """Milliseconds."""
    began = time.perf_counter()
    page.goto(address)
    page.locator(".word").nth(SEGMENTS * WORDS - 1).wait_for(state="attached", timeout=60_000)
    shown = (time.perf_counter() - began) * 1000
    page.wait_for_timeout(1000)
    return {
        "30,000 words shown, from opening the page": [shown],
        "a frame while scrolling to random places": page.evaluate(FRAMES),
        "a click on a word until it is marked": page.evaluate(SEEKS),
    }


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
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    args = parser.parse_args()
    print("| | median | least | 95 % | most |\n|---|---|---|---|---|")
    figures = first_page(args.runs)
    table(figures, "s")
    ratio = statistics.median(figures["first page"]) / statistics.median(figures["import gradio"])
    with tempfile.TemporaryDirectory() as data_dir, sync_playwright() as playwright:
        long_transcript(DataFolder(Path(data_dir)))
        process, address = start(Path(data_dir))
        browser = playwright.chromium.launch(executable_path=args.chromium, args=["--no-sandbox", "--disable-gpu"])
        table(reading(browser.new_page(viewport={"width": 1200, "height": 900}), address), "ms")
        browser.close()
        process.terminate()
        process.wait()
    print(f"\nThe first page takes {ratio:.2f} × the time of importing Gradio.")


if __name__ == "__main__":
    main()
