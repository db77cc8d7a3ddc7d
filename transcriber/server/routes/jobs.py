"""Jobs: start, cancel, retry."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from transcriber import vocabulary
from transcriber.engines import model_capabilities
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.options import TranscribeOptions
from transcriber.readable import encodable
from transcriber.server.routes import job_or_404, summaries
from transcriber.server.uploads import Receiver


class TranscriptionRequest(BaseModel):
    """How to transcribe: `model`, and what else TranscribeOptions has for a user to choose."""

    model: str = ""
    """The name of a configuration or of a model; empty: the active configuration."""
    language: str | None = TranscribeOptions.language
    translate_to: str | None = TranscribeOptions.translate_to
    vocabulary: list[str] = []
    start: float = Field(TranscribeOptions.start, allow_inf_nan=False)
    end: float | None = Field(TranscribeOptions.end, allow_inf_nan=False)
    stream: int | None = Field(TranscribeOptions.stream, ge=1)
    second_model: str = TranscribeOptions.second_model
    speakers: str = TranscribeOptions.speakers
    speaker_model: str = TranscribeOptions.speaker_model


class StartRequest(TranscriptionRequest):
    """What to transcribe: recordings by their ids, also such that are still arriving, and perhaps a file."""

    recordings: list[str] = []
    path: str = ""


def router(dispatcher: Dispatcher, receiver: Receiver, configurations: Configurations) -> APIRouter:
    routes, jobs = APIRouter(), dispatcher.jobs

    @routes.post("/jobs")
    def start(request: StartRequest) -> list[dict[str, Any]]:
        options = options_of(request, configurations)
        requested = [job_or_404(jobs, identity) for identity in request.recordings]
        if request.path.strip():
            path = file_of(request.path)
            job = jobs.add(path.name, "path", path)
            dispatcher.complete(job)
            requested.append(job)
        for job in requested:
            dispatcher.transcribe(job, options)
        return summaries(dispatcher, receiver, [job_or_404(jobs, job.id) for job in requested])

    @routes.post("/jobs/{identity}/cancel")
    def cancel(identity: str) -> None:
        """Stop after the current batch; what is done is kept."""
        dispatcher.cancel(job_or_404(jobs, identity))

    @routes.post("/jobs/{identity}/retry")
    def retry(identity: str, request: TranscriptionRequest) -> dict[str, int | None]:
        """Once more: asked the same, from where it stopped; asked for something else, from the start.

        A part of what was transcribed before goes beside it, and becomes a version of its own. Returns its number then.
        """
        job = job_or_404(jobs, identity)
        if job.state == "failed" and not job.is_complete:
            raise HTTPException(409, f"only a part of {job.name} has arrived; drop the file again")
        return {"part": dispatcher.transcribe_again(job, options_of(request, configurations))}

    @routes.post("/jobs/{identity}/parts/{number}/cancel")
    def cancel_part(identity: str, number: int) -> None:
        """Stop a part that is transcribed again, or forget one that failed; the words that it has become a version."""
        job = job_or_404(jobs, identity)
        if number not in [part["id"] for part in dispatcher.parts.of(job)]:
            raise HTTPException(404, "there is no such part: it is finished, or was cancelled")
        dispatcher.parts.cancel(number)

    @routes.post("/jobs/{identity}/first")
    def do_first(identity: str) -> None:
        """Move it to the front of the queue."""
        dispatcher.do_first(job_or_404(jobs, identity))

    return routes


def file_of(text: str) -> Path:
    """What is meant by a path as somebody writes it."""
    path = Path(text.strip().strip("'\""))
    try:
        path = path.expanduser().absolute()
        is_there = path.is_file()
    except (OSError, RuntimeError, ValueError) as error:  # the home of somebody who has none, or can have none
        why = getattr(error, "strerror", None) or error
        raise HTTPException(400, encodable(f"The file {path} cannot be read ({why}). Check the path.")) from error
    if not is_there:
        raise HTTPException(400, encodable(f"There is no file {path}. Check the path."))
    return path


def options_of(request: TranscriptionRequest, configurations: Configurations) -> TranscribeOptions:
    """What is asked for. Raises what keeps it from being honoured, as far as that is known before a model is loaded."""
    options = replace(
        configurations.options_of(request.model),
        language=request.language or "",
        translate_to=request.translate_to or "",
        vocabulary=vocabulary.parse("\n".join(request.vocabulary)),
        start=request.start,
        end=request.end,
        stream=request.stream,
        second_model=configurations.options_of(request.second_model).model if request.second_model else "",
        speakers=request.speakers.strip() or TranscribeOptions.speakers,
        speaker_model=request.speaker_model,
    )
    configurations.store.require(options)
    for model in map(configurations.store.find, filter(None, (options.model, options.second_model))):
        model_capabilities.check_known(replace(options, model=model.name), model)
    return options
