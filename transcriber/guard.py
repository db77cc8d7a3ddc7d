"""Who may talk to the local server: this computer's own page, and nobody else's.

A page of another site, or of another program on this computer, can reach a local port through the user's browser.
What is checked: the Host header (a foreign name that resolves to this computer), Origin and Sec-Fetch-Site (requests
that another page makes). What is sent: a content security policy, and headers that forbid framing and sniffing.
"""

from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        elif reason := refusal(scope):
            await _refuse(reason, send)
        else:
            await self.app(scope, receive, _with_headers(send))


class PageOnly:
    """ASGI middleware around Gradio: its page can be read, its functions can be called, and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (scope["type"] == "http" and _is_open(scope["method"], scope["path"])):
            await self.app(scope, receive, send)
        else:
            await _refuse("closed", send)


def _is_open(method: str, path: str) -> bool:
    if method in ("GET", "HEAD") and (path == "/" or path.startswith(PAGE)):
        return True
    return any(method == one and (path == open or (open.endswith("/") and path.startswith(open))) for one, open in API)


def refusal(scope: Scope) -> str:
    """Why a request is not answered, or an empty string."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get(b"host", "")
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        return "this server answers to its own address only"
    origin = headers.get(b"origin")
    if origin is not None:
        return "" if urlsplit(origin).netloc == host else "another page may not use this server"
    is_foreign = headers.get(b"sec-fetch-site") in ("cross-site", "same-site")
    if is_foreign and headers.get(b"sec-fetch-mode") != "navigate":
        return "another page may not use this server"
    return ""


async def _refuse(reason: str, send: Send) -> None:
    body = reason.encode()
    await send(
        {
            "type": "http.response.start",
            "status": 403,
            "headers": [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *HEADERS]
        await send(message)

    return send_with_headers
