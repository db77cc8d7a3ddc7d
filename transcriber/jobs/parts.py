"""Parts of recordings that are transcribed again beside what there is: those that wait, are worked at, or failed.

A finished one becomes a version of its recording, and is no part here any more. What it has so far is kept, so that it
goes on when the program was killed.
"""

import json
import time
from base64 import b64encode
from dataclasses import asdict, dataclass, fields
from typing import Any

from transcriber.jobs.database import Database
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume_state import ResumeState, resume_state_from_dict

WAITING = "state = 'queued' AND (SELECT removed_at FROM jobs WHERE id = job) IS NULL"


@dataclass(frozen=True)
class Part:
    """One of them, as it was when it was read."""

    id: int
    job: str
    """The recording's."""
    options: TranscribeOptions | None
    """Which part, by which model; None where that cannot be read."""
    state: str
    """"queued", "running" or "failed"."""
    error: str
    """Why it failed."""
    basis: str
    """What `so_far` was made with and of, as a job's."""
    so_far: str
    """JSON: a ResumeState."""


COLUMNS = ", ".join(field.name for field in fields(Part))


class Parts:
    """Of all recordings. Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, job: str, options: TranscribeOptions) -> Part:
        """One more that waits."""
        with self.database.transaction() as transaction:
            number = transaction.execute(
                "INSERT INTO parts (job, options, created_at) VALUES (?, ?, ?)",
                (job, json.dumps(asdict(options)), time.time()),
            ).lastrowid
        (part,) = self._select("id = ?", number)
        return part

    def get(self, number: int) -> Part | None:
        return next(iter(self._select("id = ?", number)), None)

    def of(self, job: str) -> list[Part]:
        """Those of a recording, the oldest first."""
        return self._select("job = ? ORDER BY id", job)

    def by_job(self) -> dict[str, list[Part]]:
        """Those of all recordings, by the ids of these."""
        parts: dict[str, list[Part]] = {}
        for part in self._select("true ORDER BY id"):
            parts.setdefault(part.job, []).append(part)
        return parts

    def waiting(self) -> list[Part]:
        """Those whose turn comes next, in this order."""
        return self._select(f"{WAITING} ORDER BY id")

    def begin(self, part: Part, basis: str) -> ResumeState:
        """What it has already, made with and of the same; else it begins anew."""
        so_far = _resume_state(part) if part.basis == basis else ResumeState()
        self.update(part.id, state="running", basis=basis, so_far=_as_json(so_far))
        return so_far

    def keep(self, number: int, so_far: ResumeState) -> None:
        """What it has so far."""
        self.update(number, so_far=_as_json(so_far))

    def update(self, number: int, **changed: Any) -> None:
        """Set columns of it."""
        assignments = ", ".join(f"{name} = ?" for name in changed)
        with self.database.transaction() as transaction:
            transaction.execute(f"UPDATE parts SET {assignments} WHERE id = ?", (*changed.values(), number))

    def delete(self, number: int) -> None:
        with self.database.transaction() as transaction:
            transaction.execute("DELETE FROM parts WHERE id = ?", (number,))

    def recover(self) -> None:
        """What was running when the program ended waits again."""
        with self.database.transaction() as transaction:
            transaction.execute("UPDATE parts SET state = 'queued' WHERE state = 'running'")

    def _select(self, condition: str, *values: Any) -> list[Part]:
        rows = self.database.rows(f"SELECT {COLUMNS} FROM parts WHERE {condition}", *values)
        return [_part(dict(row)) for row in rows]


def _part(row: dict[str, Any]) -> Part:
    try:
        options = TranscribeOptions(**json.loads(row["options"]))
    except (ValueError, TypeError, RecursionError):  # also of a newer version of this program
        return Part(**{**row, "options": None})
    return Part(**{**row, "options": options})


def _resume_state(part: Part) -> ResumeState:
    try:
        return resume_state_from_dict(json.loads(part.so_far))
    except (ValueError, TypeError, KeyError):  # it is damaged: all of the part is transcribed again
        return ResumeState()


def _as_json(so_far: ResumeState) -> str:
    fields = {**vars(so_far), "voices": b64encode(so_far.voices).decode()}
    return json.dumps(fields, ensure_ascii=False, default=vars)
