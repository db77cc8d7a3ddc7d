"""Whether a file ends before its own headers say: where FFmpeg reads on as if nothing were missing.

RIFF: Microsoft, Multimedia Programming Interface and Data Specifications 1.0. Ogg: RFC 3533, section 6.
Boxes: ISO/IEC 14496-12, section 4.2.
"""

import os
from typing import BinaryIO

OPEN_ENDED_SIZE = 0x7FFF_0000
"""A RIFF size from here on, or 0, is written by recorders that do not know the length beforehand."""
TOLERANCE_BYTES = 64
"""By which recorders state the size of a RIFF form wrongly: by its own header, or by padding."""
FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
MAX_OGG_PAGE_BYTES = 27 + 255 + 255 * 255
"""Of the longest page there can be."""


def is_cut_off(file: BinaryIO) -> bool:
    """Whether the RIFF form (wav, avi), the last Ogg page or the last box (mp4, mov) should go on behind the end.

    Leaves the file's position.
    """
    position, size = file.tell(), file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(8)
    try:
        if head.startswith(b"RIFF"):
            stated = int.from_bytes(head[4:], "little")
            return 0 < stated < OPEN_ENDED_SIZE and stated + 8 > size + TOLERANCE_BYTES
        if head.startswith(b"OggS"):
            file.seek(max(0, size - MAX_OGG_PAGE_BYTES))
            return _last_page_is_cut(file.read(MAX_OGG_PAGE_BYTES))
        return head[4:] in FIRST_BOXES and _last_box_is_cut(file, size)
    finally:
        file.seek(position)


def _last_box_is_cut(file: BinaryIO, size: int) -> bool:
    at = 0
    while at + 8 <= size:
        file.seek(at)
        header = file.read(16)
        length = int.from_bytes(header[:4])
        if length == 1:
            length = int.from_bytes(header[8:])
        if length < 8:  # 0: up to the end of the file; less is damage
            return False
        at += length
    return at > size


def _last_page_is_cut(tail: bytes) -> bool:
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27:
        return True
    body = page[27 : 27 + page[26]]  # the lengths of the page's segments
    return len(page) < 27 + page[26] + sum(body)
