"""A model hub on this computer, of which a test says what it holds and how it fails.

It speaks what huggingface_hub asks for: HEAD and GET of /REPOSITORY/resolve/REVISION/FILE with ETag, commit and size,
a redirect to where the content lies, ranges, and /api/models/REPOSITORY; and it stands in for OpenAI's server.
"""

import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hub:
    """What it holds, and how it answers."""

    files: dict[tuple[str, str, str], bytes] = field(default_factory=dict)
    """(repository, revision, name) → content; for a Whisper checkpoint ("whisper", its SHA-256, name)."""
    newest: dict[str, str] = field(default_factory=dict)
    status: int = 200
    """Of every answer, unless it is 200."""
    failures: int = 10**9
    """How many answers have `status` or are late; then all is well."""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before an answer, of the first `failures`."""
    cut_after: int | None = None
    """Bytes of content after which the connection breaks off."""
    pause: float = 0.0
    """Seconds after each block of content."""
    damaged: bool = False
    """Contents come with a wrong byte, under the right checksum."""
    shortened: int = 0
    """Bytes that are missing at the end of what lies on the server."""
    has_ranges: bool = True
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """(method, path, range) of each request."""
    tokens: list[str] = field(default_factory=list)
    token_hosts: set[str] = field(default_factory=set)
    """Under which names the server was when it was sent a token."""
    commit: str = ""
    """What it says that every revision is, unless it is empty."""
    sent: int = 0
    """Bytes of content."""
    address: str = ""
    content_address: str = ""
    """Another host, as with the real hub: a redirect to it is not followed to learn what a file is."""

    def add(self, repository: str, revision: str, name: str, content: bytes) -> None:
        self.files[repository, revision, name] = content
        self.newest[repository] = revision


BLOCK = 1 << 16


def start(hub: Hub) -> ThreadingHTTPServer:
    """Serve `hub` on a free port of loopback, which its `address` tells."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            hub.asked.append((self.command, self.path, self.headers.get("range", "")))
            if token := self.headers.get("authorization"):
                hub.tokens.append(token)
                hub.token_hosts.add(self.headers["host"].partition(":")[0])
            if hub.failures > 0 and (hub.status != 200 or hub.delay):
                hub.failures -= 1
                time.sleep(hub.delay)
                if hub.status != 200:
                    return self._answer(hub.status, hub.headers)
            if found := re.fullmatch(r"/api/models/(.+)", self.path):
                body = json.dumps({"id": found[1], "sha": hub.newest.get(found[1])}).encode()
                return self._answer(200, {"content-type": "application/json"}, body)
            if found := re.fullmatch(r"/(.+)/resolve/(\w+)/(.+)", self.path):
                return self._resolve(found[1], found[2], found[3])
            if found := re.fullmatch(r"/content/(.+)/(\w+)/([^/]+)", self.path):
                return self._content(found[1], found[2], found[3])
            if found := re.fullmatch(r"/main/whisper/models/(\w+)/(.+)", self.path):
                return self._content("whisper", found[1], found[2])
            return self._answer(404)

        do_HEAD = do_GET

        def _resolve(self, repository: str, revision: str, name: str) -> None:
            content = hub.files.get((repository, revision, name))
            if content is None:
                return self._answer(404, {"x-error-code": "EntryNotFound"})
            checksum = hashlib.sha256(content).hexdigest()
            return self._answer(
                302,
                {
                    "location": f"{hub.content_address}/content/{repository}/{revision}/{name}",
                    "etag": f'"{checksum}"',
                    "x-linked-etag": f'"{checksum}"',
                    "x-linked-size": str(len(content)),
                    "x-repo-commit": hub.commit or revision,
                },
            )

        def _content(self, repository: str, revision: str, name: str) -> None:
            content = hub.files.get((repository, revision, name))
            if content is None:
                return self._answer(404)
            whole = len(content)
            content = content[: whole - hub.shortened]
            if hub.damaged:
                content = content[:-1] + bytes([content[-1] ^ 1])
            first = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
            offset = int(first[1]) if first and hub.has_ranges else 0
            status = 206 if first and hub.has_ranges else 200
            return self._answer(status, {}, content[offset:])

        def _answer(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command == "HEAD":
                return
            for start in range(0, len(body), BLOCK):
                if hub.cut_after is not None and hub.sent >= hub.cut_after:
                    hub.cut_after = None
                    self.close_connection = True
                    return
                hub.sent += len(body[start : start + BLOCK])
                self.wfile.write(body[start : start + BLOCK])
                time.sleep(hub.pause)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass  # a client that went away

    server = Server(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    hub.content_address = f"http://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
