"""Recordings out, for the player: as they are, or a copy in which a browser finds every place."""

import mimetypes
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.store import Job
from transcriber.readable import encodable
from transcriber.server.routes import job_or_404
from transcriber.worker import aio


class CopyRequest(BaseModel):
    """What the player knows of the recording."""

    always: bool = False
    """Whether the browser cannot play it, or believes that it ends too early; else it may be right as it is."""


def router(dispatcher: Dispatcher) -> APIRouter:
    routes, jobs = APIRouter(), dispatcher.jobs

    @routes.get("/recordings/{identity}/media")
    def media(identity: str, copy: bool = False) -> Response:
        """The recording, or its copy; the player asks for ranges of it."""
        job = job_or_404(jobs, identity)
        if copy and (made := copy_of(job)).is_file():
            return FileResponse(made, media_type="audio/wav")
        if copy or not job.is_there:
            raise HTTPException(404, encodable(f"{job.path} is not there any more"))
        kind = mimetypes.guess_type(job.name)[0] or ""
        # Never as a page: somebody may drop HTML, and its scripts would run as ours.
        is_media = kind.startswith(("audio/", "video/"))
        return FileResponse(job.path, media_type=kind if is_media else "application/octet-stream")

    @routes.post("/recordings/{identity}/copy")
    async def make_copy(identity: str, request: CopyRequest) -> dict[str, bool]:
        """Returns whether there is a copy to be played instead, once it is there."""
        job = job_or_404(jobs, identity)
        copy = copy_of(job)
        is_made = copy.is_file() or await aio.copy(dispatcher.engine, job.path, _track(job), copy, request.always)
        return {"is_made": is_made}

    def copy_of(job: Job) -> Path:
        return jobs.folder.playable(job.id, _track(job))

    @routes.get("/recordings/{identity}/waveform")
    def waveform(identity: str, start: int = 0) -> Response:
        """A byte for each tenth of a second from number `start` on, as far as the recording was heard: its peak."""
        peaks = dispatcher.results.waveform(job_or_404(jobs, identity))
        return Response(peaks[max(0, start) :], media_type="application/octet-stream")

    return routes


def _track(job: Job) -> int | None:
    return job.options.stream if job.options else None
