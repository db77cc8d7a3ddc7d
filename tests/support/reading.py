"""What the tests of audio share: recordings read whole, and compared with what was written."""

from pathlib import Path

import numpy as np

from tests.support.places import RATE
from transcriber.audio.recording import Recording


def read(path: Path, start: float = 0.0, end: float | None = None, stream: int | None = None) -> np.ndarray:
    with Recording(path, stream) as recording:
        return np.concatenate(list(recording.blocks(start, end)))


def notes(path: Path) -> str:
    with Recording(path) as recording:
        for _ in recording.blocks():
            pass
        return " ".join(recording.notes)


def tone(seconds: float, rate: int = RATE, pitch: float = 440) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def shift_and_likeness(reference: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Seconds that `other` is late, and the correlation of the two when that is undone."""
    size = 2 ** int(np.ceil(np.log2(len(reference) + len(other))))
    product = np.fft.rfft(other, size) * np.conj(np.fft.rfft(reference, size))
    shift = int(np.argmax(np.fft.irfft(product)))
    shift -= size if shift > size // 2 else 0
    a, b = (reference, other[shift:]) if shift >= 0 else (reference[-shift:], other)
    shared = min(len(a), len(b))
    return shift / RATE, float(np.corrcoef(a[:shared], b[:shared])[0, 1])
