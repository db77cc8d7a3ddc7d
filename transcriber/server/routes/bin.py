"""The bin: recordings off the list, back onto it, and away for good."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from transcriber.jobs.bin import DAYS_KEPT, expires_at
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.server.routes import job_or_404, summaries
from transcriber.server.uploads import Receiver


class Chosen(BaseModel):
    """Recordings by their ids."""

    ids: list[str]


class Emptied(BaseModel):
    """What is to go for good."""

    ids: list[str] | None = None
    """None: all of the bin."""


def router(dispatcher: Dispatcher, receiver: Receiver) -> APIRouter:
    routes, jobs = APIRouter(), dispatcher.jobs

    @routes.post("/jobs/remove")
    def remove(chosen: Chosen) -> dict[str, list[str]]:
        """Put recordings into the bin, from which they can be restored for 30 days; what is worked at is cancelled.

        Returns the ids of those that were on the list, which is what an undo restores.
        """
        found = [job for job in map(jobs.get, chosen.ids) if job]
        dispatcher.remove(found)
        return {"ids": [job.id for job in found]}

    @routes.post("/jobs/restore")
    def restore(chosen: Chosen) -> dict[str, list[str]]:
        """Put them back onto the list; what waited or was worked at goes on. Returns their ids."""
        return {"ids": dispatcher.restore(set(chosen.ids))}

    @routes.delete("/jobs/{identity}")
    def remove_one(identity: str) -> None:
        """Put it into the bin."""
        dispatcher.remove([job_or_404(jobs, identity)])

    @routes.post("/jobs/{identity}/restore")
    def restore_one(identity: str) -> None:
        """Put it back onto the list."""
        dispatcher.restore([identity])
        job_or_404(jobs, identity)

    @routes.get("/bin")
    def content() -> dict[str, Any]:
        """What can be restored, the last removed first, each with `removed_at` and when it goes for good."""
        jobs = dispatcher.bin.content()
        kept = [
            {**shown, "removed_at": job.removed_at, "expires_at": expires_at(job)}
            for job, shown in zip(jobs, summaries(dispatcher, receiver, jobs), strict=True)
        ]
        return {"days": DAYS_KEPT, "jobs": kept}

    @routes.post("/bin/empty")
    def empty(emptied: Emptied) -> None:
        """Delete for good: our copies of the recordings, and their transcripts; saved files stay."""
        dispatcher.bin.empty(None if emptied.ids is None else set(emptied.ids))

    return routes
