"""Voices that the user has named, by which names are suggested in other recordings: only where that was turned on.

One file in the data folder, which nobody else may read. Of each person it holds the name, the day on which it last
grew, and for each recording in which the person was named its checksum, one vector of 192 numbers (the mean of the
voice there, from which no speech can be made) and the seconds of speech that it is the mean of. It never leaves the
computer, nobody is called by it before a person says so, and turning it off deletes it.
"""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from transcriber.errors import StorageError, UnsupportedOptionError
from transcriber.speakers.matching import match
from transcriber.speakers.protocol import VECTOR_SIZE
from transcriber.system.atomic_file import write_whole
from transcriber.transcript_json import adapter

FORMAT = 1
DECIMALS = 5
"""Of the numbers of a vector; more say nothing."""
LOCK_SECONDS = 5.0
"""For which another program is waited for."""


@dataclass(frozen=True)
class HeardVoice:
    """A person's voice in one recording."""

    recording: str
    """Its SHA-256; "" where that is not known."""
    vector: tuple[float, ...]
    """VECTOR_SIZE numbers of length 1."""
    seconds: float
    """Of speech."""


@dataclass(frozen=True)
class RememberedVoice:
    """One person."""

    name: str
    heard: tuple[HeardVoice, ...]
    """In each recording."""
    last: str
    """The day on which it was last remembered, by ISO 8601."""

    @property
    def seconds(self) -> float:
        """Of speech."""
        return sum(voice.seconds for voice in self.heard)

    @property
    def vector(self) -> np.ndarray:
        """[VECTOR_SIZE] of length 1: the mean over all recordings, weighted by seconds."""
        return _unit(sum((voice.seconds * np.array(voice.vector) for voice in self.heard), np.zeros(VECTOR_SIZE)))


@dataclass(frozen=True)
class _File:
    format: int
    voices: tuple[RememberedVoice, ...]


class RememberedVoices:
    """Those in one file. Where there is no such file, nothing is remembered and nothing suggested.

    What reads or writes it raises StorageError if that cannot be done; a damaged file is never written over.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_on(self) -> bool:
        return self.path.exists()

    def turn_on(self) -> None:
        """From now on voices may be remembered here. What is remembered already stays."""
        with self._locked():
            if self.is_on:
                self.voices()  # that is damaged is told now
            else:
                self._write(())

    def turn_off(self) -> None:
        """Forget everybody, and remember nobody from now on: the file is deleted, even where it is damaged."""
        with self._locked(), _storage_errors(self.path):
            self.path.unlink(missing_ok=True)

    def voices(self) -> tuple[RememberedVoice, ...]:
        """All that are remembered, by name."""
        if not self.is_on:
            return ()
        with _storage_errors(self.path):
            content = self.path.read_bytes()
        try:
            kept = adapter(_File).validate_python(json.loads(content))
            if kept.format != FORMAT or not all(map(_is_voice, kept.voices)):
                raise ValueError("not of this format")
        except (ValueError, RecursionError) as error:
            raise StorageError(
                f"{self.path}, where voices are remembered, is damaged or of another version of this program",
                "put it right from a copy, or delete it with `transcriber speakers --remember-voices off`",
            ) from error
        return kept.voices

    def names(self) -> list[str]:
        return [voice.name for voice in self.voices()]

    def remember(self, name: str, vector: np.ndarray, seconds: float, recording: str = "") -> None:
        """Somebody's voice [VECTOR_SIZE] in a recording, of so many seconds of speech; in place of what was remembered
        of them in the same one before, by its SHA-256.

        Raises UnsupportedOptionError where this was not turned on.
        """
        with self._locked():
            self.require_on()
            others = {voice.name: voice for voice in self.voices()}
            before = others.pop(name, None)
            was_heard = before.heard if before else ()
            earlier = [voice for voice in was_heard if voice.recording != recording or not recording]
            heard = HeardVoice(recording, tuple(np.round(_unit(vector), DECIMALS).tolist()), round(seconds, 3))
            voice = RememberedVoice(name, (*earlier, heard), date.today().isoformat())
            self._write((*others.values(), voice))

    def forget_in(self, recording: str, name: str) -> None:
        """Somebody's voice in one recording, who is not called so any more; the person, where they are in no other."""
        with self._locked():
            if not self.is_on:
                return
            kept = [
                replace(voice, heard=tuple(heard for heard in voice.heard if heard.recording != recording))
                if voice.name == name
                else voice
                for voice in self.voices()
            ]
            self._write(tuple(voice for voice in kept if voice.heard))

    def forget(self, name: str) -> None:
        """Raises UnsupportedOptionError, with the names that there are, for one that is not remembered."""
        with self._locked():
            voices = self.voices()
            if name not in self.names():
                known = ", ".join(self.names()) or "nobody's is"
                raise UnsupportedOptionError(f"the voice of “{name}” is not remembered", f"those that are: {known}")
            self._write(tuple(voice for voice in voices if voice.name != name))

    def forget_all(self) -> None:
        """Everybody; others may be remembered from now on."""
        with self._locked():
            if self.is_on:
                self._write(())

    def suggest(self, centres: np.ndarray | None) -> list[str]:
        """Whose remembered voice each of the voices [people, VECTOR_SIZE] of a recording is plainly like, else ""."""
        return match(centres, {voice.name: voice.vector for voice in self.voices()})

    def require_on(self) -> None:
        """Raises UnsupportedOptionError, with the command that turns it on, where it is off."""
        if not self.is_on:
            raise UnsupportedOptionError(
                "voices are not remembered", "turn it on with `transcriber speakers --remember-voices on`"
            )

    def _write(self, voices: tuple[RememberedVoice, ...]) -> None:
        kept = _File(FORMAT, tuple(sorted(voices, key=lambda voice: voice.name.casefold())))
        with _storage_errors(self.path):
            write_whole(self.path, json.dumps(asdict(kept), ensure_ascii=False).encode() + b"\n", is_private=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One program at a time changes it."""
        with _storage_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(self.path.with_suffix(".lock"))
            try:
                lock.acquire(timeout=LOCK_SECONDS)
            except Timeout as error:
                raise StorageError(
                    f"{self.path}, where voices are remembered, is in use by another program, or its folder cannot be "
                    "written",
                    "end that program or choose another --data-dir, then try again",
                ) from error
        try:
            yield
        finally:
            lock.release()


def _is_voice(voice: RememberedVoice) -> bool:
    return bool(voice.heard) and all(
        len(heard.vector) == VECTOR_SIZE and 0.99 < math.hypot(*heard.vector) < 1.01 and 0 < heard.seconds < math.inf
        for heard in voice.heard
    )


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise StorageError(
            f"{path}, where voices are remembered, cannot be used ({error.strerror or error})",
            "check its permissions and the space on its disk",
        ) from error
