"""The sound of a session, as far as it may have to be heard again."""

import threading
from collections.abc import Iterator

from transcriber.audio.samples import BYTES_PER_SECOND

PIECE = 1 << 20


class KeptSound:
    """From second `start` of a session on. Every method may be called from any thread."""

    def __init__(self, start: float = 0.0, pcm: bytes = b"") -> None:
        self._first = int(start * BYTES_PER_SECOND) // 2 * 2
        """The byte of the session that is the first of these."""
        self._pcm = bytearray(pcm)
        self._lock = threading.Lock()

    @property
    def start(self) -> float:
        """The second of the session with which it begins."""
        return self._first / BYTES_PER_SECOND

    @property
    def end(self) -> float:
        """The second up to which it has come."""
        return (self._first + len(self._pcm)) / BYTES_PER_SECOND

    def add(self, pcm: bytes) -> None:
        with self._lock:
            self._pcm += pcm

    def behind(self, position: int) -> Iterator[bytes]:
        """As caption_stream.Sound has it."""
        while piece := self._piece(position):
            position += len(piece)
            yield piece

    def after(self, second: float) -> "KeptSound":
        """What comes after a second of the session."""
        return KeptSound(second, b"".join(self.behind(int(second * BYTES_PER_SECOND) // 2 * 2)))

    def forget(self, second: float) -> None:
        """What comes before a second of the session."""
        with self._lock:
            count = int(second * BYTES_PER_SECOND) // 2 * 2 - self._first
            if count > PIECE:  # not with every word: what is left has to be moved
                del self._pcm[:count]
                self._first += count

    def _piece(self, position: int) -> bytes:
        with self._lock:
            begin = max(0, position - self._first)
            return bytes(self._pcm[begin : begin + PIECE])
