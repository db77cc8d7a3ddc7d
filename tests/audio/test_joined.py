"""Recordings that were joined in one file are read to the end, one behind the other, at times that run on."""

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from tests.support.media import write_media
from tests.support.places import RATE
from tests.support.reading import notes, read, shift_and_likeness
from transcriber.audio.defects import CUT_OFF
from transcriber.audio.recording import Recording

CUT = 10 * RATE


def vorbis(path: Path, audio: np.ndarray, rate: int) -> Path:
    soundfile.write(path, soxr.resample(audio, RATE, rate), rate, format="OGG", subtype="VORBIS")
    return path


def make(path: Path, audio: np.ndarray, codec: str, rate: int, channels: int = 1, **options: str) -> bytes:
    if codec == "vorbis":
        return vorbis(path, audio, rate).read_bytes()
    return write_media(path, audio, codec, rate, channels, **options).read_bytes()


BARE = {"write_xing": "0", "id3v2_version": "0"}
TAGGED = {"write_xing": "0"}
JOINED = [
    ("a.opus", ("libopus", 48_000), ("libopus", 48_000)),
    ("a.opus", ("libopus", 48_000, 2), ("libopus", 48_000)),
    ("a.opus", ("libopus", 48_000), ("libopus", 48_000, 2)),
    ("a.ogg", ("vorbis", 48_000), ("vorbis", 48_000)),
    ("a.ogg", ("vorbis", 48_000), ("vorbis", 16_000)),
    ("a.ogg", ("vorbis", 16_000), ("vorbis", 44_100)),
    ("a.ogg", ("vorbis", 44_100), ("libopus", 48_000, 2)),
    ("a.ogg", ("libopus", 48_000), ("flac", 16_000)),
    ("a.ogg", ("flac", 44_100, 2), ("flac", 22_050)),
    ("a.mp3", ("libmp3lame", 16_000), ("libmp3lame", 44_100)),
    ("a.mp3", ("libmp3lame", 44_100), ("libmp3lame", 44_100, 2)),
    ("a.mp3", ("libmp3lame", 16_000), ("libmp3lame", 44_100, 2, TAGGED)),
    ("a.mp3", ("libmp3lame", 16_000), ("libmp3lame", 16_000, 1, TAGGED)),
    ("a.mp3", ("libmp3lame", 44_100, 2, BARE), ("libmp3lame", 22_050, 1, BARE)),
    ("a.mp3", ("libmp3lame", 44_100, 1, BARE), ("libmp3lame", 44_100, 2, BARE)),
    ("a.flac", ("flac", 48_000), ("flac", 16_000, 2)),
    ("a.wav", ("pcm_s16le", 16_000), ("pcm_s16le", 44_100, 2)),
    ("a.w64", ("pcm_s16le", 16_000), ("pcm_s16le", 44_100, 2)),
    ("a.aiff", ("pcm_s16be", 16_000), ("pcm_s16be", 44_100, 2)),
    ("a.caf", ("pcm_s16le", 16_000), ("pcm_s16le", 44_100, 2)),
    ("a.au", ("pcm_s16be", 16_000), ("pcm_s16be", 44_100, 2)),
    ("a.m4a", ("aac", 16_000), ("aac", 44_100, 2)),
    ("a.mp4", ("aac", 16_000), ("aac", 44_100, 1, {"movflags": "frag_keyframe+empty_moov"})),
]
TAG = b"ID3\x03\0\0\0\0\x07\x50" + bytes(7 * 128 + 0x50)
"""Of an mp3, as some programs write it before and behind everything."""


def joined(tmp_path: Path, audio: np.ndarray, name: str, first: tuple, second: tuple) -> Path:
    suffix = Path(name).suffix
    parts = []
    for number, (part, how) in enumerate(((audio[:CUT], first), (audio[CUT:], second))):
        codec, rate, channels, options = (*how, *(1, {})[len(how) - 2 :])
        parts.append(make(tmp_path / f"{number}{suffix}", part, codec, rate, channels, **options))
    (tmp_path / name).write_bytes(b"".join(parts))
    return tmp_path / name


