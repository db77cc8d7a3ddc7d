"""The job store: every recording and how far it is. Kept in the database, so that nothing is lost.

A job is receiving → ready → queued → running → done, failed or cancelled; from there retried (queued) or removed.
"""

import json
import shutil
import time
import uuid
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from transcriber.data_folder import DataFolder
from transcriber.database import Database
from transcriber.options import TranscribeOptions
from transcriber.scheduling import is_short


@dataclass(frozen=True)
class Job:
    """One recording and what became of it, as it was when it was read."""

    id: str
    name: str
    source: str
    """"upload", "microphone", or "path": a file of this computer, which is read where it lies."""
    path: Path
    size: int | None
    """Bytes that are to arrive, where that is known."""
    state: str
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

    @property
    def is_own(self) -> bool:
        """Whether the recording lies in the data folder."""
        return self.source != "path"

    @property
    def is_short(self) -> bool:
        """Whether it may overtake longer ones."""
        return is_short(self.duration, self.path.stat().st_size if self.path.is_file() else 0)


COLUMNS = ", ".join(f"jobs.{field.name}" for field in fields(Job))


class Jobs:
    """All jobs. Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, database: Database, folder: DataFolder) -> None:
        self.database, self.folder = database, folder

    @property
    def revision(self) -> int:
        """Grows with every change."""
        return self.database.changes

    def add(self, name: str, source: str, path: Path | None = None, size: int | None = None) -> Job:
        """A new job: of the file `path`, or with a folder of its own into which its recording will come."""
        identity = uuid.uuid4().hex[:12]
        if path is None:
            name = _file_name(name)
            path = Path(self.folder.recordings.name, identity, name)
        with self.database.transaction() as transaction:
            transaction.execute(
                "INSERT INTO jobs (id, name, source, path, size, state, position, created_at) VALUES "
                "(?, ?, ?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM jobs), ?)",
                (identity, name, source, str(path), size, "ready" if source == "path" else "receiving", time.time()),
            )
        job = self.get(identity)
        assert job
        if job.is_own:
            job.path.parent.mkdir(mode=0o700)
        return job

    def get(self, identity: str) -> Job | None:
        """None for one that is not there, or was removed."""
        found = self._select("id = ? AND removed_at IS NULL", identity)
        return found[0] if found else None

    def removed(self) -> list[Job]:
        """Those that were taken off the list and can still be restored."""
        return self._select("removed_at IS NOT NULL")

    def all(self) -> list[Job]:
        """Those that are not finished in the order of the queue, then the finished ones, the last first."""
        return self._select(
            "removed_at IS NULL ORDER BY finished_at IS NOT NULL, finished_at DESC, state != 'running', position"
        )

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
        """What was running when the program ended waits again, as the first; what was removed goes for good."""
        with self.database.transaction() as transaction:
            transaction.execute(
                "UPDATE jobs SET state = 'queued', position = position - (SELECT max(position) FROM jobs) "
                "WHERE state = 'running'"
            )
        for job in self.removed():
            self.delete(job)

    def remove(self, identity: str) -> None:
        """Take it off the list."""
        self.update(identity, removed_at=time.time())

    def restore(self, identity: str) -> None:
        """Put it back."""
        self.update(identity, removed_at=None)

    def delete(self, job: Job) -> None:
        """For good: its own recording, then its transcripts; a file that is not ours, and what was saved, stay."""
        if job.is_own:
            shutil.rmtree(job.path.parent, ignore_errors=True)
        with self.database.transaction() as transaction:
            transaction.execute("DELETE FROM jobs WHERE id = ?", (job.id,))

    def setting(self, name: str, default: Any) -> Any:
        rows = self.database.rows("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(rows[0]["value"]) if rows else default

    def set(self, name: str, value: Any) -> None:
        with self.database.transaction() as transaction:
            transaction.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))

    def _select(self, condition: str, *values: Any) -> list[Job]:
        return [self._job(row) for row in self.database.rows(f"SELECT {COLUMNS} FROM jobs WHERE {condition}", *values)]

    def _job(self, row: Any) -> Job:
        options = TranscribeOptions(**json.loads(row["options"])) if row["options"] else None
        path = self.folder.path / row["path"]  # an absolute path stays what it is
        return Job(**{**dict(row), "options": options, "path": path, "is_video": bool(row["is_video"])})


def _file_name(name: str) -> str:
    """The last part of whatever a browser calls a file, fit to be a name in our folder."""
    name = Path(name.replace("\\", "/").replace("\0", "")).name[-200:]
    return "recording" if name in ("", "..") else name
