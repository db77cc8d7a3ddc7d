"""OpenAI's official client sends voices along, and the published networks know them in the sample."""

import io
import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openai
import pytest
import soundfile
from openai import OpenAI

from tests.support.page_program import Program
from tests.support.places import PROJECT, RATE
from tools.running import SERVE

SAMPLE = PROJECT / "examples" / "sample.flac"
WORDS = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["words"]


@pytest.fixture(scope="module")
def program(real_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with Program(tmp_path_factory.mktemp("real-voices") / "data", real_models, SERVE) as program:
        yield program


@pytest.fixture
def ask(program: Program):
    client = OpenAI(base_url=f"{program.address}v1", api_key="none", max_retries=0, timeout=200)

    def ask(**references: bytes) -> object:
        return client.audio.transcriptions.create(
            file=SAMPLE,
            model="whisper-tiny.en",
            response_format="diarized_json",
            known_speaker_names=list(references),
            known_speaker_references=[
                f"data:audio/wav;base64,{b64encode(one).decode()}" for one in references.values()
            ],
        )

    return ask


def wav(samples: np.ndarray) -> bytes:
    content = io.BytesIO()
    soundfile.write(content, samples, RATE, format="WAV")
    return content.getvalue()


def voice(speaker: str, seconds: float) -> bytes:
    """The last words of somebody in the sample, together so long."""
    samples, _ = soundfile.read(SAMPLE, dtype="float32")
    pieces: list[np.ndarray] = []
    for word in (word for word in reversed(WORDS) if word["speaker"] == speaker):
        if sum(map(len, pieces)) < seconds * RATE:
            pieces.insert(0, samples[int(word["start"] * RATE) : int(word["end"] * RATE)])
    return wav(np.concatenate(pieces))


def test_known_voices_have_their_names(ask) -> None:
    """And whom nobody knows is A."""
    answer = ask(Kofi=voice("Captain", 5.0))
    speakers = [segment.speaker for segment in answer.segments]
    assert set(speakers) == {"A", "Kofi"}
    for segment in answer.segments:
        middle = (segment.start + segment.end) / 2
        said = min(WORDS, key=lambda word: abs((word["start"] + word["end"]) / 2 - middle))["speaker"]
        assert segment.speaker == {"Reporter": "A", "Captain": "Kofi"}[said]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"nothing was said", "the voice of Anna cannot be heard"),
        (wav(np.zeros(5 * RATE)), "Anna is not heard clearly"),
        (wav(np.zeros(0)), "Anna"),
        (voice("Reporter", 0.3), "Anna is not heard clearly"),
    ],
)
def test_recordings_in_which_nobody_is_heard(ask, content: bytes, words: str) -> None:
    with pytest.raises(openai.BadRequestError, match=words) as refused:
        ask(Anna=content)
    assert (refused.value.code, refused.value.param) == ("unsupported_option", "known_speaker_references[]")
