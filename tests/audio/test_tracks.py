"""Of several sound tracks one is chosen, and it is said which."""

from pathlib import Path

import av
import numpy as np
import pytest

from tests.audio.reading import notes, read, shift_and_likeness, tone
from transcriber.audio import Recording
from transcriber.errors import UnsupportedOptionError

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
    assert notes(film) == f"Sound track {said} was transcribed."


@pytest.mark.parametrize("number", [0, 4, -1])
def test_an_unknown_number_lists_the_tracks(film: Path, number: int) -> None:
    with pytest.raises(UnsupportedOptionError, match=f"no sound track {number} .*1 .eng, 2 channels, ac3.; 2 .ger"):
        Recording(film, number)
