"""The job store: every recording and how far it is. Kept in the database, so that nothing is lost.

A job is receiving → ready → queued → running → done, failed or cancelled; from there retried (queued), or removed
(bin.py). One whose row cannot be read is shown as failed, and keeps no other from being shown.
"""

import json
import os
import shutil
import time
import uuid
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from transcriber.errors import StorageError
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.options import TranscribeOptions
from transcriber.readable import encodable, readable
from transcriber.system.file_names import fitted
from transcriber.worker.scheduling import is_short


@dataclass(frozen=True)
class Job:
    """One recording and what became of it, as it was when it was read."""

    id: str
    name: str
    """The recording's file name."""
    title: str
    """What the user calls it; else the file name."""
    folder: int | None
    """The number of its folder of the library."""
    source: str
    """"upload", "microphone", or "path": a file of this computer, which is read where it lies."""
    path: Path
    size: int | None
    """Bytes that are to arrive, where that is known."""
    state: str
    position: float
    """Place in the queue."""
    options: TranscribeOptions | None
    device: str
    is_video: bool
    duration: float | None
    """Seconds, as the file says."""
    basis: str
    """What its chunks were made with and of: the model's name, its file, the recording's file, the options."""
    done: float
    """Seconds that are transcribed."""
    elapsed: float
    """Seconds of work so far."""
    error: str
    created_at: float
    finished_at: float | None
    removed_at: float | None
    goes_on: bool
    """Whether it waited or was worked at when it was removed."""
    digest: str
    """What the list shows of its transcript, in JSON (digests.py)."""
    changed: int
    """The number of the change of the library that was its last."""

    @property
    def stem(self) -> str:
        """What files made of it are called, without their suffix."""
        return Path(self.name).stem if self.title == self.name else self.title

    @property
    def is_own(self) -> bool:
        """Whether the recording lies in the data folder."""
        return self.source != "path"

    @property
    def is_short(self) -> bool:
        """Whether it may overtake longer ones."""
        seconds = self.options.seconds_of(self.duration) if self.options else self.duration
        return is_short(seconds, self.arrived)

    @property
    def end(self) -> float | None:
        """The second of the recording at which what is asked for ends, where that is known."""
        ends = (self.options.end if self.options else None, self.duration)
        return min((end for end in ends if end is not None), default=None)

    @property
    def progress(self) -> float | None:
        """How much of what is asked for is transcribed, 0 to 1, where that is known."""
        start = self.options.start if self.options else 0.0
        return min(1.0, max(0.0, self.done - start) / (self.end - start)) if self.end and self.end > start else None

    @property
    def is_there(self) -> bool:
        """Whether the recording's file can be looked at."""
        try:
            return self.path.is_file()
        except OSError:  # a folder that may not be entered, a name that is too long
            return False

    @property
    def arrived(self) -> int:
        """Bytes of the recording's file that are there; 0 for one that cannot be looked at."""
        try:
            return self.path.stat().st_size
        except (OSError, ValueError):  # ValueError: a path that no file can have
            return 0

    @property
    def is_complete(self) -> bool:
        """Whether all of it is there, as far as that is known."""
        return self.size is None or self.arrived >= self.size


LIST_ORDER = "finished_at IS NOT NULL, finished_at DESC, state != 'running', position"
PERCENT_ENCODED = "file:"
"""How such a path begins."""
LONGEST_SUFFIX = 16
"""Characters."""
UNREADABLE_HINT = "choose Retry, which asks anew, or Remove"
COLUMNS = ", ".join(f"jobs.{field.name}" for field in fields(Job))


