"""The bin: recordings that were taken off the list. They can be restored for 30 days, and go then for good."""

import time
from collections.abc import Callable, Collection
from contextlib import suppress

from transcriber.errors import StorageError
from transcriber.jobs.backlog import later
from transcriber.jobs.store import Job, Jobs

DAYS_KEPT = 30
DAY_SECONDS = 24 * 60 * 60.0
AT_ONCE = 0.0
"""`removed_at` of what is to go as soon as the engine has done with it."""


class Bin:
    """Every method may be called from any thread; all may raise StorageError.

    `busy` gives the ids of those whose recordings the engine still reads; `on_deleted` is called when some are gone.
    """

    def __init__(
        self,
        jobs: Jobs,
        busy: Callable[[], Collection[str]] = tuple,
        on_deleted: Callable[[], None] = lambda: None,
    ) -> None:
        self.jobs, self._busy, self._on_deleted = jobs, busy, on_deleted

    def content(self) -> list[Job]:
        """What can be restored, the last removed first."""
        return [job for job in self.jobs.removed() if job.removed_at != AT_ONCE]

    def put(self, identity: str, goes_on: bool) -> None:
        """Take a job off the list; `goes_on`: it waited or was worked at, and does so again once it is restored."""
        self.jobs.update(identity, removed_at=time.time(), goes_on=int(goes_on))

    def take(self, identities: Collection[str]) -> list[Job]:
        """Put these back, and return those that were there, as they lay in the bin."""
        with self.jobs.database.transaction():
            taken = [job for job in self.content() if job.id in identities]
            for job in taken:
                self.jobs.update(job.id, removed_at=None, goes_on=0)
        return taken

    def empty(self, identities: Collection[str] | None = None) -> None:
        """These go for good, or all; what the engine still reads, with the next purge()."""
        with self.jobs.database.transaction():
            for job in self.content():
                if identities is None or job.id in identities:
                    self.jobs.update(job.id, removed_at=AT_ONCE)
        self.purge()

    def purge(self) -> None:
        """What was kept long enough goes for good, but what the engine still reads."""
        latest, busy = time.time() - DAYS_KEPT * DAY_SECONDS, self._busy()
        expired = [job for job in self.jobs.removed() if (job.removed_at or 0.0) <= latest and job.id not in busy]
        for job in expired:
            self.jobs.delete(job)
        if expired:
            self._on_deleted()

    def purge_soon(self) -> None:
        """In a thread: to delete gigabytes takes a while."""
        later(0.0, self._purge_if_possible)

    def purge_daily(self) -> None:
        """Soon, and then once a day."""
        self.purge_soon()
        later(DAY_SECONDS, self.purge_daily)

    def _purge_if_possible(self) -> None:
        with suppress(StorageError):  # it is told by whatever else cannot use the database, and tried again
            self.purge()


def expires_at(job: Job) -> float:
    """When it goes for good; seconds since 1970."""
    return (job.removed_at or 0.0) + DAYS_KEPT * DAY_SECONDS
