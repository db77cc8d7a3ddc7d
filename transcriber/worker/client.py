"""The parent's end of the engine process: start it, ask it, cancel, and start it anew when it died."""

import itertools
import subprocess
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from transcriber.errors import EngineCrashError
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume_state import ResumeState
from transcriber.system import child_process
from transcriber.transcript import Word
from transcriber.word_times.spans import Span
from transcriber.worker.blame import blame_of
from transcriber.worker.protocol import (
    Align,
    Cancel,
    Caption,
    Copy,
    End,
    Event,
    Failed,
    Hear,
    Load,
    Probe,
    Ready,
    Request,
    Transcribe,
    Working,
    decode,
    encode,
)
from transcriber.worker.scheduling import ALIGN, CAPTION, SHORT

Listener = Callable[[Event], None]
KILLED = 9
"""The signal with which the system ends a process that takes too much memory."""


@dataclass
class Running:
    """One engine process and who waits for it."""

    process: "subprocess.Popen[str]"
    waiting: dict[int, Listener] = field(default_factory=dict)
    working: frozenset[int] = frozenset()
    """The requests that it works at: several where recordings share a batch."""


class EngineClient:
    """One engine process at a time. Every method may be called from any thread.

    Each request gets its events (protocol.py) through its `on_event`, called from a thread of the client's own; the
    last is one of protocol.End. When the process dies, Failed tells all that wait, each with its blame; the next
    request gets a new process. Asking raises EngineCrashError where none can be started. Tracebacks of what nobody
    foresaw are beside `log`.
    """

    def __init__(
        self, models_dir: Path, log: Path, unload_after: float | None = None, remembered_voices: Path | None = None
    ) -> None:
        self.models_dir, self.log = models_dir, log
        self.unload_after = unload_after
        """Seconds without a request after which the models leave the memory."""
        self.remembered_voices = remembered_voices
        """The file of voices that the user has named, where there is one."""
        self.offline = ""
        """"kernel" or "python": what keeps the process from the network; empty until it is ready."""
        self._running: Running | None = None
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._is_closed = False

    def load(self, options: TranscribeOptions, priority: int, on_event: Listener) -> int:
        """Load a model beforehand. Returns the request's number, as all of these do."""
        return self._ask(Load(priority, options), on_event)

    def probe(self, path: Path, priority: int, on_event: Listener) -> int:
        """How long a recording is, and whether it has pictures."""
        return self._ask(Probe(priority, path), on_event)

    def copy(self, path: Path, track: int | None, target: Path, always: bool, on_event: Listener) -> int:
        """Write a copy for the player (audio/playable.py): `always`, or only where it is needed."""
        return self._ask(Copy(SHORT, path, track, target, always), on_event)

    def transcribe(
        self,
        path: Path,
        options: TranscribeOptions,
        priority: int,
        on_event: Listener,
        resume: ResumeState = ResumeState(),
    ) -> int:
        """Transcribe a recording, from where `resume` ends."""
        return self._ask(Transcribe(priority, path, options, resume), on_event)

    def align(
        self, path: Path, words: tuple[Word, ...], span: Span, options: TranscribeOptions, on_event: Listener
    ) -> int:
        """When the new words of a correction are said, those without times; all are between two seconds (`span`)."""
        return self._ask(Align(ALIGN, path, options, words, *span), on_event)

    def caption(self, options: TranscribeOptions, start: float, pause: float, on_event: Listener) -> int:
        """Write down what is said in a recording that is going on, from second `start` on: what hear() brings. It is
        over after `pause` seconds of silence."""
        return self._ask(Caption(CAPTION, options, start, pause), on_event)

    def hear(self, number: int, samples: bytes, is_last: bool = False) -> None:
        """The next sound for a caption(): mono, 16 kHz, signed 16-bit integers. Nothing happens where that is over."""
        self._tell_process(number, Hear(samples, is_last))

    def cancel(self, number: int) -> None:
        """End a request after its current batch; its last event comes as always."""
        self._tell_process(number, Cancel())

    def _tell_process(self, number: int, request: Request) -> None:
        """What concerns a request that is not over."""
        with self._lock:
            if self._running and number in self._running.waiting:
                self._write(number, request)

    def is_working_at(self, number: int) -> bool:
        """Whether the process works at a request, or it waits there for others."""
        running = self._running
        return running is not None and number in running.working

    def close(self) -> None:
        """End the process. Nobody who waits is told."""
        with self._lock:
            self._is_closed = True
            running = self._running
        if running:
            running.process.kill()
            running.process.wait()

    def _ask(self, request: Request, on_event: Listener) -> int:
        with self._lock:
            number = next(self._numbers)
            if not self._is_closed:
                self._started().waiting[number] = on_event
                self._write(number, request)
        return number

    def _write(self, number: int, request: Request) -> None:
        assert self._running and self._running.process.stdin
        with suppress(OSError):  # a dead process: whoever listens to it notices, and tells those who wait
            self._running.process.stdin.write(encode(number, request))
            self._running.process.stdin.flush()

    def _started(self) -> Running:
        if self._running and self._running.process.poll() is None:
            return self._running
        try:
            self._running = Running(self._process())
        except OSError as error:
            raise EngineCrashError(
                f"the engine cannot be started ({error.strerror or error})",
                f"make room in the memory and on the disk of {self.log.parent}, then try again",
            ) from error
        threading.Thread(target=self._listen, args=(self._running,), daemon=True, name="engine events").start()
        return self._running

    def _process(self) -> "subprocess.Popen[str]":
        command = child_process.command("transcriber.worker.process", "--models-dir", self.models_dir)
        command += ["--log-dir", str(self.log.parent)]
        if self.unload_after is not None:
            command += ["--unload-after", str(self.unload_after)]
        if self.remembered_voices is not None:
            command += ["--remembered-voices", str(self.remembered_voices)]
        with self.log.open("a" if self._running else "w", encoding="utf-8") as log:
            return child_process.start(command, log)

    def _listen(self, running: Running) -> None:
        for line in running.process.stdout or ():
            message = decode(line)
            match event := message.event():
                case Ready():
                    self.offline = event.offline
                case Working():
                    running.working = frozenset(event.ids)
                case _:
                    self._tell(running, message.id, event)
        code = running.process.wait()
        with self._lock:
            waiting = list(running.waiting)
        suspects = running.working.intersection(waiting)
        for number in waiting:
            self._tell(running, number, Failed(self._crash(code), blame_of(number, suspects)))

    def _tell(self, running: Running, number: int, event: Event) -> None:
        with self._lock:
            waiting = running.waiting
            on_event = (waiting.pop if isinstance(event, End) else waiting.get)(number, None)
        if on_event and not self._is_closed:
            try:
                on_event(event)
            except Exception:  # noqa: BLE001  (one listener's mistake must not keep the others from their events)
                traceback.print_exc()

    def _crash(self, code: int) -> EngineCrashError:
        """Why the process ended with this status."""
        if code == -KILLED:
            why = "the system ended the engine, most likely because memory ran out"
            return EngineCrashError(why, "close other programs or choose a smaller model, then transcribe it again")
        why = f"the engine stopped unexpectedly (status {code}); the next recording gets a new one"
        return EngineCrashError(why, f"transcribe it again; what the engine wrote last is in {self.log}")