class Jobs:
    """All jobs. Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, database: Database, folder: DataFolder) -> None:
        self.database, self.folder = database, folder

    @property
    def changes(self) -> int:
        """Of all jobs and folders so far."""
        return self.database.rows("SELECT changes FROM library")[0][0]

    def changed_since(self, change: int) -> list[Job] | None:
        """Those that changed after that change, also removed ones; None where not all of them are known any more."""
        (library,) = self.database.rows("SELECT changes, forgotten FROM library")
        if not library["forgotten"] <= change <= library["changes"]:
            return None
        return self._select(f"changed > ? ORDER BY {LIST_ORDER}", change)

    def add(self, name: str, source: str, path: Path | None = None, size: int | None = None) -> Job:
        """A new job: of the file `path`, or with a folder of its own into which its recording will come."""
        identity = uuid.uuid4().hex[:12]
        name = readable(name) if path else _file_name(name)
        where = _stored(path) if path else str(Path(self.folder.recordings.name, identity, fitted(*_parts(name))))
        with self.database.transaction() as transaction:
            transaction.execute(
                "INSERT INTO jobs (id, name, source, path, size, state, position, created_at) VALUES "
                "(?, ?, ?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM jobs), ?)",
                (identity, name, source, where, size, "ready" if source == "path" else "receiving", time.time()),
            )
            job = self.get(identity)
            assert job
            if job.is_own:
                _make_folder(job.path.parent)
        return job

    def get(self, identity: str) -> Job | None:
        """None for one that is not there, or was removed."""
        matching = self._select("id = ? AND removed_at IS NULL", identity)
        return matching[0] if matching else None

    def removed(self) -> list[Job]:
        """Those that were taken off the list and can still be restored, the last first."""
        return self._select("removed_at IS NOT NULL ORDER BY removed_at DESC")

    def all(self) -> list[Job]:
        """Those that are not finished in the order of the queue, then the finished ones, the last first."""
        return self._select(f"removed_at IS NULL ORDER BY {LIST_ORDER}")

    def in_state(self, state: str) -> list[Job]:
        """In the order of the queue."""
        return self._select("state = ? AND removed_at IS NULL ORDER BY position", state)

    def update(self, identity: str, **changed: Any) -> None:
        """Set columns of a job."""
        assignments = ", ".join(f"{name} = ?" for name in changed)
        with self.database.transaction() as transaction:
            transaction.execute(f"UPDATE jobs SET {assignments} WHERE id = ?", (*changed.values(), identity))

    def enqueue(self, identity: str, options: TranscribeOptions, first: bool = False) -> None:
        """Put it behind all that wait, or before them; one that is still arriving, once it is complete."""
        place = "min(position) - 1" if first else "max(position) + 1"
        with self.database.transaction() as transaction:
            transaction.execute(
                f"UPDATE jobs SET state = iif(state = 'receiving', state, 'queued'), options = ?, error = '', "
                f"finished_at = NULL, position = (SELECT {place} FROM jobs) WHERE id = ?",
                (json.dumps(asdict(options)), identity),
            )

    def end(self, identity: str, state: str, error: str = "") -> None:
        """Done, failed or cancelled."""
        self.update(identity, state=state, error=error, finished_at=time.time())

    def recover(self) -> None:
        """What was running when the program ended waits again, as the first."""
        with self.database.transaction() as transaction:
            transaction.execute(
                "UPDATE jobs SET state = 'queued', position = position - (SELECT max(position) FROM jobs) "
                "WHERE state = 'running'"
            )

    def delete(self, job: Job) -> None:
        """For good: its own recording, then its transcripts; a file that is not ours, and what was saved, stay."""
        if job.is_own and job.path.parent == self.folder.recordings / job.id:  # else its row is damaged
            shutil.rmtree(job.path.parent, ignore_errors=True)
        self.folder.forget_playable(job.id)
        with self.database.transaction() as transaction:
            transaction.execute("DELETE FROM jobs WHERE id = ?", (job.id,))

    def _select(self, condition: str, *values: Any) -> list[Job]:
        return [self._job(row) for row in self.database.rows(f"SELECT {COLUMNS} FROM jobs WHERE {condition}", *values)]

    def _job(self, row: Any) -> Job:
        path = self.folder.path / _path(row["path"])  # an absolute path stays what it is
        flags = {name: bool(row[name]) for name in ("is_video", "goes_on")}
        name = readable(row["name"])
        fields = {**dict(row), **flags, "name": name, "title": readable(row["title"]) or name, "path": path}
        try:
            options = _options(row["options"]) if row["options"] else None
        except (ValueError, TypeError, RecursionError) as error:  # also of a newer version of this program
            why = f"what was asked for cannot be read ({readable(str(error))}); {UNREADABLE_HINT}"
            return Job(**{**fields, "options": None, "state": "failed", "error": why})
        return Job(**{**fields, "options": options})


@lru_cache(100)
def _options(stored: str) -> TranscribeOptions:
    return TranscribeOptions(**json.loads(stored))


def _file_name(name: str) -> str:
    """The last part of whatever a browser calls a file."""
    name = Path(name.replace("\\", "/").replace("\0", "")).name
    return "recording" if name in ("", "..") else readable(name)


def _parts(name: str) -> tuple[str, str]:
    """Stem and suffix. The latter says what a recording is, unless it is no suffix at all."""
    suffix = Path(name).suffix
    return (name.removesuffix(suffix), suffix) if len(suffix) <= LONGEST_SUFFIX else (name, "")


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700)
    except OSError as error:
        raise StorageError(
            f"the recording cannot be stored ({error.strerror})",
            "make room on the disk of the data folder, and check its permissions",
        ) from error


def _stored(path: Path) -> str:
    """As the database can have it: percent-encoded where the path is no UTF-8. _path() reverses it."""
    text = str(path)
    return text if encodable(text) == text else f"{PERCENT_ENCODED}{quote_from_bytes(os.fsencode(path))}"


def _path(stored: str) -> str:
    text = stored.removeprefix(PERCENT_ENCODED)
    return stored if text == stored else os.fsdecode(unquote_to_bytes(text))
