"""The head of the page: what the browser needs of ours stands in Gradio's document itself, and is named at once.

Gradio writes the `head` that it is given only when its own scripts have run, and each of our modules names the next:
the browser would find out in steps what it has to ask for.
"""

import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from transcriber.ui.files import STATIC

STYLES = (
    "tokens", "controls", "frame", "library", "add", "document", "side", "player", "subtitles", "export", "models",
    "settings", "help",
)  # fmt: skip
"""In this order: a later one has the last word."""
FONTS = ("inter-latin-wght-normal", "source-serif-4-latin-wght-normal")
"""Of every page; the others are asked for when a letter needs them."""
ASKED = ("/settings", "/jobs?revision=")
"""What every page asks the program for at its beginning."""
IMPORT = re.compile(r'^import (?:.* from )?"(\..+)";$', re.MULTILINE)
BEGINNING = b"<head>"
END = b"</head>"
MANIFEST = b'<link rel="manifest" href="/manifest.json" />'
"""Of an app to be installed, which this page is not; it would be asked for in vain."""
KEEPS_TITLE = (b'control_page_title="true"', b'control_page_title="false"')
"""The page's title is ours to say."""


def modules(entry: Path = STATIC / "page.js") -> list[Path]:
    """The entry, what it imports, and what that imports."""
    found: dict[Path, None] = {}
    wanted = [entry]
    while wanted:
        module = wanted.pop()
        if module not in found:
            found[module] = None
            wanted += [(module.parent / name).resolve() for name in IMPORT.findall(module.read_text("utf-8"))]
    return list(found)


def beginning() -> str:
    """Our scripts, before Gradio's."""
    preloads = "".join(
        f'<link rel="modulepreload" href="/page/{path.relative_to(STATIC).as_posix()}">' for path in modules()
    )
    fonts = "".join(
        f'<link rel="preload" href="/page/vendor/fonts/{name}.woff2" as="font" type="font/woff2" crossorigin>'
        for name in FONTS
    )
    answers = "".join(f'<link rel="preload" href="{path}" as="fetch" crossorigin="anonymous">' for path in ASKED)
    return (
        "<title>Transcribe</title>"
        f'<script type="module" src="/page/page.js"></script>{preloads}{fonts}{answers}'
        '<link rel="icon" type="image/svg+xml" href="/page/icon.svg">'
    )


def end() -> str:
    """Our styles, after Gradio's."""
    return "".join(f'<link rel="stylesheet" href="/page/css/{name}.css">' for name in STYLES)


class OurHead:
    """ASGI middleware around Gradio: puts both into its document."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.first, self.last = BEGINNING + beginning().encode(), end().encode() + END

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_document = scope["type"] == "http" and scope["path"] == "/"
        await self.app(scope, receive, self._completed(send) if is_document else send)

    def _completed(self, send: Send) -> Send:
        started: Message = {}
        body = bytearray()

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.update(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            document = bytes(body).replace(BEGINNING, self.first, 1).replace(END, self.last, 1)
            document = document.replace(*KEEPS_TITLE).replace(MANIFEST, b"")
            headers = MutableHeaders(raw=list(started["headers"]))
            if body:  # not the answer to HEAD
                headers["content-length"] = str(len(document))
            await send({**started, "headers": headers.raw})
            await send({"type": "http.response.body", "body": document})

        return send_completed
