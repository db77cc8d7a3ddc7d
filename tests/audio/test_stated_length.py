"""Sound behind the end that a header states is read, whatever the format; what else stands there is not."""

import struct
import time
from pathlib import Path

import numpy as np
import pytest

from tests.support.media import write_media
from tests.support.places import RATE
from tests.support.reading import notes, read
from transcriber.audio.defects import CUT_OFF, LONGER
from transcriber.audio.piece import Piece
from transcriber.audio.pieces import pieces_of
from transcriber.audio.recording import Recording
from transcriber.errors import AudioEmptyError

LIST = b"LIST" + struct.pack("<I", 26) + b"INFOISFT" + struct.pack("<I", 14) + b"Lavf58.29.100\0"
XMP = b"_PMX" + struct.pack("<I", 3000) + b"x" * 3000
PICTURE = b"id3 " + struct.pack("<I", 3_000_000) + bytes(range(1, 251)) * 12_000
OPEN = 0xFFFF_FFFF


@pytest.fixture
def audio(sample_audio: np.ndarray) -> np.ndarray:
    return sample_audio[: 6 * RATE]


def pcm(audio: np.ndarray) -> bytes:
    return (audio * 32767).astype("<i2").tobytes()


def wav(audio: np.ndarray, data: int | None = None, riff: int | None = None, tail: bytes = b"") -> bytes:
    content = pcm(audio)
    data = len(content) if data is None else data
    head = b"RIFF" + struct.pack("<I", 36 + data if riff is None else riff) + b"WAVEfmt "
    head += struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16) + b"data" + struct.pack("<I", data)
    return head + content + tail


HALF = 6 * RATE  # bytes
WRONG = {
    "both": {"data": HALF},
    "data alone": {"data": HALF, "riff": 36 + 2 * HALF},
    "odd": {"data": HALF + 1},
    "size mod 2**32": {"data": 4000},
    "almost none": {"data": 2},
    "a chunk behind it": {"data": HALF, "tail": LIST},
    "chunks behind it": {"data": HALF, "tail": XMP + LIST},
    "a large picture behind it": {"data": HALF, "tail": PICTURE},
}


@pytest.mark.parametrize("how", WRONG.values(), ids=WRONG.keys())
def test_a_wav_that_states_too_little_is_read_whole(tmp_path: Path, audio: np.ndarray, how: dict) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(audio, **how))
    assert len(read(path)) == len(audio)
    assert np.array_equal(read(path, 4.5), read(path)[round(4.5 * RATE) :])
    assert notes(path) == LONGER
    with Recording(path) as recording:
        assert recording.duration == pytest.approx(6)


RIGHT = {
    "whole": {},
    "with a chunk": {"tail": LIST},
    "with two chunks": {"tail": XMP + LIST},
    "one byte too few": {"data": 2 * HALF - 1},
    "nothing stated": {"data": 0, "riff": 0},
    "padded to a block": {"tail": bytes(4000)},
    "a tag of mp3": {"tail": b"TAG" + bytes(40)},
    "a whole tag of mp3": {"tail": b"TAG" + b"title" * 25},
    "a new tag of mp3": {"tail": b"ID3\x04\0\0\0\0\x20\0" + b"z" * 4096},
    "a tag of ape": {"tail": b"APETAGEX" + b"z" * 400},
    "left open": {"data": OPEN, "riff": OPEN},
    "left open, with chunks": {"data": OPEN, "riff": OPEN, "tail": XMP + LIST},
    "nothing stated, with chunks": {"data": 0, "riff": 0, "tail": XMP + PICTURE},
    "nothing stated of the sound": {"data": 0, "riff": 2 * HALF + 36, "tail": XMP},
    "its own head counted": {"riff": 2 * HALF + 44},
    "as sox writes it into a pipe": {"data": 0x7FFF_FFF0, "riff": 0x7FFF_FFFF},
    "an unknown chunk": {"tail": b"ab12" + struct.pack("<I", 500) + bytes(range(250)) * 2},
}


@pytest.mark.parametrize("how", RIGHT.values(), ids=RIGHT.keys())
def test_what_stands_behind_the_sound_is_not_read(tmp_path: Path, audio: np.ndarray, how: dict) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(audio, **how))
    assert abs(len(read(path)) - len(audio)) <= 1
    assert notes(path) == ""


@pytest.mark.parametrize("stated", [0, HALF, 8])
def test_rf64(tmp_path: Path, audio: np.ndarray, stated: int) -> None:
    """Where the recorder died, its lengths are those of the beginning."""
    head = b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<IQQQI", 28, stated + 72, stated, stated // 2, 0)
    head += b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16) + b"data\xff\xff\xff\xff"
    path = tmp_path / "a.wav"
    path.write_bytes(head + pcm(audio))
    assert len(read(path)) == len(audio)
    assert notes(path) == LONGER


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.w64", "pcm_s16le"),
        ("a.aiff", "pcm_s16be"),
        ("a.caf", "pcm_s16le"),
        ("a.au", "pcm_s16be"),
        ("b.wav", "adpcm_ima_wav"),
        ("c.wav", "pcm_mulaw"),
        ("d.wav", "pcm_f32le"),
    ],
)
@pytest.mark.parametrize("part", [0.0, 0.5])
def test_other_formats(tmp_path: Path, audio: np.ndarray, name: str, codec: str, part: float) -> None:
    path = write_media(tmp_path / name, audio, codec)
    whole, content = read(path), bytearray(path.read_bytes())
    assert notes(path) == ""
    stated(content, path.suffix, part)
    path.write_bytes(content)
    assert abs(len(read(path)) - len(whole)) < 0.02 * RATE
    with Recording(path) as recording:
        assert recording.duration == pytest.approx(len(whole) / RATE, abs=0.1)