def expect_both(samples: np.ndarray, original: np.ndarray, seconds: float, likeness: float) -> None:
    """It is as long as the original but for so many seconds, and either part is where it was, and alike."""
    assert abs(len(samples) - len(original)) < seconds * RATE  # an encoder without a header adds its delay
    for part in (slice(RATE, 9 * RATE), slice(11 * RATE, 19 * RATE)):
        shift, alike = shift_and_likeness(original[part], samples[part])
        assert abs(shift) < seconds and alike > likeness


@pytest.mark.parametrize(("name", "first", "second"), JOINED)
def test_what_was_joined_is_read_to_the_end(
    tmp_path: Path, sample_audio: np.ndarray, name: str, first: tuple, second: tuple
) -> None:
    path = joined(tmp_path, sample_audio, name, first, second)
    expect_both(read(path), sample_audio, seconds=0.15, likeness=0.95)
    assert notes(path) == ""
    with Recording(path) as recording:
        assert recording.duration == pytest.approx(len(sample_audio) / RATE, abs=0.2)


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("a.aac", ("aac", 48_000), ("aac", 16_000, 2)),
        ("a.aac", ("aac", 16_000), ("aac", 44_100)),
        ("a.ac3", ("ac3", 48_000), ("ac3", 32_000, 2)),
        ("a.webm", ("libopus", 48_000), ("libopus", 48_000, 2)),
        ("a.ts", ("aac", 48_000), ("aac", 48_000)),
    ],
)
def test_other_formats_are_read_to_the_end(
    tmp_path: Path, sample_audio: np.ndarray, name: str, first: tuple, second: tuple
) -> None:
    expect_both(read(joined(tmp_path, sample_audio, name, first, second)), sample_audio, seconds=0.3, likeness=0.9)


@pytest.mark.parametrize(("name", "first", "second"), JOINED)
def test_what_was_joined_can_be_sought_in(
    tmp_path: Path, sample_audio: np.ndarray, name: str, first: tuple, second: tuple
) -> None:
    path = joined(tmp_path, sample_audio, name, first, second)
    whole = read(path)
    for start, end in ((3.0, 5.0), (12.3, 14.1), (15.0, None)):
        expected = whole[round(start * RATE) : None if end is None else round(end * RATE)]
        part = read(path, start, end)
        assert len(part) == len(expected)
        assert np.abs(part - expected).max() < 0.02


