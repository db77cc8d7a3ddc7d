"""Times are those that a player shows: a track that starts late, a hole, a clock that is set."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.support.media import write_media
from tests.support.places import RATE
from tests.support.reading import notes, read, shift_and_likeness
from transcriber.audio.recording import Recording
from transcriber.audio.timeline import Frame, whole_seconds

SAMPLES = np.ones((1, 10), np.float32)


@pytest.mark.parametrize("cut", [0.0, 5.2])
def test_what_an_edit_list_leaves_out_is_not_heard(tmp_path: Path, sample_audio: np.ndarray, cut: float) -> None:
    """As players do: telephones cut a recording by its edit list alone, and what is cut off stays in the file."""
    path = write_media(tmp_path / "a.m4a", sample_audio, "aac", RATE)
    content = bytearray(path.read_bytes())
    movie, sound, edits = (content.index(name) for name in (b"mvhd", b"mdhd", b"elst"))
    units, samples = (int.from_bytes(content[at + 16 : at + 20], "big") for at in (movie, sound))
    encoder = int.from_bytes(content[edits + 16 : edits + 20], "big")
    content[edits + 12 : edits + 20] = struct.pack(">II", 10 * units, encoder + int(cut * samples))
    path.write_bytes(content)
    heard = read(path)
    shift, likeness = shift_and_likeness(sample_audio[int(cut * RATE) :][: 10 * RATE], heard)
    assert (shift, len(heard) / RATE) == (pytest.approx(0, abs=0.01), pytest.approx(10, abs=0.1))
    assert likeness > 0.95


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "aac"), ("a.mkv", "aac"), ("a.webm", "libopus"), ("a.mov", "pcm_s16le"), ("a.ogg", "libopus")],
)
@pytest.mark.parametrize("start", [0.5, 5.0])
def test_a_track_that_starts_late(
    tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str, start: float
) -> None:
    """As Chromium shows it: in these containers time 0 is the file's own, not that of the first sample."""
    path = write_media(tmp_path / name, sample_audio[: 4 * RATE], codec, 48_000, start=start)
    shift, likeness = shift_and_likeness(sample_audio[: 4 * RATE], read(path))
    assert shift == pytest.approx(start, abs=0.025)  # that of the encoder is not always known
    assert likeness > 0.95
    with Recording(path) as recording:
        assert recording.duration == pytest.approx(4 + start, abs=0.1)


def test_a_transport_stream_starts_with_its_first_sample(tmp_path: Path, sample_audio: np.ndarray) -> None:
    path = write_media(tmp_path / "a.ts", sample_audio[: 4 * RATE], "aac", 48_000, start=50_000)
    assert shift_and_likeness(sample_audio[: 4 * RATE], read(path))[0] == pytest.approx(0.021, abs=0.002)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_sound_that_starts_after_the_pictures(tmp_path: Path, sample_audio: np.ndarray, name: str) -> None:
    with av.open(str(tmp_path / name), "w") as container:
        video = container.add_stream("mpeg4", rate=10)
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        sound = container.add_stream("ac3", rate=16_000 * 3, layout="mono")
        packets = []
        for number in range(30):
            picture = av.VideoFrame(64, 64, "yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, 10)
            packets += video.encode(picture)
        frame = av.AudioFrame.from_ndarray(sample_audio[None, : 2 * RATE], format="flt", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(sound.format, "mono", 48_000, frame_size=1536)
        for at, part in enumerate((*resampler.resample(frame), *resampler.resample(None))):
            part.pts, part.time_base = 48_000 * 7 // 10 + at * 1536, Fraction(1, 48_000)
            packets += sound.encode(part)
        packets += video.encode(None) + sound.encode(None)
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            container.mux(packet)
    shift, likeness = shift_and_likeness(sample_audio[: 2 * RATE], read(tmp_path / name))
    assert shift == pytest.approx(0.7, abs=0.01) and likeness > 0.9


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "aac"), ("a.mkv", "aac"), ("a.webm", "libopus"), ("a.ts", "aac"), ("a.mov", "alac")]
)
def test_a_hole_is_silence(tmp_path: Path, sample_audio: np.ndarray, name: str, codec: str) -> None:
    whole = read(write_media(tmp_path / name, sample_audio, codec, 48_000))
    with_hole = read(write_media(tmp_path / name, sample_audio, codec, 48_000, hole=(5.0, 8.0)))
    assert len(with_hole) == pytest.approx(len(whole), abs=0.03 * RATE)
    assert "holes, the first near 00:00:0" in notes(tmp_path / name)
    assert not with_hole[round(5.1 * RATE) : round(7.9 * RATE)].any()
    shift, likeness = shift_and_likeness(whole[9 * RATE : 19 * RATE], with_hole[9 * RATE : 19 * RATE])
    assert abs(shift) <= 0.002 and likeness > 0.99


def joined(frames: list[Frame], **options: float) -> np.ndarray:
    return np.concatenate([samples[0] for samples, _ in whole_seconds(frames, **options)])


def test_pieces_end_at_whole_seconds() -> None:
    frames = [Frame(None, np.zeros((2, length), np.int16), 10) for length in (7, 7, 30, 1)]
    assert [samples.shape[1] for samples, _ in whole_seconds(frames)] == [10, 10, 10, 10, 5]


def test_small_errors_of_the_clock_move_nothing_and_large_ones_do() -> None:
    assert len(joined([Frame(0.0, SAMPLES, 10), Frame(1.04, SAMPLES, 10), Frame(1.96, SAMPLES, 10)])) == 30
    assert (
        joined([Frame(0.2, SAMPLES, 10), Frame(2.2, SAMPLES, 10)]).tolist() == [0] * 2 + [1] * 10 + [0] * 10 + [1] * 10
    )
    assert len(joined([Frame(0.0, SAMPLES, 10), Frame(0.5, SAMPLES, 10)])) == 15


def test_silence_of_unsigned_samples() -> None:
    frames = [Frame(0.5, np.full((1, 10), 255, np.uint8), 10)]
    assert joined(frames).tolist() == [128] * 5 + [255] * 10


@pytest.mark.parametrize("time", [1e9, 1e300, -1e9, 30_000.0, -50.0])
def test_a_clock_that_is_set_fills_nothing(time: float) -> None:
    frames = [Frame(0.0, SAMPLES, 10), Frame(time, SAMPLES, 10), Frame(time + 1, SAMPLES, 10)]
    assert len(joined(frames)) == 30


def test_a_change_of_rate_keeps_the_time() -> None:
    frames = [Frame(0.0, SAMPLES, 10), Frame(1.5, np.ones((1, 40), np.float32), 20)]
    assert [(samples.shape[1], rate) for samples, rate in whole_seconds(frames)] == [
        (10, 10),
        (20, 20),
        (20, 20),
        (10, 20),
    ]
