"""What the boxes of an mp4 or mov say that FFmpeg does not: whether it is finished, and what its tracks hold.

Source: ISO/IEC 14496-12 (sections 4.2, 8.5.2, 8.12), and Apple's QuickTime File Format.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

from transcriber.audio.piece import read_at, size_of

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


def top_boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """The kind of each box that is in no other, where it begins, and where it should end."""
    at = 0
    for kind, _, end in _boxes(file, 0, size):
        yield kind, at, end
        at = end


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


def timecode_skipped(file: BinaryIO) -> Fraction:
    """Seconds of the time code track that its edit list leaves out at the beginning; FFmpeg tells its first value."""
    for moov in _inside(file, (0, size_of(file)), b"moov"):
        for track in _tracks(file, moov, b"tmcd"):
            edits = next(_inside(file, track, b"edts", b"elst"), None)
            scale = _scale(file, next(_inside(file, track, b"mdia", b"mdhd"), None))
            if edits and scale and (first := next(_edits(file, *edits), None)) is not None:
                return Fraction(first, scale)
    return Fraction(0)


def _edits(file: BinaryIO, at: int, end: int) -> Iterator[int]:
    """Where each edit begins in its track, in the track's units; not those that are a pause."""
    size = 8 if read_at(file, at, 1) == b"\1" else 4
    for place in range(at + 8, end, 2 * size + 4):
        start = int.from_bytes(read_at(file, place + size, size), "big", signed=True)
        if start >= 0:
            yield start


def _scale(file: BinaryIO, place: tuple[int, int] | None) -> int:
    """Units a second, of a movie's or a track's header."""
    if place is None:
        return 0
    return int.from_bytes(read_at(file, place[0] + (20 if read_at(file, place[0], 1) == b"\1" else 12), 4), "big")


def _entries(file: BinaryIO, wanted: bytes) -> Iterator[bytes]:
    """The beginning of the first sample entry of each track of this kind."""
    for moov in _inside(file, (0, size_of(file)), b"moov"):
        for track in _tracks(file, moov, wanted):
            yield from (read_at(file, at + 8, 40) for at, _ in _inside(file, track, b"mdia", b"minf", b"stbl", b"stsd"))


def _tracks(file: BinaryIO, moov: tuple[int, int], wanted: bytes) -> Iterator[tuple[int, int]]:
    """Those of a kind, such as b"soun"."""
    for track in _inside(file, moov, b"trak"):
        if any(read_at(file, at + 8, 4) == wanted for at, _ in _inside(file, track, b"mdia", b"hdlr")):
            yield track


def _inside(file: BinaryIO, place: tuple[int, int], *names: bytes) -> Iterator[tuple[int, int]]:
    """Where the boxes begin and end that lie, box in box, under these names between two places."""
    for kind, at, end in _boxes(file, *place):
        if kind == names[0]:
            inner = (at, min(end, place[1]))
            yield from _inside(file, inner, *names[1:]) if names[1:] else (inner,)


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The kind of each box, and where its content begins and should end."""
    while at + 8 <= end:
        header = read_at(file, at, 16)
        length, kind, head = int.from_bytes(header[:4], "big"), header[4:8], 8
        if length == 1:
            length, head = int.from_bytes(header[8:], "big"), 16
        if length == 0:
            length = end - at
        yield kind, at + head, at + max(length, head)
        if length < head:  # damage
            return
        at += length
