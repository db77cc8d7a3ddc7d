"""Progress of a set-up: bars on a terminal, plain lines elsewhere, JSON lines for programs."""

import sys
import threading
from dataclasses import dataclass
from typing import Protocol

from transcriber.models.catalog import ModelSpec
from transcriber.readable import print_json

FROZEN, KEPT, FAILED, LEFT_OUT = "frozen", "kept", "failed", "left out"
MARKS = {FROZEN: "✓", KEPT: "✓", FAILED: "✗", LEFT_OUT: "–"}


@dataclass(frozen=True)
class Result:
    """How one model's set-up ended."""

    spec: ModelSpec
    outcome: str
    message: str


class Reporter(Protocol):
    """Its methods are called from several threads."""

    def stage(self, spec: ModelSpec, stage: str) -> None: ...

    def progress(self, spec: ModelSpec, done: int, total: int | None) -> None:
        """Bytes of the model's download that are here."""
        ...

    def note(self, spec: ModelSpec, text: str) -> None:
        """What a person may want to know of the model's set-up, as a sentence."""
        ...

    def result(self, result: Result) -> None: ...

    def close(self) -> None: ...


class PlainReporter:
    """A line for each stage: for logs."""

    def stage(self, spec: ModelSpec, stage: str) -> None:
        if stage != "waiting":
            print(f"{spec.name}: {stage} {spec.title}", flush=True)

    def progress(self, spec: ModelSpec, done: int, total: int | None) -> None:
        pass

    def note(self, spec: ModelSpec, text: str) -> None:
        print(f"{spec.name}: {text}", flush=True)

    def result(self, result: Result) -> None:
        if result.outcome == FAILED:
            print(f"error: {result.spec.name}: {result.message}", file=sys.stderr, flush=True)
        else:
            print(f"{result.spec.name}: {result.message}", flush=True)

    def close(self) -> None:
        pass


class JsonReporter:
    """One JSON object a line, progress at most ten times a second a model:

    {"model": "parakeet", "stage": "downloading", "done": 1000000, "total": 2472222720}
    {"model": "whisper-base", "note": "…"}
    {"model": "parakeet", "result": "frozen", "message": "…"}
    """

    def __init__(self) -> None:
        self._shown: dict[str, int] = {}
        self._lock = threading.Lock()

    def stage(self, spec: ModelSpec, stage: str) -> None:
        self._say(model=spec.name, stage=stage, done=None, total=None)

    def progress(self, spec: ModelSpec, done: int, total: int | None) -> None:
        step = max(1, (total or 100_000_000) // 1000)
        if done // step != self._shown.get(spec.name) or done == total:
            self._shown[spec.name] = done // step
            self._say(model=spec.name, stage="downloading", done=done, total=total)

    def note(self, spec: ModelSpec, text: str) -> None:
        self._say(model=spec.name, note=text)

    def result(self, result: Result) -> None:
        self._say(model=result.spec.name, result=result.outcome, message=result.message)

    def close(self) -> None:
        pass

    def _say(self, **fields: object) -> None:
        with self._lock:
            print_json(fields)


class BarReporter:
    """A bar a model, with speed and time left; `says_results` where no table of them follows."""

    def __init__(self, says_results: bool = False) -> None:
        from rich import progress

        self.says_results = says_results
        self._bars = progress.Progress(
            progress.TextColumn("{task.fields[model]:<18}"),
            progress.TextColumn("{task.fields[stage]:<11}"),
            progress.BarColumn(),
            progress.DownloadColumn(),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
        )
        self._tasks: dict[str, progress.TaskID] = {}
        self._lock = threading.Lock()
        self._bars.start()

    def stage(self, spec: ModelSpec, stage: str) -> None:
        self._bars.update(self._task(spec), stage=stage)

    def progress(self, spec: ModelSpec, done: int, total: int | None) -> None:
        task = self._task(spec)
        if self._bars.tasks[task].total is None:  # what an earlier run downloaded is no speed of this one's
            self._bars.reset(task, total=total, completed=done, model=spec.name, stage="downloading")
        self._bars.update(task, completed=done)

    def note(self, spec: ModelSpec, text: str) -> None:
        self._bars.console.print(f"{spec.name}: {text}", markup=False, highlight=False)

    def result(self, result: Result) -> None:
        self._bars.update(self._task(result.spec), stage=result.outcome)
        self._bars.stop_task(self._task(result.spec))
        if self.says_results:
            self.note(result.spec, result.message)

    def close(self) -> None:
        self._bars.stop()

    def _task(self, spec: ModelSpec) -> "progress.TaskID":  # type: ignore[name-defined]
        with self._lock:
            if spec.name not in self._tasks:
                self._tasks[spec.name] = self._bars.add_task("", total=None, model=spec.name, stage="waiting")
            return self._tasks[spec.name]


def reporter(as_json: bool, says_results: bool = False) -> Reporter:
    if as_json:
        return JsonReporter()
    return BarReporter(says_results) if sys.stdout.isatty() else PlainReporter()


def print_results(results: list[Result]) -> None:
    """A table by category, as the last thing that is said."""
    print("\nResults")
    for category in dict.fromkeys(result.spec.category for result in results):
        print(f"\n  {category}")
        for result in results:
            if result.spec.category == category:
                print(f"  {MARKS[result.outcome]} {result.spec.name:<20} {result.message}")
    failed = sum(result.outcome == FAILED for result in results)
    print(f"\n  {len(results) - failed} of {len(results)} models are ready.", flush=True)
