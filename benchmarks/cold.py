"""From nothing to the words of a recording of ten seconds: how long it takes, and what the program then holds.

    python -m benchmarks.cold [--models-dir DIR] [--model parakeet] [--rounds 3]

“Ours” is `transcribe_ui.py` with an empty data folder; as soon as it prints its address, the recording is sent and
transcribed through the routes that the page uses. “Plain” is one process that imports Gradio and NeMo, restores the
archive with `restore_from`, and transcribes: what a page in one process does before it can show a word. In turn, on the
processor. Memory is that of each process when the words are there: its own, and of files that are mapped, which the
system can drop at any time. Linux only.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.peers import recording
from tools.running import start_page
from transcriber.system.offline import QUIET

PLAIN = """\
import sys
import gradio
from nemo.collections.asr.models import ASRModel
model = ASRModel.restore_from(sys.argv[1], map_location="cpu").eval()
print(model.transcribe([sys.argv[2]], batch_size=4, verbose=False)[0].text)
"""
SECONDS = 10


class Page:
    """The running program, as its page talks to it."""

    def __init__(self, models_dir: Path, folder: Path) -> None:
        self.process, address = start_page("--models-dir", models_dir, "--data-dir", folder)
        self.address = address.rstrip("/")
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(self, method: str, path: str, content: bytes | None = None) -> Any:
        kind = "application/octet-stream" if method == "PUT" else "application/json"
        request = urllib.request.Request(f"{self.address}{path}", content, {"Content-Type": kind}, method=method)
        with self._opener.open(request) as answer:
            return json.loads(answer.read())

    def transcribe(self, path: Path, model: str) -> int:
        """Send a recording and wait until its words are there; how many."""
        content = path.read_bytes()
        new = {"name": path.name, "size": len(content)}
        identity = self.ask("POST", "/recordings", json.dumps(new).encode())["id"]
        self.ask("PUT", f"/recordings/{identity}?offset=0", content)
        self.ask("POST", f"/recordings/{identity}/end", b"")
        self.ask("POST", "/jobs", json.dumps({"model": model, "recordings": [identity]}).encode())
        while (job := self.ask("GET", f"/jobs/{identity}"))["state"] != "done":
            assert job["state"] in ("ready", "queued", "running"), job
            time.sleep(0.02)
        return sum(len(segment["words"]) for segment in job["segments"])

    def engine(self) -> int:
        """Its process's number."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        every = [
            child.read_text(encoding="ascii") for child in Path(f"/proc/{self.process.pid}/task").glob("*/children")
        ]
        return int((children.split() or " ".join(every).split())[0])

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def memory(process: int) -> dict[str, float]:
    """GB: its own, of mapped files, and the most that was resident."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) / 1e6 for line in lines if line.startswith(("Rss", "VmHWM"))}
    return {"own": found["RssAnon"], "files": found["RssFile"], "most": found["VmHWM"]}


def ours(args: argparse.Namespace, path: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        page = Page(args.models_dir, Path(folder) / "data")
        try:
            there = time.perf_counter() - began
            words = page.transcribe(path, args.model)
            seconds = time.perf_counter() - began
            again = time.perf_counter()
            page.transcribe(path, args.model)
            warm = time.perf_counter() - again
            held = {"page": memory(page.process.pid), "engine": memory(page.engine())}
        finally:
            page.close()
    assert words
    return {"page": there, "words": seconds, "dropped": seconds - there, "warm": warm, "memory": held}


def plain(args: argparse.Namespace, path: Path) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-c", PLAIN, str(args.models_dir / f"{args.model}.nemo"), str(path)]
    subprocess.run(
        command, check=True, env={**os.environ, **QUIET}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - began


def row(name: str, seconds: list[float]) -> str:
    return f"| {name} | {statistics.median(seconds):.2f} s | {min(seconds):.2f} | {max(seconds):.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models-dir", type=Path, default=Path("demo_models"))
    parser.add_argument("--model", default="parakeet")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    mine, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = recording(Path(folder), SECONDS)
        for _ in range(args.rounds):
            mine.append(ours(args, path))
            theirs.append(plain(args, path))
    words = [one["words"] for one in mine]
    print(f"ours / plain: **{statistics.median(words) / statistics.median(theirs):.2f}**\n")
    print("| from the start of the process | median | least | most |\n|---|---|---|---|")
    print(row("ours: the page is there", [one["page"] for one in mine]))
    print(row("ours: the words of what was dropped then", words))
    print(row("plain: the words", theirs))
    print(row("ours, from dropping to the words", [one["dropped"] for one in mine]))
    print(row("ours, once more, warm", [one["warm"] for one in mine]))
    print("\n| process | its own, GB | mapped files, GB | most at once, GB |\n|---|---|---|---|")
    for name, held in mine[-1]["memory"].items():
        print(f"| {name} | {held['own']:.2f} | {held['files']:.2f} | {held['most']:.2f} |")


if __name__ == "__main__":
    main()
