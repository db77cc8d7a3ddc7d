"""Two versions of a recording's transcript, compared."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse

from transcriber.jobs.comparing import compare
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.store import Job
from transcriber.server.routes import job_or_404


def router(dispatcher: Dispatcher) -> APIRouter:
    routes, jobs, results = APIRouter(), dispatcher.jobs, dispatcher.results

    @routes.get("/jobs/{identity}/compare")
    def compared(identity: str, left: int, right: int) -> JSONResponse:
        """Word by word: where they agree and where not, and how much (comparing.py). Of what both have transcribed,
        where one of them is of a part only."""
        job = job_or_404(jobs, identity)
        versions = [results.transcript(job, number) for number in (left, right)]
        if versions[0] is None or versions[1] is None:
            raise HTTPException(404, "there is no such transcript")
        parts = [covered(job, number) for number in (left, right)]
        start, end = max(part[0] for part in parts), min(part[1] for part in parts)
        comparison = compare(versions[0], versions[1], start, end)
        shown: dict[str, Any] = {**vars(comparison), "spans": [asdict(span) for span in comparison.spans]}
        whole = start == 0.0 and end == float("inf")
        # Not through FastAPI's own conversion, which takes seconds for the words of three hours.
        return JSONResponse({**shown, "part": None if whole else [start, end]})

    def covered(job: Job, number: int) -> tuple[float, float]:
        """The seconds that a version is of; without an end where that is all of the recording."""
        (part,) = [version.part for version in results.versions.of(job) if version.id == number] or [(0.0, job.done)]
        return part or (0.0, float("inf"))

    return routes
