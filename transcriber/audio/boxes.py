"""What the boxes of an mp4 or mov say that FFmpeg does not: whether it is finished, and what its tracks hold.

Source: ISO/IEC 14496-12 (sections 4.2, 8.5.2, 8.12), and Apple's QuickTime File Format.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

from transcriber.audio.piece import size_of

FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
INDICES = (b"moov", b"moof")
PROTECTED = (b"enca", b"drms", b"aavd", b"aaxc")
"""Sample entries of encrypted sound: Common Encryption, Apple's FairPlay, Audible."""


def is_unfinished(file: BinaryIO) -> bool:
    """Whether it begins as an mp4 or mov does, and the index that is written last is missing or broken off."""
    size = size_of(file)
    boxes = list(_boxes(file, 0, size))
    if not boxes or boxes[0][0] not in FIRST_BOXES or not any(kind in (b"ftyp", b"mdat") for kind, _, _ in boxes):
        return False
    return not any(kind in INDICES and end <= size for kind, _, end in boxes)


def sample_entries(file: BinaryIO) -> list[bytes]:
    """Of each sound track, in their order, what its samples are: b"mp4a" and so on; empty for another kind of file."""
    return [entry[4:8] for entry in _entries(file, b"soun")]


def timecode_rate(file: BinaryIO) -> Fraction | None:
    """Frames a second that the time code track counts; None where there is none."""
    for entry in _entries(file, b"tmcd"):
        scale, frame = (int.from_bytes(entry[at : at + 4], "big") for at in (24, 28))
        if scale and frame:
            return Fraction(scale, frame)
    return None


def _entries(file: BinaryIO, wanted: bytes) -> Iterator[bytes]:
    """The beginning of the first sample entry of each track of this kind."""
    for moov in _inside(file, (0, size_of(file)), b"moov"):
        for track in _inside(file, moov, b"trak"):
            for media in _inside(file, track, b"mdia"):
                kinds = [_read(file, at + 8, 4) for at, _ in _inside(file, media, b"hdlr")]
                tables = (table for info in _inside(file, media, b"minf") for table in _inside(file, info, b"stbl"))
                if wanted in kinds:
                    yield from (_read(file, at + 8, 40) for table in tables for at, _ in _inside(file, table, b"stsd"))


def _inside(file: BinaryIO, place: tuple[int, int], name: bytes) -> Iterator[tuple[int, int]]:
    """Where the boxes of this name begin and end, between two places."""
    return ((at, min(end, place[1])) for kind, at, end in _boxes(file, *place) if kind == name)


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The kind of each box, and where its content begins and should end."""
    while at + 8 <= end:
        header = _read(file, at, 16)
        length, kind, head = int.from_bytes(header[:4], "big"), header[4:8], 8
        if length == 1:
            length, head = int.from_bytes(header[8:], "big"), 16
        if length == 0:
            length = end - at
        yield kind, at + head, at + max(length, head)
        if length < head:  # damage
            return
        at += length


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)
