"""A vocabulary decides where a model is in doubt, and nowhere else."""

import numpy as np
import pytest

from tests.support.doubtful import mixed
from tests.support.places import SAMPLE
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber

CLOSE = {"parakeet": 0.2, "canary": 0.758}
"""How much of “no” is mixed into “go” where the demo model is in doubt."""


@pytest.mark.parametrize("model", CLOSE)
def test_an_ambiguous_word(
    transcriber: Transcriber, sample_audio: np.ndarray, sample_words: list[dict], model: str
) -> None:
    """The term decides; without it, before and after, the word is what it is."""
    engine = transcriber.load(TranscribeOptions(model, "cpu", compute_type="float32"))
    audio = mixed(sample_audio, sample_words, CLOSE[model])

    def heard(*terms: str) -> list[str]:
        (hypothesis,) = engine.transcribe([audio], TranscribeOptions(vocabulary=terms))
        return [word.text for word in hypothesis.words]

    asked = [(), ("no",), ("go",), ("seven", "no"), ()]
    assert [heard(*terms) for terms in asked] == [["go"], ["no"], ["go"], ["no"], ["go"]]


@pytest.mark.parametrize("model", CLOSE)
def test_what_is_clear_stays(
    transcriber: Transcriber, sample_audio: np.ndarray, sample_words: list[dict], model: str
) -> None:
    """Words, times and confidence are those without a vocabulary, whatever it has."""
    engine = transcriber.load(TranscribeOptions(model, "cpu", compute_type="float32"))
    (plain,) = engine.transcribe([sample_audio])
    (boosted,) = engine.transcribe([sample_audio], TranscribeOptions(vocabulary=("no", "seven", "stop")))
    assert [word.text for word in boosted.words] == [word["text"] for word in sample_words]
    assert [(word.start, word.end) for word in boosted.words] == [(word.start, word.end) for word in plain.words]
    sure = [word.confidence for word in plain.words]
    assert [word.confidence for word in boosted.words] == pytest.approx(sure, abs=1e-5)
    assert engine.transcribe([sample_audio]) == [plain]


@pytest.mark.parametrize("model", CLOSE)
def test_terms_that_cannot_be_spelled_are_named(transcriber: Transcriber, sample_audio: np.ndarray, model: str) -> None:
    engine = transcriber.load(TranscribeOptions(model, "cpu", compute_type="float32"))
    asked = TranscribeOptions(vocabulary=("seven", "Łódź", "xylophone"))
    assert engine.notices(asked) == ["This model cannot spell these terms of the vocabulary: Łódź, xylophone."]
    assert engine.notices(TranscribeOptions(vocabulary=("on off",))) == []
    unknown = TranscribeOptions(vocabulary=("Łódź",))
    assert engine.transcribe([sample_audio], unknown) == engine.transcribe([sample_audio])


def test_a_transcript_says_what_was_not_honoured(transcriber: Transcriber) -> None:
    asked = TranscribeOptions("parakeet", "cpu", vocabulary=("seven", "Łódź"))
    transcript = transcriber.transcribe(SAMPLE, asked)
    assert "This model cannot spell these terms of the vocabulary: Łódź." in transcript.notes
    assert transcript.options["vocabulary"] == ["seven", "Łódź"]
    assert transcript.language == "en"
