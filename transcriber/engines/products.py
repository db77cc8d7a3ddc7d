"""Matrix products of few rows, as a decoder needs them step by step: the fastest way on a processor."""

from types import MethodType
from typing import Any

import torch
from torch.nn import Linear, Module, Parameter
from torch.nn.functional import linear

MAX_SWAPPED_ROWS = 4
"""Up to so many rows x, weight @ x.T is faster than x @ weight.T, in float32 on a processor."""


def optimize(decoder: Module) -> None:
    """Let a decoder's layers compute the same more quickly; those in low precision take and give float32."""
    for layer in decoder.modules():
        if isinstance(layer, Linear):
            layer.forward = MethodType(forward, layer)


def forward(layer: Any, x: torch.Tensor) -> torch.Tensor:
    """What a Linear, or a convolution of width 1, makes of x [..., in]: [..., out]."""
    weight = weight_of(layer)
    if weight.plain is None and layer.weight.numel():
        empty(layer)  # it is kept once
    return weight.product(x, layer.bias)


def empty(layer: Any) -> None:
    """Let go of the weight of a layer that computes with another."""
    layer.weight = Parameter(layer.weight.new_empty(0), requires_grad=False)


def weight_of(layer: Any) -> "Weight":
    """The weight of a Linear, an Embedding or a convolution of width 1, prepared when it is first used."""
    if not hasattr(layer, "prepared_weight"):
        layer.prepared_weight = Weight(layer.weight.detach().flatten(1))
    return layer.prepared_weight


class Weight:
    """A weight [out, in], prepared for many products.

    In bfloat16, oneDNN reorders a weight into its own layout at every product, which with few rows takes longer than
    the product itself: here it is reordered once.
    """

    def __init__(self, weight: torch.Tensor) -> None:
        is_laid_out = weight.dtype == torch.bfloat16 and weight.device.type == "cpu" and can_lay_out()
        self.laid_out = torch.ops.mkldnn._reorder_linear_weight(weight) if is_laid_out else None
        self.plain = None if is_laid_out else weight

    def product(self, x: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
        """Of x [..., in]: [..., out], of the type of x."""
        if self.plain is not None:
            return product(x, self.plain, bias)
        rows = x.flatten(0, -2).to(torch.bfloat16)
        result = torch.ops.mkldnn._linear_pointwise(rows, self.laid_out, bias, "none", [], "")
        return result.view(*x.shape[:-1], -1).to(x.dtype)


def can_lay_out() -> bool:
    """Whether oneDNN is there, and multiplies in bfloat16 on this processor."""
    return torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()


def product(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
    """x [..., in] and a weight [out, in] → [..., out], of the type of x."""
    if x.dtype != weight.dtype:
        return linear(x.to(weight.dtype), weight, bias).to(x.dtype)
    count = x.shape[:-1].numel()
    if count > MAX_SWAPPED_ROWS or x.dtype != torch.float32 or x.device.type != "cpu":
        return linear(x, weight, bias)
    rows = x.flatten(0, -2)
    if count == 1:
        rows = rows.repeat(2, 1)  # one alone takes longer than two
    result = (weight @ rows.T).T[:count].contiguous()
    return (result if bias is None else result + bias).reshape(*x.shape[:-1], -1)
