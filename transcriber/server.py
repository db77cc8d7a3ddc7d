"""The web application without the page: the guard, our routes, and the page's own files."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from transcriber.dispatcher import Dispatcher
from transcriber.errors import StorageError, TranscriberError, UnknownModelError
from transcriber.guard import Guard
from transcriber.receiving import Receiver
from transcriber.routes import jobs, recordings, settings, transcripts

STATIC = Path(__file__).parent / "ui" / "static"
STATUS = {UnknownModelError: 404, StorageError: 507}


def create_app(dispatcher: Dispatcher, device: str) -> FastAPI:
    app = FastAPI(title="Transcribe", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard)
    app.mount("/page", StaticFiles(directory=STATIC), name="page")

    @app.exception_handler(TranscriberError)
    async def _failed(_: Request, error: TranscriberError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, STATUS.get(type(error), 400))

    receiver = Receiver()
    app.include_router(recordings.router(dispatcher, receiver))
    app.include_router(jobs.router(dispatcher, receiver, device))
    app.include_router(transcripts.router(dispatcher, receiver))
    app.include_router(settings.router(dispatcher))
    return app
