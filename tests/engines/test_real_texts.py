"""With published weights on people's speech: the words of a window are the text that the model decoded."""

import re
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from whisper.tokenizer import get_tokenizer

from transcriber.audio.recording import Recording
from transcriber.engines.faster_whisper import engine as faster_whisper
from transcriber.engines.loading import load_engine
from transcriber.engines.whisper import engine as whisper
from transcriber.options import TranscribeOptions
from transcriber.transcript import Word

SPOKEN = {
    "fleurs-5lang/fleurs-en-000.ogg": ("en", "However"),
    "fleurs-5lang/fleurs-de-001.ogg": ("de", "T-Rex"),
    "fleurs-5lang/fleurs-fr-000.ogg": ("fr", "L'accident"),
}
"""Recordings, and a word that is heard in each."""


@pytest.fixture(scope="module", params=["whisper", "faster-whisper"])
def engine(request: pytest.FixtureRequest, real_models: Path) -> Any:
    if request.param == "faster-whisper":
        pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")
    return load_engine(TranscribeOptions("whisper-base", "cpu", request.param), real_models)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """The segments of which words are made, with their tokens."""
    segments: list[dict] = []
    words_of = whisper.words_of

    def kept(found: list[dict], spans: Any) -> list[Word]:
        segments.extend(found)
        return words_of(found, spans)

    for module in (faster_whisper, whisper):
        monkeypatch.setattr(module, "words_of", kept)
    return segments


def written(segments: list[dict], language: str) -> list[str]:
    """What the model decoded of each window, stripped."""
    tokenizer = get_tokenizer(True, num_languages=99, language=language, task="transcribe")
    windows = [list(window) for _, window in groupby(segments, lambda segment: segment["seek"])]
    tokens = [[token for one in window for token in one["tokens"] if token < tokenizer.eot] for window in windows]
    return list(filter(None, (re.sub("[ \t\n\v\f\r]+", " ", tokenizer.decode(ids)).strip() for ids in tokens)))


def samples_of(path: Path) -> np.ndarray:
    with Recording(path) as recording:
        return np.concatenate(list(recording.blocks()))


@pytest.mark.parametrize("name", SPOKEN)
def test_the_words_are_the_text_that_the_model_decoded(
    engine: Any, decoded: list[dict], shared_data: Path, name: str
) -> None:
    language, word = SPOKEN[name]
    (heard,) = engine.transcribe([samples_of(shared_data / name)], TranscribeOptions(language=language, beam_size=1))
    assert heard.text == " ".join(written(decoded, language))
    assert [word.text for word in heard.words] == heard.text.split(" ")
    assert word in [word.text.strip(",.") for word in heard.words]
    assert all(word.confidence is not None and word.span[0] <= word.span[1] for word in heard.words)
