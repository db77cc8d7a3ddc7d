"""Whisper in batches against openai-whisper's own transcribe(), one recording at a time."""

import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import av
import numpy as np
import pytest
import torch
from torch.nn.functional import pad
from whisper.audio import HOP_LENGTH, N_FRAMES, N_SAMPLES, log_mel_spectrogram
from whisper.timing import add_word_timestamps
from whisper.tokenizer import get_tokenizer

from tests.support.places import DEMO_MODELS, RATE
from transcriber.engines.whisper import checkpoint, decoding
from transcriber.engines.whisper.decoding import DecodedRecording, Whisper, divide, silence_of
from transcriber.engines.whisper.search import DecodingResult, Search, Task

KEPT = ("seek", "start", "end", "text", "tokens")
GREEDY = Search(beam_size=1)


@pytest.fixture(scope="module")
def model() -> Any:
    return checkpoint.restore(DEMO_MODELS / "whisper.pt", "cpu", "unknown")


@pytest.fixture(scope="module")
def recordings(sample_audio: np.ndarray) -> list[np.ndarray]:
    """Speech of several lengths, one that takes two windows, silence, silence before speech, and next to nothing."""
    silence = np.zeros(2 * RATE, np.float32)
    return [
        sample_audio[: 3 * RATE],
        np.tile(sample_audio, 2)[: 30 * RATE],
        silence,
        np.concatenate((silence, sample_audio[5 * RATE : 12 * RATE])),
        np.zeros(159, np.float32),
    ]


def theirs(
    model: Any, samples: np.ndarray, language: str | None, task: str = "transcribe", prompt: str = "", **asked: Any
) -> Any:
    """With silence instead of zeros behind the recording, as we have it."""
    silence = silence_of(log_mel_spectrogram(samples, model.dims.n_mels, N_SAMPLES))

    def filled(mel: torch.Tensor, length: int) -> torch.Tensor:
        return pad(mel[..., :length], (0, max(0, length - mel.shape[-1])), value=silence)

    with patch.object(sys.modules["whisper.transcribe"], "pad_or_trim", filled):
        return model.transcribe(
            samples,
            language=language,
            task=task,
            initial_prompt=prompt or None,
            carry_initial_prompt=bool(prompt),
            condition_on_previous_text=False,
            fp16=False,
            **asked,
        )


def same(model: Any, batch: list[np.ndarray], *asked: Any) -> list[DecodedRecording]:
    """What was heard, which is to the last token and time what openai-whisper hears in each recording by itself."""
    with patch.object(DecodedRecording, "earliest_end", 0):  # openai-whisper lets a text end before its sound
        found = Whisper(model).transcribe(batch, *asked, GREEDY)
    for heard, samples in zip(found, batch, strict=True):
        expected = theirs(model, samples, *asked)
        assert all(segment["temperature"] == 0 for segment in expected["segments"])
        segments = [{**one, "start": one["span"][0], "end": one["span"][1]} for one in heard.segments]
        assert only_kept(segments) == only_kept(expected["segments"])
        assert heard.language == expected["language"] or not len(samples) // HOP_LENGTH
    return found


def only_kept(segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: segment[name] for name in KEPT} for segment in segments]


def text(heard: DecodedRecording) -> str:
    return "".join(segment["text"] for segment in heard.segments).strip()


@pytest.mark.parametrize("language", ["en", None])
def test_a_batch_is_heard_as_each_recording_alone(
    model: Any, recordings: list[np.ndarray], language: str | None
) -> None:
    found = same(model, recordings, language, "transcribe", "")
    assert text(found[0]) == "one two three"
    assert len({segment["seek"] for segment in found[1].segments}) == 2
    assert [text(found[at]) for at in (2, 4)] == ["", ""]


@pytest.mark.parametrize("asked", [("en", "transcribe", "one."), ("en", "translate", ""), ("de", "transcribe", "")])
def test_a_prompt_a_translation_another_language(model: Any, sample_audio: np.ndarray, asked: Any) -> None:
    """The demo model has learned none of these: each makes it write something else, or in several windows."""
    batch = [sample_audio[: 4 * RATE], sample_audio[5 * RATE : 12 * RATE]]
    heard, _ = same(model, batch, *asked)
    with patch.object(DecodedRecording, "earliest_end", 0):
        (plain,) = Whisper(model).transcribe(batch[:1], "en", "transcribe", "", GREEDY)
    assert only_kept(heard.segments) != only_kept(plain.segments)


