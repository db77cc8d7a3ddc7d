"""The sample: a conversation whose words, times and speakers are known, as published models hear it."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from whisper.normalizers import EnglishTextNormalizer

from tests.support.places import PROJECT, RATE
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber

SAMPLE = PROJECT / "examples" / "sample.flac"
TRUTH = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))
WORDS = TRUTH["words"]


def errors(reference: list[str], hypothesis: list[str]) -> int:
    """Words that are wrong, missing or too many, at the least."""
    row = np.arange(len(hypothesis) + 1)
    for number, word in enumerate(reference, 1):
        above, row = row, np.empty_like(row)
        row[0] = number
        for at, other in enumerate(hypothesis, 1):
            row[at] = min(above[at - 1] + (word != other), above[at] + 1, row[at - 1] + 1)
    return int(row[-1])


def test_what_is_known_of_it() -> None:
    audio, rate = soundfile.read(SAMPLE)
    assert rate == RATE and audio.ndim == 1 and 30 < len(audio) / RATE < 60
    assert SAMPLE.stat().st_size < 1e6
    assert " ".join(word["text"] for word in WORDS) == TRUTH["text"]
    assert {word["speaker"] for word in WORDS} == {"Reporter", "Captain"}
    assert all(word["end"] <= following["start"] for word, following in pairwise(WORDS))
    assert WORDS[0]["start"] > 0 and WORDS[-1]["end"] < len(audio) / RATE


def test_words_are_where_the_sound_is() -> None:
    """Each is far louder than the pauses between the lines."""
    audio, _ = soundfile.read(SAMPLE)

    def level(start: float, end: float) -> float:
        return float(np.sqrt(np.mean(audio[int(start * RATE) : int(end * RATE)] ** 2)))

    pauses = [(word["end"] + 0.25, other["start"]) for word, other in pairwise(WORDS)]
    loudest = max(level(start, end - 0.05) for start, end in pauses if end - start > 0.2)
    assert min(level(word["start"], word["end"]) for word in WORDS) > 3 * loudest


@pytest.mark.parametrize("model", ["whisper-base", "whisper-tiny.en"])
def test_published_models_hear_it(real_models: Path, model: str) -> None:
    transcript = Transcriber(real_models).transcribe(SAMPLE, TranscribeOptions(model=model))
    plain = EnglishTextNormalizer()
    assert transcript.language == "en"
    assert errors(plain(TRUTH["text"]).split(), plain(transcript.text).split()) <= 2
    texts = {word["text"].lower().strip(".,?"): word["start"] for word in WORDS}
    seldom = {text for text in texts if TRUTH["text"].lower().count(text) == 1}
    heard = [word for segment in transcript.segments for word in segment.words]
    late = [abs(word.span[0] - texts[text]) for word in heard if (text := word.text.lower().strip(".,? ")) in seldom]
    assert len(late) > 40 and np.median(late) < 0.2 and max(late) < 0.6


def test_what_no_attempt_finds_likely_is_told_to_be_doubtful(real_models: Path, tmp_path: Path) -> None:
    """Backwards it is the same voices, and no language."""
    audio, _ = soundfile.read(SAMPLE)
    soundfile.write(tmp_path / "backwards.wav", audio[16 * RATE :: -1], RATE)
    options = TranscribeOptions(model="whisper-tiny.en", device="cpu")
    backwards = Transcriber(real_models).transcribe(tmp_path / "backwards.wav", options)
    assert backwards.coverage and backwards.coverage.doubtful
    assert backwards.notes[-1].startswith("The model was not sure of what is said at 00:00:")
    assert all(
        any(start <= word.middle <= end for segment in backwards.segments for word in segment.words)
        for start, end in backwards.coverage.doubtful
    )
    forwards = Transcriber(real_models).transcribe(SAMPLE, options)
    assert forwards.coverage and not forwards.coverage.doubtful
