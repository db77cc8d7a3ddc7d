"""Captions of recordings that the microphone brings: their words while they come, for whoever reads along.

What was said is in the recording's file, piece by piece. The captions are kept as a version of the recording when it
ends.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from transcriber.audio.samples import mean_of_channels
from transcriber.errors import StorageError, TranscriberError
from transcriber.jobs.backlog import Backlog
from transcriber.jobs.caption_stream import CaptionStream
from transcriber.jobs.results import Results
from transcriber.jobs.store import Job
from transcriber.live.captions import Captions
from transcriber.options import TranscribeOptions
from transcriber.segmentation import segments
from transcriber.transcript import Transcript, Word, joined
from transcriber.worker.client import EngineClient

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


@dataclass(frozen=True)
class GrowingSound:
    """That of a file which grows: signed 16-bit integers at 16 kHz; of several channels, their mean."""

    path: Path
    first: int
    """The byte with which its sound begins."""
    channels: int = 1

    def behind(self, position: int) -> Iterator[bytes]:
        """As caption_stream.Sound has it."""
        frame = 2 * self.channels
        try:
            with self.path.open("rb") as file:
                file.seek(self.first + position // 2 * frame)
                while whole := len(piece := file.read(PIECE)) // frame * frame:
                    yield mean_of_channels(piece[:whole], self.channels)
                    if whole < len(piece):
                        return
        except OSError as error:
            raise StorageError(f"the recording cannot be read again ({error.strerror})") from error


@dataclass
class _Written:
    """The captions of one recording."""

    job: Job
    options: TranscribeOptions
    words: list[Word] = field(default_factory=list)
    unsettled: tuple[Word, ...] = ()
    language: str | None = None
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

    def add(self, captions: Captions) -> None:
        self.words += captions.settled
        self.unsettled, self.end = captions.unsettled, captions.end
        self.language = captions.language or self.language

    def told(self, known: int) -> Told:
        settled, unsettled = _text(self.words[known:], known > 0), _text(self.unsettled, bool(self.words))
        return Told(len(self.words), settled, unsettled, self.problem, self.is_over, self.end)


class Captioning:
    """Of all recordings. Every method may be called from any thread."""

    def __init__(self, results: Results, engine: EngineClient) -> None:
        self.results, self.engine = results, engine
        self._written: dict[str, _Written] = {}
        self._streams: dict[str, CaptionStream] = {}
        """Of those that go on."""
        self._lock = threading.RLock()
        self._backlog = Backlog(self._lock, results.folder.path)

    def begin(self, job: Job, options: TranscribeOptions, sound: GrowingSound) -> bool:
        """Write down what is said in a recording that comes, from the second on with which the options start. Where
        that is done already, it goes on as it is. Returns whether it begins now.
        """
        with self._lock:
            if job.id in self._streams:
                return False
            self._written = {identity: written for identity, written in self._written.items() if not written.is_done}
            written = self._written[job.id] = _Written(job, options)
            stream = CaptionStream(
                self.engine,
                options,
                sound,
                partial(self._on_captions, written),
                partial(self._on_end, written),
                options.start,
            )
            self._streams[job.id] = stream
        stream.begin()  # who holds a stream's lock may wait for ours
        return True

    def grown(self, identity: str) -> None:
        """More of the recording is there."""
        if stream := self._streams.get(identity):
            stream.grown()

    def end(self, identity: str) -> None:
        """All of the recording is there."""
        if stream := self._streams.get(identity):
            stream.end()

    def told(self, identity: str, known: int) -> Told | None:
        """What is new behind the first `known` words; None where nobody asked for captions of it."""
        with self._lock:
            written = self._written.get(identity)
            return written.told(min(known, len(written.words))) if written else None

    def read(self, identity: str, on_news: Callable[[], None]) -> Callable[[], None]:
        """Call `on_news` whenever told() has something new; returns what ends that."""
        with self._lock:
            readers = self._written[identity].readers
            readers.append(on_news)
        return lambda: readers.remove(on_news)

    def _on_captions(self, written: _Written, captions: Captions) -> None:
        with self._lock:
            written.add(captions)
        _tell(written)

    def _on_end(self, written: _Written, error: TranscriberError | None) -> None:
        """No more comes: what there is is kept."""
        with self._lock:
            self._streams.pop(written.job.id, None)
            written.is_over, written.problem, written.unsettled = True, str(error or ""), ()
            if written.words:
                self._backlog.do(partial(self._keep, written))
        _tell(written)

    def _keep(self, written: _Written) -> None:
        with suppress(KeyError):  # it was deleted for good meanwhile
            self.results.keep_captions(written.job.id, _transcript(written))


def _tell(written: _Written) -> None:
    for reader in list(written.readers):
        reader()


def _text(words: Sequence[Word], is_behind: bool) -> str:
    """Of words; `is_behind` others, so that the blank before the first belongs to it."""
    blank = " " if words and is_behind and words[0].space_before else ""
    return blank + joined(words)


def _transcript(written: _Written) -> Transcript:
    return Transcript(
        segments=tuple(segments(written.words)),
        duration=written.end,
        model=written.options.model,
        device=written.options.device,
        elapsed=time.monotonic() - written.began,
        language=written.language,
        options=asdict(written.options),
        notes=(NOTE,),
    )
