"""A small engine with real behaviour, for tests of what lies above it; and demo models that pass for real ones."""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.support.places import DEMO_MODELS
from transcriber.errors import AudioDecodeError, EngineCrashError
from transcriber.models import catalog, manifest
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume_state import ResumeState
from transcriber.transcript import Transcript, Word
from transcriber.word_times.spans import Span
from transcriber.worker.blame import Blame
from transcriber.worker.client import Listener
from transcriber.worker.protocol import (
    Aligned,
    Cancelled,
    Captioned,
    Copied,
    Event,
    Failed,
    Loaded,
    Probed,
    Progress,
    Started,
    Transcribed,
)


def no_recording() -> Failed:
    return Failed(AudioDecodeError("this is no audio", "choose another file"))


def crash(blame: Blame) -> Failed:
    return Failed(EngineCrashError("the engine stopped", "try again"), blame)


def pretend(store: ModelStore, name: str) -> None:
    """Freeze a demo under this name with a manifest that says it is the catalogue's model."""
    real, demo = catalog.find(name), "canary" if name.startswith("canary") else "parakeet"
    recorded = ModelStore(DEMO_MODELS).find(demo).manifest
    assert recorded
    store.folder.mkdir(exist_ok=True)
    store.find(name).path.unlink(missing_ok=True)
    shutil.copy(ModelStore(DEMO_MODELS).find(demo).path, store.find(name).path)
    passed = replace(recorded, title=real.title, repository=real.repository, demo=False)
    manifest.write(store.find(name).manifest_path, passed)


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
        self.aligned: list[tuple[Path, tuple[Word, ...], Span, TranscribeOptions]] = []
        self.word_times: dict[str, Span] = {}
        self.captions: dict[int, tuple[TranscribeOptions, float, Listener]] = {}
        self.sound: dict[int, bytearray] = {}
        self.cancelled: set[int] = set()
        self.duration: float | None = 4000.0
        self.number = 0
        self.threads: list[threading.Thread] = []

    def load(self, options: TranscribeOptions, priority: int, on_event: Listener) -> int:
        return self._answer(lambda number: on_event(Loaded("cpu")))

    def probe(self, path: Path, priority: int, on_event: Listener) -> int:
        probed = Probed(self.duration, has_video=path.suffix == ".mp4")
        return self._answer(lambda number: on_event(no_recording() if path.name.startswith("bad") else probed))

    def copy(self, path: Path, track: int | None, target: Path, always: bool, on_event: Listener) -> int:
        """Of an mp3, or always; its content backwards."""
        is_made = always or path.suffix == ".mp3"
        if is_made:
            target.write_bytes(path.read_bytes()[::-1])
        return self._answer(lambda number: on_event(Copied(is_made)))

    def transcribe(
        self,
        path: Path,
        options: TranscribeOptions,
        priority: int,
        on_event: Listener,
        resume: ResumeState = ResumeState(),
    ) -> int:
        self.asked.append((path, options, priority, resume))
        return self._answer(lambda number: self._transcribe(number, path, options, on_event, resume))

    def caption(self, options: TranscribeOptions, start: float, pause: float, on_event: Listener) -> int:
        """What comes of it is in `sound`; a test says what is heard in it."""
        self.number += 1
        self.captions[self.number], self.sound[self.number] = (options, start, on_event), bytearray()
        return self.number

    def hear(self, number: int, samples: bytes, is_last: bool = False) -> None:
        self.sound[number] += samples
        if is_last:
            self.captions[number][2](Captioned())

    def align(
        self, path: Path, words: tuple[Word, ...], span: Span, options: TranscribeOptions, on_event: Listener
    ) -> int:
        """Nothing is found, unless `word_times` says when the new words are said."""
        self.aligned.append((path, words, span, options))
        new = [word for word in words if word.start is None]
        times = tuple(self.word_times.get(word.text) for word in new)
        return self._answer(lambda number: on_event(no_recording() if path.name.startswith("bad") else Aligned(times)))

    def cancel(self, number: int) -> None:
        self.cancelled.add(number)
        self.go.set()

    def is_working_at(self, number: int) -> bool:
        return True

    def close(self) -> None:
        pass

    def _answer(self, work: Callable[[int], None]) -> int:
        self.number += 1
        self.threads.append(threading.Thread(target=work, args=(self.number,), daemon=True))
        self.threads[-1].start()
        return self.number

    def _transcribe(
        self,
        number: int,
        path: Path,
        options: TranscribeOptions,
        on_event: Listener,
        resume: ResumeState,
    ) -> None:
        on_event(Started("cpu"))
        if path.name.startswith("bad"):
            on_event(no_recording())
            return
        segments = self.transcript_of.segments
        for place in range(len(resume.segments), len(segments)):
            self.go.wait(10)
            while place >= self.stop_after and number not in self.cancelled:
                time.sleep(0.01)
            if number in self.cancelled:
                on_event(Cancelled())
                return
            done = self.transcript_of.duration * (place + 1) / len(segments)
            new, peaks = segments[place : place + 1], bytes([place, 255])
            on_event(Progress(done, self.duration, 1.0 + place, new, peaks))
        self.heard.append(path.read_bytes())
        asked = {} if options.is_whole else {"start": options.start, "end": options.end}
        on_event(Transcribed(replace(self.transcript_of, model=options.model, options=asked)))


class SilentEngine(EchoEngine):
    """Answers nothing by itself: a test says what it tells."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self.listeners: dict[str, Listener] = {}
        self.probes: dict[str, Listener] = {}
        self.loads: list[Listener] = []
        self.working: set[int] = set()

    def is_working_at(self, number: int) -> bool:
        return number in self.working

    def load(self, options: TranscribeOptions, priority: int, on_event: Listener) -> int:
        self.loads.append(on_event)
        return 0

    def probe(self, path: Path, priority: int, on_event: Listener) -> int:
        self.probes[path.name] = on_event
        return 0

    def transcribe(
        self,
        path: Path,
        options: TranscribeOptions,
        priority: int,
        on_event: Listener,
        resume: ResumeState = ResumeState(),
    ) -> int:
        self.asked.append((path, options, priority, resume))
        self.listeners[path.name] = on_event
        return len(self.asked)

    def tell(self, name: str, event: Event) -> None:
        self.listeners[name](event)

    def progress(self, name: str, place: int) -> None:
        """Batch number `place` of a recording is finished."""
        self.tell(name, Progress(100.0 * (place + 1), None, 1.0, self.transcript_of.segments[place : place + 1]))
