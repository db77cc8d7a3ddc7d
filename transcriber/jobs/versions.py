"""The transcripts of a recording side by side, its versions, and which of them is shown."""

from dataclasses import dataclass
from typing import Any

from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.database import Database
from transcriber.jobs.store import Job

UNFINISHED_NUMBER = 0
"""Stands for the transcription that is going on, or was interrupted, where the number of a transcript is asked for."""


@dataclass(frozen=True)
class Version:
    """One transcript of a recording, without its words."""

    id: int
    """Its number."""
    model: str
    created_at: float
    language: str | None
    device: str
    part: tuple[float, float] | None
    """(start, end) in seconds where it is of a part of the recording only; None where all was transcribed."""
    is_live: bool = False
    """Whether it was written while it was spoken."""


class Versions:
    """Of all jobs. Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def of(self, job: Job) -> list[Version]:
        """The oldest first."""
        rows = self.database.rows(
            "SELECT id, model, created_at, language, device, part_start, part_end, is_live FROM transcripts "
            "WHERE job = ? ORDER BY id",
            job.id,
        )
        return [_version(dict(row)) for row in rows]

    def jobs(self) -> set[str]:
        """The ids of all that have a transcript."""
        return {row["job"] for row in self.database.rows("SELECT DISTINCT job FROM transcripts")}

    def is_unfinished(self, job: Job) -> bool:
        """Whether a transcription is going on, or has words from before it was interrupted."""
        return job.state in ("queued", "running") or self.has_chunks(job)

    def has_chunks(self, job: Job) -> bool:
        """Whether there are words of a transcription that is not finished."""
        return bool(self.database.rows("SELECT 1 FROM chunks WHERE job = ? LIMIT 1", job.id))

    def shown(self, job: Job) -> int | None:
        """The number of the transcript to be shown: the chosen one, else the last of the whole recording, else
        UNFINISHED_NUMBER where a transcription is going on or was interrupted, else the last; None: there is none."""
        versions, chosen = self.of(job), self._chosen(job)
        whole = [version.id for version in versions if version.part is None]
        if chosen in [version.id for version in versions]:
            return chosen
        if whole:
            return whole[-1]
        if self.is_unfinished(job):
            return UNFINISHED_NUMBER
        return versions[-1].id if versions else None

    def number_of(self, job: Job, asked: int | None) -> int | None:
        """The number that is asked for; for None, or the unfinished one where that is finished by now, shown()."""
        is_over = asked == UNFINISHED_NUMBER and not self.is_unfinished(job)
        return self.shown(job) if asked is None or is_over else asked

    def choose(self, job: Job, number: int | None) -> None:
        """Show that transcript from now on, whatever comes; None, or the unfinished one: as if none had been chosen."""
        if number and number not in [version.id for version in self.of(job)]:
            raise UnsupportedOptionError("there is no such version", "choose one of those that the recording has")
        with self.database.transaction() as transaction:
            transaction.execute("UPDATE jobs SET chosen = ? WHERE id = ?", (number or None, job.id))

    def choose_first(self, identity: str, number: int) -> None:
        """Show that transcript of the job with that id, unless another one is chosen: it was edited."""
        with self.database.transaction() as transaction:
            transaction.execute("UPDATE jobs SET chosen = coalesce(chosen, ?) WHERE id = ?", (number, identity))

    def _chosen(self, job: Job) -> int | None:
        rows = self.database.rows("SELECT chosen FROM jobs WHERE id = ?", job.id)
        return rows[0]["chosen"] if rows else None


def _version(row: dict[str, Any]) -> Version:
    start, end = row.pop("part_start"), row.pop("part_end")
    is_live = bool(row.pop("is_live"))
    return Version(**row, is_live=is_live, part=None if end is None else (start, end))
