"""What has been transcribed, for the page."""

from dataclasses import asdict, replace
from typing import Any

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel

from transcriber.errors import UnknownModelError
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.documents import Document
from transcriber.jobs.edits.edited import corrections
from transcriber.jobs.results import is_going_on
from transcriber.jobs.speakers import Speakers
from transcriber.jobs.store import Job
from transcriber.jobs.versions import UNFINISHED_NUMBER, Version
from transcriber.readable import json_text
from transcriber.server.routes import job_or_404, summary
from transcriber.server.uploads import Receiver
from transcriber.transcript import Transcript
from transcriber.transcript_json import to_dict


class ChosenVersion(BaseModel):
    """Which transcript of a recording is shown."""

    number: int | None
    """None: always the last one of the whole recording."""


def router(dispatcher: Dispatcher, receiver: Receiver) -> APIRouter:
    routes, jobs, results = APIRouter(), dispatcher.jobs, dispatcher.results
    documents, speakers = dispatcher.documents, Speakers(dispatcher.documents)

    @routes.get("/jobs/{identity}")
    def detail(identity: str, start: int = 0, number: int | None = None, edits: bool = True) -> Response:
        """The job, its transcripts, and the segments of one of them from `start` on: of the one that is shown
        (versions.py), or of `number`, where 0 is the one that is not finished.

        Where `source` is another than at the last answer, `start` counted other segments: ask again from 0.
        """
        job = job_or_404(jobs, identity)
        if number and results.number_of(job, number) is None:
            raise HTTPException(404, "there is no such transcript")
        read = documents.get if edits else documents.original
        document = None if results.number_of(job, number) is None else read(job, number)
        versions = {
            "transcripts": [version(stored) for stored in results.versions.of(job)],
            "unfinished": unfinished(job),
        }
        rest = json_text({**summary(dispatcher, receiver, job), **shown(job, document), **versions})
        segments = document.segments(max(0, start)) if document else "[]"
        return Response(f'{rest[:-1]}, "segments": {segments}}}', media_type="application/json")

    def shown(job: Job, document: Document | None) -> dict[str, Any]:
        """A transcript as the page shows it, without its segments."""
        nothing: dict[str, Any] = {
            "number": None,
            "source": job.basis,
            "notes": [],
            "elapsed": 0.0,
            "diarization": None,
        }
        if document is None:
            return nothing
        source = f"transcript {document.number}"
        if document.number == UNFINISHED_NUMBER:
            source = job.basis if is_going_on(job) else f"{job.basis} stopped"
        known = {} if document.number == UNFINISHED_NUMBER else head(document.transcript)
        changed = {"source": f"{source} {document.history.last}", "can_undo_speakers": speakers.can_undo(document)}
        return {**nothing, **known, **document.state, **changed}

    def version(stored: Version) -> dict[str, Any]:
        """One of the transcripts in the list of them."""
        edits = len(corrections(results.edits.history(stored.id).standing))
        return {**asdict(stored), "title": title(stored.model), "edits": edits}

    def unfinished(job: Job) -> dict[str, Any] | None:
        """The transcription that is going on, or was interrupted."""
        if not results.versions.is_unfinished(job):
            return None
        model = job.basis.partition(" ")[0] or (job.options.model if job.options else "")
        return {"model": model, "title": title(model), "done": job.done, "state": job.state}

    def title(model: str) -> str:
        """Of a model, which need not be known any more."""
        try:
            return dispatcher.store.find(model).title
        except UnknownModelError:
            return model

    @routes.put("/jobs/{identity}/version")
    def choose(identity: str, chosen: ChosenVersion) -> None:
        """Show this one from now on, also when another is made."""
        results.versions.choose(job_or_404(jobs, identity), chosen.number)

    return routes


def head(transcript: Transcript) -> dict[str, Any]:
    """All of a transcript but its segments."""
    return to_dict(replace(transcript, segments=()))
