"""The members of a tar by its headers alone, and whether they may be trusted.

A .nemo is a tar, long ago a gzip-compressed one. Nothing is unpacked here. Whatever an honest archive of a model never
holds is refused: links, devices, names that lead out of a folder, two members of one name, absurd sizes.
"""

import errno
import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from transcriber.errors import ModelCorruptError, ModelError, ModelLoadError, ModelRefusedError
from transcriber.models.frozen_model import GUIDE, SETUP_COMMAND

AGAIN = f"delete it and run `{SETUP_COMMAND}` again (see {GUIDE})"
ELSEWHERE = f"set the model up from its publisher with `{SETUP_COMMAND}` (see {GUIDE})"
WEIGHT_SUFFIXES = (".ckpt", ".safetensors")
BLOCK = 512
"""Bytes of a header in a tar."""
GZIP = b"\x1f\x8b"
MAX_MEMBERS = 10_000
MAX_HEADER_BYTES = 1 << 20
MAX_SMALL_MEMBERS_BYTES = 256 << 20
"""Of all members but weights."""
MAX_EXPANSION_RATIO = 20
"""Unpacked size of a compressed archive to its own size: weights hardly shrink."""
ALWAYS_UNPACKED_BYTES = 100 << 20
"""Whatever the ratio is."""
READ_ERRORS = (tarfile.TarError, zlib.error, OSError, EOFError, ValueError, ArithmeticError, LookupError)
"""What tarfile and gzip raise for damaged headers and streams."""


def damaged(path: Path, reason: str = "") -> ModelCorruptError:
    detail = f" ({reason})" if reason else ""
    return ModelCorruptError(f"the model file {path} is damaged or was not copied completely{detail}", AGAIN)


def read_error(path: Path, error: Exception) -> ModelError:
    """Of a file that could not be read: ModelLoadError where the system refuses it, else ModelCorruptError."""
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL, errno.EOVERFLOW):  # of absurd offsets
        why = f"the model file {path} cannot be read ({error.strerror})"
        return ModelLoadError(why, "check its permissions, and the disk that it is on")
    return damaged(path, str(error))


def refused(path: Path, reason: str) -> ModelRefusedError:
    return ModelRefusedError(f"the model file {path} is refused: {reason}", ELSEWHERE)


class _Headers(io.RawIOBase):
    """A tar of which no more than a header is read at once: tarfile believes any size that a header claims."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.limit: int | None = MAX_HEADER_BYTES

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.stream.seek(offset, whence)

    def tell(self) -> int:
        return self.stream.tell()

    def read(self, size: int | None = -1) -> Any:
        if self.limit is not None and (size is None or not 0 <= size <= self.limit):
            raise tarfile.ReadError("a header of absurd size")
        return self.stream.read(-1 if size is None else size)


@dataclass(frozen=True)
class Archive:
    """An open tar that was checked."""

    path: Path
    file: BinaryIO
    """The file itself; where it is not compressed, a member lies in it at its `offset_data`."""
    is_compressed: bool
    members: dict[str, tarfile.TarInfo]
    """Its regular files by name, "./" dropped."""
    tar: tarfile.TarFile

    def open(self, name: str) -> IO[bytes]:
        content = self.tar.extractfile(self.members[name])
        assert content is not None  # a regular file
        return content

    def read(self, name: str, limit: int = MAX_SMALL_MEMBERS_BYTES) -> bytes:
        """A member's content. Raises ModelRefusedError where it has more than `limit` bytes."""
        if self.members[name].size > limit:
            raise refused(self.path, f"its {name} is larger than any")
        try:
            return self.open(name).read()
        except READ_ERRORS as error:
            raise read_error(self.path, error) from error


def is_archive(begin: bytes) -> bool:
    """Whether a file that begins so is a tar, or a compressed file that may hold one."""
    return begin.startswith(GZIP) or begin[257:262] == b"ustar"


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """A tar with all of its headers checked.

    Raises ModelRefusedError where it is no archive or a hostile one, ModelCorruptError where it is cut off or damaged.
    """
    with path.open("rb") as file:
        begin = file.read(BLOCK)
        file.seek(0)
        is_compressed = begin.startswith(GZIP)
        if not is_archive(begin):
            raise ModelRefusedError(f"the file {path} is no model", ELSEWHERE)
        stream: Any = gzip.GzipFile(fileobj=file) if is_compressed else file
        headers = _Headers(stream)
        try:
            tar = tarfile.TarFile(fileobj=headers)
            members = _checked_members(tar, path, is_compressed)
            if stream.seek(tar.offset) != tar.offset or stream.read(BLOCK) != bytes(BLOCK):
                raise damaged(path)
        except (*READ_ERRORS, RecursionError) as error:
            raise read_error(path, error) from error
        headers.limit = None
        yield Archive(path, file, is_compressed, members, tar)


def _checked_members(tar: tarfile.TarFile, path: Path, is_compressed: bool) -> dict[str, tarfile.TarInfo]:
    size = path.stat().st_size
    limit = max(ALWAYS_UNPACKED_BYTES, MAX_EXPANSION_RATIO * size) if is_compressed else size
    members: dict[str, tarfile.TarInfo] = {}
    names: set[str] = set()
    small = total = 0
    for member in tar:
        name = _plain_name(member, path)
        if member.issym() or member.islnk():
            raise refused(path, f"its member {name} is a link to {member.linkname}")
        if not (member.isdir() or member.isreg()) or member.issparse() or member.size < 0:
            raise refused(path, f"its member {name} is no plain file")
        if name.casefold() in names:
            raise refused(path, f"it holds {name} twice")
        names.add(name.casefold())
        total += member.size
        small += 0 if name.endswith(WEIGHT_SUFFIXES) else member.size
        if is_compressed and total > limit:
            raise refused(path, "it would unpack to an absurd size")
        if not is_compressed and member.offset_data + member.size > limit:
            raise damaged(path)
        if len(names) > MAX_MEMBERS or small > MAX_SMALL_MEMBERS_BYTES:
            raise refused(path, "it holds more than a model does")
        if member.isreg():
            members[name] = member
    return members


def _plain_name(member: tarfile.TarInfo, path: Path) -> str:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or "\\" in member.name or ":" in member.name:
        raise refused(path, f"its member {member.name!r} would be written outside of its folder")
    return name.as_posix()
