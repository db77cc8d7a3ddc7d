"""The filter bank is Kaldi's, as torchaudio has it."""

import numpy as np
import pytest
import torch
from torchaudio.compliance import kaldi

from transcriber.engines.pyannet_campplus.filter_bank import MEL_BINS, filter_bank, frame_count


def reference(sound: torch.Tensor) -> torch.Tensor:
    return kaldi.fbank(sound[None], num_mel_bins=MEL_BINS, dither=0)


@pytest.mark.parametrize("samples", [400, 559, 560, 16_000, 80_123])
def test_noise_of_any_length(samples: int) -> None:
    noise = torch.randn(samples, generator=torch.Generator().manual_seed(samples)) * 0.1
    features = filter_bank(noise)
    assert features.shape == (frame_count(samples), MEL_BINS)
    torch.testing.assert_close(features, reference(noise), atol=1e-3, rtol=0)


def test_speech(sample_audio: np.ndarray) -> None:
    sound = torch.from_numpy(sample_audio)
    torch.testing.assert_close(filter_bank(sound), reference(sound), atol=2e-3, rtol=0)


@pytest.mark.parametrize("level", [0.0, 0.5])
def test_silence_has_the_floor_of_kaldi(level: float) -> None:
    """Without a mean there is nothing left of a constant level."""
    silence = torch.full((4000,), level)
    torch.testing.assert_close(filter_bank(silence), reference(silence))


@pytest.mark.parametrize(("samples", "frames"), [(0, 0), (399, 0), (400, 1), (159_999, 998), (160_000, 998)])
def test_frames_lie_within_the_sound(samples: int, frames: int) -> None:
    assert frame_count(samples) == frames
