"""The copy for the player."""

import wave
from pathlib import Path

import numpy as np
import pytest

from tests.support.media import write_media
from tests.support.places import RATE
from transcriber.audio import playable
from transcriber.errors import AudioDecodeError, AudioNotFoundError, StorageError


@pytest.fixture
def second_half(sample_audio: np.ndarray, tmp_path: Path) -> Path:
    """The sample behind as much silence: a sound track whose words must keep their times."""
    return write_media(tmp_path / "talk.m4a", np.concatenate([np.zeros_like(sample_audio), sample_audio]), "aac")


def test_it_is_the_sound_on_the_same_clock(second_half: Path, sample_audio: np.ndarray, tmp_path: Path) -> None:
    steps = list(playable.write(second_half, None, tmp_path / "copy.wav"))
    assert len(steps) > 1
    with wave.open(str(tmp_path / "copy.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        copied = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    wanted = np.concatenate([np.zeros_like(sample_audio), sample_audio])
    assert len(copied) == pytest.approx(len(wanted), abs=RATE // 10)
    assert np.corrcoef(copied[: len(wanted)], wanted[: len(copied)])[0, 1] > 0.95
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".m4a"] == ["copy.wav"]


@pytest.mark.parametrize(
    ("name", "codec", "is_needed"),
    [("a.aac", "aac", True), ("a.mp3", "libmp3lame", False), ("a.ogg", "libopus", False), ("a.flac", "flac", False)],
)
def test_which_formats_need_it(
    tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str, is_needed: bool
) -> None:
    rate = 48_000 if codec == "libopus" else RATE
    assert playable.is_needed(write_media(tmp_path / name, sample_audio, codec, rate)) is is_needed


def test_two_joined_files_need_it(tmp_path: Path, sample_audio: np.ndarray) -> None:
    one = write_media(tmp_path / "a.mp3", sample_audio, "libmp3lame").read_bytes()
    (tmp_path / "two.mp3").write_bytes(one + one)
    assert playable.is_needed(tmp_path / "two.mp3")


def test_what_stands_behind_the_stated_end_needs_it(tmp_path: Path, sample_audio: np.ndarray) -> None:
    """A browser stops there, and it does not know that the second of two joined files is one."""
    whole = write_media(tmp_path / "a.wav", sample_audio, "pcm_s16le").read_bytes()
    assert not playable.is_needed(tmp_path / "a.wav")
    at = whole.index(b"data") + 4
    (tmp_path / "half.wav").write_bytes(whole[:at] + len(sample_audio).to_bytes(4, "little") + whole[at + 4 :])
    (tmp_path / "two.wav").write_bytes(whole + whole)
    assert playable.is_needed(tmp_path / "half.wav")
    assert playable.is_needed(tmp_path / "two.wav")


def test_nothing_unfinished_stays(second_half: Path, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    copying = playable.write(second_half, None, tmp_path / "copies" / "copy.wav")
    next(copying)
    copying.close()
    assert list((tmp_path / "copies").iterdir()) == []
    (tmp_path / "bad.wav").write_text("nothing was said")
    with pytest.raises(AudioDecodeError):
        list(playable.write(tmp_path / "bad.wav", None, tmp_path / "copies" / "copy.wav"))
    with pytest.raises(AudioNotFoundError):
        list(playable.write(tmp_path / "nowhere.wav", None, tmp_path / "copies" / "copy.wav"))
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_disk_that_is_full_is_said(second_half: Path, tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("no folder")
    with pytest.raises(StorageError, match="the copy that the player needs cannot be written"):
        list(playable.write(second_half, None, tmp_path / "copies" / "copy.wav"))
