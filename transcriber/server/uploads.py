"""Recordings on their way in: bytes that are written to the job's own file, each where it belongs.

A page sends a recording piece by piece, each with its offset. Whatever breaks in between, the connection, the page or
this program, the page sends the piece again, and what has arrived of it already is compared and passed over. So a
recording is always the beginning of what a page sends, never of one file and then of another of its name and size.
"""

import struct
import threading
import time
from pathlib import Path

from transcriber.errors import StorageError
from transcriber.jobs.store import Job

MICROPHONE_RATE = 16_000
ROOM = "make room on the disk of the data folder, and check its permissions"
SILENT_SECONDS = 15
"""After which nobody is believed to send any more; a page that pauses says so more often."""


def wav_header(size: int) -> bytes:
    """Of `size` bytes of mono 16-bit samples at 16 kHz. Source: Multimedia Programming Interface 1.0, RIFF WAVE."""
    size = min(size, 0xFFFFFFFF - 36)
    return b"RIFF" + struct.pack(
        "<I4s4sIHHIIHH4sI",
        *(size + 36, b"WAVE", b"fmt ", 16, 1, 1, MICROPHONE_RATE, 2 * MICROPHONE_RATE, 2, 16, b"data", size),
    )


HEADER_SIZE = len(wav_header(0))


class OtherRecordingError(ValueError):
    """What has arrived differs from what is sent."""


class Receiver:
    """Knows which recordings are still being sent. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._heard: dict[str, float] = {}
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self.received = 0
        """Bytes since the start of the program."""

    def begin(self, job: Job) -> int:
        """Make the recording's file. Returns its size: a recording of the microphone begins with its header."""
        self._write(job.path, 0, wav_header(0) if job.source == "microphone" else b"")
        self._heard[job.id] = time.monotonic()
        return job.arrived

    def write(self, job: Job, offset: int, piece: bytes) -> None:
        """Put a piece where it belongs; what has arrived already is not written again.

        A recording of the microphone is a complete wav file after each piece. Raises OtherRecordingError, ValueError
        for a gap, and StorageError.
        """
        with self._lock:
            self._heard[job.id] = time.monotonic()
            size = job.arrived
            if offset > size:
                raise ValueError(f"bytes from {size} on are missing")
            known = piece[: size - offset]
            if known and self._read(job.path, offset, len(known)) != known:
                raise OtherRecordingError("what has arrived is the beginning of another recording")
            new = piece[size - offset :]
            if new and job.source == "microphone":
                # First, so that a program that is killed here loses nothing: a piece too few can be read.
                self._write(job.path, 0, wav_header(size + len(new) - HEADER_SIZE))
            if new:
                self._write(job.path, size, new)
                self.received += len(new)

    def is_silent(self, job: Job) -> bool:
        """Whether nothing has come for so long that the page must be gone."""
        return time.monotonic() - self._heard.get(job.id, self._began) > SILENT_SECONDS

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
