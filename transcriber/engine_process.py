"""The engine process: all models and all parsing of media, in a process without a network.

    python -m transcriber.engine_process --models-dir DIR

It reads requests from standard input and writes events to standard output, one JSON object a line:

    → {"id": 1, "kind": "transcribe", "path": "…", "options": {"model": "parakeet", "device": "auto"}}
    → {"id": 2, "kind": "load", "options": {…}}
    ← {"event": "ready", "offline": "kernel" | "python"}
    ← {"id": 1, "event": "loaded", "device": "cpu"}
    ← {"id": 1, "event": "progress", "done": 12.3, "duration": 60.0, "segments": […]}
    ← {"id": 1, "event": "done", "transcript": {…}}
    ← {"id": 1, "event": "failed", "error": "AudioDecodeError", "message": "…", "hint": "…"}

It ends when its standard input closes, which happens however its parent ends.
"""

import argparse
import json
import os
import queue
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from transcriber.errors import EngineCrashError, TranscriberError
from transcriber.offline import deny_network, keep_quiet, refuse_egress
from transcriber.options import TranscribeOptions
from transcriber.transcript import to_dict


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
    """Answers requests one after another."""

    def __init__(self, models_dir: Path, output: TextIO) -> None:
        self.models_dir, self.output = models_dir, output
        self.transcriber: Any = None

    def send(self, **event: Any) -> None:
        self.output.write(json.dumps(event, ensure_ascii=False) + "\n")
        self.output.flush()

    def answer(self, request: dict[str, Any]) -> None:
        number = request["id"]
        try:
            self._run(number, request)
        except TranscriberError as error:
            self.send(id=number, event="failed", error=type(error).__name__, message=error.message, hint=error.hint)
        except MemoryError as error:
            self._out_of_memory(number, error)
        except RuntimeError as error:
            if "out of memory" not in str(error).lower():
                raise
            self._out_of_memory(number, error)

    def _run(self, number: int, request: dict[str, Any]) -> None:
        from transcriber.pipeline import Progress, Transcriber

        options = TranscribeOptions(**request["options"])
        self.transcriber = self.transcriber or Transcriber(self.models_dir)
        engine = self.transcriber.load(options)
        self.send(id=number, event="loaded", device=engine.device)
        if request["kind"] == "load":
            return

        def report(progress: Progress) -> None:
            self.send(
                id=number,
                event="progress",
                done=progress.done,
                duration=progress.duration,
                segments=[asdict(segment) for segment in progress.segments],
            )

        transcript = self.transcriber.transcribe(Path(request["path"]), options, report)
        self.send(id=number, event="done", transcript=to_dict(transcript))

    def _out_of_memory(self, number: int, error: Exception) -> None:
        where = "graphics card" if "cuda" in str(error).lower() or "hip" in str(error).lower() else "computer"
        self.send(
            id=number,
            event="failed",
            error=EngineCrashError.__name__,
            message=f"the {where} ran out of memory",
            hint="close other programs, or choose a smaller model",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models-dir", type=Path, required=True)
    args = parser.parse_args()
    keep_quiet()
    offline = "kernel" if deny_network() else "python"
    refuse_egress()
    server = EngineServer(args.models_dir, _own_output())
    requests: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    server.send(event="ready", offline=offline)
    while True:
        server.answer(requests.get())


if __name__ == "__main__":
    main()
