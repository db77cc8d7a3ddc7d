"""Recordings to transcribe, in the order they came: kept in memory here, their files in the data folder.

A job is receiving → waiting → queued → running → done or failed.
"""

import queue
import threading
import time
import uuid
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from transcriber.engine_client import EngineClient, Event
from transcriber.errors import TranscriberError
from transcriber.options import TranscribeOptions
from transcriber.transcript import Transcript


@dataclass
class Job:
    """One recording and what became of it."""

    id: str
    name: str
    path: Path
    state: str = "receiving"
    options: TranscribeOptions | None = None
    device: str = ""
    done: float = 0.0
    """Seconds of the recording that are transcribed."""
    duration: float | None = None
    began: float | None = None
    """time.monotonic() when the model was loaded and the first batch could start."""
    segments: list[dict] = field(default_factory=list)
    transcript: Transcript | None = None
    error: str = ""

    @property
    def seconds_left(self) -> float | None:
        """Estimated from the pace so far."""
        if not (self.began and self.done and self.duration):
            return None
        return max(0.0, (self.duration - self.done) * (time.monotonic() - self.began) / self.done)


class Jobs:
    """All jobs; one worker thread gives them to the engine one after another."""

    def __init__(self, engine: EngineClient, data_dir: Path) -> None:
        self.engine = engine
        self.recordings_dir = data_dir / "recordings"
        self._jobs: dict[str, Job] = {}
        self._queue: queue.Queue[tuple[Job, TranscribeOptions]] = queue.Queue()
        threading.Thread(target=self._work, daemon=True, name="jobs").start()

    def receive(self, name: str) -> Job:
        """A job whose recording is about to be written to its own new folder, at `job.path`."""
        identity = uuid.uuid4().hex[:12]
        folder = self.recordings_dir / identity
        folder.mkdir(parents=True, mode=0o700)
        name = Path(name.replace("\\", "/").replace("\0", "")).name[-200:]
        name = "recording" if name in ("", "..") else name
        return self._add(Job(identity, name, folder / name))

    def open(self, path: Path) -> Job:
        """A job for a file of this computer, which is read where it lies."""
        return self._add(Job(uuid.uuid4().hex[:12], path.name, path, "waiting"))

    def start(self, job: Job, options: TranscribeOptions) -> None:
        """Transcribe a recording that is complete."""
        job.state, job.error, job.options = "queued", "", options
        self._queue.put((job, options))

    def discard(self, job: Job) -> None:
        """Forget a recording that did not arrive completely."""
        del self._jobs[job.id]
        job.path.unlink(missing_ok=True)
        job.path.parent.rmdir()

    def get(self, identity: str) -> Job | None:
        return self._jobs.get(identity)

    def all(self) -> list[Job]:
        return list(self._jobs.values())

    def _add(self, job: Job) -> Job:
        self._jobs[job.id] = job
        return job

    def _work(self) -> None:
        while True:
            job, options = self._queue.get()
            job.state, job.segments, job.done = "running", [], 0.0
            try:
                job.transcript = self.engine.transcribe(job.path, options, partial(_apply, job))
                job.state = "done"
            except TranscriberError as error:
                job.state, job.error = "failed", str(error)


def _apply(job: Job, event: Event) -> None:
    if event["event"] == "loaded":
        job.device, job.began = event["device"], time.monotonic()
    else:
        job.done, job.duration = event["done"], event["duration"]
        job.segments.extend(event["segments"])
