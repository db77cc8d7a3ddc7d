"""What a recording's own clock shows at its beginning is read from where cameras and recorders write it."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.support.media import write_media
from tests.support.places import RATE
from tests.support.reading import tone
from transcriber.audio.recording import Recording
from transcriber.smpte import RATES, text_of
from transcriber.transcript import Start


def film(path: Path, timecode: str, rate: Fraction, pictures: bool = True) -> Path:
    """Two seconds of sound, with or without pictures."""
    with av.open(str(path), "w") as container:
        if timecode:
            container.metadata["timecode"] = timecode
        if pictures:
            video = container.add_stream("mpeg4", rate=rate)
            video.width = video.height = 64
            video.pix_fmt = "yuv420p"
        sound = container.add_stream("pcm_s16le" if path.suffix == ".mxf" else "aac", rate=48_000, layout="mono")
        if pictures:
            for _ in range(int(2 * rate)):
                picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
                container.mux(video.encode(picture))
            container.mux(video.encode(None))
        frame = av.AudioFrame.from_ndarray(tone(2, 48_000)[None], format="flt", layout="mono")
        frame.sample_rate = 48_000
        resampler = av.AudioResampler(sound.format, "mono", 48_000, frame_size=sound.frame_size or 1024)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(sound.encode(part))
        container.mux(sound.encode(None))
    return path


def start_of(path: Path) -> Start | None:
    with Recording(path) as recording:
        return recording.start


@pytest.mark.parametrize("name", ["a.mov", "a.mp4", "a.mkv"])
@pytest.mark.parametrize(
    ("timecode", "rate"),
    [
        ("10:00:00:00", "25"),
        ("01:00:00;00", "29.97"),
        ("01:00:00:00", "29.97"),
        ("00:59:58:12", "24"),
        ("12:34:56:47", "50"),
    ],
)
def test_a_time_code_track_or_tag(tmp_path: Path, name: str, timecode: str, rate: str) -> None:
    start = start_of(film(tmp_path / name, timecode, RATES[rate]))
    assert start and start.rate == rate and start.drop == (";" in timecode)
    assert text_of(round(start.seconds * RATES[rate]), rate, start.drop) == timecode


@pytest.mark.parametrize("name", ["a.mov", "a.mp4", "a.mkv", "a.mp3", "a.wav"])
def test_most_recordings_have_none(tmp_path: Path, name: str) -> None:
    if name.endswith(("mp3", "wav")):
        write_media(tmp_path / name, tone(1), "libmp3lame" if name.endswith("mp3") else "pcm_s16le")
    else:
        film(tmp_path / name, "", Fraction(25))
    assert start_of(tmp_path / name) is None


@pytest.mark.parametrize("form", [b"RIFF", b"RF64"])
@pytest.mark.parametrize(("reference", "seconds"), [(36_000 * RATE, 36_000.0), (RATE // 2, 0.5), (0, None)])
def test_a_broadcast_wave(tmp_path: Path, form: bytes, reference: int, seconds: float | None) -> None:
    """EBU Tech 3285: samples since midnight. 0 is what recorders without a clock write."""
    sound = (tone(1) * 32767).astype("<i2").tobytes()
    bext = bytearray(602)
    bext[338:348] = struct.pack("<QH", reference, 1)
    ds64 = b"ds64" + struct.pack("<IQQQI", 28, 1, len(sound), len(sound) // 2, 0) if form == b"RF64" else b""
    body = b"WAVE" + ds64 + b"bext" + struct.pack("<I", len(bext)) + bytes(bext)
    body += b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    length = b"\xff" * 4 if ds64 else struct.pack("<I", len(sound))
    size = b"\xff" * 4 if ds64 else struct.pack("<I", len(body) + 8 + len(sound))
    (tmp_path / "a.wav").write_bytes(form + size + body + b"data" + length + sound)
    start = start_of(tmp_path / "a.wav")
    assert (start and start.seconds) == seconds


def test_an_edit_list_moves_the_beginning(tmp_path: Path) -> None:
    """What is cut off at the head of a film takes its time code along."""
    path = film(tmp_path / "a.mov", "10:00:00:00", Fraction(25))
    content = bytearray(path.read_bytes())
    track = content.rindex(b"trak")  # FFmpeg writes that of the time code last
    at, scale = content.index(b"elst", track), content.index(b"mdhd", track)
    units = int.from_bytes(content[scale + 16 : scale + 20], "big")
    content[at + 16 : at + 20] = units.to_bytes(4, "big")
    path.write_bytes(content)
    assert start_of(path) == Start(36_001.0, "25")


@pytest.mark.parametrize(("samples", "seconds"), [(RATE * 86_399, 86_399.0), (RATE * 86_400, None), (2**64 - 5, None)])
def test_a_time_reference_lies_within_a_day(tmp_path: Path, samples: int, seconds: float | None) -> None:
    """It counts from midnight: a larger one is what stood there before, and editors refuse it."""
    whole = write_media(tmp_path / "a.wav", tone(1, RATE), "pcm_s16le", RATE).read_bytes()
    bext = b"bext" + struct.pack("<I", 602) + bytes(338) + struct.pack("<Q", samples) + bytes(256)
    (tmp_path / "a.wav").write_bytes(whole[:12] + bext + whole[12:])
    start = start_of(tmp_path / "a.wav")
    assert (start and start.seconds) == seconds
