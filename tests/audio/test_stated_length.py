"""Sound behind the end that a header states is read, whatever the format; what else stands there is not."""

import struct
from pathlib import Path

import numpy as np
import pytest

from tests.audio.reading import notes, read
from tests.conftest import RATE, write_media
from transcriber.audio import Recording
from transcriber.audio.recording import LONGER

LIST = b"LIST" + struct.pack("<I", 26) + b"INFOISFT" + struct.pack("<I", 14) + b"Lavf58.29.100\0"
XMP = b"_PMX" + struct.pack("<I", 3000) + b"x" * 3000


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
