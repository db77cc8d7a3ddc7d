"""Products in 8 bits against float32: near enough, row by row, whatever else is multiplied with them."""

import pytest
import torch
from torch.nn import Embedding, Linear
from torch.nn.functional import linear

from transcriber.engines.int8 import Int8Weight, join, quantize


@pytest.fixture
def random() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def error(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """Relative to what is wanted."""
    return float((found - wanted).norm() / wanted.norm())


@pytest.mark.parametrize("shape", [(1, 384), (5, 384), (2, 7, 384), (1500, 384)])
def test_a_product_is_near_that_in_float32(random: torch.Generator, shape: tuple[int, ...]) -> None:
    weight, bias = torch.randn(512, 384, generator=random) / 20, torch.randn(512, generator=random)
    x = torch.randn(shape, generator=random)
    found = Int8Weight(weight).product(x, bias)
    assert (found.shape, found.dtype) == ((*shape[:-1], 512), torch.float32)
    assert error(found, linear(x, weight, bias)) < 0.015


def test_a_large_row_leaves_the_others_as_exact_as_they_were(random: torch.Generator) -> None:
    weight = torch.randn(256, 384, generator=random)
    x = torch.randn(8, 384, generator=random)
    x[3] *= 1000
    found, wanted = Int8Weight(weight).product(x), linear(x, weight)
    assert max(error(found[row], wanted[row]) for row in range(8)) < 0.02


def test_a_large_row_of_the_weight_likewise(random: torch.Generator) -> None:
    weight, x = torch.randn(256, 384, generator=random), torch.randn(8, 384, generator=random)
    weight[10] *= 1000
    found, wanted = Int8Weight(weight).product(x), linear(x, weight)
    assert max(error(found[:, column], wanted[:, column]) for column in (9, 10, 11)) < 0.02


def test_nothing_times_anything_is_the_bias(random: torch.Generator) -> None:
    bias = torch.randn(16, generator=random)
    assert torch.equal(Int8Weight(torch.zeros(16, 32)).product(torch.randn(3, 32), bias), bias.expand(3, -1))
    found = Int8Weight(torch.randn(16, 32)).product(torch.zeros(3, 32), bias)
    assert torch.allclose(found, bias.expand(3, -1))


def test_layers_have_no_other_weight_than_that(random: torch.Generator) -> None:
    layer, embedding = Linear(64, 32), Embedding(100, 64)
    x = torch.randn(5, 64, generator=random)
    wanted, rows = layer(x), embedding(torch.tensor([3, 4]))
    quantize([layer, embedding])
    with torch.inference_mode():
        assert error(layer(x), wanted) < 0.02
        assert layer.weight.numel() == 0
        assert torch.equal(embedding(torch.tensor([3, 4])), rows)


def test_layers_of_the_same_input_are_one_product(random: torch.Generator) -> None:
    layers = [Linear(64, 32), Linear(64, 16, bias=False), Linear(64, 8)]
    x = torch.randn(5, 64, generator=random)
    wanted = torch.cat([layer(x) for layer in layers], -1)
    with torch.inference_mode():
        assert error(join(layers)(x), wanted) < 0.02
    assert [layer.weight.numel() for layer in layers] == [0, 0, 0]
