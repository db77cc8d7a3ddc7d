"""Files as a zip archive that is sent while it is made: one file at a time is in memory."""

import io
import time
import zipfile
from collections.abc import Iterable, Iterator


class _Sent(io.RawIOBase):
    """What has been written since the last take()."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: "memoryview[int] | bytes") -> int:  # type: ignore[override]
        self._parts.append(bytes(part))
        return len(part)

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The archive with these names and contents, in pieces. No two names may be the same."""
    sent = _Sent()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, max(time.localtime()[:6], (1980, 1, 1, 0, 0, 0)))
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
            yield sent.take()
    yield sent.take()
