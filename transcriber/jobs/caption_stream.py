"""The captions of one recording that goes on, for as long as it does: an engine that dies is followed by another one,
which hears what was not settled."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from transcriber.audio.samples import BYTES_PER_SECOND
from transcriber.errors import EngineCrashError, TranscriberError
from transcriber.jobs.backlog import later
from transcriber.live.captions import PAUSE_SECONDS, Captions
from transcriber.options import TranscribeOptions
from transcriber.worker.client import EngineClient
from transcriber.worker.protocol import Cancelled, Captioned, Event, Failed

AGAIN_SECONDS, MOST_DEATHS = 1.0, 3
"""After which a new engine is tried, and how many may die one after another without a word."""
MOST_AHEAD_SECONDS = 60.0
"""Of sound that the engine has and has not heard yet; what is more waits where it is kept."""


class Sound(Protocol):
    """What has come of a recording: mono, 16 kHz, signed 16-bit integers."""

    def behind(self, position: int) -> Iterable[bytes]:
        """What has come behind so many of its bytes. Raises TranscriberError."""


@dataclass(eq=False)
class CaptionStream:
    """begin(), then grown() again and again, and end(). Every method may be called from any thread."""

    engine: EngineClient
    options: TranscribeOptions
    sound: Sound
    on_captions: Callable[[Captions], None]
    """Is called, as `on_end`, from a thread of the engine client's."""
    on_end: Callable[[TranscriberError | None], None]
    """Is called once, with the error if there was one."""
    settled_until: float = 0.0
    """The second before which nothing has to be heard again; at first that with which it begins."""
    pause: float = PAUSE_SECONDS
    """Seconds of silence after which what was said is over."""
    is_over: bool = False
    _number: int = 0
    """The engine's request."""
    _sent: int = 0
    """Up to which byte of the sound it has come."""
    _heard: float = 0.0
    """Up to which second the engine has heard it."""
    _deaths: int = 0
    _is_ending: bool = False
    """Whether all of the sound has come, and whether the engine knows."""
    _is_ended: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def begin(self) -> None:
        """From second `settled_until` on."""
        with self._lock:
            if self.is_over:
                return
            self._sent = round(self.settled_until * BYTES_PER_SECOND) // 2 * 2
            start = self._heard = self._sent / BYTES_PER_SECOND
            self._is_ended = False
            try:
                self._number = self.engine.caption(self.options, start, self.pause, self._on_event)
            except EngineCrashError as error:
                self._end(error)
                return
            self._send()

    def grown(self) -> None:
        """More of the recording is there."""
        with self._lock:
            if not self.is_over:
                self._send()

    def end(self) -> None:
        """All of the recording is there."""
        with self._lock:
            self._is_ending = True
            self.grown()

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        with self._lock:
            self._end(None)
            self.engine.cancel(self._number)

    def _send(self) -> None:
        """What has come and the engine has not, as far as it is not too much at once."""
        most = (self._heard + MOST_AHEAD_SECONDS) * BYTES_PER_SECOND
        try:
            pieces = iter(self.sound.behind(self._sent))
            while self._sent < most and (piece := next(pieces, None)):
                self.engine.hear(self._number, piece)
                self._sent += len(piece)
        except TranscriberError as error:
            self._end(error)
            self.engine.cancel(self._number)
            return
        if self._sent >= most:
            return
        if self._is_ending and not self._is_ended:
            self._is_ended = True
            self.engine.hear(self._number, b"", is_last=True)

    def _on_event(self, event: Event) -> None:
        with self._lock:
            if self.is_over:
                return
            match event:
                case Captions():
                    self._deaths = 0 if event.settled else self._deaths
                    self.settled_until = max(self.settled_until, event.settled_until)
                    self._heard = max(self._heard, event.end)
                    self.on_captions(event)
                    self._send()
                case Failed(error=EngineCrashError()) if self._deaths < MOST_DEATHS:
                    self._deaths += 1
                    self.on_captions(Captions((), (), self.settled_until))
                    later(AGAIN_SECONDS, self.begin)
                case Failed():
                    self._end(event.error)
                case Captioned() | Cancelled():
                    self._end(None)

    def _end(self, error: TranscriberError | None) -> None:
        if not self.is_over:
            self.is_over = True
            self.on_end(error)
