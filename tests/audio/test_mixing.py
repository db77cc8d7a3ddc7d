"""Several channels become one in which the voice is heard."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.places import RATE
from tests.support.reading import notes, read, tone
from transcriber.audio.mixing import as_float, mono


def written(tmp_path: Path, *channels: np.ndarray) -> Path:
    soundfile.write(tmp_path / "a.wav", np.stack(channels, 1), RATE, subtype="FLOAT")
    return tmp_path / "a.wav"


def test_a_microphone_with_swapped_wires_is_heard(tmp_path: Path, sample_audio: np.ndarray) -> None:
    path = written(tmp_path, sample_audio, -sample_audio)
    assert np.array_equal(read(path), sample_audio)
    assert "cancel each other out" in notes(path)
    noise = np.random.default_rng(0).standard_normal(len(sample_audio)).astype(np.float32) * 1e-4
    mixed = read(written(tmp_path, 0.8 * sample_audio, noise - sample_audio))
    assert np.abs(np.corrcoef(mixed, sample_audio)[0, 1]) > 0.99


def test_two_voices_on_two_channels_are_both_heard(tmp_path: Path, sample_audio: np.ndarray) -> None:
    left, right = sample_audio.copy(), sample_audio.copy()
    left[: 3 * RATE], right[3 * RATE :] = 0, 0
    path = written(tmp_path, left, right)
    assert np.allclose(read(path), sample_audio / 2)
    assert notes(path) == ""


def test_what_counts_as_cancelling() -> None:
    a, b = tone(1), tone(1, pitch=555)
    for channels in ([a, a], [a, b], [a, 0 * a], [a, -0.3 * a], [a] + 7 * [0 * a], [0 * a, 0 * a]):
        mixed, cancelled = mono(np.stack(channels))
        assert np.allclose(mixed, np.mean(channels, 0), atol=1e-6) and not cancelled
    for channels in ([a, -a], [0.9 * a, -a], [0 * a, a, -a]):
        mixed, cancelled = mono(np.stack(channels))
        assert any(mixed is not None and np.array_equal(mixed, channel) for channel in channels) and cancelled


def test_full_scale_is_one() -> None:
    for dtype, low, middle in ((np.uint8, 0, 128), (np.int16, -(2**15), 0), (np.int32, -(2**31), 0)):
        assert as_float(np.array([[low, middle]], dtype)).tolist() == [[-1, 0]]
    for dtype in (np.float32, np.float64):
        assert as_float(np.array([[-1.5, np.nan, 1e30, np.inf]], dtype)).tolist() == [[-1.5, 0, 0, 0]]


@pytest.mark.parametrize(("left", "right"), [(0.3, 0.3), (0.3, -0.3), (0.3, 0.0)])
def test_an_offset_decides_nothing(sample_audio: np.ndarray, left: float, right: float) -> None:
    """Neither that channels cancel each other out, nor that they do not."""
    voice = 0.05 * sample_audio[RATE : 2 * RATE]
    mixed, is_cancelling = mono(np.stack([voice + np.float32(left), voice + np.float32(right)]))
    assert not is_cancelling and np.allclose(mixed, voice + (left + right) / 2, atol=1e-6)
    mixed, is_cancelling = mono(np.stack([voice + np.float32(left), np.float32(right) - voice]))
    assert is_cancelling and np.allclose(mixed, voice + left, atol=1e-6)
