"""Whether a file ends before its own headers say: where FFmpeg reads on as if nothing were missing.

RIFF: Microsoft, Multimedia Programming Interface and Data Specifications 1.0. Ogg: RFC 3533, section 6.
"""

import os
from typing import BinaryIO

OPEN_ENDED = 0x7FFF_0000
"""A RIFF size from here on, or 0, is written by recorders that do not know the length beforehand."""
OGG_PAGE = 27 + 255 + 255 * 255
"""Bytes of the longest Ogg page."""


def is_cut_off(file: BinaryIO) -> bool:
    """Whether the RIFF form (wav, avi) or the last Ogg page in `file` should go on. Leaves the file's position."""
    position, size = file.tell(), file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(8)
    file.seek(max(0, size - OGG_PAGE))
    tail = file.read(OGG_PAGE)
    file.seek(position)
    if head.startswith(b"RIFF"):
        stated = int.from_bytes(head[4:], "little")
        return 0 < stated < OPEN_ENDED and stated + 8 > size
    return head.startswith(b"OggS") and _last_page_is_cut(tail)


def _last_page_is_cut(tail: bytes) -> bool:
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27:
        return True
    body = page[27 : 27 + page[26]]  # the lengths of the page's segments
    return len(page) < 27 + page[26] + sum(body)
