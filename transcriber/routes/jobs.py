"""Jobs: start, watch, cancel, retry, remove."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from transcriber.configurations import Configurations
from transcriber.dispatcher import Dispatcher
from transcriber.receiving import Receiver
from transcriber.routes import known, summary


class StartRequest(BaseModel):
    """What to transcribe: recordings by their ids, also such that are still arriving, and perhaps a file."""

    model: str = ""
    """The name of a configuration or of a model; empty: the active configuration."""
    recordings: list[str] = []
    path: str = ""


class RetryRequest(BaseModel):
    model: str = ""


def router(
    dispatcher: Dispatcher, receiver: Receiver, configurations: Configurations, models_revision: Callable[[], str]
) -> APIRouter:
    routes, jobs = APIRouter(), dispatcher.jobs

    @routes.post("/jobs")
    def start(request: StartRequest) -> list[dict[str, Any]]:
        options = configurations.options_of(request.model)
        asked = [known(jobs, identity) for identity in request.recordings]
        if request.path.strip():
            path = Path(request.path.strip().strip("'\"")).expanduser().absolute()
            if not path.is_file():
                raise HTTPException(400, f"There is no file {path}. Check the path.")
            job = jobs.add(path.name, "path", path)
            dispatcher.complete(job)
            asked.append(job)
        for job in asked:
            dispatcher.transcribe(job, options)
        return [summary(dispatcher, receiver, known(jobs, job.id)) for job in asked]

    @routes.get("/jobs")
    def all_jobs(revision: str = "") -> dict[str, Any]:
        """All jobs as the page lists them; no list if nothing has changed since that `revision`.

        `models` is another one whenever GET /models has something new.
        """
        for job in jobs.in_state("receiving"):
            if job.source == "microphone" and receiver.is_silent(job):
                dispatcher.complete(job)
        now = f"{dispatcher.started_at}-{jobs.revision}-{receiver.received}-{dispatcher.problem}"
        listed = None if revision == now else [summary(dispatcher, receiver, job) for job in jobs.all()]
        return {"revision": now, "problem": dispatcher.problem, "jobs": listed, "models": models_revision()}

    @routes.post("/jobs/{identity}/cancel")
    def cancel(identity: str) -> None:
        """Stop after the current batch; what is done is kept."""
        dispatcher.cancel(known(jobs, identity))

    @routes.post("/jobs/{identity}/retry")
    def retry(identity: str, request: RetryRequest) -> None:
        """Once more, with the same model from where it stopped, or with another from the start."""
        dispatcher.transcribe(known(jobs, identity), configurations.options_of(request.model))

    @routes.post("/jobs/{identity}/first")
    def do_first(identity: str) -> None:
        """Move it to the front of the queue."""
        dispatcher.do_first(known(jobs, identity))

    @routes.delete("/jobs/{identity}")
    def remove(identity: str) -> None:
        """Take it off the list, and delete its recording soon: until then it can be restored."""
        dispatcher.remove(known(jobs, identity))

    @routes.post("/jobs/{identity}/restore")
    def restore(identity: str) -> None:
        jobs.restore(identity)
        known(jobs, identity)

    return routes