def test_many_joined_recordings_do_not_drift(tmp_path: Path, sample_audio: np.ndarray) -> None:
    content = make(tmp_path / "one.opus", sample_audio[: 3 * RATE], "libopus", 48_000)
    (tmp_path / "a.opus").write_bytes(content * 40)
    samples = read(tmp_path / "a.opus")
    assert abs(len(samples) - 120 * RATE) < 0.05 * RATE
    assert notes(tmp_path / "a.opus") == ""
    shift, likeness = shift_and_likeness(sample_audio[: 3 * RATE], samples[117 * RATE :])
    assert abs(shift) < 0.05 and likeness > 0.95


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [("a.opus", "libopus", {}), ("a.mp3", "libmp3lame", {}), ("a.mp3", "libmp3lame", BARE)],
)
def test_one_that_breaks_off_is_said(
    tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str, options: dict
) -> None:
    first = make(tmp_path / f"first{name}", sample_audio[:CUT], codec, 48_000, **options)
    second = make(tmp_path / name, sample_audio[CUT:], codec, 48_000, 2, **TAGGED if "mp3" in name else {})
    path = tmp_path / name
    path.write_bytes(first[: len(first) * 3 // 4 + 5] + second)
    samples = read(path)
    broken = len(samples) / RATE - 10.3
    assert 7 < broken < 8.5
    assert notes(path).startswith("Of the recordings joined in this file one is not whole near 00:00:0"), notes(path)
    assert shift_and_likeness(sample_audio[CUT:][RATE : 8 * RATE], samples[-round(9.3 * RATE) :])[1] > 0.95


def test_the_end_of_the_last_one_may_be_missing(tmp_path: Path, sample_audio: np.ndarray) -> None:
    path = joined(tmp_path, sample_audio, "a.opus", ("libopus", 48_000), ("libopus", 48_000, 2))
    path.write_bytes(path.read_bytes()[:-20_000])
    assert notes(path) == "The end of the recording is missing: what could be read was transcribed."


@pytest.mark.parametrize("order", ["aba", "ab"])
def test_one_that_cannot_be_read_is_said(tmp_path: Path, sample_audio: np.ndarray, order: str) -> None:
    good = make(tmp_path / "0.opus", sample_audio[:CUT], "libopus", 48_000)
    bad = good.replace(b"OpusHead", b"OpusHeax", 1)  # no codec that there is
    (tmp_path / "a.opus").write_bytes(b"".join({"a": good, "b": bad}[part] for part in order))
    assert len(read(tmp_path / "a.opus")) == order.count("a") * CUT
    assert "one is not whole near 00:00:10" in notes(tmp_path / "a.opus")


def test_an_mp3_without_an_index_is_counted(tmp_path: Path, sample_audio: np.ndarray) -> None:
    """FFmpeg guesses its length from its first frames."""
    quiet = np.concatenate([np.zeros(60 * RATE, np.float32), sample_audio])
    for name, options in (("a.mp3", {"write_xing": "0"}), ("b.mp3", {})):
        write_media(tmp_path / name, quiet, "libmp3lame", 44_100, **options)
        with Recording(tmp_path / name) as recording:
            assert recording.duration == pytest.approx(len(quiet) / RATE, abs=0.1)


def test_what_only_looks_like_a_beginning_is_none(tmp_path: Path, sample_audio: np.ndarray) -> None:
    """A picture, or the text of a tag, in which the marks of other files stand."""
    path = write_media(tmp_path / "a.mp3", sample_audio[: 4 * RATE], "libmp3lame", 44_100)
    text = b"RIFF....WAVE fLaC\0\0\0\x22 OggS\0\x02" + bytes(12) + b"Xing Info" * 20
    tag = b"ID3\x04\0\0" + struct.pack(">I", len(text)) + text
    path.write_bytes(tag + path.read_bytes())
    assert abs(len(read(path)) - 4 * RATE) < 0.1 * RATE
    assert notes(path) == ""


@pytest.mark.parametrize(
    ("name", "codec"), [("a.flac", "flac"), ("a.opus", "libopus"), ("a.wav", "pcm_s16le"), ("a.ogg", "vorbis")]
)
def test_tags_before_and_between_are_passed_over(
    tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str
) -> None:
    first = make(tmp_path / f"first{name}", sample_audio[:CUT], codec, 48_000)
    second = make(tmp_path / f"second{name}", sample_audio[CUT:], codec, 16_000)
    path = tmp_path / name
    for content, seconds in ((TAG + first, 10), (TAG + first + second, 20), (first + second + TAG, 20)):
        path.write_bytes(content)
        samples = read(path)
        assert len(samples) / RATE == pytest.approx(min(seconds, len(sample_audio) / RATE), abs=0.4)
        assert notes(path) == ""
        assert shift_and_likeness(sample_audio[RATE : 9 * RATE], samples[RATE : 9 * RATE])[1] > 0.95


def test_chunks_may_stand_between_two_wavs(tmp_path: Path, sample_audio: np.ndarray) -> None:
    """As editors write them behind the sound; and the second file may begin at an odd place."""
    wav = make(tmp_path / "one.wav", sample_audio[:CUT], "pcm_s16le", RATE)
    for number, between in enumerate((b"LIST\x04\0\0\0INFO", b"id3 \x03\0\0\0abc\0LIST\x05\0\0\0INFOx")):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(wav + between + wav)
        assert len(read(path)) == 2 * CUT
        assert notes(path) == ""


@pytest.mark.parametrize("left", [40, 70])
def test_a_fragmented_recording_may_end_within_the_index_of_a_fragment(
    tmp_path: Path, sample_audio: np.ndarray, left: int
) -> None:
    fragments = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_duration": "1000000"}
    content = make(tmp_path / "a.m4a", sample_audio, "aac", 48_000, 1, **fragments)
    (tmp_path / "a.m4a").write_bytes(content[: content.rindex(b"moof") - 4 + left])
    assert len(sample_audio) / RATE - 1.5 < len(read(tmp_path / "a.m4a")) / RATE < len(sample_audio) / RATE
    assert notes(tmp_path / "a.m4a") == CUT_OFF
