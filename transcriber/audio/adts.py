"""How long an AAC stream without a container is: its frames, counted. Source: ISO/IEC 13818-7, section 6.2 (ADTS)."""

import re
from typing import BinaryIO

from transcriber.audio.piece import Piece, size_of

BLOCK_BYTES = 1 << 20
"""That are read at once."""
HEADER_BYTES = 7
MAX_FRAME_BYTES = 1 << 13
BLOCK_SAMPLES = 1024
"""Of a raw data block; a frame has one to four of them."""
SAMPLE_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
SYNC = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")


def pieces(file: BinaryIO) -> tuple[Piece, ...]:
    """The file as one piece, with its length."""
    return (Piece(0, size_of(file), seconds=seconds(file) or None),)


def seconds(file: BinaryIO) -> float:
    """The length of all frames; what stands between them is passed over."""
    file.seek(0)
    data, at, counted = b"", 0, 0.0
    while block := file.read(BLOCK_BYTES):
        data, at = data[at:] + block, 0
        at, more = _count(data, MAX_FRAME_BYTES)
        counted += more
    return counted + _count(data[at:], HEADER_BYTES)[1]


def _count(data: bytes, margin: int) -> tuple[int, float]:
    """The seconds of the frames that begin at least `margin` bytes before the end, and where the next one begins."""
    at, counted = 0, 0.0
    while at <= len(data) - margin:
        rate = data[at + 2] >> 2 & 15
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if SYNC.match(data, at) and length >= HEADER_BYTES and rate < len(SAMPLE_RATES):
            counted += BLOCK_SAMPLES * ((data[at + 6] & 3) + 1) / SAMPLE_RATES[rate]
            at += length
        else:
            next_one = SYNC.search(data, at + 1)
            at = next_one.start() if next_one else len(data) - 1
    return at, counted