def stated(content: bytearray, suffix: str, part: float) -> None:
    """Write another length than the true one into the header."""
    mark, offset, count, order = {
        ".w64": (b"data\xf3\xac", 16, 8, "little"),
        ".aiff": (b"SSND", 4, 4, "big"),
        ".caf": (b"data", 4, 8, "big"),
        ".au": (b".snd", 8, 4, "big"),
        ".wav": (b"data", 4, 4, "little"),
    }[suffix]
    at = content.index(mark) + offset
    length = int.from_bytes(content[at : at + count], order)
    if part or suffix not in (".wav", ".au"):  # there a length of 0 is an open one
        content[at : at + count] = int(length * part // 8 * 8).to_bytes(count, order)
    if suffix == ".aiff":  # which counts its frames, too
        at = content.index(b"COMM") + 10
        content[at : at + 4] = int(int.from_bytes(content[at : at + 4], "big") * part).to_bytes(4, "big")


def test_a_length_beyond_32_bits_is_read_to_the_end(tmp_path: Path, audio: np.ndarray) -> None:
    """More than four gigabytes, most of it a hole in the file: what is stated is the rest of a division by 2**32."""
    path = tmp_path / "a.wav"
    size = (1 << 32) + 4000
    with path.open("wb") as file:
        file.write(wav(audio[:0], data=4000, riff=4036))
        file.seek(44 + size - len(pcm(audio)))
        file.write(pcm(audio))
    with Recording(path) as recording:
        assert recording.duration == pytest.approx(size / 2 / RATE, abs=1)
        begin = size / 2 / RATE - 6
        found = np.concatenate(list(recording.blocks(begin)))
    assert abs(len(found) - len(audio)) <= 1
    assert np.abs(found).max() > 0.1


def test_chunks_alone_are_no_sound(tmp_path: Path, audio: np.ndarray) -> None:
    (tmp_path / "a.wav").write_bytes(wav(audio[:0], tail=XMP))
    with pytest.raises(AudioEmptyError):
        read(tmp_path / "a.wav")


@pytest.mark.parametrize(("name", "codec"), [("a.w64", "pcm_s16le"), ("a.caf", "pcm_s16le"), ("a.aiff", "pcm_s16be")])
def test_what_ends_before_its_stated_end_is_told(tmp_path: Path, audio: np.ndarray, name: str, codec: str) -> None:
    path = write_media(tmp_path / name, audio, codec)
    path.write_bytes(path.read_bytes()[: RATE * 4])
    assert 1.9 < len(read(path)) / RATE < 2
    assert notes(path) == CUT_OFF


def test_an_rf64_that_ends_before_its_stated_end_is_told(tmp_path: Path, audio: np.ndarray) -> None:
    size = 2 * len(audio)
    head = b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<IQQQI", 28, size + 72, size, size // 2, 0)
    head += b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16) + b"data\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(head + pcm(audio)[: 4 * RATE])
    assert len(read(tmp_path / "a.wav")) == 2 * RATE
    assert notes(tmp_path / "a.wav") == CUT_OFF


def overwrite(path: Path, mark: bytes, place: int, new: bytes) -> None:
    """Put other bytes so many behind where the mark begins."""
    content = bytearray(path.read_bytes())
    at = content.index(mark) + place
    content[at : at + len(new)] = new
    path.write_bytes(content)


@pytest.mark.parametrize("length", [1 << 63, (1 << 63) - 1, (1 << 64) - 1])
def test_a_w64_may_be_left_open(tmp_path: Path, audio: np.ndarray, length: int) -> None:
    path = write_media(tmp_path / "a.w64", audio, "pcm_s16le")
    overwrite(path, b"data\xf3\xac", 16, length.to_bytes(8, "little"))
    assert len(read(path)) == len(audio)
    assert notes(path) == ""


@pytest.mark.parametrize("length", [len(b"SSND"), 0xFFFF_FFFF])
def test_an_aiff_may_count_its_frames_rightly_and_its_bytes_wrongly(
    tmp_path: Path, audio: np.ndarray, length: int
) -> None:
    path = write_media(tmp_path / "a.aiff", audio, "pcm_s16be")
    overwrite(path, b"SSND", 4, length.to_bytes(4, "big"))
    assert len(read(path)) == len(audio)
    with Recording(path) as recording:
        assert recording.duration == pytest.approx(len(audio) / RATE)


def test_a_header_before_nothing_but_zeros_takes_no_time(tmp_path: Path) -> None:
    """As a recorder leaves it that had reserved its file: a chunk without a name and without a length is none."""
    path = tmp_path / "a.wav"
    with path.open("wb") as file:
        file.write(b"RIFF\0\0\0\0WAVE")
        file.truncate(1 << 30)
    began = time.monotonic()
    with path.open("rb") as file:
        assert pieces_of(file) == (Piece(0, 1 << 30),)
    assert time.monotonic() - began < 5
