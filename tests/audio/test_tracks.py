"""Of several sound tracks one is chosen, and it is said which."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from tests.support.media import write_media
from tests.support.places import RATE
from tests.support.reading import notes, read, shift_and_likeness, tone
from transcriber.audio.recording import Recording
from transcriber.errors import AudioDecodeError, UnsupportedOptionError

PITCHES = (300, 500, 700)


@pytest.fixture(params=["a.mkv", "a.mp4", "a.ts"])
def film(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Three tracks, each a tone; the second is German and the default."""
    path = tmp_path / request.param
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("ac3", rate=48_000, layout="stereo") for _ in PITCHES]
        for stream, language in zip(streams, ("eng", "ger", "fra")):
            stream.metadata["language"] = language
        streams[2].metadata["title"] = "Director"
        if request.param == "a.mkv":
            streams[0].disposition = av.stream.Disposition(0)
            streams[1].disposition = av.stream.Disposition.default
        for at in range(31):
            for stream, pitch in zip(streams, PITCHES):
                samples = np.repeat(tone(1, 48_000, pitch)[None, at * 1536 : (at + 1) * 1536], 2, 0)
                frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
                frame.sample_rate, frame.pts = 48_000, at * 1536
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_track_is_chosen_by_its_number(film: Path, number: int) -> None:
    samples = read(film, stream=number)
    assert shift_and_likeness(tone(0.9, pitch=PITCHES[number - 1]), samples)[1] > 0.99


def test_the_default_is_the_one_that_the_file_names(film: Path) -> None:
    with Recording(film) as recording:
        assert [track.language for track in recording.tracks] == ["eng", "ger", "fra"]
        assert recording.track.number == (2 if film.suffix == ".mkv" else 1)
        assert recording.tracks[0].channels == 2 and recording.tracks[0].codec == "ac3"
    said = "2 of 3 (ger)" if film.suffix == ".mkv" else "1 of 3 (eng)"
    others = "1 (eng, 2 channels, ac3)" if film.suffix == ".mkv" else "2 (ger, 2 channels, ac3)"
    assert notes(film).startswith(f"Sound track {said} was transcribed; not transcribed: {others}; 3 (fra, ")
    assert "--track" in notes(film)


@pytest.mark.parametrize("number", [0, 4, -1])
def test_an_unknown_number_lists_the_tracks(film: Path, number: int) -> None:
    expected = f"no sound track {number} .*1 .eng, 2 channels, ac3.; 2 .ger.*--track"
    with pytest.raises(UnsupportedOptionError, match=expected):
        Recording(film, number)


def made(path: Path, pitches: Sequence[int], entries: dict[int, bytes]) -> Path:
    """Tracks of these pitches; of some, by their numbers, the samples are called otherwise."""
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("aac", rate=48_000, layout="mono") for _ in pitches]
        for at in range(47):
            for stream, pitch in zip(streams, pitches):
                samples = tone(1, 48_000, pitch)[None, at * 1024 : (at + 1) * 1024]
                frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="mono")
                frame.sample_rate, frame.pts = 48_000, at * 1024
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    content = bytearray(path.read_bytes())
    for number, entry in entries.items():
        at = -1
        for _ in range(number):
            at = content.index(b"stsd", at + 1)
        at = content.index(b"mp4a", at)
        content[at : at + 4] = entry
        if entry == b"apac":  # else FFmpeg finds out by what stands there
            at = content.index(b"esds", at)
            content[at : at + 4] = b"dapa"
    path.write_bytes(content)
    return path


def test_tracks_are_counted_as_players_count_them(tmp_path: Path) -> None:
    """An iPhone writes its spatial sound beside the plain one, in a codec that nobody else has."""
    path = made(tmp_path / "a.mov", PITCHES, {1: b"apac"})
    assert shift_and_likeness(tone(0.9, pitch=PITCHES[1]), read(path))[1] > 0.99
    assert shift_and_likeness(tone(0.9, pitch=PITCHES[2]), read(path, stream=3))[1] > 0.99
    said = "Sound track 2 of 3 was transcribed; not transcribed: 1 (apac, cannot be read); 3 (1 channel, aac). Choose"
    assert notes(path).startswith(said)
    with pytest.raises(UnsupportedOptionError, match=r"track 1 cannot be read: .*no decoder.*apac.*2 .1 channel, aac"):
        Recording(path, 1)


@pytest.mark.parametrize("count", [1, 2])
def test_a_codec_that_nobody_knows_is_named(tmp_path: Path, count: int) -> None:
    path = made(tmp_path / "a.mov", PITCHES[:count], {number + 1: b"apac" for number in range(count)})
    with pytest.raises(AudioDecodeError, match="no decoder for apac; save it in another format"):
        Recording(path)


@pytest.mark.parametrize("entry", [b"enca", b"drms", b"aavd"])
def test_what_is_protected_is_called_so(tmp_path: Path, entry: bytes) -> None:
    with pytest.raises(AudioDecodeError, match="protected"):
        Recording(made(tmp_path / "a.m4a", PITCHES[:1], {1: entry}))
    path = made(tmp_path / "b.mp4", PITCHES[:2], {1: entry})
    assert shift_and_likeness(tone(0.9, pitch=PITCHES[1]), read(path))[1] > 0.99
    assert "protected" in notes(path)


def test_sound_that_is_really_encrypted(tmp_path: Path, sample_audio: np.ndarray) -> None:
    keys = {"encryption_key": "76a6c65c5ea762046bd749a2e632ccbb", "encryption_kid": "a7e61c373e219033c21091fa607bf3b8"}
    path = tmp_path / "a.mp4"
    write_media(path, sample_audio[:RATE], "aac", 44_100, encryption_scheme="cenc-aes-ctr", **keys)
    with pytest.raises(AudioDecodeError, match="protected"):
        Recording(path)


@pytest.mark.parametrize(
    "fault", ["no index", "half an index", "half the sound", "the head", "no length", "an odd length"]
)
@pytest.mark.parametrize("name", ["a.m4a", "a.mp4", "a.mov"])
def test_what_its_recorder_did_not_finish_is_called_so(
    tmp_path: Path, sample_audio: np.ndarray, name: str, fault: str
) -> None:
    path = write_media(tmp_path / name, sample_audio[: 3 * RATE], "aac", 44_100)
    content = path.read_bytes()
    moov, mdat = content.index(b"moov") - 4, content.index(b"mdat") - 4
    length = {"no length": 0, "an odd length": 1}.get(fault)
    if length is not None:
        content = content[:mdat] + length.to_bytes(4, "big") + b"mdat" + bytes(8) + content[mdat + 16 :]
    ends = {"half an index": moov + 200, "half the sound": (mdat + moov) // 2, "the head": mdat}
    path.write_bytes(content[: ends.get(fault, moov)])
    with pytest.raises(
        AudioDecodeError, match=r"was not finished: its index .“moov”., .* is missing; end the recording"
    ):
        read(path)


@pytest.mark.parametrize("name", ["a.ulaw", "a.alaw", "a.ul", "a.raw", "a.pcm", "a.s16", "a.vox", "A.ULAW"])
def test_samples_without_a_header_are_called_so(tmp_path: Path, sample_audio: np.ndarray, name: str) -> None:
    """FFmpeg would read .ul at 44,100 Hz: words nobody said."""
    (tmp_path / name).write_bytes((sample_audio[: 3 * RATE] * 127).astype(np.int8).tobytes())
    with pytest.raises(AudioDecodeError, match=f"a {Path(name).suffix.lower()} file has no header"):
        Recording(tmp_path / name)
