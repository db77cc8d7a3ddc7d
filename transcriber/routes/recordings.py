"""Recordings in, piece by piece; recordings out, for the player."""

import mimetypes
from datetime import datetime

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from transcriber.dispatcher import Dispatcher
from transcriber.jobs import Job
from transcriber.receiving import Receiver, arrived
from transcriber.routes import known

PIECE = 1 << 20


class NewRecording(BaseModel):
    """A file that is about to be sent."""

    name: str
    size: int = Field(ge=0, lt=1 << 63)
    """Bytes."""


def router(dispatcher: Dispatcher, receiver: Receiver) -> APIRouter:
    routes, jobs = APIRouter(), dispatcher.jobs

    @routes.post("/recordings")
    def announce(recording: NewRecording) -> dict[str, str | int]:
        """Returns the recording's id, and how many of its bytes are here."""
        job = jobs.add(recording.name, "upload", size=recording.size)
        return {"id": job.id, "size": receiver.begin(job)}

    @routes.post("/microphone")
    def announce_microphone() -> dict[str, str | int]:
        """The same for signed 16-bit samples at 16 kHz, which come behind the header that is here already."""
        job = jobs.add(f"Microphone {datetime.now():%Y-%m-%d %H.%M.%S}.wav", "microphone")
        return {"id": job.id, "size": receiver.begin(job)}

    @routes.put("/recordings/{identity}")
    async def receive(identity: str, offset: int, request: Request) -> dict[str, int]:
        """A piece of the recording from byte `offset` on; returns how much is here now."""
        job = await run_in_threadpool(_receiving, identity)
        piece = bytearray()
        try:
            async for block in request.stream():
                piece += block
                if len(piece) >= PIECE:
                    offset = await run_in_threadpool(_store, job, offset, bytes(piece))
                    piece.clear()
        except ClientDisconnect:
            pass  # what has come is kept, and not written again when the page sends the piece once more
        return {"size": await run_in_threadpool(_store, job, offset, bytes(piece))}

    def _receiving(identity: str) -> Job:
        job = known(jobs, identity)
        if job.state == "ready" and job.source == "microphone":
            jobs.update(job.id, state="receiving")  # its page was away, and is back
        elif job.state != "receiving":
            raise HTTPException(409, "this recording is complete")
        return job

    def _store(job: Job, offset: int, piece: bytes) -> int:
        try:
            receiver.write(job, offset, piece)
        except ValueError as error:
            raise HTTPException(409, str(error)) from error
        return offset + len(piece)

    @routes.post("/recordings/{identity}/end")
    def end(identity: str) -> dict[str, str]:
        """All of it has been sent."""
        job = known(jobs, identity)
        if job.size is not None and arrived(job) < job.size:
            raise HTTPException(409, f"bytes from {arrived(job)} on are missing")
        if job.state == "receiving":
            dispatcher.complete(job)
        return {"id": job.id}

    @routes.get("/recordings/{identity}/media")
    def media(identity: str) -> Response:
        """The recording for the player, which asks for ranges of it."""
        job = known(jobs, identity)
        if not job.path.is_file():
            raise HTTPException(404, f"{job.path} is not there any more")
        kind = mimetypes.guess_type(job.name)[0] or ""
        # Never as a page: somebody may drop HTML, and its scripts would run as ours.
        is_media = kind.startswith(("audio/", "video/"))
        return FileResponse(job.path, media_type=kind if is_media else "application/octet-stream")

    @routes.get("/recordings/{identity}/waveform")
    def waveform(identity: str) -> Response:
        """A byte for each tenth of a second, as far as the recording was heard: its peak."""
        return Response(
            dispatcher.results.waveform(known(jobs, identity)),
            media_type="application/octet-stream",
        )

    return routes
