"""Who spoke in the sample, on the published weights: a reporter and a ferry captain."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.every_second import transcribed
from tests.support.places import PROJECT, RATE
from transcriber.engines.loading import diarizer_of
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume_state import ResumeState
from transcriber.pipeline.transcriber import Transcriber

SAMPLE = PROJECT / "examples" / "sample.flac"
OPTIONS = TranscribeOptions("whisper-tiny.en", "cpu", language="en", speakers="auto", beam_size=1)


@pytest.fixture(scope="module")
def real_transcriber(real_models: Path) -> Transcriber:
    return Transcriber(real_models)


@pytest.fixture(scope="module")
def truth() -> list[dict]:
    """Each word of the sample with its speaker, start and end."""
    return json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["words"]


def speaker_at(truth: list[dict], second: float) -> str:
    """Who says the word that is nearest."""
    word = min(truth, key=lambda word: abs((word["start"] + word["end"]) / 2 - second))
    return {"Reporter": "Speaker 1", "Captain": "Speaker 2"}[word["speaker"]]


def test_each_word_of_the_sample_is_its_speakers(real_transcriber: Transcriber, truth: list[dict]) -> None:
    transcript = real_transcriber.transcribe(SAMPLE, OPTIONS)
    assert transcript.diarization
    assert [voice.speaker for voice in transcript.diarization.voices] == ["Speaker 1", "Speaker 2"]
    words = [word for segment in transcript.segments for word in segment.words]
    assert len(words) > 80
    assert [word.speaker for word in words] == [speaker_at(truth, word.middle) for word in words]


def test_without_words_it_is_the_same(real_transcriber: Transcriber, truth: list[dict]) -> None:
    diarization = real_transcriber.diarize(SAMPLE)
    for turn in diarization.turns:
        assert turn.speaker == speaker_at(truth, (turn.start + turn.end) / 2), turn
    spoken = sum(turn.end - turn.start for turn in diarization.turns)
    assert spoken > 0.8 * sum(word["end"] - word["start"] for word in truth)
    assert all(voice.quality and 0 < voice.quality <= 1 for voice in diarization.voices)


def test_somebody_known_is_called_so(real_transcriber: Transcriber, truth: list[dict], tmp_path: Path) -> None:
    audio, _ = soundfile.read(SAMPLE, dtype="float32")
    soundfile.write(tmp_path / "captain.wav", audio[int(12.0 * RATE) : int(18.5 * RATE)], RATE)
    assert {speaker_at(truth, second) for second in (12.0, 15.0, 18.5)} == {"Speaker 2"}
    options = TranscribeOptions(speakers="auto", known_speakers=(("Captain", str(tmp_path / "captain.wav")),))
    diarization = real_transcriber.diarize(SAMPLE, options)
    assert [voice.speaker for voice in diarization.voices] == ["Speaker 1", "Captain"]


def test_an_interrupted_one_has_the_same_speakers(real_models: Path, tmp_path: Path) -> None:
    audio, _ = soundfile.read(SAMPLE, dtype="float32")
    soundfile.write(tmp_path / "long.wav", np.tile(audio, 2), RATE)
    diarizer = diarizer_of(ModelStore(real_models).find("speakers"), TranscribeOptions(device="cpu"))
    whole, told = transcribed(tmp_path / "long.wav", diarizer)
    first = next(event for event in told if event.voices and event.done < whole.duration - 20)
    heard = b"".join(event.voices for event in told[: told.index(first) + 1])
    resume = ResumeState(whole.segments[:0], 0.0, 0.0, voices=heard)
    again, told_again = transcribed(tmp_path / "long.wav", diarizer, resume=resume)
    assert whole.diarization
    assert again == replace(whole, elapsed=again.elapsed)
    assert heard + b"".join(event.voices for event in told_again) == b"".join(event.voices for event in told)
