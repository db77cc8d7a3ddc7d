"""Who may talk to the local server: this computer's own page, and nobody else's.

A page of another site, or of another program on this computer, can reach a local port through the user's browser.
What is checked: the Host header (a foreign name that resolves to this computer), Origin and Sec-Fetch-Site (requests
that another page makes). Pages of origins that the user has named may use the interface for programs (/v1), as
https://fetch.spec.whatwg.org/#http-cors-protocol has it. What is sent: a content security policy, and headers that
forbid framing and sniffing.
"""

from urllib.parse import SplitResult, urlsplit

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from transcriber.server.routes.v1.error_table import ErrorEntry
from transcriber.server.routes.v1.errors import error_response, is_for_programs

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# All that Gradio's page asks of Gradio: its files.
PAGE = ("/assets/", "/static/", "/theme.css", "/favicon.ico")
# And what gradio_client needs to call our functions. All else that Gradio can do is closed: its files, proxies, runs.
API = (
    ("GET", "/config"),
    ("GET", "/gradio_api/info"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data"),
    ("GET", "/gradio_api/heartbeat/"),
)
# Gradio's page needs 'unsafe-inline' and 'unsafe-eval'.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self' blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = [
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": POLICY,
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
    }.items()
]


EXPOSED_HEADERS = [
    (b"access-control-expose-headers", b"retry-after, x-should-retry"),
    (b"vary", b"origin, access-control-request-headers, access-control-request-private-network"),
]


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...] = ()) -> None:
        self.app, self.origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif reason := rejection_reason(scope, self.origins) or _wrong_socket(scope):
            await _error_response(reason, scope)(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send, HEADERS))


class Origins:
    """ASGI middleware: pages of these origins may use /v1 and read its answers; for all others nothing changes."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self.app, self.origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_let_in(scope, self.origins):
            await self.app(scope, receive, send)
            return
        headers = _headers(scope)
        readable = [(b"access-control-allow-origin", headers[b"origin"].encode("latin-1")), *EXPOSED_HEADERS]
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await _preflight(headers)(scope, receive, _with_headers(send, readable))
        else:
            await self.app(scope, receive, _with_headers(send, readable))


def is_let_in(scope: Scope, origins: tuple[str, ...]) -> bool:
    """Whether a request comes from a page of one of these origins, and asks for what is there for programs."""
    return is_for_programs(scope["path"]) and _headers(scope).get(b"origin") in origins


def _preflight(headers: dict[bytes, str]) -> Response:
    """The answer to a browser that asks for a page whether it may ask: no token is needed for that."""
    allowed = {
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": headers.get(b"access-control-request-headers", "authorization, content-type"),
        "access-control-max-age": "600",
    }
    if headers.get(b"access-control-request-private-network") == "true":
        allowed["access-control-allow-private-network"] = "true"
    return Response(status_code=204, headers=allowed)


class PageOnly:
    """ASGI middleware around Gradio: its page can be read, its functions can be called, and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (scope["type"] == "http" and _is_open(scope["method"], scope["path"])):
            await self.app(scope, receive, send)
        else:
            await _error_response("closed", scope)(scope, receive, send)


def _is_open(method: str, path: str) -> bool:
    if method in ("GET", "HEAD") and (path == "/" or path.startswith(PAGE)):
        return True
    return any(
        method == open_method and (path == open_path or (open_path.endswith("/") and path.startswith(open_path)))
        for open_method, open_path in API
    )


def rejection_reason(scope: Scope, origins: tuple[str, ...] = ()) -> str:
    """Why a request or a WebSocket is refused, or an empty string; `origins` may use what is there for programs."""
    headers = _headers(scope)
    host = headers.get(b"host", "")
    if _parts(f"//{host}").hostname not in LOOPBACK:
        return "this server answers to its own address only"
    origin = headers.get(b"origin")
    if is_let_in(scope, origins):
        return ""
    if origin is not None and _parts(origin).netloc != host:
        hint = f"; start it with --allow-origin {origin} to let that page in" * is_for_programs(scope["path"])
        return f"another page may not use this server{hint}"
    if origin is not None:
        return ""
    is_foreign = headers.get(b"sec-fetch-site") in ("cross-site", "same-site")
    if is_foreign and headers.get(b"sec-fetch-mode") != "navigate":
        return "another page may not use this server"
    return ""


def _wrong_socket(scope: Scope) -> str:
    is_wrong = scope["type"] == "websocket" and not is_for_programs(scope["path"])
    return "there is no WebSocket here" if is_wrong else ""


def _parts(address: str) -> SplitResult:
    """Nothing of what is no address, such as a bracket that is not closed."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _headers(scope: Scope) -> dict[bytes, str]:
    return {name: value.decode("latin-1") for name, value in scope["headers"]}


def _error_response(reason: str, scope: Scope) -> Response:
    if is_for_programs(scope["path"]):
        return error_response(reason, ErrorEntry(403, "forbidden"))
    return PlainTextResponse(reason, 403)


def _with_headers(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *headers]
        await send(message)

    return send_with_headers
