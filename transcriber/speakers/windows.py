"""What is kept of a recording by a diarizer that hears it in windows, and its bytes.

Windows of 10 s lie on one grid of frames, so that nothing is rounded where they overlap. Each window has up to three
local speakers, of whom it says in which frames they speak, and pieces of their voices as vectors. Who of them is the
same person is found later, for each number of people.

The bytes are records (records.py) behind a header, so that parts that were taken one after another are joined by
writing them behind each other (little-endian):
    header   b"speakers\\n"
    window   "W", start u32, pieces u16; bits of active [FRAMES × LOCALS], padded to bytes;
             for each piece: local u8, begin u16, end u16, frames alone u16; its vector [VECTOR_SIZE] f16
    end      "E", samples of the recording u64
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.speakers.protocol import VECTOR_SIZE
from transcriber.speakers.records import CHECKSUM_BYTES, checked, damaged, require_whole

NAME = "speakers"
HEADER = f"{NAME}\n".encode()
WINDOW_SAMPLES = 10 * SAMPLE_RATE
HOP_SAMPLES, FIELD_SAMPLES = 270, 991
"""Between the starts of frames, and what one frame is computed of (segmentation-3.0)."""
FRAMES = (WINDOW_SAMPLES - FIELD_SAMPLES) // HOP_SAMPLES + 1
"""Of a window."""
STEP_FRAMES = 296
"""Between the starts of windows: 5 s."""
FRAME_SECONDS = HOP_SAMPLES / SAMPLE_RATE
FIRST_SECONDS = (FIELD_SAMPLES - HOP_SAMPLES) / 2 / SAMPLE_RATE
"""Where the first frame begins: half a frame before the middle of what it is computed of."""
LOCALS = 3
"""Local speakers of a window."""

PIECES = np.dtype([("window", "<i4"), ("local", "u1"), ("begin", "<u2"), ("end", "<u2"), ("alone", "<f4")])
"""Pieces of voices. begin, end: frames of its window between which a piece lies; alone: seconds of it in which its
local speaker speaks and no other."""

_KEPT_PIECES = np.dtype([("local", "u1"), ("begin", "<u2"), ("end", "<u2"), ("alone", "<u2")])
_WINDOW, _END = struct.Struct("<cIH"), struct.Struct("<cQ")
_ACTIVE_BYTES = -(-FRAMES * LOCALS // 8)


@dataclass(frozen=True)
class Window:
    """What was heard in one window."""

    active: np.ndarray
    """[FRAMES, LOCALS] bool: who speaks."""
    pieces: np.ndarray
    """[pieces] of PIECES, in the order of local speakers and time; `window` means nothing here."""
    vectors: np.ndarray
    """[pieces, VECTOR_SIZE] float16 of length 1: rounded here, so that what is read again is what was heard."""


@dataclass(frozen=True)
class WindowVoices:
    """What was heard in all windows of a recording."""

    starts: np.ndarray
    """[windows] int: the first frame of each, in the recording."""
    active: np.ndarray
    """[windows, FRAMES, LOCALS] bool: who speaks."""
    pieces: np.ndarray
    """[pieces] of PIECES, in the order of windows, local speakers and time."""
    vectors: np.ndarray
    """[pieces, VECTOR_SIZE] float32 of length 1 (as far as float16 has it)."""
    duration: float
    """Seconds of the recording that were listened to."""

    @cached_property
    def cover(self) -> float:
        """How many pieces a moment lies in on average, of those that lie in any: windows overlap."""
        alone = self.active & (self.active.sum(2, keepdims=True) == 1)
        times = np.zeros(int(self.starts[-1]) + FRAMES if len(self.starts) else 0, int)
        for window, local, begin, end, _ in self.pieces.tolist():
            start = self.starts[window]
            times[start + begin : start + end] += alone[window, begin:end, local]
        return max(1.0, times.sum() / max(1, np.count_nonzero(times)))


def window_bytes(start: int, window: Window) -> bytes:
    """The record of a window whose first frame is `start`."""
    pieces = np.empty(len(window.pieces), _KEPT_PIECES)
    for name in ("local", "begin", "end"):
        pieces[name] = window.pieces[name]
    pieces["alone"] = np.rint(window.pieces["alone"] / FRAME_SECONDS)
    return checked(
        _WINDOW.pack(b"W", start, len(pieces))
        + np.packbits(window.active.reshape(-1)).tobytes()
        + pieces.tobytes()
        + window.vectors.astype("<f2").tobytes()
    )


def end_bytes(samples: int) -> bytes:
    """The record that ends a recording of so many samples."""
    return checked(_END.pack(b"E", samples))


def read_windows(heard: bytes) -> tuple[list[tuple[int, Window]], int | None]:
    """The windows with their first frames, and the samples of the recording where it was heard to its end.

    `heard` are records behind a header, or nothing. Raises StorageError where they are damaged, or of another kind.
    """
    windows: list[tuple[int, Window]] = []
    samples = None
    for record in _records(heard):
        if samples is not None:
            raise damaged()
        if record.window is None:
            samples = record.start
        elif windows and record.start <= windows[-1][0]:
            raise damaged()
        else:
            windows.append((record.start, record.window))
    return windows, samples


def read_voices(heard: bytes) -> WindowVoices:
    """The voices that were kept. Raises StorageError where they are damaged, or of another kind."""
    windows, samples = read_windows(heard)
    starts = np.array([start for start, _ in windows], np.int64)
    if samples is None:
        samples = int(starts[-1]) * HOP_SAMPLES + WINDOW_SAMPLES if windows else 0
    counts = [len(window.pieces) for _, window in windows]
    pieces = np.concatenate([np.empty(0, PIECES), *(window.pieces for _, window in windows)])
    pieces["window"] = np.repeat(np.arange(len(windows)), counts)
    vectors = [np.empty((0, VECTOR_SIZE), np.float16), *(window.vectors for _, window in windows)]
    active = np.array([window.active for _, window in windows], bool).reshape(-1, FRAMES, LOCALS)
    return WindowVoices(starts, active, pieces, np.concatenate(vectors).astype(np.float32), samples / SAMPLE_RATE)


@dataclass(frozen=True)
class _Record:
    start: int
    """First frame of the window; without one, the samples of the recording."""
    window: Window | None


def _records(heard: bytes) -> Iterator[_Record]:
    if heard and not heard.startswith(HEADER):
        raise damaged()
    at = len(HEADER)
    while at < len(heard):
        try:
            if heard[at : at + 1] == b"E":
                size, (_, start), count = _END.size, _END.unpack_from(heard, at), None
            else:
                tag, start, count = _WINDOW.unpack_from(heard, at)
                size = _WINDOW.size + _ACTIVE_BYTES + count * (_KEPT_PIECES.itemsize + 2 * VECTOR_SIZE)
                if tag != b"W":
                    raise damaged()
        except struct.error as error:  # it ends within a record
            raise damaged() from error
        require_whole(heard, at, size)
        yield _Record(start, None if count is None else _window(heard, at + _WINDOW.size, count))
        at += size + CHECKSUM_BYTES


def _window(heard: bytes, at: int, count: int) -> Window:
    bits = np.frombuffer(heard, np.uint8, _ACTIVE_BYTES, at)
    active = np.unpackbits(bits, count=FRAMES * LOCALS).astype(bool).reshape(FRAMES, LOCALS)
    at += _ACTIVE_BYTES
    kept = np.frombuffer(heard, _KEPT_PIECES, count, at)
    vectors = np.frombuffer(heard, "<f2", count * VECTOR_SIZE, at + kept.nbytes).reshape(count, VECTOR_SIZE)
    pieces = np.zeros(count, PIECES)
    for name in ("local", "begin", "end"):
        pieces[name] = kept[name]
    pieces["alone"] = kept["alone"] * FRAME_SECONDS
    within = (kept["local"] < LOCALS) & (kept["begin"] < kept["end"]) & (kept["end"] <= FRAMES)
    if not (within.all() and np.isfinite(vectors).all()):
        raise damaged()
    return Window(active, pieces, vectors)
