"""Products in the quick order are products."""

import pytest
import torch
from torch.nn import Linear, Sequential
from torch.nn.functional import linear

from transcriber.engines import products


@pytest.mark.parametrize("shape", [(1, 8), (1, 1, 8), (3, 1, 8), (2, 2, 8), (5, 1, 8), (2, 7, 8)])
@pytest.mark.parametrize("has_bias", [True, False])
def test_a_product_is_the_same_whatever_its_order(shape: tuple[int, ...], has_bias: bool) -> None:
    x, weight, bias = torch.randn(shape), torch.randn(6, 8), torch.randn(6) if has_bias else None
    made = products.product(x, weight, bias)
    assert made.shape == (*shape[:-1], 6) and made.is_contiguous()
    torch.testing.assert_close(made, linear(x, weight, bias))


def test_layers_in_low_precision_take_and_give_float32() -> None:
    layers = Sequential(Linear(8, 6), Linear(6, 4))
    x = torch.randn(3, 8)
    expected = layers(x)
    products.optimize(layers)
    torch.testing.assert_close(layers(x), expected)
    layers[0].bfloat16()
    found = layers(x)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, atol=0.05, rtol=0.05)


@pytest.mark.parametrize("count", [1, 4, 20, 300])
@pytest.mark.parametrize("has_bias", [True, False])
def test_a_weight_that_is_laid_out_gives_the_plain_product(count: int, has_bias: bool) -> None:
    x, weight = torch.randn(2, count, 64), torch.randn(96, 64).bfloat16()
    bias = torch.randn(96).bfloat16() if has_bias else None
    kept = products.Weight(weight)
    assert (kept.plain is None) is products.can_lay_out()
    expected = linear(x.bfloat16(), weight, bias)
    torch.testing.assert_close(kept.product(x.bfloat16(), bias), expected)
    assert kept.product(x, bias).dtype == torch.float32
    torch.testing.assert_close(kept.product(x, bias), expected.float())


def test_a_layer_keeps_its_weight_once() -> None:
    layer = Linear(64, 96).bfloat16()
    products.optimize(layer)
    layer(torch.randn(3, 64))
    assert (layer.weight.numel() == 0) is products.can_lay_out()


def test_where_nothing_can_be_laid_out_products_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "can_lay_out", lambda: False)
    x, weight = torch.randn(5, 64).bfloat16(), torch.randn(96, 64).bfloat16()
    torch.testing.assert_close(products.Weight(weight).product(x), linear(x, weight))
