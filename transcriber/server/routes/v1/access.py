"""Who may use the interface for programs, and how much of it at once."""

from dataclasses import dataclass
from hmac import compare_digest

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from transcriber.server.routes.v1.error_table import ErrorEntry
from transcriber.server.routes.v1.errors import TOO_LARGE, error_response

LIMITED = ("/v1/audio/", "/v1/realtime")
KEY = "openai-insecure-api-key."
"""Before the token, where a browser opens a WebSocket: it sends no headers of a page's own, but subprotocols."""


@dataclass
class Limits:
    """Of all requests with recordings together, and WebSockets, wherever they come from."""

    largest: int
    """Bytes of one."""
    at_once: int
    going_on: int = 0


class Limited:
    """ASGI middleware that keeps requests within limits."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limits = self.limits
        if scope["type"] == "lifespan" or not scope["path"].startswith(LIMITED):
            await self.app(scope, receive, send)
        elif limits.going_on >= limits.at_once:
            busy = f"{limits.at_once} requests are being answered; send this one again soon"
            await error_response(busy, ErrorEntry(429, "busy", retry=True))(scope, receive, send)
        elif int(dict(scope["headers"]).get(b"content-length", b"0")) > limits.largest:
            await error_response(self._too_large(), TOO_LARGE)(scope, receive, send)
        else:
            limits.going_on += 1
            try:
                await self.app(scope, self._counted(receive), send)
            finally:
                limits.going_on -= 1

    def _counted(self, receive: Receive) -> Receive:
        """For requests that do not say beforehand how long they are."""
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limits.largest:
                raise HTTPException(TOO_LARGE.status, self._too_large())
            return message

        return counted

    def _too_large(self) -> str:
        return f"a request may have {self.limits.largest / 1e6:,.0f} MB here; send a compressed or a shorter recording"


class Token:
    """ASGI middleware: only who sends the token is answered. Pages in a browser do not know it. Source: RFC 6750."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_known(scope):
            await self.app(scope, receive, send)
        else:
            why = "this server answers to those who send its token, as “Authorization: Bearer …”"
            await error_response(why, ErrorEntry(401, "invalid_api_key"))(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        scheme, _, token = dict(scope["headers"]).get(b"authorization", b"").partition(b" ")
        if scheme.lower() == b"bearer" and self._is_right(token.strip()):
            return True
        keys = [name.removeprefix(KEY) for name in scope.get("subprotocols", ()) if name.startswith(KEY)]
        return any(self._is_right(key.encode()) for key in keys)

    def _is_right(self, token: bytes) -> bool:
        return compare_digest(token, self.token.encode())


class ByPort:
    """ASGI application: others behind ports of their own, and one behind the rest."""

    def __init__(self, own: dict[int, ASGIApp], rest: ASGIApp) -> None:
        self.own, self.rest = own, rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":  # that of the page: the rest has none
            (app,) = self.own.values()
        else:
            app = self.own.get(scope["server"][1], self.rest)
        await app(scope, receive, send)
