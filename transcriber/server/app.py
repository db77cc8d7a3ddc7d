"""The web application without the page: the guard and our routes."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from transcriber import __version__
from transcriber.errors import (
    ConfigurationConflictError,
    EditConflictError,
    StorageError,
    TranscriberError,
    UnexpectedError,
    UnknownConfigurationError,
    UnknownModelError,
)
from transcriber.jobs.captioning import Captioning
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.store import Job
from transcriber.models.verification import Verifier
from transcriber.server.guard import Guard, Origins
from transcriber.server.routes import (
    bin,
    captions,
    comparing,
    cues,
    edits,
    export,
    folders,
    jobs,
    library,
    models,
    playback,
    preflight,
    recordings,
    search,
    settings,
    speakers,
    storage,
    transcripts,
    v1,
    vocabulary,
)
from transcriber.server.routes import configurations as configuration_routes
from transcriber.server.routes.v1.access import Limited, Limits, Token
from transcriber.server.routes.v1.errors import is_for_programs, response_to
from transcriber.server.setup_process import SetupQueue
from transcriber.server.uploads import Receiver
from transcriber.unexpected import map_and_log_error

STATUS = {
    UnknownModelError: 404,
    UnknownConfigurationError: 404,
    ConfigurationConflictError: 409,
    EditConflictError: 409,
    StorageError: 507,
    UnexpectedError: 500,
}
"""Of our own routes; OpenAI's have their own."""


def create_app(
    dispatcher: Dispatcher,
    configurations: Configurations,
    setups: SetupQueue,
    limits: Limits,
    origins: tuple[str, ...] = (),
) -> FastAPI:
    """For this computer; `limits` of what programs ask for, `origins` whose pages may be such programs."""
    app = _app(dispatcher.jobs.folder.path)
    app.add_middleware(Limited, limits=limits)
    app.add_middleware(Origins, origins=origins)
    app.add_middleware(Guard, origins=origins)
    speeds = dispatcher.results.speeds
    captioning = Captioning(dispatcher.results, dispatcher.engine)

    def complete(job: Job) -> None:
        captioning.end(job.id)
        dispatcher.complete(job)

    def complete_silent(identity: str) -> None:
        captioning.end(identity)
        dispatcher.complete_silent(identity)

    receiver, verifier = Receiver(complete_silent, captioning.grown), Verifier(dispatcher.store)
    for job in dispatcher.jobs.in_state("receiving"):
        if job.source == "microphone":
            receiver.watch(job.id)

    def models_revision() -> str:
        """Changes whenever GET /models does."""
        folder = dispatcher.store.folder
        changed = folder.stat().st_mtime_ns if folder.is_dir() else 0
        numbers = (configurations.revision, verifier.revision, setups.revision, speeds.revision)
        return f"{dispatcher.started_at}-{changed}-{'-'.join(map(str, numbers))}"

    app.include_router(recordings.router(dispatcher, receiver, complete))
    app.include_router(captions.router(captioning, dispatcher.jobs, configurations, receiver))
    app.include_router(playback.router(dispatcher))
    app.include_router(jobs.router(dispatcher, receiver, configurations))
    app.include_router(preflight.router(dispatcher, configurations))
    app.include_router(library.router(dispatcher, receiver, models_revision))
    app.include_router(bin.router(dispatcher, receiver))
    app.include_router(search.router(dispatcher))
    app.include_router(storage.router(dispatcher))
    app.include_router(folders.router(dispatcher.jobs.database))
    app.include_router(transcripts.router(dispatcher, receiver))
    app.include_router(edits.router(dispatcher))
    app.include_router(export.router(dispatcher))
    app.include_router(cues.router(dispatcher))
    app.include_router(comparing.router(dispatcher))
    app.include_router(speakers.router(dispatcher))
    app.include_router(settings.router(dispatcher))
    app.include_router(vocabulary.router(dispatcher.jobs.folder.vocabulary))
    app.include_router(configuration_routes.router(configurations))
    app.include_router(models.router(configurations, verifier, setups, speeds, models_revision))
    app.include_router(_for_programs(dispatcher, configurations, limits))
    return app


def create_app_beyond(
    dispatcher: Dispatcher,
    configurations: Configurations,
    limits: Limits,
    token: str,
    origins: tuple[str, ...] = (),
) -> FastAPI:
    """For other computers: what programs need, and for those alone who know the token."""
    app = _app(dispatcher.jobs.folder.path)
    app.add_middleware(Limited, limits=limits)
    app.add_middleware(Token, token=token)
    app.add_middleware(Origins, origins=origins)  # a browser asks without the token whether it may send it
    app.include_router(_for_programs(dispatcher, configurations, limits))
    return app


def _app(log_dir: Path) -> FastAPI:
    """Without routes yet; its errors are told in the shape that whoever asks expects."""
    app = FastAPI(title="Transcribe", version=__version__, docs_url=None, redoc_url=None)
    app.state.log_dir = log_dir

    async def answered(request: Request, error: Exception) -> Response:
        if is_for_programs(request.url.path):
            return response_to(error, log_dir)
        if isinstance(error, HTTPException):
            return await http_exception_handler(request, error)
        if isinstance(error, RequestValidationError):
            wrong = [f"{'.'.join(map(str, part['loc'][1:]))}: {part['msg']}" for part in error.errors()]
            return _error_response("; ".join(wrong), 400)
        foreseen = map_and_log_error(error, log_dir)
        return _error_response(str(foreseen), STATUS.get(type(foreseen), 400))

    for kind in (TranscriberError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answered)
    return app


def _for_programs(dispatcher: Dispatcher, configurations: Configurations, limits: Limits) -> APIRouter:
    return v1.router(dispatcher.engine, configurations, dispatcher.jobs.folder.temporary, limits.largest)


def _error_response(why: str, status: int) -> JSONResponse:
    """Under both names that clients look for it."""
    return JSONResponse({"error": why, "detail": why}, status)