def test_a_window_is_heard_to_its_end_at_once(model: Any, sample_audio: np.ndarray) -> None:
    """Where openai-whisper leaves the last words to a second window."""
    samples = np.tile(sample_audio, 2)[2 * RATE : 30 * RATE]
    assert len({segment["seek"] for segment in same(model, [samples], "en", "transcribe", "")[0].segments}) == 2
    (heard,) = Whisper(model).transcribe([samples], "en", "transcribe", "", GREEDY)
    assert {segment["seek"] for segment in heard.segments} == {0}
    assert heard.segments[-1]["span"][1] == pytest.approx(28, abs=0.5)


@pytest.mark.parametrize(("spoken", "silent"), [(8.0, 0.0), (5.0, 3.0), (2.0, 20.0)])
def test_a_text_may_end_a_second_before_its_last_sound(spoken: float, silent: float) -> None:
    noise = np.random.default_rng(3).normal(size=(80, round(100 * (spoken + silent))))
    noise[:, round(100 * spoken) :] -= 20
    recording = DecodedRecording(np.zeros(0), torch.from_numpy(noise).float(), "en")
    assert recording.earliest_end == pytest.approx(50 * (spoken - 1), abs=15)


def test_a_window_advances_by_a_second_at_least(model: Any, sample_audio: np.ndarray) -> None:
    """A model that writes a word of 20 ms, and stops, and again: with 400 windows in 8 s it seems to hang."""
    begin = Whisper(model).tokenizer().timestamp_begin
    written = DecodingResult([begin, 1732, begin + 1, begin + 1], " five", -0.1, 0.0)
    windows = []

    def decode(task: Task) -> list[DecodingResult]:
        windows.append(len(task.prompts))
        return [written] * len(task.prompts)

    with patch.object(decoding, "decode", decode):
        (heard,) = Whisper(model).transcribe([sample_audio[: 8 * RATE]], "en", "transcribe", "", GREEDY)
    assert len(windows) == len({segment["seek"] for segment in heard.segments}) == 8


def test_voices_of_many_people(model: Any, shared_data: Path) -> None:
    """Strings of words, each by somebody else."""
    clips = [decoded(path) for path in sorted((shared_data / "speech-commands").glob("*/*.opus"))[::400]]
    same(model, [np.concatenate(clips[at::4]) for at in range(3)], "en", "transcribe", "")


