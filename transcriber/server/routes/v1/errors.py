"""Errors in OpenAI's shape."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from transcriber.server.routes.v1.error_table import ErrorEntry, entry_of
from transcriber.unexpected import map_and_log_error

PREFIX = "/v1"
TOO_LARGE = ErrorEntry(413, "too_large", "file")
LARGEST_FIELD = 8_000_000
"""Bytes of a field that is no file: recordings of known speakers come as texts."""
BY_STATUS = {TOO_LARGE.status: TOO_LARGE}


class Error(BaseModel):
    message: str
    type: str
    param: str | None
    code: str | None


class ErrorResponse(BaseModel):
    error: Error


class OpenAIRoute(APIRoute):
    """A route whose errors have OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                if request.headers.get("content-type", "").startswith("multipart/"):
                    await request.form(max_part_size=LARGEST_FIELD)  # parsed once: FastAPI gets the same
                return await handle(request)
            except Exception as error:  # noqa: BLE001  (a mistake of ours ends this request, and is told like any)
                return response_to(error, request.app.state.log_dir)

        return answered


def is_for_programs(path: str) -> bool:
    """Whether an error at this path has OpenAI's shape."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def response_to(error: Exception, log_dir: Path) -> Response:
    """What a client is told of an error of any kind; one that nobody foresaw is written into the log in that folder."""
    if isinstance(error, RequestValidationError):
        return _misunderstood(error)
    if isinstance(error, HTTPException):
        entry = BY_STATUS.get(error.status_code, ErrorEntry(error.status_code))
        response = error_response(str(error.detail), entry)
        response.headers.update(error.headers or {})
        return response
    return error_response(str(foreseen := map_and_log_error(error, log_dir)), entry_of(foreseen))


def error_body(message: str, entry: ErrorEntry) -> dict[str, Any]:
    kind = "invalid_request_error" if entry.status < 500 else "server_error"
    error = Error(message=message, type=kind, param=entry.parameter, code=entry.code)
    return ErrorResponse(error=error).model_dump()


def error_response(message: str, entry: ErrorEntry) -> Response:
    """The official clients ask again after statuses such as 503, unless they are told not to."""
    headers = {"retry-after": "1"} if entry.retry else {"x-should-retry": "false"}
    return JSONResponse(error_body(message, entry), entry.status, headers)


def _misunderstood(error: RequestValidationError) -> Response:
    """Each field that is wrong, with its reason; fields of a list have its name."""
    places = {str((*part["loc"], "")[1]): part["msg"].removeprefix("Value error, ") for part in error.errors()}
    message = "; ".join(f"{place}: {why}" if place else why for place, why in places.items())
    return error_response(message, ErrorEntry(400, "invalid_value", next(iter(places)) or None))
