"""A folder in which recordings appear: which of them are complete and new, and what became of those before.

What was done is kept beside the results, in `.transcriber/watched.json`, so that a restart repeats nothing, also where
somebody has taken the results away.
"""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from transcriber.audio import recording_files
from transcriber.errors import StorageError
from transcriber.system.atomic_file import write_whole
from transcriber.system.file_names import collision_key, with_hash

Version = tuple[int, int, int]
"""A file's size, its time in nanoseconds, and when its permissions or its name were changed."""
UNREADABLE, KEPT = "unreadable", "kept"
"""Why a recording is no more to be done, though its results are not ours."""


@dataclass
class WatchedFolder:
    """One folder and the folder for its results. `written` says in which formats: after a change of it every recording
    is new again.
    """

    folder: Path
    own: Path
    """The folder of our own files: the lock, and what was done."""
    written: str
    settling: float
    """Seconds for which a file must not have changed."""
    unreadable: dict[str, OSError] = field(default_factory=dict)
    """What could not be looked at when ready() was called last."""
    _seen: dict[Path, tuple[Version, float]] = field(default_factory=dict)
    """What each file was like, and since when."""
    _done: dict[str, list] = field(default_factory=dict)

    def open(self) -> None:
        """Read what was done before. Raises StorageError if it cannot be kept, or somebody else watches this folder."""
        try:
            self.own.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(self.own / "lock")
            self._lock.acquire(timeout=0)
            if self._file.exists():
                kept = json.loads(self._file.read_text(encoding="utf-8"))
                self._done = {name: list(entry) for name, entry in kept.items()}
        except Timeout:
            raise StorageError(
                f"{self.folder} is watched already, for the same results", "end the other program first"
            ) from None
        except (OSError, ValueError, TypeError, AttributeError) as error:  # the last three: no JSON of ours
            raise StorageError(f"{self.own} cannot be used ({error})", "check its permissions, or remove it") from error

    def close(self) -> None:
        """Let somebody else watch it."""
        self._lock.release()

    def ready(self) -> dict[Path, Version]:
        """Recordings that are new, as they are now that they have stopped growing."""
        now, self.unreadable = time.monotonic(), {}
        paths = recording_files.recordings(self.folder, self._note_unreadable)
        versions = {path: version for path in paths if (version := _version(path))}
        self._seen = {
            path: self._seen[path] if path in self._seen and self._seen[path][0] == version else (version, now)
            for path, version in versions.items()
        }
        return {
            path: version
            for path, (version, since) in self._seen.items()
            if now - since >= self.settling and not self._is_done(path, version)
        }

    def note(self, path: Path, version: Version, why: str = "") -> None:
        """As it was then, it is done; or no more to be done, `why`: it is UNREADABLE, or what was there is KEPT.

        Raises OSError.
        """
        self._done[self._key(path)] = [*self._entry(version), why] if why else self._entry(version)
        write_whole(self._file, json.dumps(self._done, indent=0).encode())

    def left(self) -> dict[Path, Version]:
        """Recordings that are not done, also such that may still grow."""
        return {path: version for path, (version, _) in self._seen.items() if not self._is_done(path, version)}

    def was_done(self, path: Path) -> bool:
        """Whether its results are ours, of the recording as it was before."""
        return len(self._done.get(self._key(path), ())) == len(self._entry((0, 0, 0)))

    def stem(self, path: Path) -> str:
        """What its results are called, in the folder for them: without its suffix, where no other needs the name."""
        place = path.relative_to(self.folder)
        others = {path.relative_to(self.folder) for path in self._seen} | set(map(Path, self._done))
        others.discard(place)
        if collision_key(str(place)) in {collision_key(str(other)) for other in others}:
            return with_hash(str(place))
        short = str(place.with_suffix(""))
        return (
            str(place)
            if collision_key(short) in {collision_key(str(other.with_suffix(""))) for other in others}
            else short
        )

    def _is_done(self, path: Path, version: Version) -> bool:
        entry = self._entry(version)
        return not version[0] or self._done.get(self._key(path), [])[: len(entry)] == entry

    @property
    def _file(self) -> Path:
        return self.own / "watched.json"

    def _key(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _entry(self, version: Version) -> list:
        size, changed, _ = version
        return [size, changed, self.written]

    def _note_unreadable(self, error: OSError) -> None:
        self.unreadable[str(error.filename)] = error


def _version(path: Path) -> Version | None:
    """None for a file that is gone by now."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns
