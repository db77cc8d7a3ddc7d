"""The engine process: all models and all parsing of media, in a process without a network.

    python -m transcriber.engine_process --models-dir DIR

It reads requests from standard input and writes events to standard output, one JSON object a line:

    → {"id": 1, "kind": "probe", "priority": 0, "path": "…"}
    → {"id": 2, "kind": "load", "priority": 9, "options": {"model": "parakeet", "device": "auto"}}
    → {"id": 3, "kind": "transcribe", "priority": 2, "path": "…", "options": {…},
       "partial": {"segments": […], "done": 30.5, "elapsed": 2.1}}
    → {"kind": "cancel", "id": 3}
    ← {"event": "ready", "offline": "kernel" | "python"}
    ← {"id": 3, "event": "working"}        from here on it is this request that is worked at
    ← {"id": 3, "event": "loaded", "device": "cpu"}
    ← {"id": 3, "event": "progress", "done": 42.3, "duration": 60.0, "elapsed": 3.0, "segments": […], "peaks": "…"}
    ← {"id": 3, "event": "done", "transcript": {…}}   or, of a probe, "duration" and "video"
    ← {"id": 3, "event": "failed", "error": "AudioDecodeError", "message": "…", "hint": "…"}
    ← {"id": 3, "event": "cancelled"}

The lowest priority goes first, batch by batch. `partial` is what an interrupted transcription already has.
The process ends when its standard input closes, which happens however its parent ends.
"""

import argparse
import base64
import json
import os
import queue
import sys
import threading
from collections.abc import Generator
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from transcriber.devices import let_memory_grow
from transcriber.errors import EngineCrashError, TranscriberError
from transcriber.offline import deny_network, keep_quiet, refuse_egress
from transcriber.options import TranscribeOptions
from transcriber.scheduling import Scheduler, Task
from transcriber.transcript import partial_from_dict, to_dict

Steps = Generator[None, None, None]


def _own_output() -> TextIO:
    """The channel to the parent; whatever a library prints goes to standard error instead."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return channel


def _read_requests(requests: "queue.Queue[dict[str, Any]]") -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    os._exit(0)  # the parent is gone; whatever runs, nobody waits for it


class EngineServer:
    """Answers requests, the most urgent first, batch by batch."""

    def __init__(self, models_dir: Path, output: TextIO) -> None:
        self.models_dir, self.output = models_dir, output
        self.requests: queue.Queue[dict[str, Any]] = queue.Queue()
        self.scheduler = Scheduler()
        self.kinds = {"probe": self._probe, "load": self._load, "transcribe": self._transcribe}
        self.working: int | None = None

    def send(self, number: int | None, event: str, **fields: Any) -> None:
        self.output.write(json.dumps({"id": number, "event": event, **fields}, ensure_ascii=False) + "\n")
        self.output.flush()

    def serve(self) -> None:
        while True:
            while not (self.scheduler and self.requests.empty()):
                self._accept(self.requests.get())
            self._work()

    def _accept(self, request: dict[str, Any]) -> None:
        number = request["id"]
        if request["kind"] == "cancel":
            if self.scheduler.cancel(number):
                self.send(number, "cancelled")
            return
        self.scheduler.add(Task(number, request["priority"], self.kinds[request["kind"]](number, request)))

    def _work(self) -> None:
        number = self.scheduler.next().number
        if number != self.working:
            self.working = number
            self.send(number, "working")
        try:
            self.scheduler.step()
        except TranscriberError as error:
            self.send(number, "failed", error=type(error).__name__, message=error.message, hint=error.hint)
        except MemoryError as error:
            self._out_of_memory(number, error)
        except RuntimeError as error:
            if "out of memory" not in str(error).lower():
                raise
            self._out_of_memory(number, error)

    @cached_property
    def transcriber(self) -> Any:
        from transcriber.pipeline import Transcriber

        return Transcriber(self.models_dir)

    def _probe(self, number: int, request: dict[str, Any]) -> Steps:
        from transcriber.audio import Recording

        with Recording(Path(request["path"])) as recording:
            self.send(number, "done", duration=recording.duration, video=recording.has_video)
        yield

    def _load(self, number: int, request: dict[str, Any]) -> Steps:
        engine = self.transcriber.load(TranscribeOptions(**request["options"]))
        self.send(number, "done", device=engine.device)
        yield

    def _transcribe(self, number: int, request: dict[str, Any]) -> Steps:
        options = TranscribeOptions(**request["options"])
        engine = self.transcriber.load(options)
        self.send(number, "loaded", device=engine.device)
        yield
        steps = self.transcriber.steps(Path(request["path"]), options, partial_from_dict(request["partial"]))
        while True:
            try:
                progress = next(steps)
            except StopIteration as end:
                self.send(number, "done", transcript=to_dict(end.value))
                return
            fields = {**asdict(progress), "peaks": base64.b64encode(progress.peaks).decode()}
            self.send(number, "progress", **fields)
            yield

    def _out_of_memory(self, number: int, error: Exception) -> None:
        where = "graphics card" if "cuda" in str(error).lower() or "hip" in str(error).lower() else "computer"
        self.send(
            number,
            "failed",
            error=EngineCrashError.__name__,
            message=f"the {where} ran out of memory",
            hint="close other programs, or choose a smaller model",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models-dir", type=Path, required=True)
    args = parser.parse_args()
    keep_quiet()
    let_memory_grow()
    offline = "kernel" if deny_network() else "python"
    refuse_egress()
    server = EngineServer(args.models_dir, _own_output())
    threading.Thread(target=_read_requests, args=(server.requests,), daemon=True).start()
    server.send(None, "ready", offline=offline)
    server.serve()


if __name__ == "__main__":
    main()
