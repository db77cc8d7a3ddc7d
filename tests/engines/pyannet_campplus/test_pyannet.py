"""PyanNet: its filters, its frames, and the published weights in it."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from transcriber.engines.pyannet_campplus.checkpoint import SpeakerNetworks
from transcriber.engines.pyannet_campplus.pyannet import FILTER_STRIDE, FILTER_TAPS, SPEAKER_SETS, PyanNet
from transcriber.speakers.windows import FIELD_SAMPLES, FRAMES, HOP_SAMPLES, LOCALS, WINDOW_SAMPLES


@pytest.mark.parametrize("samples", [251, 252, 260, 261, 4000, 4001, 4009])
@torch.inference_mode()
def test_the_filters_are_a_convolution_with_a_stride(samples: int, published: SpeakerNetworks) -> None:
    first = published.segmentation.sincnet.conv1d[0]
    noise = torch.randn(2, 1, samples, generator=torch.Generator().manual_seed(samples))
    plain = F.conv1d(noise, first.filters()[:, None], stride=FILTER_STRIDE).abs()
    torch.testing.assert_close(first(noise), plain, rtol=0, atol=1e-4)


@torch.inference_mode()
def test_each_filter_lets_through_what_lies_between_its_edges(published: SpeakerNetworks) -> None:
    """Where the magnitude of cosine and sine is largest, it lies in the band; each is symmetric or antisymmetric."""
    bank = published.segmentation.sincnet.conv1d[0]
    filters = bank.filters()
    assert filters.shape == (80, FILTER_TAPS)
    cosines, sines = filters[:40], filters[40:]
    torch.testing.assert_close(cosines, cosines.flip(1))
    torch.testing.assert_close(sines, -sines.flip(1))
    low = 50 + bank.filterbank.low_hz_[:, 0].abs()
    high = low + 50 + bank.filterbank.band_hz_[:, 0].abs()
    response = torch.fft.rfft(cosines, 8192).abs()
    strongest = response.argmax(1) * 16_000 / 8192
    assert ((strongest > low - 40) & (strongest < high + 40)).all()


@pytest.mark.parametrize("samples", [FIELD_SAMPLES + HOP_SAMPLES, FIELD_SAMPLES + 2 * HOP_SAMPLES - 1, WINDOW_SAMPLES])
@torch.inference_mode()
def test_a_frame_for_each_hop_that_lies_wholly_in_the_sound(samples: int, published: SpeakerNetworks) -> None:
    scores = published.segmentation(torch.zeros(1, samples))
    assert scores.shape == (1, (samples - FIELD_SAMPLES) // HOP_SAMPLES + 1, len(SPEAKER_SETS))
    assert scores.shape[1] == FRAMES or samples < WINDOW_SAMPLES


@torch.inference_mode()
def test_windows_in_a_batch_are_as_by_themselves(published: SpeakerNetworks, readers: list[np.ndarray]) -> None:
    windows = torch.stack([torch.from_numpy(samples[:70_000]) for samples in readers])
    together = published.segmentation(windows)
    for window, scores in zip(windows, together):
        torch.testing.assert_close(published.segmentation(window[None])[0], scores, rtol=0, atol=1e-3)


def test_sets_are_of_at_most_two_local_speakers() -> None:
    assert len(set(SPEAKER_SETS)) == 7
    assert all(len(speakers) <= 2 and set(speakers) <= set(range(LOCALS)) for speakers in SPEAKER_SETS)


def test_there_are_as_many_weights_as_published(published: SpeakerNetworks) -> None:
    assert sum(value.numel() for value in PyanNet().state_dict().values()) == 1_473_515
    assert published.segmentation.state_dict().keys() == PyanNet().state_dict().keys()
