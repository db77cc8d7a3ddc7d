"""Recordings on their way in: bytes that are written to the job's own file, each where it belongs.

A page sends a recording piece by piece, each with its offset. Whatever breaks in between, the connection, the page or
this program, the page sends the piece again, and what has arrived of it already is compared and passed over. So a
recording is always the beginning of what a page sends, never of one file and then of another of its name and size.
"""

import struct
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from transcriber.errors import StorageError
from transcriber.jobs.backlog import later
from transcriber.jobs.store import Job

MICROPHONE_RATE = 16_000
ROOM = "make room on the disk of the data folder, and check its permissions"
SILENT_SECONDS = 15
"""After which nobody is believed to send any more; a page that pauses says so more often."""


def wav_header(size: int, channels: int = 1) -> bytes:
    """Of `size` bytes of 16-bit samples at 16 kHz. Source: Multimedia Programming Interface 1.0, RIFF WAVE."""
    size = min(size, 0xFFFFFFFF - 36)
    frame = 2 * channels
    shape = (1, channels, MICROPHONE_RATE, frame * MICROPHONE_RATE, frame, 16)
    return b"RIFF" + struct.pack("<I4s4sIHHIIHH4sI", size + 36, b"WAVE", b"fmt ", 16, *shape, b"data", size)


HEADER_SIZE = len(wav_header(0))


def channels_of(header: bytes) -> int:
    """How many it is a header of."""
    return struct.unpack_from("<H", header, 22)[0]


class OtherRecordingError(ValueError):
    """What has arrived differs from what is sent."""


class Receiver:
    """Knows which recordings are still being sent. Every method may be called from any thread.

    `on_silence` is called with the id of a recording of the microphone of which nothing comes any more: its page does
    not say how long it will be. That it has come to its end already is no news then. `on_growth` is called with the id
    of one of which a piece was written.
    """

    def __init__(
        self,
        on_silence: Callable[[str], None] = lambda identity: None,
        on_growth: Callable[[str], None] = lambda identity: None,
    ) -> None:
        self.on_silence, self.on_growth = on_silence, on_growth
        self._heard: dict[str, float] = {}
        self._watched: set[str] = set()
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self.received = 0
        """Bytes since the start of the program."""

    def begin(self, job: Job, channels: int = 1) -> int:
        """Make the recording's file. Returns its size: a recording of the microphone begins with its header."""
        self._write(job.path, 0, wav_header(0, channels) if job.source == "microphone" else b"")
        self._hear(job)
        return job.arrived

    def write(self, job: Job, offset: int, piece: bytes) -> None:
        """Put a piece where it belongs; what has arrived already is not written again.

        A recording of the microphone is a complete wav file after each piece. Raises OtherRecordingError, ValueError
        for a gap, and StorageError.
        """
        self._hear(job)
        with self._lock:
            size = job.arrived
            if offset > size:
                raise ValueError(f"bytes from {size} on are missing")
            known = piece[: size - offset]
            if known and self._read(job.path, offset, len(known)) != known:
                raise OtherRecordingError("what has arrived is the beginning of another recording")
            new = piece[size - offset :]
            if new and job.source == "microphone":
                # First, so that a program that is killed here loses nothing: a piece too few can be read.
                self._write(job.path, 0, wav_header(size + len(new) - HEADER_SIZE, self.channels(job)))
            if new:
                self._write(job.path, size, new)
                self.received += len(new)
        if new:
            self.on_growth(job.id)

    def channels(self, job: Job) -> int:
        """Of a recording of the microphone. Raises StorageError."""
        return channels_of(self._read(job.path, 0, HEADER_SIZE))

    def is_silent(self, job: Job) -> bool:
        """Whether nothing has come for so long that the page must be gone."""
        return self._seconds_left(job.id) < 0

    def watch(self, identity: str) -> None:
        """Tell on_silence of this recording, also where all of it came before this program was started."""
        with self._lock:
            is_new = identity not in self._watched
            self._watched.add(identity)
        if is_new:
            self._look_later(identity)

    def _hear(self, job: Job) -> None:
        self._heard[job.id] = time.monotonic()
        if job.source == "microphone":
            self.watch(job.id)

    def _seconds_left(self, identity: str) -> float:
        """Until it counts as silent."""
        return self._heard.get(identity, self._began) + SILENT_SECONDS - time.monotonic()

    def _look_later(self, identity: str) -> None:
        later(max(0.0, self._seconds_left(identity)), partial(self._look, identity))

    def _look(self, identity: str) -> None:
        with self._lock:
            is_silent = self._seconds_left(identity) <= 0
            if is_silent:
                self._watched.discard(identity)
        if is_silent:
            self.on_silence(identity)
        else:
            self._look_later(identity)

    def _read(self, path: Path, offset: int, size: int) -> bytes:
        """What there is of these bytes."""
        try:
            with path.open("rb") as file:
                file.seek(offset)
                return file.read(size)
        except OSError as error:
            raise StorageError(
                f"the recording cannot be read again ({error.strerror})", "check the disk of the data folder"
            ) from error

    def _write(self, path: Path, offset: int, content: bytes) -> None:
        try:
            with path.open("r+b" if path.exists() else "xb", buffering=0) as file:
                file.seek(offset)
                written = file.write(content)
        except OSError as error:
            raise StorageError(f"the recording cannot be stored ({error.strerror})", ROOM) from error
        if written != len(content):
            raise StorageError("the recording cannot be stored", ROOM)
