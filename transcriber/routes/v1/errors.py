"""Errors in OpenAI's shape."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from transcriber.errors import TranscriberError
from transcriber.routes.v1.refusals import Refusal, refusal_of

TOO_LARGE = Refusal(413, "too_large", "file")
BY_STATUS = {TOO_LARGE.status: TOO_LARGE}


class Error(BaseModel):
    message: str
    type: str
    param: str | None
    code: str | None


class ErrorAnswer(BaseModel):
    error: Error


class OpenAIRoute(APIRoute):
    """A route whose errors have OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except TranscriberError as error:
                return refused(str(error), refusal_of(error))
            except RequestValidationError as error:
                return _misunderstood(error)
            except HTTPException as error:
                return refused(str(error.detail), BY_STATUS.get(error.status_code, Refusal(error.status_code)))

        return told


def body_of(message: str, refusal: Refusal) -> dict[str, Any]:
    kind = "invalid_request_error" if refusal.status < 500 else "server_error"
    error = Error(message=message, type=kind, param=refusal.parameter, code=refusal.code)
    return ErrorAnswer(error=error).model_dump()


def refused(message: str, refusal: Refusal) -> Response:
    """The official clients ask again after statuses such as 503, unless they are told not to."""
    headers = {"retry-after": "1"} if refusal.retry else {"x-should-retry": "false"}
    return JSONResponse(body_of(message, refusal), refusal.status, headers)


def _misunderstood(error: RequestValidationError) -> Response:
    places = [(str(one["loc"][-1]), one["msg"]) for one in error.errors()]
    message = "; ".join(f"{place}: {why}" for place, why in places)
    return refused(message, Refusal(400, "invalid_value", places[0][0]))
