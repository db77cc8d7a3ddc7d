"""Where nobody speaks, no word is written: on published weights, in twenty-two kinds of sound, in many languages."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.places import PROJECT, RATE
from tests.support.speechless import KINDS
from transcriber.engines.protocol import BaseEngine
from transcriber.models.capabilities import Capabilities
from transcriber.options import TranscribeOptions
from transcriber.pipeline.chunking import chunks
from transcriber.pipeline.recognition import transcribe_chunks
from transcriber.pipeline.transcriber import Transcriber
from transcriber.pipeline.vad import detect_speech
from transcriber.transcript import Hypothesis, Transcript, Word, normal

CONVERSATION = PROJECT / "examples" / "sample.flac"
FIRST_WORDS, LAST_WORDS = (0.0, 8.3), (40.5, 48.5)
"""Seconds of it: two sentences of hers, and the last two."""
FIRST_TEXT = (
    "good morning and thank you for taking the time you have been running the night ferry for 11 years what has changed"
)
LAST_TEXT = "so what will you do when the new bridge opens then i will finally have time to learn how to swim"
LANGUAGES = ("en", "de", "es", "fr", "pt", "ja", "zh", "ru", "ar")
VOICELIKE = ("humming", "mobile_tune", "church_bell", "birds", "music", "breathing", "applause")
"""Of these the voice detector is not sure for a moment here and there."""


@cache
def loaded(folder: Path) -> Transcriber:
    return Transcriber(folder)


def write(folder: Path, name: str, *parts: np.ndarray) -> Path:
    path = folder / f"{name}.wav"
    soundfile.write(path, np.concatenate(parts), RATE, subtype="PCM_16")
    return path


def written(transcriber: Transcriber, paths: Iterable[Path], options: TranscribeOptions) -> dict[str, str]:
    """By the recording's name, what was written for it, where that is something."""
    paths = list(paths)
    texts = {}
    for path, result in zip(paths, transcriber.transcribe_all(paths, options), strict=True):
        assert isinstance(result, Transcript), result
        if result.text:
            texts[path.stem] = result.text
    return texts


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_a_recording(kind: str) -> None:
    sound = KINDS[kind](7.3, 1)
    assert sound.dtype == np.float32 and sound.shape == (round(7.3 * RATE),)
    assert np.isfinite(sound).all() and np.abs(sound).max() <= 1
    assert np.array_equal(sound, KINDS[kind](7.3, 1))
    assert np.sqrt(np.mean(sound**2)) > 3e-4 or kind == "digital_silence"


class Inventor(BaseEngine):
    """A model that hears a well-known sentence everywhere, twice in three seconds, and is sure of it."""

    capabilities = Capabilities(("en",), has_word_times=True)

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions) -> list[Hypothesis]:
        return [Hypothesis(tuple(self._words(len(samples) / RATE))) for samples in batch]

    def _words(self, seconds: float) -> Iterable[Word]:
        for at in np.arange(0, seconds - 1, 1.5):
            for place, text in enumerate(("Thank", "you", "for", "watching.")):
                yield Word(text, at + 0.25 * place, at + 0.25 * (place + 1), 0.95)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_model_makes_up_is_dropped(kind: str) -> None:
    sound = KINDS[kind](30.0, 2)
    inventor = Inventor(None, "cpu", "float32")
    for recognised in transcribe_chunks(inventor, list(chunks(detect_speech([sound]), 30.0)), TranscribeOptions()):
        assert recognised.words == []


@pytest.mark.timeout(900)  # where a model gives nothing up, it tries each window at six temperatures
@pytest.mark.parametrize("model", ["whisper-base", "whisper-tiny.en"])
def test_no_word_is_written(real_models: Path, tmp_path: Path, model: str) -> None:
    paths = [write(tmp_path, kind, make(8.0, 1)) for kind, make in KINDS.items()]
    assert written(loaded(real_models), paths, TranscribeOptions(model=model)) == {}


def test_ten_minutes_of_a_quiet_room_are_empty(real_models: Path, tmp_path: Path) -> None:
    path = write(tmp_path, "room", KINDS["quiet_room"](600.0, 3))
    transcript = loaded(real_models).transcribe(path, TranscribeOptions(model="whisper-base"))
    assert (transcript.text, transcript.coverage.speech) == ("", 0.0)
    assert transcript.duration == pytest.approx(600.0)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_written_in_a_given_language(real_models: Path, tmp_path: Path, language: str) -> None:
    paths = [write(tmp_path, kind, make(20.0, 4)) for kind, make in KINDS.items()]
    assert written(loaded(real_models), paths, TranscribeOptions(model="whisper-base", language=language)) == {}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(5, 9))
def test_no_word_is_written_for_what_is_like_a_voice(real_models: Path, tmp_path: Path, seed: int) -> None:
    paths = [write(tmp_path, kind, KINDS[kind](60.0, seed)) for kind in VOICELIKE]
    for model in ("whisper-base", "whisper-tiny.en"):
        assert written(loaded(real_models), paths, TranscribeOptions(model=model)) == {}


def between_two_sentences(real_models: Path, folder: Path, kinds: Iterable[str], seconds: float, model: str) -> None:
    """Speech, so many seconds of each kind, speech: nothing invented in between, nothing lost."""
    audio = soundfile.read(CONVERSATION, dtype="float32")[0]
    first, last = (audio[round(start * RATE) : round(end * RATE)] for start, end in (FIRST_WORDS, LAST_WORDS))
    paths = [write(folder, kind, first, KINDS[kind](seconds, 10), last) for kind in kinds]
    results = loaded(real_models).transcribe_all(paths, TranscribeOptions(model=model))
    expected = f"{FIRST_TEXT} {LAST_TEXT}".replace("11", "eleven").split()
    for path, transcript in zip(paths, results, strict=True):
        assert isinstance(transcript, Transcript), transcript
        words = [word for segment in transcript.segments for word in segment.words]
        found = [normal(word.text).replace("11", "eleven") for word in words]
        assert found == expected, path.stem
        # The last word of the one sentence, and the first of the other.
        assert words[21].span[1] < 8.5 and words[22].span[0] > 8.0 + seconds, path.stem


@pytest.mark.parametrize("kind", ["quiet_room", "rain", "music", "mobile_tune", "church_bell"])
def test_speech_around_it_is_kept_and_nothing_added(real_models: Path, tmp_path: Path, kind: str) -> None:
    between_two_sentences(real_models, tmp_path, [kind], 20.0, "whisper-tiny.en")


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("model", ["whisper-base", "whisper-tiny.en"])
def test_speech_around_a_minute_of_anything_is_kept(real_models: Path, tmp_path: Path, model: str) -> None:
    between_two_sentences(real_models, tmp_path, KINDS, 60.0, model)
