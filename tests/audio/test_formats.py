"""Every container, codec, rate, number of channels and kind of sample becomes 16 kHz mono, at its time."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from tests.support.media import write_media
from tests.support.places import RATE
from tests.support.reading import read, shift_and_likeness, tone
from transcriber.audio.recording import Recording

# A container that does not tell the encoder's delay plays it: samples at the codec's rate, the same in every player.
CONTAINERS = [
    ("a.wav", "pcm_s16le", 44_100, 0),
    ("a.w64", "pcm_s16le", 44_100, 0),
    ("a.aiff", "pcm_s16be", 44_100, 0),
    ("a.au", "pcm_mulaw", 16_000, 0),
    ("a.caf", "pcm_s24be", 44_100, 0),
    ("alac.caf", "alac", 44_100, 0),
    ("a.mp3", "libmp3lame", 44_100, 0),
    ("a.m4a", "aac", 44_100, 0),
    ("alac.m4a", "alac", 44_100, 0),
    ("a.aac", "aac", 44_100, 1024),
    ("a.flac", "flac", 44_100, 0),
    ("flac.ogg", "flac", 44_100, 0),
    ("a.opus", "libopus", 48_000, 0),
    ("opus.ogg", "libopus", 48_000, 0),
    ("vorbis.ogg", "vorbis", 44_100, 0),
    ("a.wma", "wmav2", 44_100, 2048),
    ("old.wma", "wmav1", 44_100, 2048),
    ("a.amr", "libopencore_amrnb", 8_000, 40),
    ("amr.3gp", "libopencore_amrnb", 8_000, -10),
    ("aac.3gp", "aac", 44_100, 0),
    ("a.mp4", "aac", 44_100, 0),
    ("opus.mp4", "libopus", 48_000, 0),
    ("flac.mp4", "flac", 44_100, 0),
    ("a.mov", "pcm_s24le", 48_000, 0),
    ("a.mkv", "aac", 44_100, 0),
    ("pcm.mkv", "pcm_s16le", 48_000, 0),
    ("a.mka", "vorbis", 44_100, 0),
    ("a.webm", "libopus", 48_000, 0),
    ("a.avi", "pcm_s16le", 48_000, 0),
    ("mp3.avi", "libmp3lame", 44_100, 1105),
    ("a.flv", "libmp3lame", 44_100, 1105),
    ("a.ts", "aac", 44_100, 1024),
    ("a.mpg", "mp2", 44_100, 481),
    ("a.mp2", "mp2", 44_100, 481),
    ("a.ac3", "ac3", 48_000, 256),
    ("a.wv", "wavpack", 44_100, 0),
    ("a.tta", "tta", 44_100, 0),
    ("a.nut", "aac", 44_100, 1024),
]
PCM = "u8 s16le s24le s32le s64le f32le f64le alaw mulaw".split()
CODEC_RATES = [
    ("a.mp3", "libmp3lame", [8_000, 11_025, 16_000, 24_000, 32_000, 48_000]),
    ("a.m4a", "aac", [8_000, 11_025, 16_000, 22_050, 48_000, 96_000]),
    ("a.opus", "libopus", [8_000, 12_000, 16_000, 24_000]),
    ("a.flac", "flac", [8_000, 22_050, 96_000, 192_000]),
    ("a.wav", "pcm_s16le", [8_000, 11_025, 16_000, 22_050, 32_000, 48_000, 88_200, 96_000, 176_400, 192_000]),
]
SURROUND = [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.m4a", "aac"), ("a.opus", "libopus"), ("a.mkv", "pcm_s24le")]


@pytest.fixture(scope="module")
def speech(sample_audio: np.ndarray) -> np.ndarray:
    """Two seconds with nothing above what a telephone carries, so that every rate can hold it."""
    return soxr.resample(soxr.resample(sample_audio[: 2 * RATE], RATE, 7_000), 7_000, RATE)


def check(path: Path, speech: np.ndarray, delay: float = 0.0, likeness: float = 0.95) -> None:
    decoded = read(path)
    assert decoded.dtype == np.float32
    assert len(decoded) == pytest.approx(len(speech), abs=0.1 * RATE)
    shift, found = shift_and_likeness(speech, decoded)
    assert shift == pytest.approx(delay, abs=0.001)
    assert found > likeness


@pytest.mark.parametrize(("name", "codec", "rate", "delay"), CONTAINERS)
def test_containers(tmp_path: Path, speech: np.ndarray, name: str, codec: str, rate: int, delay: int) -> None:
    channels = 1 if "amr" in codec else 2
    path = write_media(tmp_path / name, speech, codec, rate, channels)
    check(path, speech, delay / rate, 0.5 if "amr" in codec else 0.95)


@pytest.mark.parametrize("codec", PCM)
def test_kinds_of_samples(tmp_path: Path, speech: np.ndarray, codec: str) -> None:
    check(write_media(tmp_path / "a.wav", speech, f"pcm_{codec}", channels=2), speech, likeness=0.999)


@pytest.mark.parametrize("rf64", ["never", "always"])
def test_large_wav_headers(tmp_path: Path, speech: np.ndarray, rf64: str) -> None:
    check(write_media(tmp_path / "a.wav", speech, "pcm_s16le", rf64=rf64), speech, likeness=0.999)


@pytest.mark.parametrize(
    ("name", "codec", "rate"), [(name, codec, rate) for name, codec, rates in CODEC_RATES for rate in rates]
)
def test_rates(tmp_path: Path, speech: np.ndarray, name: str, codec: str, rate: int) -> None:
    check(write_media(tmp_path / name, speech, codec, rate), speech)


@pytest.mark.parametrize("channels", range(1, 9))
@pytest.mark.parametrize(("name", "codec"), SURROUND)
def test_channels(tmp_path: Path, speech: np.ndarray, name: str, codec: str, channels: int) -> None:
    check(write_media(tmp_path / name, speech, codec, 48_000, channels), speech, likeness=0.9)


def test_samples_at_16_khz_are_not_touched(tmp_path: Path, sample_audio: np.ndarray) -> None:
    soundfile.write(tmp_path / "a.wav", sample_audio, RATE, subtype="FLOAT")
    assert np.array_equal(read(tmp_path / "a.wav"), sample_audio)


def test_the_wrong_ending_does_not_matter(tmp_path: Path, speech: np.ndarray) -> None:
    write_media(tmp_path / "a.flac", speech, "flac").rename(tmp_path / "talk.mp3")
    check(tmp_path / "talk.mp3", speech)


def test_what_is_no_number_is_silence_and_loud_samples_are_kept(tmp_path: Path) -> None:
    audio = 3 * tone(1)
    audio[100:200], audio[300:310], audio[400], audio[500] = np.nan, np.inf, -np.inf, 3e38
    soundfile.write(tmp_path / "a.wav", audio, RATE, subtype="FLOAT")
    decoded = read(tmp_path / "a.wav")
    assert not decoded[100:200].any() and not decoded[300:310].any() and not decoded[[400, 500]].any()
    assert np.array_equal(decoded[1000:], audio[1000:])


def test_titles_in_an_old_encoding(tmp_path: Path, speech: np.ndarray) -> None:
    content = write_media(tmp_path / "a.mp3", speech, "libmp3lame").read_bytes()
    tag = b"TAG" + "Gespräch über Öl".encode("latin-1").ljust(125, b"\0")
    (tmp_path / "a.mp3").write_bytes(content + tag)
    check(tmp_path / "a.mp3", speech)


def test_blocks_have_a_bound_and_the_duration_is_known(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.tile(tone(1), 100), RATE)
    with Recording(tmp_path / "a.wav") as recording:
        assert recording.duration == pytest.approx(100)
        assert [len(block) for block in recording.blocks()] == [30 * RATE, 30 * RATE, 30 * RATE, 10 * RATE]


def test_memory_does_not_grow_with_the_recording(tmp_path: Path) -> None:
    peaks = []
    for minutes in (2, 20):
        soundfile.write(tmp_path / "a.wav", tone(1, 8_000), 8_000)
        size = minutes * 60 * 8_000 * 2
        with (tmp_path / "a.wav").open("r+b") as file:
            file.seek(40)
            file.write(size.to_bytes(4, "little"))
            file.truncate(44 + size)  # the rest is silence that no disk holds
        tracemalloc.start()
        with Recording(tmp_path / "a.wav") as recording:
            assert sum(len(block) for block in recording.blocks()) == minutes * 60 * RATE
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_real_recordings_in_many_formats(shared_data: Path) -> None:
    reference = read(shared_data / "formats" / "p001.wav")
    for path in sorted((shared_data / "formats").glob("p001.*")):
        if path.suffix != ".empty":
            shift, likeness = shift_and_likeness(reference, read(path))
            assert abs(shift) < 0.06 and likeness > 0.9, path.name
