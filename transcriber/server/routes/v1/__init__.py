"""OpenAI's audio API: transcriptions, translations and models, for the clients that there are.

Recordings that come this way are kept only as long as they are transcribed.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Coroutine, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from transcriber.engines import model_capabilities
from transcriber.errors import StorageError, UnsupportedOptionError
from transcriber.jobs.configurations import Configurations
from transcriber.options import TranscribeOptions
from transcriber.server.routes.v1 import names, realtime, responses
from transcriber.server.routes.v1.error_table import entry_of
from transcriber.server.routes.v1.errors import PREFIX, ErrorResponse, OpenAIRoute, error_body
from transcriber.server.routes.v1.known_speakers import KnownSpeaker
from transcriber.server.routes.v1.request import Transcription, Translation, options_of
from transcriber.unexpected import map_and_log_error
from transcriber.worker.aio import listen, transcribe
from transcriber.worker.client import EngineClient
from transcriber.worker.protocol import Event

EVERY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
CLIENT_LEFT = 499
"""What nginx notes for it; nobody reads this answer."""
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorResponse} for status in (400, 401, 403, 404, 405, 413, 429, 500, 503, 507)
}


def router(engine: EngineClient, configurations: Configurations, temporary: Path, largest: int) -> APIRouter:
    """`temporary`: a folder for recordings while they are transcribed, each of so many bytes at most."""
    routes = APIRouter(prefix=PREFIX, tags=["OpenAI-compatible"], route_class=OpenAIRoute, responses=ERRORS)

    @routes.post(
        "/audio/transcriptions", response_model=responses.DiarizedJson | responses.VerboseJson | responses.Json
    )
    async def transcriptions(request: Request, form: Annotated[Transcription, Form()]) -> Response:
        """The words of a recording."""
        if form.stream and form.response_format not in ("json", "text", "diarized_json"):
            why = f"{form.response_format} cannot be streamed"
            raise UnsupportedOptionError(why, "choose json, text or diarized_json", "response_format")
        if form.timestamp_granularities and form.response_format != "verbose_json":
            why = f"{form.response_format} takes no timestamp_granularities[]"
            raise UnsupportedOptionError(why, "choose verbose_json", "response_format")
        if form.stream:
            return await _while_connected(request, stream(form, request.app.state.log_dir))
        return await _while_connected(request, whole(form))

    @routes.post("/audio/translations", response_model=responses.VerboseJson | responses.Json)
    async def translations(request: Request, form: Annotated[Translation, Form()]) -> Response:
        """The words of a recording, in English."""
        return await _while_connected(request, whole(form))

    async def whole(form: Translation) -> Response:
        options = options_of(form, configurations)
        async with stored(form) as (path, known):
            transcript = await transcribe(engine, path, replace(options, known_speakers=known))
        if form.is_diarized and form.response_format in ("json", "diarized_json", "text"):
            return responses.diarized_response(transcript, form.response_format, dict(known))
        return responses.transcript_response(transcript, form.response_format, form.granularities, spoken(options))

    async def stream(form: Transcription, log_dir: Path) -> Response:
        """What goes wrong before the first word has a status of its own."""
        events = events_of(form, options_of(form, configurations))
        await anext(events)
        sent = _sent(events, [speaker.name for speaker in form.known] if form.is_diarized else None, log_dir)
        return StreamingResponse(sent, media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def events_of(form: Transcription, options: TranscribeOptions) -> AsyncGenerator[Event, None]:
        async with (
            stored(form) as (path, known),
            aclosing(listen(engine, path, replace(options, known_speakers=known))) as events,
        ):
            async for event in events:
                yield event

    @asynccontextmanager
    async def stored(form: Translation) -> AsyncIterator[tuple[Path, tuple[tuple[str, str], ...]]]:
        """The recording and those of known speakers, for so long. Raises StorageError."""
        with _map_storage_errors():
            folder = TemporaryDirectory(dir=temporary, ignore_cleanup_errors=True)
        with folder:
            with _map_storage_errors():
                path = await run_in_threadpool(_store, form.file, Path(folder.name))
                known = await run_in_threadpool(_store_known, form.known, Path(folder.name))
            yield path, known

    def spoken(options: TranscribeOptions) -> str:
        return model_capabilities.expected(configurations.store.find(options.model)).spoken(options)

    @routes.get("/models/", include_in_schema=False)
    @routes.get("/models")
    def models() -> dict[str, Any]:
        """What can be named as `model`."""
        return {"object": "list", "data": [_model(name) for name in names.usable(configurations)]}

    @routes.get("/models/{name:path}")
    def model(name: str) -> dict[str, Any]:
        names.options_of(name, configurations)
        return _model(name)

    routes.include_router(realtime.router(engine, configurations, realtime.Room(temporary, largest)))

    @routes.api_route("", methods=EVERY, include_in_schema=False)
    @routes.api_route("/{rest:path}", methods=EVERY, include_in_schema=False)
    def nothing(request: Request) -> Response:
        path = request.url.path
        others = [route for route in routes.routes if isinstance(route, APIRoute) and route.endpoint is not nothing]
        if allowed := sorted(
            {method for route in others if route.path_regex.match(path) for method in route.methods or ()}
        ):
            methods = ", ".join(allowed)
            raise HTTPException(405, f"{path} takes {methods}, not {request.method}", {"allow": methods})
        raise HTTPException(404, f"there is no {path} here; see /openapi.json")

    return routes


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "local"}


@contextmanager
def _map_storage_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"the recording cannot be stored ({error.strerror})", "make room on the disk of the data folder"
        ) from error


def _store(file: UploadFile, folder: Path) -> Path:
    """The recording as a file, of whose name only the suffix is kept."""
    suffix = re.search(r"\.\w{1,8}$", file.filename or "", re.ASCII)
    path = folder / f"recording{suffix[0] if suffix else ''}"
    with path.open("xb") as target:
        shutil.copyfileobj(file.file, target, 1 << 20)
    return path


def _store_known(speakers: Sequence[KnownSpeaker], folder: Path) -> tuple[tuple[str, str], ...]:
    """(name, path) of each."""
    return tuple(speaker.stored(folder / f"speaker{number}") for number, speaker in enumerate(speakers, 1))


async def _while_connected(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """The answer, unless the client goes away: then the work at it ends."""
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((working, gone), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else Response(status_code=CLIENT_LEFT)
    finally:
        gone.cancel()
        working.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _sent(
    events: AsyncGenerator[Event, None], known: Collection[str] | None, log_dir: Path
) -> AsyncIterator[bytes]:
    """What goes wrong now can only be said in the stream."""
    async with aclosing(events):
        try:
            async for part in responses.deltas(events, known):
                yield part
        except Exception as error:  # noqa: BLE001  (there is no status any more that could say it)
            foreseen = map_and_log_error(error, log_dir)
            yield responses.server_sent(error_body(str(foreseen), entry_of(foreseen)))
