"""Verifying frozen files on demand: each is hashed in a thread, one at a time, and compared with its manifest."""

import threading
from dataclasses import dataclass

from transcriber.errors import ModelError
from transcriber.models.store import ModelStore


@dataclass(frozen=True)
class Verdict:
    """The result of verifying a file as it was then."""

    state: str
    """ "verifying", "whole" or "damaged"."""
    message: str = ""
    stamp: tuple[int, int] = (0, 0)
    """The file's size in bytes and modification time in nanoseconds when it was hashed."""


class Verifier:
    """Every method may be called from any thread."""

    def __init__(self, store: ModelStore) -> None:
        self.store = store
        self.revision = 0
        """Grows with every change."""
        self._verdicts: dict[str, Verdict] = {}
        self._hashing, self._lock = threading.Lock(), threading.Lock()

    def start(self, name: str) -> None:
        """Verify a model's file. Raises UnknownModelError or ModelNotFrozenError."""
        self.store.find(name).require()
        with self._lock:
            verdict = self._verdicts.get(name)
            if verdict and verdict.state == "verifying":
                return
            self._set(name, Verdict("verifying"))
        threading.Thread(target=self._verify, args=(name,), daemon=True, name="verifying").start()

    def verdict(self, name: str) -> Verdict | None:
        """What was found, as long as the file is the one it was found of."""
        verdict = self._verdicts.get(name)
        is_current = verdict and (verdict.state == "verifying" or verdict.stamp == self._stamp(name))
        return verdict if is_current else None

    def _verify(self, name: str) -> None:
        with self._hashing:
            stamp = self._stamp(name)
            try:
                self.store.find(name).verify()
                verdict = Verdict("whole", "Verified: every byte is as it was frozen.", stamp)
            except (ModelError, OSError) as error:
                verdict = Verdict("damaged", str(error), stamp)
        with self._lock:
            self._set(name, verdict)

    def _set(self, name: str, verdict: Verdict) -> None:
        self._verdicts[name] = verdict
        self.revision += 1

    def _stamp(self, name: str) -> tuple[int, int]:
        try:
            status = self.store.find(name).path.stat()
        except OSError:
            return 0, 0
        return status.st_size, status.st_mtime_ns
