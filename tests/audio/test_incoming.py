"""Sound that comes over a line is what was sent, however it is cut."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.places import RATE
from transcriber.audio.incoming import Incoming


def tone(rate: int, seconds: float = 1.0, hertz: float = 440.0) -> np.ndarray:
    return (10_000 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype("<i2")


def taken(incoming: Incoming, data: bytes, size: int) -> np.ndarray:
    pieces = [incoming.add(data[at : at + size]) for at in range(0, len(data), size)]
    return np.frombuffer(b"".join([*pieces, incoming.finish()]), "<i2").astype(float)


@pytest.mark.parametrize("size", [1, 333, 4800, 1 << 20])
def test_it_is_the_same_however_it_is_cut(size: int) -> None:
    heard = taken(Incoming(24_000), tone(24_000, 0.3).tobytes(), size)
    assert len(heard) == pytest.approx(0.3 * RATE, abs=1)
    assert np.abs(heard - tone(RATE, 0.3))[400:-400].max() < 30


def test_what_would_alias_is_not_heard() -> None:
    assert np.abs(taken(Incoming(24_000), tone(24_000, hertz=10_000).tobytes(), 4800)).max() < 2_000


@pytest.mark.parametrize("law", ["mulaw", "alaw"])
def test_telephones(law: str, tmp_path: Path) -> None:
    """As another implementation of G.711 writes it."""
    path = tmp_path / "telephone.raw"
    soundfile.write(path, tone(8_000), 8_000, "ULAW" if law == "mulaw" else "ALAW", format="RAW")
    heard = taken(Incoming(8_000, law), path.read_bytes(), 160)
    assert len(heard) == pytest.approx(RATE, abs=1)
    assert np.abs(heard - tone(RATE))[400:-400].max() < 500
