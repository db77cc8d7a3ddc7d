"""The frames of an MPEG audio file (mp3, mp2), counted one by one: what lies in it, and how long it is.

A frame says how long it is, but only some files say how many there are. Sources: ISO/IEC 11172-3, section 2.4.1.3, and
13818-3 (lower rates); the ID3v2.4 structure; for the headers of Xing, LAME and Fraunhofer what FFmpeg reads.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import BinaryIO, NamedTuple

from transcriber.audio.piece import Piece, size_of

BLOCK_BYTES = 1 << 20
"""That are read at once."""
MARGIN_BYTES = 8192
"""That are read beyond each place that is looked at: more than three frames."""
PADDING_BYTES = 4
"""By which frames of one bit rate may differ."""
MIN_CHAIN_FRAMES = 3
"""That follow one another: so many are no chance."""
COUNT = re.compile(rb"(?<=\x00{4})(Xing|Info|VBRI)")
"""What stands in a first frame that has no sound, but says how many there are."""
COUNT_REACH_BYTES = 40
"""Of that frame, within which it stands."""
TAG = re.compile(rb"ID3[\x02-\x04].[\x00-\xff][\x00-\x7f]{4}", re.DOTALL)
CANDIDATE = re.compile(rb"\xff[\xe2-\xff]|ID3")

_KILOBITS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""A second, by version and layer."""


class Frame(NamedTuple):
    length: int
    """Bytes."""
    samples: int
    rate: int


@cache
def _frames() -> dict[bytes, Frame]:
    """Each kind of frame, by its first three bytes."""
    made = {}
    for second in range(0xE0, 0x100):
        for third in range(256):
            version, layer = (4, 0, 2, 1)[second >> 3 & 3], 4 - (second >> 1 & 3)
            bitrate, rate, padding = third >> 4, third >> 2 & 3, third >> 1 & 1
            if not version or layer == 4 or rate == 3 or bitrate in (0, 15):
                continue
            hertz = (44_100, 48_000, 32_000)[rate] // version
            bits = 1000 * _KILOBITS[min(version, 2), layer][bitrate - 1]
            samples = 384 if layer == 1 else 1152 if layer == 2 or version == 1 else 576
            slot = 4 if layer == 1 else 1
            length = slot * (samples // 8 // slot * bits // hertz + padding)
            made[bytes((0xFF, second, third))] = Frame(length, samples, hertz)
    return made


def pieces(file: BinaryIO) -> tuple[Piece, ...]:
    """A new piece begins with a tag, with a frame that says how many there are, and where the sampling rate changes.

    What nobody could count is one piece.
    """
    size = size_of(file)
    counted = list(_counted(file, size))
    if not counted:
        return (Piece(0, size, is_constant=True),)
    starts = [0, *(part.start for part in counted[1:])]
    return tuple(
        Piece(start, end, seconds=part.samples / part.rate, is_constant=part.is_constant, is_broken_off=end < part.end)
        for part, start, end in zip(counted, starts, [*starts[1:], size], strict=True)
    )


def tag_length(head: bytes) -> int:
    """Bytes of a tag that begins with these ten."""
    return 10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


@dataclass
class _Counted:
    """A piece that is being counted."""

    start: int
    rate: int
    samples: int = 0
    end: int = 0
    """Of its last frame, as that says."""
    lengths: set[int] = field(default_factory=set)
    """Of its frames."""

    @property
    def is_constant(self) -> bool:
        """But for the padding."""
        return not self.lengths or max(self.lengths) - min(self.lengths) <= PADDING_BYTES


def _counted(file: BinaryIO, size: int) -> Iterator[_Counted]:
    current: _Counted | None = None
    tag: int | None = None
    for at, frame, is_count in _walk(file, size):
        if frame is None:
            tag = at if tag is None else tag
            continue
        if tag is not None or not current or frame.rate != current.rate or (is_count and current.samples):
            if current:
                yield current
            current, tag = _Counted(at if tag is None else tag, frame.rate), None
        if not is_count:
            current.samples += frame.samples
            current.lengths.add(frame.length)
        current.end = at + frame.length
    if current:
        yield current


def _walk(file: BinaryIO, size: int) -> Iterator[tuple[int, Frame | None, bool]]:
    """Each frame with its place, and whether it only says how many there are; None for a tag."""
    known, block = _frames(), _Block(file)
    at = behind = rate = 0
    while at < size:
        data, here = block.at(at)
        frame = known.get(data[here : here + 3])
        if frame and (frame.rate == rate or _is_chain(data, here, frame.rate)):
            yield at, frame, block.has_count(at)
            behind, rate = at + 4, frame.rate
            at += frame.length
        elif TAG.match(data, here):
            yield at, None, False
            length = tag_length(data[here : here + 10])
            at = behind = at + (length if at + length < size else 10)
        else:  # damage, or the end of what was broken off: then what follows begins within the last frame
            at = behind = _next(block, behind if behind < at else at + 1, size)


def _next(block: "_Block", at: int, size: int) -> int:
    """Where the next frame or tag begins; the file's end where there is none."""
    known = _frames()
    while at < size:
        data, here = block.at(at)
        for match in CANDIDATE.finditer(data, here):
            frame = known.get(data[match.start() : match.start() + 3])
            if TAG.match(data, match.start()) or (frame and _is_chain(data, match.start(), frame.rate)):
                return block.base + match.start()
            if match.start() > len(data) - MARGIN_BYTES and block.base + len(data) < size:
                break
        at = block.base + max(here + 1, len(data) - MARGIN_BYTES) if block.base + len(data) < size else size
    return size


def _is_chain(data: bytes, at: int, rate: int) -> bool:
    """Whether frames of this rate follow one another from here on, or to the end."""
    known = _frames()
    for count in range(MIN_CHAIN_FRAMES):
        if count and (at == len(data) or data.startswith((b"TAG", b"APETAGEX"), at)):
            return True
        frame = known.get(data[at : at + 3])
        if frame is None or frame.rate != rate:
            return False
        at += frame.length
    return True


class _Block:
    """The part of the file around a place that only moves on."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.base, self._data = file, 0, b""
        self._counts: list[int] = []

    def at(self, place: int) -> tuple[bytes, int]:
        """The part, and where in it the place is; MARGIN_BYTES follow, but at the file's end."""
        if not self._data or not self.base <= place <= self.base + BLOCK_BYTES:
            self._file.seek(place)
            self.base, self._data = place, self._file.read(BLOCK_BYTES + MARGIN_BYTES)
            self._counts = [place + match.start() for match in COUNT.finditer(self._data)]
        return self._data, place - self.base

    def has_count(self, place: int) -> bool:
        return bool(self._counts) and any(place < at < place + COUNT_REACH_BYTES for at in self._counts)
