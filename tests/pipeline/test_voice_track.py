"""Of several sound tracks the one with the voice is transcribed, and what was not is said."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.media import film
from tests.support.places import RATE, SAMPLE
from tests.support.reading import tone
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber
from transcriber.transcript import Transcript

SILENCE = np.zeros(20 * RATE, np.float32)
TONE = tone(20)


def transcribed(transcriber: Transcriber, path: Path, **options: object) -> Transcript:
    return transcriber.transcribe(path, TranscribeOptions("parakeet", "cpu", **options))


@pytest.fixture(scope="module")
def words(transcriber: Transcriber) -> str:
    return transcribed(transcriber, SAMPLE).text


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
@pytest.mark.parametrize("before", [(SILENCE,), (SILENCE, SILENCE), (TONE,), (SILENCE, TONE)])
def test_the_track_on_which_somebody_speaks(
    transcriber: Transcriber, tmp_path: Path, sample_audio: np.ndarray, words: str, name: str, before: tuple
) -> None:
    path = film(tmp_path / name, (*before, sample_audio, TONE))
    transcript = transcribed(transcriber, path)
    assert transcript.text == words
    number, count = len(before) + 1, len(before) + 2
    (note,) = (note for note in transcript.notes if "Sound track" in note)
    assert note.startswith(
        f"Sound track {number} of {count} was transcribed, as nothing or next to nothing is said on 1 ("
    )
    assert f"; not transcribed: {count} (1 channel, aac). Choose another with --track (on the page" in note
    assert transcribed(transcriber, path, stream=1).text == ""
    assert transcribed(transcriber, path, start=10.0).text == " ".join(words.split()[-10:])


def test_the_usual_one_is_taken_where_both_speak(
    transcriber: Transcriber, tmp_path: Path, sample_audio: np.ndarray, words: str
) -> None:
    """As in a call, with one person on each track."""
    left, right = sample_audio.copy(), sample_audio.copy()
    left[10 * RATE :], right[: 10 * RATE] = 0, 0
    transcript = transcribed(transcriber, film(tmp_path / "a.mp4", (left, right)))
    assert transcript.text == " ".join(words.split()[: len(transcript.text.split())])
    assert "Sound track 1 of 2 was transcribed; not transcribed: 2 (1 channel, aac). Choose" in transcript.notes[-1]
    assert transcribed(transcriber, tmp_path / "a.mp4", stream=2).text == words[len(transcript.text) + 1 :]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_who_say_a_word_each(
    transcriber: Transcriber, tmp_path: Path, sample_audio: np.ndarray, words: str, order: tuple[int, int]
) -> None:
    """Of little speech on each track, too, the usual one is taken, and nothing untrue is said of the other."""
    both = [sample_audio[: 2 * RATE].copy() for _ in range(2)]
    both[0][round(1.2 * RATE) :] = 0
    both[1][: round(1.2 * RATE)] = 0
    transcript = transcribed(transcriber, film(tmp_path / "a.mp4", [both[place] for place in order]))
    assert transcript.text == words.split()[order[0]]
    assert transcript.notes[-1] == (
        "Sound track 1 of 2 was transcribed; not transcribed: 2 (1 channel, aac). Choose another with --track (on the "
        "page under Options, over HTTP with the field “track”)."
    )


def test_where_nobody_speaks_all_tracks_are_named(transcriber: Transcriber, tmp_path: Path) -> None:
    transcript = transcribed(transcriber, film(tmp_path / "a.mp4", (SILENCE, SILENCE)))
    assert transcript.text == ""
    assert transcript.notes[-2:] == (
        "There is only silence in this recording: check the microphone or the sound track.",
        "Nothing or next to nothing is said on any of the sound tracks: 1 (1 channel, aac); 2 (1 channel, aac).",
    )


def test_one_track_of_silence_gives_no_words(transcriber: Transcriber, tmp_path: Path) -> None:
    path = film(tmp_path / "a.m4a", (SILENCE,))
    for model in ("parakeet", "canary", "whisper"):
        transcript = transcriber.transcribe(path, TranscribeOptions(model, "cpu"))
        assert (transcript.text, transcript.segments, transcript.duration) == ("", (), pytest.approx(20, abs=0.2))
        assert any("only silence in this recording" in note for note in transcript.notes)
