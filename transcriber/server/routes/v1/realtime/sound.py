"""The sound of a session, as far as the engine may have to hear it, in a file of its own."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from transcriber.audio.samples import BYTES_PER_SECOND
from transcriber.errors import StorageError
from transcriber.jobs.captioning import GrowingSound

ROOM = "make room on the disk of the data folder"


@dataclass(frozen=True)
class Room:
    """For the sound of a session."""

    folder: Path
    largest: int
    """Bytes that may wait for the engine."""


class KeptSound:
    """From second `start` of a session on; close() it."""

    def __init__(self, folder: Path, start: float) -> None:
        """Raises StorageError."""
        self._first = round(start * BYTES_PER_SECOND) // 2 * 2
        """The byte of the session that is the first of these."""
        self._size = 0
        try:
            handle, name = tempfile.mkstemp(".pcm", dir=folder)
        except OSError as error:
            raise StorageError(f"the sound cannot be stored ({error.strerror})", ROOM) from error
        self.folder, self._path, self._file = folder, Path(name), os.fdopen(handle, "wb", buffering=0)

    @property
    def start(self) -> float:
        """The second of the session with which it begins."""
        return self._first / BYTES_PER_SECOND

    @property
    def size(self) -> int:
        """Bytes."""
        return self._size

    @property
    def end(self) -> float:
        """The second up to which it has come."""
        return (self._first + self._size) / BYTES_PER_SECOND

    def add(self, pcm: bytes) -> None:
        """Mono, 16 kHz, signed 16-bit integers. Raises StorageError."""
        try:
            written = self._file.write(pcm)
            if written != len(pcm):  # of a piece that has no room, nothing stays
                self._file.seek(self._size)
                self._file.truncate()
        except OSError as error:
            raise StorageError(f"the sound cannot be stored ({error.strerror})", ROOM) from error
        if written != len(pcm):
            raise StorageError("the sound cannot be stored", ROOM)
        self._size += written

    def behind(self, position: int) -> Iterator[bytes]:
        """As caption_stream.Sound has it; from any thread."""
        return GrowingSound(self._path, 0).behind(max(0, position - self._first))

    def after(self, second: float) -> "KeptSound":
        """What comes after a second of the session. Raises StorageError."""
        rest = KeptSound(self.folder, second)
        try:
            for piece in self.behind(rest._first):
                rest.add(piece)
        except StorageError:
            rest.close()
            raise
        return rest

    def close(self) -> None:
        """Delete it."""
        self._file.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
