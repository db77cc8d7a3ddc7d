"""What can be read of a damaged recording is read, at its time, and it is said."""

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from tests.support.media import write_media
from tests.support.places import RATE
from tests.support.reading import notes, read, shift_and_likeness, tone
from transcriber.audio.recording import Recording
from transcriber.errors import AudioError

FORMATS = [
    ("a.wav", "pcm_s16le", {}),
    ("a.aiff", "pcm_s16be", {}),
    ("a.flac", "flac", {}),
    ("a.mp3", "libmp3lame", {}),
    ("a.aac", "aac", {}),
    ("a.opus", "libopus", {}),
    ("a.m4a", "aac", {"movflags": "faststart"}),
    ("fragments.m4a", "aac", {"movflags": "frag_keyframe+empty_moov", "frag_duration": "500000"}),
    ("a.mkv", "aac", {}),
    ("a.webm", "libopus", {}),
    ("a.avi", "pcm_s16le", {}),
    ("a.amr", "libopencore_amrnb", {}),
    ("a.wv", "wavpack", {}),
]
RATES = {"libopencore_amrnb": 8_000, "wavpack": 44_100}
HEAL = [("a.flac", "flac"), ("a.mp3", "libmp3lame"), ("a.aac", "aac"), ("a.m4a", "aac"), ("a.ts", "aac")]


@pytest.mark.parametrize(("name", "codec", "options"), FORMATS)
def test_a_broken_tail(tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str, options: dict) -> None:
    speech = sample_audio[: 6 * RATE]
    path = write_media(tmp_path / name, speech, codec, RATES.get(codec, RATE), **options)
    assert notes(path) == ""
    whole = read(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10 + 1])
    assert "end of the recording is missing" in notes(path)
    part = read(path)
    assert 0.3 * len(whole) < len(part) < 0.8 * len(whole)
    assert np.corrcoef(whole[: len(part) - RATE // 4], part[: -RATE // 4])[0, 1] > 0.99


@pytest.mark.parametrize(("name", "codec"), HEAL)
def test_damage_in_the_middle(tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str) -> None:
    path = write_media(tmp_path / name, sample_audio, codec, 48_000)
    whole = read(path)
    content = bytearray(path.read_bytes())
    start, length = len(content) // 2, len(content) // 20
    content[start : start + length] = np.random.default_rng(0).bytes(length)
    path.write_bytes(content)
    damaged = read(path)
    assert ("holes, the first near" if name in ("a.flac", "a.ts") else "damaged near") + " 00:00:" in notes(path)
    for part in (slice(RATE, 8 * RATE), slice(14 * RATE, 19 * RATE)):
        shift, likeness = shift_and_likeness(whole[part], damaged[part])
        assert likeness > 0.95
        assert abs(shift) < (1.1 if name in ("a.mp3", "a.aac") else 0.002)  # these two tell no times


@pytest.mark.parametrize("size", [0, 0xFFFF_FFFF, 0x7FFF_FFFF, 0x8000_0024])
def test_a_recorder_that_does_not_know_the_length_damages_nothing(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(2), RATE)
    content = bytearray(path.read_bytes())
    content[4:8] = size.to_bytes(4, "little")
    content[40:44] = size.to_bytes(4, "little")
    path.write_bytes(content)
    assert len(read(path)) == 2 * RATE
    assert notes(path) == ""


def test_a_recording_that_somebody_stopped_is_whole(tmp_path: Path, sample_audio: np.ndarray) -> None:
    """An Ogg stream may end behind any page."""
    path = write_media(tmp_path / "a.opus", sample_audio, "libopus", 48_000)
    content = path.read_bytes()
    path.write_bytes(content[: content.rfind(b"OggS")])
    assert notes(path) == ""


def test_tags_behind_the_last_frame_are_no_damage(tmp_path: Path, sample_audio: np.ndarray) -> None:
    path = write_media(tmp_path / "a.mp3", sample_audio[: 3 * RATE], "libmp3lame", 44_100)
    path.write_bytes(path.read_bytes() + b"APETAGEX" + bytes(300))
    assert notes(path) == ""


@pytest.mark.parametrize(("header", "value"), [(24, 4_000_000_000), (24, 1), (22, 65_535), (22, 0), (32, 0)])
def test_absurd_headers(tmp_path: Path, header: int, value: int) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(1), RATE)
    content = bytearray(path.read_bytes())
    length = 4 if header == 24 else 2
    content[header : header + length] = value.to_bytes(length, "little")
    path.write_bytes(content)
    try:
        read(path)
    except AudioError as error:
        assert error.hint


def test_a_frame_of_absurd_size_is_given_out_in_blocks(tmp_path: Path) -> None:
    write_media(tmp_path / "a.wav", np.tile(tone(10), 10), "pcm_u8", 8_000)
    with Recording(tmp_path / "a.wav") as recording:
        assert max(len(block) for block in recording.blocks()) == 30 * RATE


VARIANTS = [
    ("a.wav", "pcm_s16le"),
    ("a.flac", "flac"),
    ("a.mp3", "libmp3lame"),
    ("a.m4a", "aac"),
    ("a.opus", "libopus"),
    ("a.mkv", "aac"),
    ("a.webm", "libopus"),
    ("a.avi", "libmp3lame"),
    ("a.ts", "aac"),
    ("a.wma", "wmav2"),
    ("a.flv", "libmp3lame"),
    ("a.caf", "alac"),
    ("a.wv", "wavpack"),
]


@pytest.mark.parametrize(("name", "codec"), VARIANTS)
def test_any_bytes_give_samples_or_a_sentence(tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str) -> None:
    random = np.random.default_rng(6)
    path = write_media(tmp_path / name, sample_audio[:RATE], codec, 44_100 if codec != "libopus" else 48_000, 2)
    whole = path.read_bytes()
    for variant in range(16):
        content = bytearray(whole)
        reach = len(content) if variant % 2 else min(len(content), 300)
        for at in random.integers(0, reach, random.integers(1, 40)):
            content[at] = random.integers(0, 256)
        path.write_bytes(content[: random.integers(1, len(content))] if variant % 4 == 3 else content)
        try:
            with Recording(path) as recording:
                for block in recording.blocks():
                    assert np.isfinite(block).all() and len(block) <= 30 * RATE
        except AudioError as error:
            assert error.hint


def test_a_stream_that_appears_on_the_way(tmp_path: Path) -> None:
    """PyAV looks for its codec at the end, and has none: two transport streams, one behind the other."""
    first = write_media(tmp_path / "a.ts", tone(4), "aac", 48_000).read_bytes()
    write_media(tmp_path / "b.ts", tone(4), "mp2", 48_000)
    with av.open(str(tmp_path / "b.ts")) as source, av.open(str(tmp_path / "c.ts"), "w") as target:
        streams = [target.add_stream_from_template(source.streams[0]) for _ in range(3)]
        for packet in source.demux(0):
            if packet.dts is not None:
                packet.stream = streams[2]
                target.mux(packet)
    (tmp_path / "a.ts").write_bytes(first * 40 + (tmp_path / "c.ts").read_bytes())
    assert len(read(tmp_path / "a.ts")) > 60 * RATE
