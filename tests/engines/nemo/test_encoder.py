"""The optimized encoder beside NeMo's own, and beside transcribe()."""

from typing import Any

import numpy as np
import pytest
import torch

from tests.support.places import DEMO_MODELS, RATE
from transcriber.engines.nemo import checkpoint
from transcriber.engines.nemo.encoder import encode, optimize


@pytest.fixture(scope="module", params=["parakeet", "canary"])
def plain(request: pytest.FixtureRequest) -> Any:
    return checkpoint.restore(DEMO_MODELS / f"{request.param}.nemo", "cpu")


def test_the_quickened_encoder_gives_the_same(plain: Any, sample_audio: np.ndarray) -> None:
    audio = [sample_audio[: 7 * RATE], sample_audio[: 3 * RATE]]
    features, lengths = plain.preprocessor(
        input_signal=torch.nn.utils.rnn.pad_sequence([torch.from_numpy(one) for one in audio], batch_first=True),
        length=torch.tensor([len(one) for one in audio]),
    )
    expected, _ = plain.encoder(audio_signal=features, length=lengths)
    optimize(plain)
    found, frames = plain.encoder(audio_signal=features, length=lengths)
    for number, count in enumerate(frames):
        torch.testing.assert_close(found[number, :, :count], expected[number, :, :count], rtol=1e-4, atol=1e-4)


def test_it_is_asked_as_transcribe_asks_it(sample_audio: np.ndarray) -> None:
    """Dither and padding off, whatever was done with the model before."""
    model = checkpoint.restore(DEMO_MODELS / "parakeet.nemo", "cpu")
    seen = []
    model.encoder.register_forward_hook(lambda _, __, made: seen.append(made[0]))
    audio = [sample_audio[: 4 * RATE], sample_audio[4 * RATE : 6 * RATE]]
    model.transcribe(audio, batch_size=2, verbose=False)
    model.train()
    encoded, lengths = encode(model, audio)
    torch.testing.assert_close(encoded, seen[0])
    assert lengths.tolist() == [50, 25]
