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

from transcriber.audio.piece import Piece, read_at, size_of

TAIL_BYTES = 1 << 24
"""At a file's end, in which chunks behind the sound are looked for: enough for one with a picture."""
MIN_SOUND_BYTES = 64
"""Fewer behind the stated end are padding, or a tag."""
MAX_PADDING_BYTES = 1 << 16
"""So many zeros at most fill a block of a disk."""
UNKNOWN_LENGTH = 0xFFFF_FFFF
"""As a length: up to the end of the file."""
OPEN_ENDED_LENGTH = 1 << 62
"""From here on, a length of 64 bits means the same."""

NAMES = (
    b"LIST list bext iXML id3 ID3 cue fact JUNK junk PAD FLLR _PMX smpl inst PEAK acid axml chna umid cart levl plst "
    b"DISP minf elm1 regn DGDA afsp LGWV SNDM data "  # wav, W64
    b"NAME AUTH ANNO (c) COMT MARK INST MIDI AESD APPL FVER SAXL CHAN COMM basc trns "  # aiff
    b"info uuid strg mark pakt chan kuki midi peak edct ovvw"  # caf
).split()
KNOWN = re.compile(b"|".join(re.escape(name.ljust(4)) for name in NAMES))
PRINTABLE = re.compile(rb"[ -~]{4}")
TAGS = re.compile(rb"TAG|ID3[\x02-\x04]|APETAGEX")
"""Of an mp3, which some programs write behind everything."""
NOT_PCM = (b"ima4", b"ulaw", b"alaw", b"ULAW", b"ALAW", b"MAC3", b"MAC6", b"GSM ", b"G722", b"QDM2", b"Qclp", b"DWVW")
"""Of AIFF-C: what has samples of another size than is stated, or none of one size."""


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
    """Chunks begin at multiples of so many bytes,"""
    start: int = 0
    """counted from here."""

    @property
    def head(self) -> int:
        return self.name + self.length

    def aligned(self, place: int) -> int:
        return place + (self.start - place) % self.multiple


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


def pieces(kind: str, file: BinaryIO, start: int = 0) -> tuple[Piece, ...]:
    """Mostly one; others of its kind may be appended. `start`: where the first begins."""
    size, made = size_of(file), []
    while start < size:
        made.append(piece := (_au if kind == "au" else _piece)(kind, file, start, size))
        start = piece.end if format_of(read_at(file, piece.end, 12)) == kind else size
    return tuple(made)


def _piece(kind: str, file: BinaryIO, start: int, size: int) -> Piece:
    layout, first = {"wav": (RIFF, 12), "w64": (W64, 40), "aiff": (AIFF, 12), "caf": (CAF, 8)}[kind]
    layout = layout._replace(start=start)
    chunks: dict[bytes, Chunk] = {}
    for chunk in _chunks(file, layout, start + first, size):
        chunks.setdefault(chunk.name[:4], chunk)
        if chunk.name[:4] in (b"data", b"SSND"):
            break
    else:
        return Piece(start, size)
    end = _stated_end(file, start, chunk, chunks)
    is_open = end is None
    if end is None:
        end, real = chunk.body, _without_chunks(file, layout, chunk.body, size)
    elif other := _appended(kind, file, layout, end, size):
        return Piece(start, other)
    elif size - end < MIN_SOUND_BYTES or _is_chunk(file, layout, end, size) or _is_padding(file, end, size):
        # Of a wav, is_cut_off() knows better: recorders that know no length write one that is too large.
        return Piece(start, size, is_broken_off=end - size >= MIN_SOUND_BYTES and read_at(file, start, 4) != b"RIFF")
    else:
        real = _without_chunks(file, layout, end, size)
    patches = _patches(kind, file, start, chunks, real)
    return Piece(start, real if patches or is_open else size, patches, is_longer=bool(patches) and not is_open)


def _stated_end(file: BinaryIO, start: int, sound: Chunk, chunks: dict[bytes, Chunk]) -> int | None:
    """Where the sound ends, as the file says; None where that is its end."""
    length = sound.end - sound.body
    if b"ds64" in chunks:  # RF64: the lengths are there
        length = _number(file, chunks[b"ds64"].body + 8, 8, "little")
    elif sound.name == b"SSND" or read_at(file, start, 4) == b"RIFF":
        length = OPEN_ENDED_LENGTH if length == UNKNOWN_LENGTH or (not length and sound.name == b"data") else length
    return None if length >= OPEN_ENDED_LENGTH else sound.body + length


