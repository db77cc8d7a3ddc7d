"""Silero VAD: speech is heard, noise is not, and a part is heard as in the whole."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.places import RATE
from tests.support.programs import run_program
from transcriber.audio.recording import Recording
from transcriber.pipeline.vad import (
    FRAME_SAMPLES,
    FRAME_SECONDS,
    SILENCE_PROB,
    detect_speech,
    spans,
    speech_probs,
    warm_up_start,
)

NOISE = np.random.default_rng(0).normal(0, 0.02, 10 * RATE).astype(np.float32)
TONE = (0.3 * np.sin(2 * np.pi * 440 * np.arange(10 * RATE) / RATE)).astype(np.float32)


def test_every_word_of_the_sample_is_heard_where_it_is(sample_audio: np.ndarray, sample_words: list[dict]) -> None:
    found = spans(speech_probs(sample_audio))
    for word in sample_words:
        middle = (word["start"] + word["end"]) / 2
        assert any(start <= middle <= end for start, end in found), word
    spoken = sum(word["end"] - word["start"] for word in sample_words)
    assert sum(end - start for start, end in found) < 1.5 * spoken


@pytest.mark.parametrize("gain", [1e-3, 0.1, 3.0])
def test_quiet_and_loud_speech_is_heard_alike(sample_audio: np.ndarray, gain: float) -> None:
    assert speech_probs(gain * sample_audio) == pytest.approx(speech_probs(sample_audio), abs=0.05)


@pytest.mark.parametrize(
    "audio", [np.zeros(5 * RATE, np.float32), NOISE, NOISE * 1e-4, TONE], ids="zero noise hiss tone".split()
)
def test_nobody_speaks_in_silence_noise_or_a_tone(audio: np.ndarray) -> None:
    assert speech_probs(audio).max() < SILENCE_PROB


@pytest.mark.parametrize("samples", [0, 1, FRAME_SAMPLES - 1, FRAME_SAMPLES, FRAME_SAMPLES + 1])
def test_the_shortest_recordings(samples: int) -> None:
    assert len(speech_probs(NOISE[:samples] if samples else np.zeros(0, np.float32))) == -(-samples // FRAME_SAMPLES)


@pytest.mark.parametrize("block", [1_000, 44_100, 30 * RATE])
@pytest.mark.parametrize("first", [0, 700, 1_000, 2_000])
def test_from_the_middle_on_everything_is_as_in_the_whole(sample_audio: np.ndarray, first: int, block: int) -> None:
    audio = np.concatenate([np.tile(sample_audio, 4), NOISE])[: 85 * RATE + 123]
    whole = np.concatenate([one.speech_probs for one in detect_speech([audio])])
    warm = warm_up_start(first)
    rest = audio[warm * FRAME_SAMPLES :]
    parts = list(detect_speech((rest[at : at + block] for at in range(0, len(rest), block)), warm))
    assert np.array_equal(np.concatenate([part.samples for part in parts]), rest)
    again = np.concatenate([part.speech_probs for part in parts])
    assert len(again) == len(whole) - warm
    assert again[first - warm :] == pytest.approx(whole[first:], abs=1e-3)


def test_spans_of_probabilities() -> None:
    speech = np.array([0.1, 0.6, 0.9, 0.4, 0.36, 0.3, 0.4, 0.9, 0.1, 0.5, 0.5, 0.5])
    expected = [(1, 5), (9, 12)]  # one frame alone is a click; between 0.35 and 0.5 speech goes on
    assert spans(speech, 10.0) == [(10 + begin * FRAME_SECONDS, 10 + end * FRAME_SECONDS) for begin, end in expected]


def test_torch_keeps_its_threads() -> None:
    code = "import torch; torch.set_num_threads(3); import numpy as np; "
    code += "from transcriber.pipeline.vad import speech_probs; "
    result = run_program("-c", code + "speech_probs(np.ones(512, np.float32)); print(torch.get_num_threads())")
    assert result.stdout == "3\n", result.stderr


def test_noise_and_quiet_words_of_people(shared_data: Path) -> None:
    """The figures in vad.py: hardly a clip without speech is taken for some, and no spoken digit is missed."""

    def loudest(path: Path) -> float:
        with Recording(path) as recording:
            return float(speech_probs(np.concatenate(list(recording.blocks()))).max())

    silent = sorted((shared_data / "speech-commands" / "_silence_").iterdir())
    assert np.mean([loudest(path) < SILENCE_PROB for path in silent]) > 0.9
    digits = sorted((shared_data / "fsdd").glob("*_[0-4].wav"))
    assert min(map(loudest, digits)) > 0.2


SECONDS = np.arange(RATE * 21) / RATE
RUMBLES = {
    "a constant offset": np.full(len(SECONDS), 0.3),
    "a negative one": np.full(len(SECONDS), -0.5),
    "one that drifts": 0.4 * np.sin(2 * np.pi * SECONDS / 30),
    "one that comes and goes": 0.3 * np.clip(np.sin(SECONDS) * 4, 0, 1),
    "wind": 0.3 * np.sin(2 * np.pi * 11 * SECONDS) + 0.2 * np.sin(2 * np.pi * 4.3 * SECONDS),
    "an engine": 0.3 * np.sin(2 * np.pi * 31 * SECONDS),
    "the hum of mains": 0.3 * np.sin(2 * np.pi * 50 * SECONDS),
}


@pytest.mark.parametrize("rumble", RUMBLES.values(), ids=RUMBLES.keys())
@pytest.mark.parametrize("gain", [0.3, 0.03, 0.01])
def test_what_is_below_speech_is_not_taken_for_loudness(
    sample_audio: np.ndarray, sample_words: list[dict], rumble: np.ndarray, gain: float
) -> None:
    mixed = (gain * sample_audio + rumble[: len(sample_audio)]).astype(np.float32)
    (stretch,) = detect_speech([mixed])
    found = spans(stretch.speech_probs)
    for word in sample_words:
        middle = (word["start"] + word["end"]) / 2
        assert any(start - 0.1 <= middle <= end + 0.1 for start, end in found), (word, found)
    assert sum(end - start for start, end in found) < 0.95 * len(sample_audio) / RATE
    without = gain * sample_audio
    assert np.sqrt(np.mean((stretch.samples - without) ** 2)) < 0.5 * np.sqrt(np.mean(without**2))


def test_sound_without_rumble_is_given_as_it_is(sample_audio: np.ndarray) -> None:
    (stretch,) = detect_speech([sample_audio])
    assert np.array_equal(stretch.samples, sample_audio)


@pytest.mark.parametrize("level", [0.4, -1.0, 1.0])
def test_nobody_speaks_in_an_offset_alone(level: float) -> None:
    assert speech_probs(np.full(3 * RATE, level, np.float32)).max() < SILENCE_PROB
