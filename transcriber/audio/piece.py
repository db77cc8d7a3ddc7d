"""A part of a file that is read as if it were a file of its own, perhaps with other bytes in some places."""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class Piece:
    """Bytes of a file that are one recording."""

    start: int
    end: int
    patches: tuple[tuple[int, bytes], ...] = ()
    """(offset in the piece, bytes) that are read in place of those in the file."""
    seconds: float | None = None
    """Its length, where its frames were counted."""
    is_constant: bool = False
    """Whether all frames are known to be of one length, so that the place of a second can be computed."""
    is_broken_off: bool = False
    """Whether it is known to end too early."""
    is_longer: bool = False
    """Whether it has more sound than its header says."""


class Window(io.RawIOBase):
    """A piece of a file, read as a file of its own."""

    def __init__(self, path: Path, piece: Piece) -> None:
        self._file = io.FileIO(path)
        self.name = str(path)
        """FFmpeg looks at its suffix."""
        self._piece, self._size, self._at = piece, piece.end - piece.start, 0

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        view = memoryview(buffer)[: max(0, self._size - self._at)]
        if not view:  # a damaged file may have been sought far beyond what any system can
            return 0
        self._file.seek(self._piece.start + self._at)
        count = self._file.readinto(view) or 0
        for offset, patch in self._piece.patches:
            first, last = max(offset, self._at), min(offset + len(patch), self._at + count)
            if first < last:
                view[first - self._at : last - self._at] = patch[first - offset : last - offset]
        self._at += count
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        place = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence] + offset
        if place < 0:
            raise ValueError("before the start of the file")
        self._at = place
        return place

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()


def read_at(file: BinaryIO, at: int, count: int) -> bytes:
    """`count` bytes from offset `at` on, or as many as there are."""
    file.seek(at)
    return file.read(count)


def size_of(file: BinaryIO) -> int:
    """Bytes of the file, whose position is its end afterwards."""
    return file.seek(0, os.SEEK_END)
