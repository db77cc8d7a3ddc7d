"""Setting models up from the page: the set-up program runs as a process of its own, which alone goes online.

It writes one JSON object a line to standard output, and everything else to a log:

    {"model": "parakeet", "stage": "waiting" | "downloading" | "freezing" | "proving", "done": 12, "total": 34}
    {"model": "parakeet", "result": "frozen" | "kept" | "failed", "message": "…"}

`done` and `total` are bytes, or null. One model at a time, in the order in which they were asked for. A set-up that was
ended goes on where it stopped when it is started again.
"""

import json
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transcriber.system import child_process, offline

PROGRAM = Path(__file__).resolve().parent.parent.parent / "setup_local_models.py"
KEEPS_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
"""Variables of this process that the set-up must not inherit."""
PACE_SECONDS = 5.0
"""Over how long the speed of a download is averaged."""
CANCELLED = "Cancelled. What was downloaded is kept for the next time."
PATIENCE_SECONDS = 10.0
"""Seconds that an ended set-up has to put its things away."""


@dataclass(frozen=True)
class SetupState:
    """How far the set-up of one model is, or how it ended."""

    stage: str
    """ "waiting", "downloading", "freezing" or "proving"; at the end "frozen", "kept", "failed" or "cancelled"."""
    done: int | None = None
    total: int | None = None
    """Bytes."""
    speed: float | None = None
    """Bytes a second."""
    message: str = ""

    @property
    def is_over(self) -> bool:
        return self.stage in ("frozen", "kept", "failed", "cancelled")


@dataclass
class SetupTask:
    """One time that a model was asked for."""

    name: str
    state: SetupState = SetupState("waiting")
    process: "subprocess.Popen[str] | None" = None
    pace: deque[tuple[float, int]] = field(default_factory=deque)
    """Times, and the bytes that were there then."""

    def note(self, event: dict[str, Any]) -> None:
        """What the program wrote. The first result counts: what comes after it is not news."""
        if self.state.is_over:
            return
        if "result" in event:
            self.state = SetupState(event["result"], message=event["message"])
        elif "stage" in event:
            if event["stage"] != self.state.stage:
                self.pace.clear()
            done, total = event.get("done"), event.get("total")
            self.state = SetupState(event["stage"], done, total, self._speed(done))

    def _speed(self, done: int | None) -> float | None:
        if done is None:
            return None
        now = time.monotonic()
        self.pace.append((now, done))
        while now - self.pace[0][0] > PACE_SECONDS:
            self.pace.popleft()
        began, before = self.pace[0]
        return (done - before) / (now - began) if now - began > 0.5 else None


class SetupQueue:
    """Every method may be called from any thread."""

    def __init__(self, program: Path, models_dir: Path, log: Path) -> None:
        self.program, self.models_dir, self.log = program, models_dir, log
        self.revision = 0
        """Grows with every change."""
        self._runs: dict[str, SetupTask] = {}
        self._waiting: deque[SetupTask] = deque()
        self._current: SetupTask | None = None
        self._lock = threading.RLock()

    @property
    def is_possible(self) -> bool:
        """Whether the set-up program is here; an installed package may come without."""
        return self.program.is_file()

    def state(self, name: str) -> SetupState | None:
        """None for a model that nobody asked for."""
        task = self._runs.get(name)
        return task.state if task else None

    def start(self, name: str) -> None:
        """Set a model up, after those that were asked for before."""
        with self._lock:
            state = self.state(name)
            if state is None or state.is_over:
                task = self._runs[name] = SetupTask(name)
                self._waiting.append(task)
                self.revision += 1
                if not self._current:
                    self._begin_next()

    def cancel(self, name: str) -> None:
        """What has been downloaded of it is kept for the next time."""
        with self._lock:
            task = self._runs.get(name)
            if task and not task.state.is_over:
                self._note(task, {"result": "cancelled", "message": CANCELLED})
                if task.process:
                    threading.Thread(target=_end, args=(task.process,), daemon=True, name="ending a set-up").start()

    def close(self) -> None:
        """End everything."""
        with self._lock:
            self._waiting.clear()
            process = self._current.process if self._current else None
        if process:
            _end(process)

    def _begin_next(self) -> None:
        self._current = self._waiting.popleft() if self._waiting else None
        if self._current:
            threading.Thread(target=self._work, args=(self._current,), daemon=True, name="setting up").start()

    def _work(self, task: SetupTask) -> None:
        try:
            self._set_up(task)
        except OSError as error:
            self._note(task, {"result": "failed", "message": f"The set-up could not be started ({error.strerror})."})
        with self._lock:
            self._begin_next()

    def _set_up(self, task: SetupTask) -> None:
        with self._lock:
            if task.state.is_over:  # cancelled before it began
                return
            process = task.process = self._start(task.name)
        for line in process.stdout or ():
            with suppress(ValueError, TypeError):  # a line that a library printed
                self._note(task, json.loads(line))
        code = process.wait()
        message = f"The set-up ended unexpectedly (status {code}). What it wrote is in {self.log}."
        self._note(task, {"result": "failed", "message": message})

    def _start(self, name: str) -> "subprocess.Popen[str]":
        command = [sys.executable, str(self.program), name, "--models-dir", str(self.models_dir), "--json"]
        with self.log.open("a", encoding="utf-8") as log:
            return child_process.start(command, log, _environment(), has_input=False)

    def _note(self, task: SetupTask, event: dict[str, Any]) -> None:
        with self._lock:
            task.note(event)
            self.revision += 1


def _environment() -> dict[str, str]:
    """The user's own, with the proxies that this process has no use for."""
    ours = {key: value for key, value in child_process.environment().items() if key not in KEEPS_OFFLINE}
    return {**ours, **offline.PROXIES}


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
