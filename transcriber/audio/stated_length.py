"""Where the sound of a file really ends whose header says how long it is: wav, RF64, W64, aiff, au and caf.

A recorder that was killed, a length that outgrew its 32 bits, and tools that write it wrongly leave sound behind the
end that is stated: FFmpeg and players stop there. What is behind that end is sound, unless it is a chunk as the format
knows them, or another file that was appended.

Sources: Microsoft, Multimedia Programming Interface 1.0; EBU Tech 3306 (RF64); Sony's Wave64; Apple's AIFF-C and Core
Audio Format; Sun's audio(4).
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple

from transcriber.audio.piece import Piece, size_of

TAIL = 1 << 20
"""Bytes at a file's end among which chunks are looked for that stand behind the sound."""
LEAST = 64
"""Bytes: fewer behind the end are padding, or a tag."""
PADDING = 1 << 16
"""Bytes: so many zeros at most fill a block of a disk."""
UNKNOWN = 0xFFFF_FFFF
"""As a length: up to the end of the file."""

NAMES = (
    b"LIST list bext iXML id3 ID3 cue fact JUNK junk PAD FLLR _PMX smpl inst PEAK acid axml chna umid cart levl plst "
    b"DISP minf elm1 regn DGDA afsp LGWV SNDM data "  # wav, W64
    b"NAME AUTH ANNO (c) COMT MARK INST MIDI AESD APPL FVER SAXL CHAN COMM basc trns "  # aiff
    b"info uuid strg mark pakt chan kuki midi peak edct ovvw"  # caf
).split()
KNOWN = re.compile(b"|".join(re.escape(name.ljust(4)) for name in NAMES))
PRINTABLE = re.compile(rb"[ -~]{4}")


class Layout(NamedTuple):
    """How a format writes its chunks: a name, and the bytes that follow."""

    name: int
    """Bytes of the name."""
    length: int
    """Bytes of the length."""
    order: Literal["little", "big"]
    counted: int
    """Bytes of the head that the length counts."""
    multiple: int
    """Chunks begin at multiples of so many bytes."""

    @property
    def head(self) -> int:
        return self.name + self.length


class Chunk(NamedTuple):
    name: bytes
    at: int
    body: int
    end: int
    """As it is stated."""
    next: int


RIFF, W64 = Layout(4, 4, "little", 0, 2), Layout(16, 8, "little", 24, 8)
AIFF, CAF = Layout(4, 4, "big", 0, 2), Layout(4, 8, "big", 0, 1)


def format_of(head: bytes) -> str:
    """Which of these formats begins with these twelve bytes; "" for none."""
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    return {b"riff": "w64", b"caff": "caf", b".snd": "au"}.get(head[:4], "")


def pieces(kind: str, file: BinaryIO) -> tuple[Piece, ...]:
    """Mostly one; a wav may have others appended."""
    if kind == "au":
        return (_au(file),)
    size, found, start = size_of(file), [], 0
    while start < size:
        found.append(piece := _piece(kind, file, start, size))
        start = piece.end if format_of(_read(file, piece.end, 12)) == "wav" else size
    return tuple(found)


def _piece(kind: str, file: BinaryIO, start: int, size: int) -> Piece:
    layout, first = {"wav": (RIFF, 12), "w64": (W64, 40), "aiff": (AIFF, 12), "caf": (CAF, 8)}[kind]
    chunks: dict[bytes, Chunk] = {}
    for chunk in _chunks(file, layout, start + first, size):
        chunks.setdefault(chunk.name[:4], chunk)
        if chunk.name[:4] in (b"data", b"SSND"):
            end = _stated_end(file, start, chunk, chunks)
            break
    else:
        return Piece(start, size)
    if kind == "wav" and end is not None and (other := _appended(file, end, size)):
        return Piece(start, other)
    if end is None or size - end < LEAST or _is_chunk(file, layout, end, size) or _is_padding(file, end, size):
        return Piece(start, size)
    real = _without_chunks(file, layout, end, size)
    patches = _patches(kind, file, start, chunks, real)
    return Piece(start, real if patches else size, patches, is_longer=bool(patches))


def _stated_end(file: BinaryIO, start: int, sound: Chunk, chunks: dict[bytes, Chunk]) -> int | None:
    """Where the sound ends, as the file says; None where that is its end."""
    if b"ds64" in chunks:  # RF64: the lengths are there
        return sound.body + _number(file, chunks[b"ds64"].body + 8, 8, "little")
    if sound.name == b"data":  # of a wav, which may leave it open, or a caf
        is_open = _read(file, start, 4) == b"RIFF" and sound.end - sound.body in (0, UNKNOWN)
        return None if is_open else sound.end
    return sound.end


