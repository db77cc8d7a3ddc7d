"""The recordings that lie one behind the other in a file.

Radio streams, recorders that go on, and `cat a.mp3 b.mp3` make such files. FFmpeg reads the first and takes the rest
for more of the same, or for damage.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from transcriber.audio import stated_length
from transcriber.audio.piece import Piece, size_of

BLOCK = 1 << 22
"""Bytes that are searched at once."""
OGG_BEGINNING = re.compile(rb"OggS\x00[\x02\x06]\x00{8}.{4}\x00{4}", re.DOTALL)
"""The first page of a stream: RFC 3533, section 6."""
OGG_HEADER = 27 + 255
"""Bytes of the longest header of a page."""
FLAC_BEGINNING = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
"""RFC 9639, section 8: the mark, and the head of the block that has to follow it."""


def pieces_of(file: BinaryIO) -> tuple[Piece, ...]:
    """Those of a file, by its first bytes; mostly it is one piece. Of an mp3, which has no mark, mpeg.py knows them."""
    file.seek(0)
    head = file.read(12)
    if kind := stated_length.format_of(head):
        return stated_length.pieces(kind, file)
    size, starts = size_of(file), [0]
    if head.startswith(b"OggS"):
        starts += _ogg_groups(file)[1:]
    elif head.startswith(b"fLaC"):
        starts += [place for place, _ in _found(FLAC_BEGINNING, file)][1:]
    return tuple(Piece(start, end) for start, end in zip(starts, [*starts[1:], size], strict=True))


def _ogg_groups(file: BinaryIO) -> list[int]:
    """Where streams begin together: the first pages of those that lie side by side follow one another."""
    groups: list[int] = []
    behind = -1
    for place, page in _found(OGG_BEGINNING, file):
        if place != behind:
            groups.append(place)
        body = page[27 : 27 + page[26]] if len(page) > 26 else b""  # the lengths of the page's segments
        behind = place + 27 + len(body) + sum(body)
    return groups


def _found(mark: re.Pattern[bytes], file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each place of a mark, and what stands there."""
    at, data = 0, b""
    file.seek(0)
    while block := file.read(BLOCK):
        data += block
        sure = len(data) if len(block) < BLOCK else len(data) - OGG_HEADER
        for match in mark.finditer(data):
            if match.start() < sure:
                yield at + match.start(), data[match.start() : match.start() + OGG_HEADER]
        at, data = at + sure, data[sure:]
