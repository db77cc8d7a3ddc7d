"""What holds for every transcript, whatever the recording, the model, and the batches it was made in."""

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from kaldialign import edit_distance

from tests.support.places import RATE
from tools.known_speech import Speakers
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber
from transcriber.transcript import Transcript

MODELS = ("parakeet", "canary", "whisper")


@pytest.fixture(scope="module")
def strings(sample_audio: np.ndarray, sample_words: list[dict]) -> list[np.ndarray]:
    """Ten strings of one to five of the sample's words."""
    chance, made = random.Random(0), []
    for _ in range(10):
        words = chance.choices(sample_words, k=chance.randint(1, 5))
        clips = [sample_audio[int(word["start"] * RATE) : int(word["end"] * RATE)] for word in words]
        pause = np.zeros(RATE // 4, np.float32)
        made.append(np.concatenate([part for clip in clips for part in (pause, clip)] + [pause]))
    return made


@pytest.fixture(scope="module")
def talk(strings: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute and a half of them, with pauses of all lengths, one of eight seconds."""
    chance = np.random.default_rng(1)
    parts = []
    for number in range(24):
        seconds = 8.0 if number == 10 else chance.uniform(0.1, 1.5)
        parts += [strings[number % len(strings)], chance.normal(0, 3e-4, int(seconds * RATE)).astype(np.float32)]
    path = tmp_path_factory.mktemp("talk") / "talk.wav"
    soundfile.write(path, np.concatenate(parts), RATE)
    return path


@pytest.fixture(scope="module")
def transcripts(transcriber: Transcriber, talk: Path) -> dict[str, Transcript]:
    return {model: transcriber.transcribe(talk, TranscribeOptions(model, "cpu")) for model in MODELS}


@pytest.mark.parametrize("model", MODELS)
def test_the_text_is_the_words_joined(transcripts: dict[str, Transcript], model: str) -> None:
    words = [word for segment in transcripts[model].segments for word in segment.words]
    assert len(words) > 40
    assert transcripts[model].text == " ".join(word.text for word in words)


@pytest.mark.parametrize("model", MODELS)
def test_times_never_go_back_nor_beyond_the_end(transcripts: dict[str, Transcript], model: str) -> None:
    transcript = transcripts[model]
    assert all(one.start <= other.start for one, other in pairwise(transcript.segments))
    assert all(0 <= segment.start <= segment.end <= transcript.duration for segment in transcript.segments)
    words = [word for segment in transcript.segments for word in segment.words if word.start is not None]
    assert all(one.span[0] <= other.span[0] for one, other in pairwise(words))
    assert all(word.span[0] <= word.span[1] <= transcript.duration for word in words)


def heard_in(
    transcriber: Transcriber, options: TranscribeOptions, audio: list[np.ndarray], order: list[int], size: int
) -> list[list[str]]:
    """The words of each recording, which are heard in an order and in batches of a size."""
    engine = transcriber.load(options).engine
    found: dict[int, list[str]] = {}
    for at in range(0, len(order), size):
        batch = order[at : at + size]
        for number, hypothesis in zip(batch, engine.transcribe([audio[n] for n in batch], options), strict=True):
            found[number] = [word.text for word in hypothesis.words]
    return [found[number] for number in range(len(audio))]


def shuffled(count: int) -> list[int]:
    return random.Random(2).sample(range(count), k=count)


@pytest.mark.parametrize("model", MODELS)
def test_the_words_are_the_same_whatever_the_batch_and_its_order(
    transcriber: Transcriber, strings: list[np.ndarray], model: str
) -> None:
    options = TranscribeOptions(model, "cpu", compute_type="float32")
    alone = heard_in(transcriber, options, strings, list(range(len(strings))), 1)
    assert heard_in(transcriber, options, strings, list(range(len(strings))), 10) == alone
    assert heard_in(transcriber, options, strings, shuffled(len(strings)), 3) == alone


@pytest.mark.parametrize("model", MODELS)
def test_in_bfloat16_a_thousandth_of_the_words_may_differ(
    transcriber: Transcriber, strings: list[np.ndarray], model: str
) -> None:
    """Error rates of whatever batch and order, and of float32, lie within 0.1 % of each other; here: not one word."""
    exact = TranscribeOptions(model, "cpu", compute_type="float32")
    coarse = TranscribeOptions(model, "cpu", compute_type="bfloat16")
    wanted = heard_in(transcriber, exact, strings, list(range(len(strings))), 10)
    allowed = sum(map(len, wanted)) // 1000
    for order, size in ((list(range(len(strings))), 10), (shuffled(len(strings)), 3)):
        found = heard_in(transcriber, coarse, strings, order, size)
        differing = sum(edit_distance(one, other)["total"] for one, other in zip(wanted, found, strict=True))
        assert differing <= allowed


@pytest.mark.slow
def test_in_bfloat16_the_error_rate_stays_whatever_the_batch(transcriber: Transcriber, shared_data: Path) -> None:
    """On a thousand words of people: at most 0.1 % apart."""
    speakers = Speakers(shared_data, seed=1)
    spoken = [speakers.string() for _ in range(110)]
    total = sum(len(one.words) for one in spoken)
    assert total >= 1000
    errors = []
    for compute_type, size in (("float32", 8), ("bfloat16", 8), ("bfloat16", 1)):
        options = TranscribeOptions("parakeet", "cpu", compute_type=compute_type)
        found = heard_in(transcriber, options, [one.audio for one in spoken], shuffled(len(spoken)), size)
        errors.append(
            sum(
                edit_distance([word.text for word in one.words], words)["total"]
                for one, words in zip(spoken, found, strict=True)
            )
        )
    assert max(errors) - min(errors) <= total / 1000


def test_files_that_fit_give_the_librarys_own_words_and_times(
    transcriber: Transcriber, strings: list[np.ndarray], tmp_path: Path
) -> None:
    """NeMo's transcribe() in single precision: the same words, times within a frame of 80 ms."""
    options = TranscribeOptions("parakeet", "cpu", compute_type="float32")
    model = transcriber.load(options).engine.model
    paths = [str(tmp_path / f"{number}.wav") for number in range(len(strings))]
    for path, audio in zip(paths, strings, strict=True):
        soundfile.write(path, audio, RATE)
    hypotheses = model.transcribe(paths, batch_size=1, timestamps=True, verbose=False)
    for path, hypothesis in zip(paths, hypotheses, strict=True):
        words = [word for segment in transcriber.transcribe(path, options).segments for word in segment.words]
        own = hypothesis.timestamp["word"]
        assert [word.text for word in words] == [word["word"] for word in own]
        assert [word.start for word in words] == pytest.approx([word["start"] for word in own], abs=0.08)
        assert [word.end for word in words] == pytest.approx([word["end"] for word in own], abs=0.08)
