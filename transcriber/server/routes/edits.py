"""What a user changes in a transcript: one edit after the other, undone and redone."""

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.documents import Change
from transcriber.server.routes import job_or_404


class EditRequest(BaseModel):
    """What else is to be sent depends on the kind."""

    model_config = ConfigDict(extra="allow")

    kind: str
    revision: int
    """Of the transcript that it is made for: GET /jobs/{identity} and each answer say it."""
    number: int | None = None
    """Of the transcript; 0: the unfinished one; by default the one that is shown."""


class PreviewRequest(BaseModel):
    """The fields of the edit “replace”."""

    model_config = ConfigDict(extra="allow")

    kind: Literal["replace"] = "replace"
    revision: int | None = None
    number: int | None = None


class WhichTranscript(BaseModel):
    """By its number; 0: the unfinished one; by default the one that is shown."""

    model_config = ConfigDict(extra="forbid")

    number: int | None = None


def router(dispatcher: Dispatcher) -> APIRouter:
    routes, jobs, documents = APIRouter(), dispatcher.jobs, dispatcher.documents

    @routes.post("/jobs/{identity}/edits")
    def edit(identity: str, request: EditRequest) -> Response:
        """Change it. Returns the transcript's state, and in `splice` the segments that are others now."""
        asked: dict[str, Any] = request.model_extra or {}
        job = job_or_404(jobs, identity)
        change = documents.edit(job, request.number, request.revision, request.kind, asked)
        dispatcher.edit_times.find(job, change)
        return answered(change)

    @routes.post("/jobs/{identity}/edits/preview")
    def preview(identity: str, request: PreviewRequest) -> dict[str, Any]:
        """How often a text would be replaced, and the first places with the text around them. Changes nothing."""
        return documents.preview(job_or_404(jobs, identity), request.number, request.model_extra or {})

    @routes.post("/jobs/{identity}/undo")
    def undo(identity: str, which: WhichTranscript) -> Response:
        """Take back the last change; the answer is that of an edit."""
        return answered(documents.undo(job_or_404(jobs, identity), which.number))

    @routes.post("/jobs/{identity}/redo")
    def redo(identity: str, which: WhichTranscript) -> Response:
        """Bring back the change that was undone last."""
        return answered(documents.redo(job_or_404(jobs, identity), which.number))

    def answered(change: Change) -> Response:
        dispatcher.write_files_soon()
        return Response(change.answer, media_type="application/json")

    return routes
