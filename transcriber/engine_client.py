"""The parent's end of the engine process: start it, ask it, and start it anew when it died."""

import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from transcriber import errors
from transcriber.errors import EngineCrashError, TranscriberError
from transcriber.options import TranscribeOptions
from transcriber.transcript import Transcript, from_dict

Event = dict[str, Any]
KILLED = 9
"""The signal with which the system ends a process that takes too much memory."""


class EngineClient:
    """One engine process. Requests wait for each other; every method may be called from any thread."""

    def __init__(self, models_dir: Path, log: Path) -> None:
        self.models_dir, self.log = models_dir, log
        self.offline = ""
        """"kernel" or "python": what keeps the process from the network; empty until it is ready."""
        self._process: subprocess.Popen[str] | None = None
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._closed = False

    def load(self, options: TranscribeOptions, on_event: Callable[[Event], None] = lambda event: None) -> None:
        """Load a model beforehand. Raises TranscriberError."""
        self._ask({"kind": "load"}, options, "loaded", on_event)

    def transcribe(
        self, path: Path, options: TranscribeOptions, on_event: Callable[[Event], None] = lambda event: None
    ) -> Transcript:
        """The transcript of a recording; `on_event` gets "loaded" and "progress" events as they come.

        Raises what Transcriber.transcribe raises, and EngineCrashError when the process died; the next request then
        gets a new one.
        """
        last = self._ask({"kind": "transcribe", "path": str(path)}, options, "done", on_event)
        return from_dict(last["transcript"])

    def close(self) -> None:
        """End the process; a request that is running ends with EngineCrashError."""
        self._closed = True
        if self._process:
            self._process.kill()
            self._process.wait()

    def _ask(self, request: Event, options: TranscribeOptions, last: str, on_event: Callable[[Event], None]) -> Event:
        with self._lock:
            process = self._running()
            number = next(self._numbers)
            try:
                print(json.dumps({"id": number, **request, "options": asdict(options)}), file=process.stdin, flush=True)
            except OSError:
                raise self._crashed(process) from None
            for line in process.stdout or ():
                event = json.loads(line)
                if event.get("id") != number:
                    continue
                if event["event"] == "failed":
                    raise _error(event)
                if event["event"] == last:
                    return event
                on_event(event)
            raise self._crashed(process)

    def _running(self) -> "subprocess.Popen[str]":
        if self._process and self._process.poll() is None:
            return self._process
        if self._closed:
            raise EngineCrashError("the program is ending", "start it again")
        package_folder = str(Path(__file__).parent.parent)
        path = os.pathsep.join(filter(None, (package_folder, os.environ.get("PYTHONPATH"))))
        with self.log.open("a" if self._process else "w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "transcriber.engine_process", "--models-dir", str(self.models_dir)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONPATH": path},
            )
        ready = self._process.stdout.readline() if self._process.stdout else ""
        if not ready:
            raise self._crashed(self._process)
        self.offline = json.loads(ready)["offline"]
        return self._process

    def _crashed(self, process: "subprocess.Popen[str]") -> EngineCrashError:
        code = process.wait()
        if self._closed:
            return EngineCrashError("the program was closed before this was finished", "transcribe it again")
        if code == -KILLED:
            why = "the system ended the engine, most likely because memory ran out"
            return EngineCrashError(why, "close other programs or choose a smaller model, then transcribe it again")
        why = f"the engine stopped unexpectedly (status {code}); the next recording gets a new one"
        return EngineCrashError(why, f"transcribe it again; what the engine wrote last is in {self.log}")


def _error(event: Event) -> TranscriberError:
    """The engine process's error, as the class it was."""
    kind = getattr(errors, event["error"], TranscriberError)
    return kind(event["message"], event["hint"])
