"""One file over the network, going on where an earlier download ended, checked before it gets its name."""

import errno
import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from transcriber.errors import DiskSpaceError, DownloadError
from transcriber.freeze.hub import AGAIN, Publishers, RemoteFile
from transcriber.models import manifest

BLOCK_BYTES = 1 << 18
MAX_PAUSE_SECONDS = 60.0
RETRIED_STATUSES = {408, 429, 500, 502, 503, 504}


class Bandwidth:
    """A limit that all downloads share."""

    def __init__(self, bytes_per_second: float | None) -> None:
        self.rate = bytes_per_second
        self._free_at = 0.0
        self._lock = threading.Lock()

    def spend(self, count: int) -> None:
        """Wait until `count` bytes more are within the limit."""
        if not self.rate:
            return
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + count / self.rate
            pause = self._free_at - now
        time.sleep(pause)


def download(
    file: RemoteFile, folder: Path, publishers: Publishers, bandwidth: Bandwidth, on_bytes: Callable[[int], None]
) -> Path:
    """The file in `folder`; `on_bytes` hears how many bytes of it are there.

    Raises DownloadError, GatedModelError, DiskSpaceError, or what httpx2 raises.
    """
    path = folder / file.name
    if path.exists():
        on_bytes(path.stat().st_size)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    _receive_all(file, part, publishers, bandwidth, on_bytes)
    _check(file, part)
    part.replace(path)
    return path


def _receive_all(
    file: RemoteFile, part: Path, publishers: Publishers, bandwidth: Bandwidth, on_bytes: Callable[[int], None]
) -> None:
    """Until the file is whole, with growing pauses after failures."""
    failures = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        if file.size is not None and before >= file.size:
            return
        try:
            _receive(file, part, publishers, bandwidth, on_bytes)
            if file.size is None or part.stat().st_size >= file.size:
                return
            raise httpx2.RemoteProtocolError("the connection ended early")
        except (httpx2.TransportError, httpx2.HTTPStatusError) as error:
            failures = 0 if part.exists() and part.stat().st_size > before else failures + 1
            if failures >= publishers.attempts or not _is_retried(error):
                raise
            time.sleep(min(MAX_PAUSE_SECONDS, max(_retry_after(error), 2.0**failures / 2)))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskSpaceError(
                    f"the disk of {part.parent} is full", "make room and run the same command again: it goes on"
                ) from error
            raise


def _is_retried(error: httpx2.HTTPError) -> bool:
    return not isinstance(error, httpx2.HTTPStatusError) or error.response.status_code in RETRIED_STATUSES


def _retry_after(error: httpx2.HTTPError) -> float:
    """Seconds that a busy server asks to wait (RFC 9110, Retry-After)."""
    seconds = error.response.headers.get("retry-after", "") if isinstance(error, httpx2.HTTPStatusError) else ""
    return float(seconds) if seconds.isdecimal() else 0.0


def _receive(
    file: RemoteFile, part: Path, publishers: Publishers, bandwidth: Bandwidth, on_bytes: Callable[[int], None]
) -> None:
    """What is missing of a file, in one request."""
    offset = part.stat().st_size if part.exists() else 0
    with publishers.stream(file, offset) as response, part.open("r+b" if offset else "wb") as target:
        target.seek(0, 2)
        if offset and response.status_code != 206:
            target.truncate(0)
            target.seek(0)
        for block in response.iter_bytes(BLOCK_BYTES):
            target.write(block)
            target.flush()  # a killed program loses nothing that was counted
            on_bytes(target.tell())
            bandwidth.spend(len(block))


def _check(file: RemoteFile, part: Path) -> None:
    """Raises DownloadError, and removes what came, unless it is what was promised."""
    size = part.stat().st_size
    if file.size is not None and size != file.size:
        problem = f"has {size} bytes instead of {file.size}"
    elif (file.sha256 and manifest.sha256(part) != file.sha256) or (
        not file.sha256 and len(file.etag) == 40 and _git_blob(part) != file.etag
    ):
        problem = "has another checksum than it should"
    else:
        return
    part.unlink()
    raise DownloadError(f"{file.name} was downloaded damaged: it {problem}", AGAIN)


def _git_blob(path: Path) -> str:
    """The name that git gives to a file's content."""
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
