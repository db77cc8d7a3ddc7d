"""The engine process: all models and all parsing of media, in a process without a network.

    python -m transcriber.worker.process --models-dir DIR

It reads requests from standard input and writes events to standard output, one JSON object a line:

    → {"id": 1, "kind": "probe", "priority": 0, "path": "…"}
    → {"id": 4, "kind": "copy", "priority": 1, "path": "…", "track": null, "target": "….wav", "always": false}
    → {"id": 2, "kind": "load", "priority": 9, "options": {"model": "parakeet", "device": "auto"}}
    → {"id": 3, "kind": "transcribe", "priority": 2, "path": "…", "options": {…},
       "partial": {"segments": […], "done": 30.5, "elapsed": 2.1}}
    → {"kind": "cancel", "id": 3}
    ← {"event": "ready", "offline": "kernel" | "python"}
    ← {"event": "working", "ids": [3]}     from here on it is these requests that are worked at
    ← {"id": 3, "event": "loaded", "device": "cpu"}
    ← {"id": 3, "event": "progress", "done": 42.3, "duration": 60.0, "elapsed": 3.0, "segments": […], "peaks": "…"}
    ← {"id": 3, "event": "done", "transcript": {…}}   of a probe: "duration" and "video"; of a copy: "is_made"
    ← {"id": 3, "event": "failed", "error": "AudioDecodeError", "message": "…", "hint": "…"}
    ← {"id": 3, "event": "cancelled"}

The lowest priority goes first, batch by batch; recordings of one priority for which the same is asked share batches.
`partial` is what an interrupted transcription already has.
No request ends the process: what nobody foresaw fails that one, and its traceback is in errors.log. It ends when its
standard input closes, which happens however its parent ends.
"""

import argparse
import base64
import itertools
import json
import os
import queue
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from transcriber.engines.fallback import map_errors
from transcriber.errors import TranscriberError, UnsupportedOptionError
from transcriber.models.devices import let_memory_grow, wait_briefly
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume import resume_state_from_dict
from transcriber.system.offline import deny_network, keep_quiet, refuse_egress
from transcriber.transcript import Transcript, to_dict
from transcriber.unexpected import told
from transcriber.worker.scheduling import Scheduler, Task

