"""The recordings that lie one behind the other in a file.

Radio streams, recorders that go on, and `cat a.mp3 b.mp3` make such files. FFmpeg reads the first and takes the rest
for more of the same, or for damage.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from transcriber.audio import stated_length
from transcriber.audio.boxes import FIRST_BOXES, top_boxes
from transcriber.audio.mpeg import TAG, tag_length
from transcriber.audio.piece import Piece, size_of

BLOCK_BYTES = 1 << 22
"""That are searched at once."""
OGG_BEGINNING = re.compile(rb"OggS\x00[\x02\x06]\x00{8}.{4}\x00{4}", re.DOTALL)
"""The first page of a stream: RFC 3533, section 6."""
MAX_OGG_HEADER_BYTES = 27 + 255
"""Of the longest header of a page."""
FLAC_BEGINNING = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
"""RFC 9639, section 8: the mark, and the head of the block that has to follow it."""


def pieces_of(file: BinaryIO) -> tuple[Piece, ...]:
    """The pieces of a file, by its first bytes; mostly there is one. An mp3 has no mark: mpeg.py finds its pieces."""
    size, begin = size_of(file), _behind_tag(file)
    file.seek(begin)
    head = file.read(12)
    if kind := stated_length.format_of(head):
        return stated_length.pieces(kind, file, begin)
    if head.startswith(b"OggS"):
        starts = _ogg_groups(file)
    elif head.startswith(b"fLaC"):
        starts = [place for place, _ in _found(FLAC_BEGINNING, file)]
    elif head[4:8] in FIRST_BOXES:
        return _movies(file, size)
    else:
        return (Piece(0, size),)
    return tuple(Piece(start, end) for start, end in pairwise((begin, *starts[1:], size)))


def _behind_tag(file: BinaryIO) -> int:
    """The offset of what follows an mp3's tag in a file of another kind, which has it by mistake; else 0."""
    file.seek(0)
    head = file.read(10)
    if not TAG.match(head):
        return 0
    begin = tag_length(head)
    file.seek(begin)
    head = file.read(12)
    return begin if head.startswith((b"OggS", b"fLaC")) or stated_length.format_of(head) else 0


def _movies(file: BinaryIO, size: int) -> tuple[Piece, ...]:
    """The pieces of joined mp4 files, each of which begins with its own `ftyp` box.

    The last fragment of one that was broken off is left out: it has no whole index.
    """
    boxes = list(top_boxes(file, size))
    starts = [at for number, (kind, at, _) in enumerate(boxes) if kind == b"ftyp" and number]
    kind, at, end = boxes[-1]
    is_broken = kind == b"moof" and end > size
    ends = [*starts, at if is_broken else size]
    pairs = zip((0, *starts), ends, strict=True)
    return tuple(Piece(start, end, is_broken_off=is_broken and end == at) for start, end in pairs)


def _ogg_groups(file: BinaryIO) -> list[int]:
    """The offsets at which groups of streams begin; the first pages of streams that run together follow one another."""
    groups: list[int] = []
    behind = -1
    for place, page in _found(OGG_BEGINNING, file):
        if place != behind:
            groups.append(place)
        body = page[27 : 27 + page[26]] if len(page) > 26 else b""  # the lengths of the page's segments
        behind = place + 27 + len(body) + sum(body)
    return groups


def _found(mark: re.Pattern[bytes], file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The offset of each match of a mark in the file, and the MAX_OGG_HEADER_BYTES from there on."""
    at, data = 0, b""
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        data += block
        sure = len(data) if len(block) < BLOCK_BYTES else len(data) - MAX_OGG_HEADER_BYTES
        for match in mark.finditer(data):
            if match.start() < sure:
                yield at + match.start(), data[match.start() : match.start() + MAX_OGG_HEADER_BYTES]
        at, data = at + sure, data[sure:]
