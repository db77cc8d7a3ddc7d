"""Recordings in, piece by piece."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from transcriber.audio.suffixes import SUFFIXES
from transcriber.errors import StorageError
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.store import Job, Jobs
from transcriber.readable import readable
from transcriber.server.routes import job_or_404
from transcriber.server.uploads import OtherRecordingError, Receiver

PIECE = 1 << 20
NAMES = {"microphone": "Microphone", "shared": "Shared sound", "both": "Conversation"}
"""Of what a page records."""


class NewRecording(BaseModel):
    """A file that is about to be sent."""

    name: str
    size: int = Field(ge=0, lt=1 << 63)
    """Bytes."""


class Heard(BaseModel):
    """What a page is about to record."""

    source: Literal["microphone", "shared", "both"] = "microphone"
    """The microphone, the sound of a tab or of the computer, or both: that on the first channel, this on the second."""


class Abandoned(BaseModel):
    """Why the rest of a recording cannot be sent."""

    why: str = Field(max_length=1000)


def router(dispatcher: Dispatcher, receiver: Receiver, complete: Callable[[Job], None]) -> APIRouter:
    """`complete` is called with a recording of which all has come."""
    routes, jobs = APIRouter(), dispatcher.jobs

    @routes.get("/recordings/endings")
    def endings() -> dict[str, list[str]]:
        """How the names of recordings end: which files of a folder are meant."""
        return {"endings": sorted(SUFFIXES)}

    @routes.post("/recordings")
    def announce(recording: NewRecording) -> dict[str, str | int]:
        """Returns the recording's id, and how many of its bytes are here."""
        return _begun(jobs, receiver, jobs.add(recording.name, "upload", size=recording.size))

    @routes.post("/microphone")
    def announce_microphone(heard: Heard = Heard()) -> dict[str, str | int]:
        """The same for signed 16-bit samples at 16 kHz, which come behind the header that is here already."""
        name = f"{NAMES[heard.source]} {datetime.now():%Y-%m-%d %H.%M.%S}.wav"
        return _begun(jobs, receiver, jobs.add(name, "microphone"), channels=2 if heard.source == "both" else 1)

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
        job = job_or_404(jobs, identity)
        if job.state in ("ready", "cancelled") and job.source == "microphone":
            jobs.update(job.id, state="receiving", finished_at=None)  # its page was away, and is back
        elif job.state != "receiving":
            raise HTTPException(409, "this recording is complete, or was cancelled")
        return job

    def _store(job: Job, offset: int, piece: bytes) -> int:
        try:
            receiver.write(job, offset, piece)
        except OtherRecordingError as error:
            raise HTTPException(412, str(error)) from error
        except ValueError as error:
            raise HTTPException(409, str(error)) from error
        return offset + len(piece)

    @routes.post("/recordings/{identity}/end")
    def end(identity: str) -> dict[str, str]:
        """All of it has been sent."""
        job = job_or_404(jobs, identity)
        if not job.is_complete:
            raise HTTPException(409, f"bytes from {job.arrived} on are missing")
        if job.state == "receiving":
            complete(job)
        return {"id": job.id}

    @routes.post("/recordings/{identity}/abandon")
    def abandon(identity: str, abandoned: Abandoned) -> None:
        """The file can be read no more: what has come of it is no recording."""
        job = job_or_404(jobs, identity)
        if job.state == "receiving" and job.source == "upload":
            jobs.end(job.id, "failed", readable(abandoned.why))

    return routes


def _begun(jobs: Jobs, receiver: Receiver, job: Job, channels: int = 1) -> dict[str, str | int]:
    """Where its file cannot be made, nothing of it stays."""
    try:
        return {"id": job.id, "size": receiver.begin(job, channels)}
    except StorageError:
        jobs.delete(job)
        raise
