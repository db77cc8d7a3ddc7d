"""Voices that are computed together, in products over all frames, are as the plain network has them one by one."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.speaker_networks import random_embedding
from transcriber.engines.pyannet_campplus.campplus import CamPlusPlus
from transcriber.engines.pyannet_campplus.packed import PackedCamPlusPlus


@pytest.fixture(scope="module")
def plain() -> CamPlusPlus:
    return random_embedding()


@pytest.fixture(scope="module")
def packed(plain: CamPlusPlus) -> PackedCamPlusPlus:
    return PackedCamPlusPlus(plain).eval()


def features(*lengths: int) -> list[torch.Tensor]:
    """Filter banks without their means."""
    noise = [torch.randn(length, 80, generator=torch.Generator().manual_seed(length)) * 3 for length in lengths]
    return [voice - voice.mean(0) for voice in noise]


@torch.inference_mode()
def assert_same(packed: PackedCamPlusPlus, plain: CamPlusPlus, voices: list[torch.Tensor]) -> None:
    expected = torch.cat([plain(voice[None]) for voice in voices])
    largest = float(expected.abs().max())
    assert largest > 0.1
    torch.testing.assert_close(packed(voices), expected, rtol=0, atol=1e-4 * largest)


@settings(deadline=None, max_examples=6)
@given(st.lists(st.integers(20, 420), min_size=1, max_size=4))
def test_voices_of_any_lengths(packed: PackedCamPlusPlus, plain: CamPlusPlus, lengths: list[int]) -> None:
    assert_same(packed, plain, features(*lengths))


@pytest.mark.parametrize("length", [199, 200, 201, 202, 399, 401])
def test_at_the_edges_of_the_stretches_that_have_a_mask_of_their_own(
    length: int, packed: PackedCamPlusPlus, plain: CamPlusPlus
) -> None:
    assert_same(packed, plain, features(length, 37, length))


def test_a_voice_is_the_same_beside_any_others(packed: PackedCamPlusPlus) -> None:
    alone, loud = features(150), [voice * 100 for voice in features(151, 99)]
    with torch.inference_mode():
        together = packed([loud[0], alone[0], loud[1]])[1]
        torch.testing.assert_close(together, packed(alone)[0], rtol=0, atol=1e-4 * float(together.abs().max()))
