"""Captions of recordings that the microphone brings: their words while they come, for whoever reads along.

What was said is in the recording's file, piece by piece. Here the engine is told what is new of it, and where the
engine dies, once more from the last settled word on. The captions are kept as a version of the recording when it ends.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial

from transcriber.audio.samples import BYTES_PER_SECOND
from transcriber.errors import EngineCrashError
from transcriber.jobs.backlog import Backlog, later
from transcriber.jobs.results import Results
from transcriber.jobs.store import Job
from transcriber.live.captions import Captions
from transcriber.options import TranscribeOptions
from transcriber.segmentation import segments
from transcriber.transcript import Transcript, Word, joined
from transcriber.worker.client import EngineClient
from transcriber.worker.protocol import Cancelled, Captioned, Event, Failed

AGAIN_SECONDS, MOST_DEATHS = 1.0, 3
"""After which a new engine is tried, and how many may die one after another without a word."""
PIECE = 1 << 20
NOTE = "Written while it was spoken."


@dataclass(frozen=True)
class Told:
    """What is new for somebody who knows the first so many words."""

    known: int
    """Words that are settled by now."""
    settled: str
    """Those that are new, with the blank before them where there is one."""
    unsettled: str
    """What seems to follow."""
    problem: str
    """Why no more captions come, as a sentence."""
    is_over: bool
    end: float
    """Up to which second of the recording it was listened."""


@dataclass
class _Stream:
    """The captions of one recording."""

    job: Job
    options: TranscribeOptions
    first: int
    """The byte of its file at which its sound begins."""
    number: int = 0
    """The engine's request."""
    sent: int = 0
    """Bytes of the file that the engine has, or passed over."""
    words: list[Word] = field(default_factory=list)
    unsettled: tuple[Word, ...] = ()
    language: str | None = None
    deaths: int = 0
    is_ending: bool = False
    is_over: bool = False
    problem: str = ""
    readers: list[Callable[[], None]] = field(default_factory=list)
    """Are called whenever something is new."""
    began: float = field(default_factory=time.monotonic)
    end: float = 0.0

    @property
    def is_done(self) -> bool:
        """Whether nobody reads it any more."""
        return self.is_over and not self.readers

    def told(self, known: int) -> Told:
        settled, unsettled = _text(self.words[known:], known > 0), _text(self.unsettled, bool(self.words))
        return Told(len(self.words), settled, unsettled, self.problem, self.is_over, self.end)


class Captioning:
    """Of all recordings. Every method may be called from any thread."""

    def __init__(self, results: Results, engine: EngineClient) -> None:
        self.results, self.engine = results, engine
        self._streams: dict[str, _Stream] = {}
        self._lock = threading.RLock()
        self._backlog = Backlog(self._lock, results.folder.path)

    def begin(self, job: Job, options: TranscribeOptions, first: int) -> bool:
        """Write down what is said in a recording that comes, from the second on with which the options start.

        `first`: the byte of its file at which the sound begins. Where that is done already, it goes on as it is.
        Returns whether it begins now.
        """
        with self._lock:
            for identity in [identity for identity, stream in self._streams.items() if stream.is_done]:
                del self._streams[identity]
            if job.id in self._streams and not self._streams[job.id].is_over:
                return False
            stream = self._streams[job.id] = _Stream(job, options, first)
            self._ask(stream)
            return True

    def grown(self, identity: str) -> None:
        """More of the recording is there."""
        with self._lock:
            if (stream := self._streams.get(identity)) and not stream.is_over:
                self._send(stream)

    def end(self, identity: str) -> None:
        """All of the recording is there."""
        with self._lock:
            if (stream := self._streams.get(identity)) and not stream.is_ending:
                self._send(stream)
                stream.is_ending = True
                self.engine.hear(stream.number, b"", is_last=True)

    def told(self, identity: str, known: int) -> Told | None:
        """What is new behind the first `known` words; None where nobody asked for captions of it."""
        with self._lock:
            stream = self._streams.get(identity)
            return stream.told(min(known, len(stream.words))) if stream else None

    def read(self, identity: str, on_news: Callable[[], None]) -> Callable[[], None]:
        """Call `on_news` whenever told() has something new; returns what ends that."""
        with self._lock:
            readers = self._streams[identity].readers
            readers.append(on_news)
        return lambda: readers.remove(on_news)

    def _ask(self, stream: _Stream) -> None:
        """From the last settled word on."""
        start = stream.words[-1].span[1] if stream.words else stream.options.start
        passed = int(start * BYTES_PER_SECOND) // 2 * 2
        try:
            stream.number = self.engine.caption(
                stream.options, passed / BYTES_PER_SECOND, partial(self._on_event, stream)
            )
        except EngineCrashError as error:
            self._stop(stream, str(error))
            return
        stream.sent = stream.first + passed
        self._send(stream)
        if stream.is_ending:
            self.engine.hear(stream.number, b"", is_last=True)

    def _send(self, stream: _Stream) -> None:
        """What the file has and the engine does not."""
        try:
            with stream.job.path.open("rb") as file:
                file.seek(stream.sent)
                while piece := file.read(PIECE):
                    self.engine.hear(stream.number, piece)
                    stream.sent += len(piece)
        except OSError as error:
            self._stop(stream, f"the recording cannot be read again ({error.strerror})")

    def _on_event(self, stream: _Stream, event: Event) -> None:
        with self._lock:
            match event:
                case Captions():
                    stream.words += event.settled
                    stream.unsettled, stream.end = event.unsettled, event.end
                    stream.language = event.language or stream.language
                    stream.deaths = 0 if event.settled else stream.deaths
                case Failed(error=EngineCrashError()) if stream.deaths < MOST_DEATHS and not stream.is_over:
                    stream.deaths += 1
                    stream.unsettled = ()
                    later(AGAIN_SECONDS, partial(self._again, stream))
                case Failed():
                    self._stop(stream, str(event.error))
                case Captioned() | Cancelled():
                    self._stop(stream, "")
            self._tell(stream)

    def _again(self, stream: _Stream) -> None:
        with self._lock:
            if not stream.is_over:
                self._ask(stream)

    def _stop(self, stream: _Stream, problem: str) -> None:
        """No more comes: what there is is kept."""
        if stream.is_over:
            return
        stream.is_over, stream.problem, stream.unsettled = True, problem, ()
        if stream.words:
            self._backlog.do(partial(self._keep, stream))
        self._tell(stream)

    def _keep(self, stream: _Stream) -> None:
        with suppress(KeyError):  # it was deleted for good meanwhile
            self.results.keep_captions(stream.job.id, _transcript(stream))

    def _tell(self, stream: _Stream) -> None:
        for reader in list(stream.readers):
            reader()


def _text(words: Sequence[Word], is_behind: bool) -> str:
    """Of words; `is_behind` others, so that the blank before the first belongs to it."""
    blank = " " if words and is_behind and words[0].space_before else ""
    return blank + joined(words)


def _transcript(stream: _Stream) -> Transcript:
    return Transcript(
        segments=tuple(segments(stream.words)),
        duration=stream.end,
        model=stream.options.model,
        device=stream.options.device,
        elapsed=time.monotonic() - stream.began,
        language=stream.language,
        options=asdict(stream.options),
        notes=(NOTE,),
    )
