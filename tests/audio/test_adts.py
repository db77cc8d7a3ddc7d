"""The length of an AAC stream, which it does not state."""

import io
from pathlib import Path

import numpy as np
import pytest

from tests.support.media import write_media
from tests.support.places import RATE
from transcriber.audio import adts
from transcriber.audio.recording import Recording


@pytest.fixture
def stream(tmp_path: Path, sample_audio: np.ndarray) -> Path:
    """Loud first, and then silent: its bytes are not spread evenly."""
    audio = np.concatenate([sample_audio, np.zeros(100 * RATE, np.float32)])
    return write_media(tmp_path / "talk.aac", audio, "aac")


def test_its_frames_are_counted(stream: Path, sample_audio: np.ndarray) -> None:
    """FFmpeg guesses it from the first frames' sizes."""
    with Recording(stream) as recording:
        assert recording.duration == pytest.approx(len(sample_audio) / RATE + 100, abs=0.2)
        heard = sum(len(block) for block in recording.blocks()) / RATE
        assert recording.duration == pytest.approx(heard, abs=0.2)


@pytest.mark.parametrize("block", [64, 1000, 1 << 14])
def test_however_it_is_read(stream: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    whole = adts.seconds(io.BytesIO(stream.read_bytes()))
    monkeypatch.setattr(adts, "BLOCK_BYTES", block)
    assert adts.seconds(io.BytesIO(stream.read_bytes())) == pytest.approx(whole)


def test_damage_is_passed_over(stream: Path) -> None:
    content = stream.read_bytes()
    whole = adts.seconds(io.BytesIO(content))
    assert adts.seconds(io.BytesIO(b"ID3\x04" + bytes(60) + content)) == pytest.approx(whole)
    damaged = content[: len(content) // 4] + content[len(content) // 4 + 500 :]
    assert whole - 1 < adts.seconds(io.BytesIO(damaged)) <= whole
    for size in range(40):
        adts.seconds(io.BytesIO(content[:size]))
    assert adts.seconds(io.BytesIO(bytes(10_000))) == 0