def _patches(
    kind: str, file: BinaryIO, start: int, chunks: dict[bytes, Chunk], end: int
) -> tuple[tuple[int, bytes], ...]:
    """What makes FFmpeg read up to `end`."""
    sound = chunks.get(b"data") or chunks[b"SSND"]
    if kind == "wav":
        form = (0, b"RIFF" + UNKNOWN_LENGTH.to_bytes(4, "little"))
        fact = ((chunks[b"fact"].at - start, b"JUNK"),) if b"fact" in chunks else ()  # it counts samples
        return (form, *fact, (sound.body - 4 - start, UNKNOWN_LENGTH.to_bytes(4, "little")))
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
    is_pcm = read_at(file, common.body + 18, 4) not in NOT_PCM or read_at(file, start + 8, 4) == b"AIFF"
    counted = (end - sound.body - 8) // frame
    if not is_pcm and stated > 0 and frames:
        counted = frames * (end - sound.body - 8) // stated
    length = min(end - sound.body, UNKNOWN_LENGTH).to_bytes(4, "big")
    return ((common.body + 2, min(counted, UNKNOWN_LENGTH).to_bytes(4, "big")), (sound.body - 4, length))


def _au(kind: str, file: BinaryIO, start: int, size: int) -> Piece:
    """FFmpeg reads to the end; only the length that it tells is the stated one."""
    head, stated = (_number(file, start + place, 4, "big") for place in (4, 8))
    end = start + head + stated
    if stated and format_of(read_at(file, end, 12)) == kind:
        return Piece(start, end)
    is_longer = stated != UNKNOWN_LENGTH and start < end <= size - MIN_SOUND_BYTES
    return Piece(start, size, ((8, UNKNOWN_LENGTH.to_bytes(4, "big")),) if is_longer else (), is_longer=is_longer)


def _appended(kind: str, file: BinaryIO, layout: Layout, end: int, size: int) -> int | None:
    """Where another file of this kind begins: behind the end of the sound, or behind the chunks that follow there."""
    for at in (end, layout.aligned(end)):
        behind = (place for chunk in _chunks(file, layout, at, size) for place in (chunk.end, chunk.next))
        for place in (at, *behind):
            if place < size and format_of(read_at(file, place, 12)) == kind:
                return place
    return None


def _is_chunk(file: BinaryIO, layout: Layout, end: int, size: int) -> bool:
    """Whether chunks follow, and no sound: one whose name is known, or others up to the file's end."""
    return any(
        KNOWN.match(read_at(file, at, 4))
        or TAGS.match(read_at(file, at, 8))
        or _reaches_the_end(file, layout, at, size)
        for at in {end, layout.aligned(end)}
    )


def _is_padding(file: BinaryIO, end: int, size: int) -> bool:
    return size - end <= MAX_PADDING_BYTES and not any(read_at(file, end, size - end))


def _reaches_the_end(file: BinaryIO, layout: Layout, at: int, size: int) -> bool:
    end = 0
    for chunk in _chunks(file, layout, at, size):
        if chunk.end > size:
            return False
        end = chunk.next
    return end >= size - layout.multiple


def _without_chunks(file: BinaryIO, layout: Layout, end: int, size: int) -> int:
    """Where the sound ends, before the chunks at the file's end."""
    first = max(end, size - TAIL_BYTES)
    for match in KNOWN.finditer(read_at(file, first, size - first)):
        if _reaches_the_end(file, layout, first + match.start(), size):
            return first + match.start()
    return size


def _chunks(file: BinaryIO, layout: Layout, at: int, size: int) -> Iterator[Chunk]:
    """Up to what has no name as chunks have it."""
    while at + layout.head <= size and PRINTABLE.match(read_at(file, at, 4)):
        name, length = read_at(file, at, layout.name), _number(file, at + layout.name, layout.length, layout.order)
        body = at + layout.head
        end = max(body, body + length - layout.counted)
        following = layout.aligned(end)
        yield Chunk(name, at, body, end, following)
        at = following


def _number(file: BinaryIO, at: int, length: int, order: Literal["little", "big"]) -> int:
    return int.from_bytes(read_at(file, at, length), order)
