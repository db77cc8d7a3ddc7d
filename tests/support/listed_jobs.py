"""Recordings with their transcripts, in the data folder of a program, also of one that runs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.conversation import said
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.transcript import Coverage, Transcript

DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Listed:
    """One recording of the list."""

    title: str
    days: float = 0.0
    """How long ago it was added."""
    seconds: float = 60.0
    lines: tuple[tuple[str | None, str], ...] | None = None
    """(speaker, text) of its transcript, where it has one."""
    to_check: int = 0
    """Places with speech without words."""
    state: str = "done"
    done: float | None = None
    error: str = ""


def fill(data_dir: Path, recordings: Sequence[Listed], anew: bool = False) -> None:
    """Puts them into the data folder; `anew`: in place of what is there."""
    folder = DataFolder(data_dir)
    database = Database(folder.database)
    jobs = Jobs(database, folder)
    results = Results(database, folder, jobs)
    with database.transaction() as transaction:
        if anew:
            for job in [*jobs.all(), *jobs.removed()]:
                jobs.delete(job)
            transaction.execute("DELETE FROM folders")
        for listed in recordings:
            job = jobs.add("recording.wav", "upload")
            job.path.write_bytes(b"sound")
            if listed.lines is not None:
                results.finish(job.id, _transcript(listed, listed.lines))
            jobs.update(job.id, **_row(listed))
    database.close()


def _transcript(listed: Listed, lines: Sequence[tuple[str | None, str]]) -> Transcript:
    segments = tuple(said(speaker, 10.0 * place, text) for place, (speaker, text) in enumerate(lines))
    coverage = Coverage(listed.seconds, tuple((50.0 + place, 50.5 + place) for place in range(listed.to_check)))
    return Transcript(segments, listed.seconds, "parakeet", "cpu", elapsed=1.0, coverage=coverage)


def _row(listed: Listed) -> dict[str, Any]:
    added = time.time() - listed.days * DAY_SECONDS
    return {
        **{"title": listed.title, "state": listed.state, "error": listed.error, "duration": listed.seconds},
        **{"done": listed.seconds if listed.done is None else listed.done, "created_at": added, "finished_at": added},
    }
