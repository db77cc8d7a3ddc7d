"""Records of which is made what is kept of voices: each ends with the CRC-32 of what is before it, little-endian."""

import struct
from zlib import crc32

from transcriber.errors import StorageError

_CHECKSUM = struct.Struct("<I")
CHECKSUM_BYTES = _CHECKSUM.size


def checked(record: bytes) -> bytes:
    """The record with its checksum."""
    return record + _CHECKSUM.pack(crc32(record))


def require_whole(heard: bytes, at: int, size: int) -> None:
    """Raises StorageError unless a record of `size` bytes and its checksum begin at byte `at`."""
    record = heard[at : at + size]
    if len(record) < size or heard[at + size : at + size + CHECKSUM_BYTES] != _CHECKSUM.pack(crc32(record)):
        raise damaged()


def damaged() -> StorageError:
    return StorageError(
        "what was kept of the voices in this recording is damaged, or of another version of this program",
        "transcribe the recording again to tell its speakers apart",
    )