def decoded(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", RATE)
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def test_only_what_fails_is_tried_again(model: Any, recordings: list[np.ndarray]) -> None:
    begun: list[int] = []
    hook = model.decoder.ln.register_forward_hook(lambda _, inputs, __: begun.append(inputs[0].shape[:2]))
    try:
        Whisper(model).transcribe([recordings[0], recordings[3]], "en", "transcribe", "go, no.", GREEDY)
    finally:
        hook.remove()
    prompts = [rows for rows, tokens in begun if tokens > 1]
    assert prompts[:2] == [2, 1]


def test_each_window_is_encoded_once(model: Any, recordings: list[np.ndarray]) -> None:
    """For its language, its text and its times."""
    encoded: list[int] = []
    hook = model.encoder.ln_post.register_forward_hook(lambda _, inputs, __: encoded.append(len(inputs[0])))
    try:
        found = Whisper(model).transcribe(recordings[:3], None, "transcribe", "")
    finally:
        hook.remove()
    assert sum(encoded) == len(found[0].segments[:1]) + 2 + 1
    assert all(segment["words"] for heard in found for segment in heard.segments if segment["text"])


def test_times_of_words(model: Any, recordings: list[np.ndarray]) -> None:
    """Those that whisper.timing finds for the same tokens, encoding the window itself."""
    batch = [recordings[3], recordings[1]]
    for heard, samples in zip(Whisper(model).transcribe(batch, "en", "transcribe", "", GREEDY), batch, strict=True):
        mel = Whisper(model)._mel(samples)
        for seek in dict.fromkeys(segment["seek"] for segment in heard.segments):
            found = [segment for segment in heard.segments if segment["seek"] == seek]
            expected = [{**one, "start": one["span"][0], "end": one["span"][1]} for one in found]
            add_word_timestamps(
                segments=expected,
                model=model,
                tokenizer=get_tokenizer(True, num_languages=99, language="en", task="transcribe"),
                mel=DecodedRecording(samples, mel, "en", seek).window(),
                num_frames=min(N_FRAMES, len(samples) // HOP_LENGTH - seek),
                last_speech_timestamp=found[0]["span"][0],
            )
            for one, other in zip(found, expected, strict=True):
                assert (one["start"], one["end"]) == (other["start"], other["end"])
                for word, same_word in zip(one["words"], other["words"], strict=True):
                    assert {**word, "probability": None} == {**same_word, "probability": None}
                    assert word["probability"] == pytest.approx(same_word["probability"], rel=1e-3)


@pytest.mark.parametrize("seconds", [0.5, 3.0, 29.9])
def test_behind_a_recording_is_silence(model: Any, sample_audio: np.ndarray, seconds: float) -> None:
    samples = np.tile(sample_audio, 2)[: int(seconds * RATE)]
    expected = log_mel_spectrogram(samples, model.dims.n_mels, N_SAMPLES)[:, :N_FRAMES]
    found = DecodedRecording(samples, Whisper(model)._mel(samples), "en").window()
    # The frames that touch both sound and silence are cut off.
    inside = slice(0, int(seconds * 100) - 2), slice(int(seconds * 100) + 3, N_FRAMES)
    for part in inside:
        torch.testing.assert_close(found[:, part], expected[:, part], rtol=0, atol=1e-5)


@pytest.mark.parametrize("samples", [160, 399, 16_000, 47_999, N_SAMPLES])
def test_features_without_the_silence_behind_them(model: Any, sample_audio: np.ndarray, samples: int) -> None:
    """The loudest is at the very end, where a frame of silence touches it."""
    audio = np.tile(sample_audio, 2)[:samples].copy()
    audio[-1] = 1.0
    expected = log_mel_spectrogram(audio, model.dims.n_mels, N_SAMPLES)[:, : samples // HOP_LENGTH]
    torch.testing.assert_close(Whisper(model)._mel(audio), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("tokens", "parts", "used"),
    [
        ([100, 1, 2], [(0.0, 5.0, [100, 1, 2])], 500),
        ([100, 1, 150], [(0.0, 1.0, [100, 1, 150])], 500),
        ([110, 1, 150, 150, 2, 160], [(0.2, 1.0, [110, 1, 150]), (1.0, 1.2, [150, 2, 160])], 500),
        ([110, 1, 150, 150, 2], [(0.2, 1.0, [110, 1, 150])], 100),
        ([110, 1, 150, 155, 2, 160, 160], [(0.2, 1.0, [110, 1, 150]), (1.1, 1.2, [155, 2, 160])], 120),
    ],
    ids=["no end", "one end", "rest is silence", "cut off", "ends with a pair"],
)
def test_where_a_window_is_divided(tokens: list[int], parts: list[Any], used: int) -> None:
    found, frames = divide(tokens, 100, 500)
    assert [tokens for *_, tokens in found] == [tokens for *_, tokens in parts]
    assert [time for one in found for time in one[:2]] == pytest.approx([time for one in parts for time in one[:2]])
    assert frames == used


def test_in_the_last_window_nothing_is_cut_off() -> None:
    begin, step = 100, 0.02
    parts, used = divide([110, 1, 150, 150, 2, 3], begin, 500, is_last=True)
    assert [part[2] for part in parts] == [[110, 1, 150], [150, 2, 3]]
    assert (parts[-1][:2], used) == ((pytest.approx(50 * step), pytest.approx(5.0)), 500)
    parts, used = divide([110, 1, 150, 150], begin, 500, is_last=True)
    assert ([part[2] for part in parts], used) == ([[110, 1, 150]], 100)
