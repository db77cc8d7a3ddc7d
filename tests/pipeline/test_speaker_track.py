"""Who speaks, beside the words: each word has its speaker, whatever happens on the way, and no word is lost for it."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.every_second import transcribed
from tests.support.loudness import LoudnessDiarizer
from tests.support.places import RATE
from transcriber.errors import ModelNotFrozenError, UnsupportedOptionError
from transcriber.options import TranscribeOptions
from transcriber.pipeline import diarization
from transcriber.pipeline.resume_state import ResumeState
from transcriber.pipeline.speaker_track import SpeakerModels, SpeakerTrack
from transcriber.pipeline.transcriber import Transcriber
from transcriber.speakers.remembered import RememberedVoices
from transcriber.transcript import Segment, Word

OPTIONS = TranscribeOptions("parakeet", "cpu", speakers="auto")
SCENE = ((1.0, 4.0, 0.8), (5.0, 8.0, 0.1), (9.0, 12.0, 0.8))
"""(start, end, loudness): two people."""


@pytest.fixture
def scene(tmp_path: Path, sample_audio: np.ndarray) -> Path:
    """A speaking voice, at two loudnesses by turns."""
    audio = np.zeros(13 * RATE, np.float32)
    voice = np.tile(sample_audio / np.abs(sample_audio).max(), 2)
    for start, end, loudness in SCENE:
        audio[int(start * RATE) : int(end * RATE)] = loudness * voice[: int((end - start) * RATE)]
    soundfile.write(tmp_path / "scene.wav", audio, RATE)
    return tmp_path / "scene.wav"


def test_each_word_has_its_speaker(scene: Path) -> None:
    transcript, _ = transcribed(scene, LoudnessDiarizer())
    words = [word for segment in transcript.segments for word in segment.words]
    assert len(words) >= 6
    assert transcript.diarization
    assert [voice.speaker for voice in transcript.diarization.voices] == ["Speaker 1", "Speaker 2"]
    for word in words:
        assert word.speaker == ("Speaker 2" if 4.5 < word.middle < 8.5 else "Speaker 1"), word
    assert {segment.speaker for segment in transcript.segments} == {"Speaker 1", "Speaker 2"}
    assert all(word.speaker == segment.speaker for segment in transcript.segments for word in segment.words)
    turns = [(round(turn.start), round(turn.end), turn.speaker) for turn in transcript.diarization.turns]
    assert turns == [(1, 4, "Speaker 1"), (5, 8, "Speaker 2"), (9, 12, "Speaker 1")]


def test_times_are_those_of_the_recording_also_of_a_part(scene: Path) -> None:
    transcript, _ = transcribed(
        scene, LoudnessDiarizer(), TranscribeOptions("parakeet", "cpu", start=4.5, speakers="2")
    )
    assert transcript.diarization
    assert [round(turn.start) for turn in transcript.diarization.turns] == [5, 9]
    assert transcript.diarization.count == "2"


def test_what_is_told_on_the_way_is_all_that_was_heard(scene: Path) -> None:
    diarizer = LoudnessDiarizer()
    _, told = transcribed(scene, diarizer)
    assert b"".join(progress.voices for progress in told) == bytes(diarizer.listeners[-1].levels)


@pytest.mark.parametrize("kept", [0, 5, 12])
def test_an_interrupted_one_goes_on_with_the_same_speakers(scene: Path, kept: int) -> None:
    whole, told = transcribed(scene, LoudnessDiarizer())
    heard = b"".join(progress.voices for progress in told)
    again, told_again = transcribed(scene, LoudnessDiarizer(), resume=ResumeState(voices=heard[:kept]))
    assert again.diarization == whole.diarization
    assert heard[:kept] + b"".join(progress.voices for progress in told_again) == heard


def test_no_word_is_lost_where_listening_fails(scene: Path) -> None:
    whole, _ = transcribed(scene, LoudnessDiarizer())
    diarizer = LoudnessDiarizer(broken_after=3.0)
    transcript, told = transcribed(scene, diarizer)
    assert transcript.text == whole.text
    assert transcript.diarization is None
    assert {word.speaker for segment in transcript.segments for word in segment.words} == {None}
    assert any("Who spoke could not be told" in note and "complete" in note for note in transcript.notes)
    assert not any(progress.voices for progress in told)
    assert all(listener.is_closed for listener in diarizer.listeners)


def test_more_people_than_the_model_knows_cost_no_word(scene: Path) -> None:
    options = TranscribeOptions("parakeet", "cpu", speakers="3")
    transcript, _ = transcribed(scene, LoudnessDiarizer(), options)
    assert transcript.text
    assert any("two people" in note for note in transcript.notes)


def test_where_nobody_speaks_nobody_is_told_apart(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(size=3 * RATE).astype(np.float32) * 5e-4
    soundfile.write(tmp_path / "quiet.wav", noise, RATE)
    transcript, _ = transcribed(tmp_path / "quiet.wav", LoudnessDiarizer())
    assert transcript.diarization is None


def test_a_damaged_file_of_remembered_voices_costs_the_suggestions_alone(scene: Path, tmp_path: Path) -> None:
    (tmp_path / "remembered-voices.json").write_text("{", encoding="utf-8")
    remembered = RememberedVoices(tmp_path / "remembered-voices.json")
    track = SpeakerTrack(SpeakerModels(LoudnessDiarizer(), "loudness", remembered=remembered), OPTIONS, 0.0, b"")
    for _ in track.watch([np.full(2 * RATE, 0.8, np.float32)]):
        pass
    track.finish()
    (segment,), who = track.attributed([Segment((Word("yes", 0.2, 0.8),), 0.2, 0.8)])
    assert segment.speaker == "Speaker 1" and who and len(who.voices) == 1
    (note,) = track.notes
    assert note.startswith("No names are suggested: ") and "remembered-voices.json" in note


def test_who_spoke_without_the_words(scene: Path) -> None:
    steps = diarization.diarize(scene, OPTIONS, SpeakerModels(LoudnessDiarizer(), "loudness"))
    told = []
    while True:
        try:
            told.append(next(steps))
        except StopIteration as end:
            spoken = end.value
            break
    whole, _ = transcribed(scene, LoudnessDiarizer())
    assert spoken == whole.diarization
    assert told[-1].done == pytest.approx(13.0)


def test_a_known_speaker_has_to_be_heard(scene: Path) -> None:
    with pytest.raises(UnsupportedOptionError, match=r"Anna is not heard clearly.*scene\.wav"):
        diarization.voice_of("Anna", scene, LoudnessDiarizer())
    with pytest.raises(UnsupportedOptionError, match="nobody is to be told apart"):
        TranscribeOptions(known_speakers=(("Anna", str(scene)),))


def test_a_model_that_is_not_set_up_is_named_with_its_command(tmp_path: Path, scene: Path) -> None:
    with pytest.raises(ModelNotFrozenError, match=r"setup_local_models\.py"):
        Transcriber(tmp_path).diarize(scene)
