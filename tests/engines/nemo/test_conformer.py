"""The layers of the Conformer as they run on a processor beside NeMo's own, in their odd cases."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import torch
from nemo.collections.asr.modules.conformer_encoder import ConformerEncoder

from transcriber.engines.nemo import conformer

SECONDS = (3, 9, 5)
"""Positions that were kept of a shorter recording do not do for a longer one."""


@pytest.fixture(autouse=True)
def without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def encoders(**others: Any) -> tuple[ConformerEncoder, ConformerEncoder]:
    """NeMo's, of random weights, and the same one quickened."""
    torch.manual_seed(0)
    sizes = {"feat_in": 40, "n_layers": 2, "d_model": 32, "n_heads": 4, "subsampling_conv_channels": 16}
    kinds = {"subsampling": "dw_striding", "subsampling_factor": 8, "self_attention_model": "rel_pos"}
    plain = ConformerEncoder(**{**sizes, **kinds, "ff_expansion_factor": 2, "conv_kernel_size": 5, **others}).eval()
    for module in plain.modules():
        if isinstance(module, torch.nn.BatchNorm1d):  # as if it had learnt something
            for values in (module.running_mean, module.weight, module.bias):
                values.normal_()
            module.running_var.uniform_(0.5, 2)
        elif hasattr(module, "pos_bias_u"):
            module.pos_bias_u.normal_()
            module.pos_bias_v.normal_()
    quickened = deepcopy(plain)
    conformer.optimize(quickened)
    return plain, quickened


def compare(plain: Any, quickened: Any, lengths: list[int]) -> None:
    features = torch.randn(len(lengths), plain._feat_in, max(lengths))
    expected, counts = plain(audio_signal=features, length=torch.tensor(lengths))
    found, found_counts = quickened(audio_signal=features, length=torch.tensor(lengths))
    assert found_counts.tolist() == counts.tolist()
    for row, count in enumerate(counts):
        torch.testing.assert_close(found[row, :, :count], expected[row, :, :count], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"subsampling_factor": 4},
        {"subsampling": "striding", "subsampling_factor": 4},
        {"att_context_size": [6, 3]},
        {"att_context_size": [8, 3], "att_context_style": "chunked_limited"},
        {"conv_norm_type": "layer_norm"},
        {"conv_context_size": "causal", "causal_downsampling": True},
        {"untie_biases": False, "use_bias": False, "xscaling": False},
        {"self_attention_model": "abs_pos"},
    ],
    ids=str,
)
def test_the_same_comes_out(others: dict[str, Any]) -> None:
    plain, quickened = encoders(**others)
    for seconds in SECONDS:
        compare(plain, quickened, [100 * seconds, 100 * seconds - 37, 60])


def test_every_length_is_cut_as_nemo_cuts_it() -> None:
    """Whatever is left at the end of a block, or of the recording."""
    plain, quickened = encoders(n_layers=1)
    layers, quick = plain.pre_encode, quickened.pre_encode
    assert "forward" in vars(quick.conv)
    around = 4 * conformer.BLOCK_FRAMES
    for length in (*range(1, 40), *range(around - 9, around + 10), 3 * around + 5):
        features = torch.randn(2, length, 40)
        lengths = torch.tensor([length, max(0, length - 7)])
        (expected, counts), (found, found_counts) = layers(features, lengths), quick(features, lengths)
        assert found_counts.tolist() == counts.tolist()
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_a_stream_has_nemos_own() -> None:
    """Its caches hold what the layers before gave."""
    plain, quickened = encoders(
        att_context_size=[8, 3],
        att_context_style="chunked_limited",
        conv_context_size="causal",
        causal_downsampling=True,
    )
    answers = []
    features = torch.randn(1, 40, 105)
    for encoder in (plain, quickened):
        encoder.setup_streaming_params()
        state, steps = encoder.get_initial_cache_state(batch_size=1), []
        for at in (0, 32, 64):
            piece = features[:, :, at : at + 41]
            made, _, *state = encoder.cache_aware_stream_step(
                piece, torch.tensor([piece.shape[2]]), *state, keep_all_outputs=False, drop_extra_pre_encoded=2
            )
            steps.append(made)
        answers.append(torch.cat(steps, 2))
    torch.testing.assert_close(answers[1], answers[0], rtol=1e-4, atol=1e-4)


def test_in_bfloat16_it_is_as_near_as_nemos() -> None:
    plain, quickened = encoders()
    features, lengths = torch.randn(2, 40, 700), torch.tensor([700, 500])
    exact, counts = plain(audio_signal=features, length=lengths)
    errors = []
    for encoder in (plain, quickened):
        low = encoder.to(torch.bfloat16)
        made, _ = low(audio_signal=features.bfloat16(), length=lengths)
        errors.append(max(float((made[row, :, :n].float() - exact[row, :, :n]).norm()) for row, n in enumerate(counts)))
    assert errors[1] < 1.2 * errors[0]
