"""Captions: the words of a recording while it is recorded."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from transcriber.jobs.captioning import Captioning, GrowingSound
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.store import Jobs
from transcriber.server.routes import job_or_404
from transcriber.server.routes.jobs import TranscriptionRequest, options_of
from transcriber.server.uploads import HEADER_SIZE, Receiver


def router(captioning: Captioning, jobs: Jobs, configurations: Configurations, receiver: Receiver) -> APIRouter:
    routes = APIRouter()

    @routes.post("/recordings/{identity}/captions")
    def begin(identity: str, request: TranscriptionRequest) -> dict[str, bool]:
        """Write down what is said into the microphone while it arrives, from second `start` on; `is_new` unless that
        is done already."""
        job = job_or_404(jobs, identity)
        if job.source != "microphone":
            raise HTTPException(409, "captions are written while a recording comes from the microphone")
        if job.state != "receiving":  # it is over, or its page was away and has not gone on yet
            return {"is_new": False}
        sound = GrowingSound(job.path, HEADER_SIZE, receiver.channels(job))
        return {"is_new": captioning.begin(job, options_of(request, configurations), sound)}

    @routes.get("/recordings/{identity}/captions")
    async def read(identity: str, request: Request, known: int = 0) -> Response:
        """What is written, as server-sent events: each has the words that are settled since the one before, or behind
        the first `known`, what seems to follow them, and whether more will come. Where nobody asked for captions of it
        there is no content, by which a browser asks no more.

        https://html.spec.whatwg.org/multipage/server-sent-events.html
        """
        if captioning.told(identity, known) is None:
            return Response(status_code=204)
        latest = request.headers.get("last-event-id", "")
        sent = _events(captioning, identity, int(latest) if latest.isdecimal() else known)
        return StreamingResponse(sent, media_type="text/event-stream", headers={"cache-control": "no-store"})

    return routes


async def _events(captioning: Captioning, identity: str, known: int) -> AsyncIterator[str]:
    """Until no more comes, or nobody listens."""
    loop, news = asyncio.get_running_loop(), asyncio.Event()
    end = captioning.read(identity, lambda: _wake(loop, news))
    try:
        while told := captioning.told(identity, known):
            news.clear()
            known = told.known
            yield f"id: {known}\ndata: {json.dumps(asdict(told))}\n\n"
            if told.is_over:
                break
            await news.wait()
    finally:
        end()


def _wake(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    """From the engine client's thread."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(news.set)
