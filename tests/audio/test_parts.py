"""A start and an end within the recording give the same samples as the whole, cut there."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.media import write_media
from tests.support.places import RATE
from tests.support.reading import read, shift_and_likeness, tone
from transcriber.audio.recording import Recording
from transcriber.errors import UnsupportedOptionError

FORMATS = [
    ("a.wav", "pcm_s16le", 44_100),
    ("a.aiff", "pcm_s16be", 44_100),
    ("a.caf", "alac", 44_100),
    ("a.mp3", "libmp3lame", 44_100),
    ("a.m4a", "aac", 44_100),
    ("a.aac", "aac", 44_100),
    ("a.flac", "flac", 44_100),
    ("a.opus", "libopus", 48_000),
    ("a.ogg", "vorbis", 44_100),
    ("a.amr", "libopencore_amrnb", 8_000),
    ("a.mov", "pcm_s24le", 48_000),
    ("a.avi", "libmp3lame", 44_100),
    ("a.ts", "aac", 44_100),
    ("a.ac3", "ac3", 48_000),
    ("a.wv", "wavpack", 44_100),
]
COARSE_CLOCK = [("a.mkv", "aac", 44_100), ("a.webm", "libopus", 48_000), ("a.wma", "wmav2", 44_100)]


@pytest.mark.parametrize(("name", "codec", "rate"), FORMATS)
def test_a_part_is_cut_from_the_whole(
    tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str, rate: int
) -> None:
    path = write_media(tmp_path / name, sample_audio, codec, rate, 1 if "amr" in codec else 2)
    whole = read(path)
    for start, end in ((0.3, 2.7), (14.317, 16.9), (15.5, None), (18.0, 99.0)):
        expected = whole[round(start * RATE) : None if end is None else round(end * RATE)]
        part = read(path, start, end)
        assert len(part) == len(expected)
        assert np.abs(part - expected).max() < 0.02, (start, end)


@pytest.mark.parametrize(("name", "codec", "rate"), COARSE_CLOCK)
def test_a_clock_of_milliseconds_shifts_a_part_by_one_at_most(
    tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str, rate: int
) -> None:
    path = write_media(tmp_path / name, sample_audio, codec, rate)
    shift, likeness = shift_and_likeness(read(path)[14 * RATE : 17 * RATE], read(path, 14, 17))
    assert abs(shift) <= 0.001 and likeness > 0.95


def test_parts_of_a_wav_are_exact_and_can_be_read_one_after_the_other(tmp_path: Path, sample_audio: np.ndarray) -> None:
    soundfile.write(tmp_path / "a.wav", sample_audio, RATE, subtype="FLOAT")
    with Recording(tmp_path / "a.wav") as recording:
        for start, end in ((17.00003, 17.01), (0.0, 1.0), (12.5, None), (0.0, None)):
            part = np.concatenate(list(recording.blocks(start, end)))
            expected = sample_audio[round(start * RATE) : None if end is None else round(end * RATE)]
            assert np.array_equal(part, expected)


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "aac"), ("a.mov", "pcm_s16le"), ("a.flac", "flac")])
def test_what_is_before_the_part_is_not_decoded(
    tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str
) -> None:
    path = write_media(tmp_path / name, sample_audio, codec)
    expected = read(path, 16)
    content = bytearray(path.read_bytes())
    quarter = len(content) // 4
    content[quarter : 2 * quarter] = np.random.default_rng(0).bytes(quarter)
    path.write_bytes(content)
    with Recording(path) as recording:
        part = np.concatenate(list(recording.blocks(16)))
        assert not recording.notes
    assert np.abs(part - expected).max() < 0.01


def test_a_part_behind_the_end(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(3), RATE)
    with pytest.raises(UnsupportedOptionError, match="over after 00:00:03"):
        read(tmp_path / "a.wav", 3.5)
    with pytest.raises(UnsupportedOptionError, match="over after 00:00:03"):
        read(tmp_path / "a.wav", 4000.0, 4001.0)


def test_a_silent_part(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.concatenate([tone(1), np.zeros(2 * RATE)]), RATE)
    with Recording(tmp_path / "a.wav") as recording:
        assert sum(map(len, recording.blocks(1.5))) == 1.5 * RATE
        assert "only silence in this part" in recording.notes[0]
        assert sum(map(len, recording.blocks())) == 3 * RATE
        assert not recording.notes


def test_parts_of_a_real_recording(shared_data: Path) -> None:
    path = next((shared_data / "long").glob("*.mp3"))
    whole = read(path)
    for start in (700.123, 1490.0):
        part = read(path, start, start + 10)
        assert np.abs(part - whole[round(start * RATE) :][: len(part)]).max() < 1e-3
