"""A folder in which recordings appear: which of them are complete and new, and what became of those before.

What was done is kept beside the results, in `.transcriber/watched.json`, so that a restart repeats nothing, also where
somebody has taken the results away.
"""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from transcriber import media
from transcriber.errors import StorageError
from transcriber.whole_file import write_whole

Version = tuple[int, int]
"""A file's size, and its time in nanoseconds."""


@dataclass
class Watched:
    """One folder and the folder for its results. `written` is what these are: otherwise a recording is new again."""

    folder: Path
    own: Path
    """Where what was done is kept."""
    written: str
    settling: float
    """Seconds for which a file must not have changed."""
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
                self._done = json.loads(self._file.read_text(encoding="utf-8"))
        except Timeout:
            raise StorageError(
                f"{self.folder} is watched already, for the same results", "end the other program first"
            ) from None
        except (OSError, ValueError) as error:
            raise StorageError(f"{self.own} cannot be used ({error})", "check its permissions, or remove it") from error

    def ready(self) -> dict[Path, Version]:
        """Recordings that are new, as they are now that they have stopped growing."""
        now = time.monotonic()
        found = {path: version for path in media.recordings(self.folder) if (version := _version(path))}
        self._seen = {
            path: self._seen[path] if path in self._seen and self._seen[path][0] == version else (version, now)
            for path, version in found.items()
        }
        return {
            path: version
            for path, (version, since) in self._seen.items()
            if now - since >= self.settling and not self._is_done(path, version)
        }

    def note(self, path: Path, version: Version) -> None:
        """As it was then, it is done, or failed for good."""
        self._done[self._key(path)] = self._entry(version)
        write_whole(self._file, json.dumps(self._done, ensure_ascii=False, indent=0).encode())

    def left(self) -> set[Path]:
        """Recordings that are not done, also such that may still grow."""
        return {path for path, (version, _) in self._seen.items() if not self._is_done(path, version)}

    def was_done(self, path: Path) -> bool:
        """Whether its results are ours, of the recording as it was before."""
        return self._key(path) in self._done

    def stem(self, path: Path) -> str:
        """What its results are called, in the folder for them: without its suffix, where no other needs the name."""
        place = path.relative_to(self.folder)
        others = {one.relative_to(self.folder) for one in self._seen} | set(map(Path, self._done))
        is_shared = any(one != place and one.with_suffix("") == place.with_suffix("") for one in others)
        return str(place if is_shared else place.with_suffix(""))

    def _is_done(self, path: Path, version: Version) -> bool:
        return not version[0] or self._done.get(self._key(path)) == self._entry(version)

    @property
    def _file(self) -> Path:
        return self.own / "watched.json"

    def _key(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _entry(self, version: Version) -> list:
        return [*version, self.written]


def _version(path: Path) -> Version | None:
    """None for a file that is gone by now."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns
