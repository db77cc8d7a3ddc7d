"""Word times by our own steps, against openai-whisper's."""

from typing import Any

import numpy as np
import pytest
import torch
from whisper import timing as theirs
from whisper.audio import log_mel_spectrogram, pad_or_trim

from tests.support.places import DEMO_MODELS, RATE
from transcriber.engines.whisper import checkpoint, timing
from transcriber.engines.whisper.decoder import Decoder
from transcriber.engines.whisper.decoding import Whisper


@pytest.mark.parametrize(("width", "frames"), [(7, 300), (7, 4), (7, 3), (3, 300), (9, 50)])
def test_the_median_of_neighbours(width: int, frames: int) -> None:
    values = torch.randn(5, frames, generator=torch.Generator().manual_seed(1)).mul(3).round()
    assert torch.equal(timing.median(values, width), theirs.median_filter(values, width))


@pytest.mark.parametrize(("rows", "frames"), [(1, 50), (20, 100), (110, 1400), (5, 3), (30, 20)])
@pytest.mark.parametrize("has_ties", [False, True])
def test_the_way_through_the_scores(rows: int, frames: int, has_ties: bool) -> None:
    cost = np.random.default_rng(rows).normal(size=(rows, frames))
    cost = np.round(cost) if has_ties else cost
    row_of_step, frame_of_step = theirs.dtw_cpu(cost)
    is_first = np.diff(row_of_step, prepend=-1) > 0
    assert np.array_equal(timing.first_frames(cost), frame_of_step[is_first])


def test_words_probabilities_and_times_are_openai_whispers(sample_audio: np.ndarray) -> None:
    model: Any = checkpoint.restore(DEMO_MODELS / "whisper.pt", "cpu")
    tokenizer = Whisper(model).tokenizer("en", "transcribe")
    samples = sample_audio[: 20 * RATE]
    mel = log_mel_spectrogram(pad_or_trim(samples), model.dims.n_mels)
    tokens = tokenizer.encode(" one two three four five six seven")
    expected = theirs.find_alignment(model, tokenizer, tokens, mel, 2000)
    with torch.inference_mode():
        found = timing._find_alignment(timing._Window(Decoder(model, mel[None], 1), 0), tokenizer, tokens, None, 2000)
    assert [(one.word, one.tokens) for one in found] == [(one.word, one.tokens) for one in expected]
    for one, other in zip(found, expected, strict=True):
        assert (one.start, one.end) == (other.start, other.end)
        assert one.probability == pytest.approx(other.probability, abs=1e-4)