if TYPE_CHECKING:
    from transcriber.pipeline.batching import BatchTranscriber
    from transcriber.pipeline.events import TranscriptionEvent
    from transcriber.pipeline.transcriber import Transcriber

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

    def __init__(
        self, models_dir: Path, output: TextIO, log_dir: Path | None = None, unload_after: float | None = None
    ) -> None:
        self.models_dir, self.output, self.log_dir = models_dir, output, log_dir
        self.unload_after = unload_after
        """Seconds without a request after which the models are let go; None is never."""
        self.requests: queue.Queue[dict[str, Any]] = queue.Queue()
        self.scheduler = Scheduler()
        self.kinds = {"probe": self._probe, "load": self._load, "copy": self._copy}
        self.groups: dict[tuple[int, TranscribeOptions], "BatchTranscriber"] = {}
        """The recordings that are transcribed, by priority and by what is asked."""
        self.working: dict[object, list[int]] = {}
        """The requests that are begun: of each group, and beside them."""

    def send(self, number: int | None, event: str, **fields: Any) -> None:
        self.output.write(json.dumps({"id": number, "event": event, **fields}) + "\n")
        self.output.flush()

    def serve(self) -> None:
        while True:
            while not (self.scheduler and self.requests.empty()):
                self._accept(self._next_request())
            self._work()

    def _next_request(self) -> dict[str, Any]:
        try:
            return self.requests.get(timeout=self.unload_after)
        except queue.Empty:
            from transcriber.engines.loading import models_cache

            models_cache.forget_all()
            return self.requests.get()

    def _accept(self, request: dict[str, Any]) -> None:
        with self._failing(request["id"]):
            self._begin(request["id"], request["kind"], request)

    def _begin(self, number: int, kind: str, request: dict[str, Any]) -> None:
        if kind == "cancel":
            dropped = [group.drop(number) for group in self.groups.values()]
            if any(dropped) or self.scheduler.cancel(number):
                self.send(number, "cancelled")
        elif kind == "transcribe":
            partial_transcript = resume_state_from_dict(request["partial"])
            self._group(request).add(number, Path(request["path"]), partial_transcript)
        else:
            self.scheduler.add(Task(number, request["priority"], self.kinds[kind](number, request)))

    def _work(self) -> None:
        with self._failing(self.scheduler.next().number):
            self.scheduler.step()

    @contextmanager
    def _failing(self, number: int) -> Iterator[None]:
        """Whatever is raised ends this request, and nothing else."""
        try:
            with map_errors():
                yield
        except TranscriberError as error:
            self._failed(number, error)

    def _works_at(self, whose: object, numbers: list[int]) -> None:
        self.working[whose] = numbers
        self.send(None, "working", ids=sorted(itertools.chain(*self.working.values())))

    @cached_property
    def transcriber(self) -> "Transcriber":
        from transcriber.pipeline.transcriber import Transcriber

        return Transcriber(self.models_dir)

    def _probe(self, number: int, request: dict[str, Any]) -> Steps:
        from transcriber.audio.recording import Recording

        self._works_at("probe", [number])
        with Recording(Path(request["path"])) as recording:
            self.send(number, "done", duration=recording.duration, video=recording.has_video)
        yield

    def _copy(self, number: int, request: dict[str, Any]) -> Steps:
        from transcriber.audio import playable

        self._works_at("copy", [number])
        path = Path(request["path"])
        is_needed = request["always"] or playable.is_needed(path)
        yield
        if is_needed:
            yield from playable.write(path, request["track"], Path(request["target"]))
        self.send(number, "done", is_made=is_needed)

    def _load(self, number: int, request: dict[str, Any]) -> Steps:
        self._works_at("load", [number])
        engine = self.transcriber.load(TranscribeOptions(**request["options"]))
        self.send(number, "done", device=engine.device)
        yield

    def _group(self, request: dict[str, Any]) -> "BatchTranscriber":
        key = request["priority"], TranscribeOptions(**request["options"])
        if key not in self.groups:
            self.groups[key] = self.transcriber.batch_transcriber(key[1], partial(self._works_at, key))
            self.scheduler.add(Task(request["id"], request["priority"], self._transcribe(key), is_shared=True))
        return self.groups[key]

    def _transcribe(self, key: tuple[int, TranscribeOptions]) -> Steps:
        group = self.groups[key]
        try:
            while group:
                with map_errors():
                    for number, event in group.step():
                        self._tell(number, event)
                yield
        except TranscriberError as error:  # of no single recording
            for number in group.numbers:
                self._failed(number, error)
            group.close()
        finally:
            del self.groups[key]

    def _tell(self, number: int, event: "TranscriptionEvent") -> None:
        from transcriber.pipeline.events import Started

        if isinstance(event, TranscriberError):
            self._failed(number, event)
        elif isinstance(event, Started):
            self.send(number, "loaded", device=event.device)
        elif isinstance(event, Transcript):
            self.send(number, "done", transcript=to_dict(event))
        else:
            fields = {**asdict(event), "peaks": base64.b64encode(event.peaks).decode()}
            self.send(number, "progress", **fields)

    def _failed(self, number: int, failure: TranscriberError) -> None:
        error = told(failure, self.log_dir)
        to_blame = {"option": error.option} if isinstance(error, UnsupportedOptionError) else {}
        self.send(number, "failed", error=type(error).__name__, message=error.message, hint=error.hint, **to_blame)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models-dir", type=Path, required=True)
    parser.add_argument("--log-dir", type=Path, metavar="DIR", help="for tracebacks of what nobody foresaw")
    parser.add_argument("--unload-after", type=float, metavar="SECONDS")
    args = parser.parse_args()
    keep_quiet()
    let_memory_grow()
    wait_briefly()
    offline = "kernel" if deny_network() else "python"
    refuse_egress()
    server = EngineServer(args.models_dir, _own_output(), args.log_dir, args.unload_after)
    threading.Thread(target=_read_requests, args=(server.requests,), daemon=True).start()
    server.send(None, "ready", offline=offline)
    server.serve()


if __name__ == "__main__":
    main()
