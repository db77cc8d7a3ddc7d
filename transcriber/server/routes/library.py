"""The library: the list of all recordings, and what a user calls them and puts them into."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.folders import Folders
from transcriber.jobs.naming import checked_name
from transcriber.jobs.store import Job
from transcriber.server.routes import job_or_404, summaries, summary
from transcriber.server.uploads import Receiver

MOVING_STATES = ("receiving", "running")
"""In which what is shown of a job changes without a change of its row."""


class ChangedRecording(BaseModel):
    """What is to be another; a field that is not given stays as it is."""

    title: str | None = None
    """Empty: the file name again."""
    folder: int | None = None
    """None: in no folder any more."""


class Move(BaseModel):
    """Recordings, and the folder that they are put into."""

    ids: list[str]
    folder: int | None
    """None: no folder."""


def router(dispatcher: Dispatcher, receiver: Receiver, models_revision: Callable[[], str]) -> APIRouter:
    routes, jobs, folders = APIRouter(), dispatcher.jobs, Folders(dispatcher.jobs.database)

    @routes.get("/jobs")
    def listed(revision: str = "") -> Response:
        """The jobs that changed since that `revision`, as the page lists them, and the ids of those that left the list;
        `whole`: all of them, since nobody knows that revision. `jobs` is null where nothing changed.

        `models` is another one whenever GET /models has something new; `loading` is the title of a model that is loaded
        beforehand.
        """
        dispatcher.index.wake()  # what changed is shown with the next answers
        now = _Revision(dispatcher, receiver)
        state: dict[str, Any] = {"revision": str(now), "problem": dispatcher.problem, "loading": dispatcher.loading}
        state |= {"models": models_revision(), "whole": False, "gone": []}
        if revision == str(now):
            return JSONResponse({**state, "jobs": None})
        known = now.changes_at(revision)
        changed = None if known is None else jobs.changed_since(known)
        if changed is None:
            state["whole"], changed = True, jobs.all()
        else:
            sent = {job.id for job in changed}
            changed += [job for name in MOVING_STATES for job in jobs.in_state(name) if job.id not in sent]
        shown = summaries(dispatcher, receiver, (job for job in changed if job.removed_at is None))
        gone = [job.id for job in changed if job.removed_at is not None]
        # Not through FastAPI's own conversion, which takes half a second for 2,000 jobs.
        return JSONResponse({**state, "jobs": shown, "gone": gone, "folders": list(map(asdict, folders.all()))})

    @routes.patch("/jobs/{identity}")
    def change(identity: str, changed: ChangedRecording) -> dict[str, Any]:
        """Call a recording otherwise, or put it into another folder."""
        job = job_or_404(jobs, identity)
        if "title" in changed.model_fields_set:
            jobs.update(job.id, title=_title(job, changed.title or ""))
        if "folder" in changed.model_fields_set:
            jobs.update(job.id, folder=known_folder(changed.folder))
        return summary(dispatcher, receiver, job_or_404(jobs, identity))

    @routes.post("/jobs/move")
    def move(moved: Move) -> None:
        """Put recordings into a folder, or into none."""
        folder = known_folder(moved.folder)
        with jobs.database.transaction():
            for identity in moved.ids:
                jobs.update(identity, folder=folder)

    def known_folder(number: int | None) -> int | None:
        if number is not None and folders.get(number) is None:
            raise HTTPException(404, "there is no such folder")
        return number

    return routes


class _Revision:
    """What GET /jobs has shown so far: as text, "program-changes-others", where `others` counts what is in no row."""

    def __init__(self, dispatcher: Dispatcher, receiver: Receiver) -> None:
        silent = sum(map(receiver.is_silent, dispatcher.jobs.in_state("receiving")))
        self._program = dispatcher.started_at
        self._changes = dispatcher.jobs.changes
        self._others = f"{dispatcher.stops}.{receiver.received}.{silent}.{'.'.join(dispatcher.loading_jobs)}"

    def __str__(self) -> str:
        return f"{self._program}-{self._changes}-{self._others}"

    def changes_at(self, revision: str) -> int | None:
        """The last change that was shown with that revision; None where it is none of this run of the program."""
        program, _, rest = revision.partition("-")
        changes = rest.partition("-")[0]
        is_ours = program == str(self._program) and changes.isdecimal() and len(changes) < 19
        return int(changes) if is_ours else None


def _title(job: Job, title: str) -> str:
    """As it is kept: empty for the file name, which an empty one means, too."""
    title = checked_name(title, "recording") if title.strip() else ""
    return "" if title == job.name else title