def _patches(
    kind: str, file: BinaryIO, start: int, chunks: dict[bytes, Chunk], end: int
) -> tuple[tuple[int, bytes], ...]:
    """What makes FFmpeg read up to `end`."""
    sound = chunks.get(b"data") or chunks[b"SSND"]
    if kind == "wav":
        magic = ((0, b"RIFF"),) if _read(file, start, 4) != b"RIFF" else ()
        fact = ((chunks[b"fact"].at - start, b"JUNK"),) if b"fact" in chunks else ()  # it counts samples
        return (*magic, *fact, (sound.body - 4 - start, UNKNOWN.to_bytes(4, "little")))
    if kind == "w64":
        return ((sound.body - 8, (end - sound.at).to_bytes(8, "little")),)
    if kind == "caf":
        described = chunks.get(b"desc")
        has_packets_of_one_size = described and _number(file, described.body + 16, 4, "big")
        return ((sound.body - 8, (end - sound.body).to_bytes(8, "big")),) if has_packets_of_one_size else ()
    common = chunks.get(b"COMM")
    if not common:
        return ()
    channels, bits = (_number(file, common.body + place, 2, "big") for place in (0, 6))
    frame = max(1, channels * -(-bits // 8))
    stated, frames = sound.end - sound.body - 8, _number(file, common.body + 2, 4, "big")
    counted = frames * (end - sound.body - 8) // stated if stated > 0 and frames else (end - sound.body - 8) // frame
    length = (end - sound.body).to_bytes(8, "big")[-4:] if end - sound.body < UNKNOWN else UNKNOWN.to_bytes(4, "big")
    return ((common.body + 2, min(counted, UNKNOWN).to_bytes(4, "big")), (sound.body - 4, length))


def _au(file: BinaryIO) -> Piece:
    """FFmpeg reads to the end; only the length that it tells is the stated one."""
    size = size_of(file)
    head, stated = _number(file, 4, 4, "big"), _number(file, 8, 4, "big")
    is_longer = stated != UNKNOWN and 0 < head + stated <= size - LEAST
    return Piece(0, size, ((8, UNKNOWN.to_bytes(4, "big")),) if is_longer else (), is_longer=is_longer)


def _appended(file: BinaryIO, end: int, size: int) -> int | None:
    """Where another wav begins, behind the end of one."""
    for at in (end, end + 1):
        if at < size and format_of(_read(file, at, 12)) == "wav":
            return at
    return None


def _is_chunk(file: BinaryIO, layout: Layout, end: int, size: int) -> bool:
    """Whether chunks follow, and no sound: one whose name is known, or others up to the file's end."""
    return any(
        KNOWN.match(_read(file, at, 4)) or _reaches_the_end(file, layout, at, size)
        for at in {end, end + -end % layout.multiple}
    )


def _is_padding(file: BinaryIO, end: int, size: int) -> bool:
    return size - end <= PADDING and not any(_read(file, end, size - end))


def _reaches_the_end(file: BinaryIO, layout: Layout, at: int, size: int) -> bool:
    end = 0
    for chunk in _chunks(file, layout, at, size):
        if not PRINTABLE.match(chunk.name) or chunk.end > size:
            return False
        end = chunk.next
    return end >= size - layout.multiple


def _without_chunks(file: BinaryIO, layout: Layout, end: int, size: int) -> int:
    """Where the sound ends, before the chunks at the file's end."""
    first = max(end, size - TAIL)
    for match in KNOWN.finditer(_read(file, first, size - first)):
        if _reaches_the_end(file, layout, first + match.start(), size):
            return first + match.start()
    return size


def _chunks(file: BinaryIO, layout: Layout, at: int, size: int) -> Iterator[Chunk]:
    while at + layout.head <= size:
        name, length = _read(file, at, layout.name), _number(file, at + layout.name, layout.length, layout.order)
        body = at + layout.head
        end = max(body, body + length - layout.counted)
        following = end + -end % layout.multiple
        yield Chunk(name, at, body, end, following)
        at = following


def _number(file: BinaryIO, at: int, length: int, order: Literal["little", "big"]) -> int:
    return int.from_bytes(_read(file, at, length), order)


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)
