"""A small engine with real behaviour, for tests of what lies above it; and demo models that pass for real ones."""

import base64
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from tests.support.places import DEMO_MODELS
from transcriber.models import catalog, manifest
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume import ResumeState
from transcriber.transcript import Transcript

CRASH = {"event": "failed", "error": "EngineCrashError", "message": "the engine stopped", "hint": "try again"}


def pretend(store: ModelStore, name: str) -> None:
    """Freeze a demo under this name with a manifest that says it is the catalogue's model."""
    real, demo = catalog.find(name), "canary" if name.startswith("canary") else "parakeet"
    recorded = ModelStore(DEMO_MODELS).manifest(demo)
    assert recorded
    store.folder.mkdir(exist_ok=True)
    store.path(name).unlink(missing_ok=True)
    shutil.copy(ModelStore(DEMO_MODELS).path(demo), store.path(name))
    passed = replace(recorded, title=real.title, repository=real.repository, demo=False)
    manifest.write(store.manifest_path(name), passed)


class EchoEngine:
    """Hears the same words in every recording, a segment a batch; a file named bad… is no recording.

    `go` lets it begin a batch; without it, it waits. What it was asked is in `asked` and `heard`. Requests are answered
    one after another by a thread of its own.
    """

    offline = "kernel"

    def __init__(self, transcript: Transcript) -> None:
        self.transcript_of = transcript
        self.go = threading.Event()
        self.go.set()
        self.stop_after = 99
        """Batches after which it works no more until it is cancelled."""
        self.asked: list[tuple[Path, TranscribeOptions, int, ResumeState]] = []
        self.heard: list[bytes] = []
        self.cancelled: set[int] = set()
        self.duration: float | None = 4000.0
        self.number = 0

    def load(self, options: TranscribeOptions, priority: int, on_event: Callable[[dict], None]) -> int:
        return self._answer(lambda number: on_event({"event": "done", "device": "cpu"}))

    def probe(self, path: Path, priority: int, on_event: Callable[[dict], None]) -> int:
        return self._answer(
            lambda number: on_event(
                self._no_recording()
                if path.name.startswith("bad")
                else {"event": "done", "duration": self.duration, "video": path.suffix == ".mp4"}
            )
        )

    def copy(self, path: Path, track: int | None, target: Path, always: bool, on_event: Callable[[dict], None]) -> int:
        """Of an mp3, or always; its content backwards."""
        is_made = always or path.suffix == ".mp3"
        if is_made:
            target.write_bytes(path.read_bytes()[::-1])
        return self._answer(lambda number: on_event({"event": "done", "is_made": is_made}))

    def transcribe(
        self,
        path: Path,
        options: TranscribeOptions,
        priority: int,
        on_event: Callable[[dict], None],
        partial: ResumeState = ResumeState(),
    ) -> int:
        self.asked.append((path, options, priority, partial))
        return self._answer(lambda number: self._transcribe(number, path, options, on_event, partial))

    def cancel(self, number: int) -> None:
        self.cancelled.add(number)
        self.go.set()

    def close(self) -> None:
        pass

    def _answer(self, work: Callable[[int], None]) -> int:
        self.number += 1
        threading.Thread(target=work, args=(self.number,), daemon=True).start()
        return self.number

    def _transcribe(
        self,
        number: int,
        path: Path,
        options: TranscribeOptions,
        on_event: Callable[[dict], None],
        partial: ResumeState,
    ) -> None:
        on_event({"event": "loaded", "device": "cpu"})
        if path.name.startswith("bad"):
            on_event(self._no_recording())
            return
        segments = [asdict(segment) for segment in self.transcript_of.segments]
        for place in range(len(partial.segments), len(segments)):
            self.go.wait(10)
            while place >= self.stop_after and number not in self.cancelled:
                time.sleep(0.01)
            if number in self.cancelled:
                on_event({"event": "cancelled"})
                return
            done = self.transcript_of.duration * (place + 1) / len(segments)
            on_event(
                {
                    "event": "progress",
                    "done": done,
                    "duration": self.duration,
                    "elapsed": 1.0 + place,
                    "segments": segments[place : place + 1],
                    "peaks": base64.b64encode(bytes([place, 255])).decode(),
                    "carried": {},
                }
            )
        self.heard.append(path.read_bytes())
        on_event({"event": "done", "transcript": {**asdict(self.transcript_of), "model": options.model}})

    def _no_recording(self) -> dict:
        return {
            "event": "failed",
            "error": "AudioDecodeError",
            "message": "this is no audio",
            "hint": "choose another file",
        }


class SilentEngine(EchoEngine):
    """Answers nothing by itself: a test says what it tells."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self.listeners: dict[str, Callable[[dict], None]] = {}
        self.probes: dict[str, Callable[[dict], None]] = {}
        self.loads: list[Callable[[dict], None]] = []

    def load(self, options: TranscribeOptions, priority: int, on_event: Callable[[dict], None]) -> int:
        self.loads.append(on_event)
        return 0

    def probe(self, path: Path, priority: int, on_event: Callable[[dict], None]) -> int:
        self.probes[path.name] = on_event
        return 0

    def transcribe(
        self,
        path: Path,
        options: TranscribeOptions,
        priority: int,
        on_event: Callable[[dict], None],
        partial: ResumeState = ResumeState(),
    ) -> int:
        self.asked.append((path, options, priority, partial))
        self.listeners[path.name] = on_event
        return len(self.asked)

    def tell(self, name: str, **event: object) -> None:
        self.listeners[name](event)

    def progress(self, name: str, place: int) -> None:
        """Batch number `place` of a recording is finished."""
        segment = asdict(self.transcript_of.segments[place])
        done = {"done": 100.0 * (place + 1), "duration": None, "elapsed": 1.0, "carried": {}}
        self.tell(name, event="progress", segments=[segment], peaks="", **done)
