"""Matrix products in 8 bits on a processor: a quarter of float32's memory, and several products in one instruction.

A weight is kept as whole numbers of -127 to 127 with a scale for each of its rows; what comes to it is brought to 8
bits when it comes, with a scale for each row of that. The products are summed in 32 bits, so nothing else is rounded
(Jacob et al. 2018, arXiv:1712.05877; per-row scales of both: Dettmers et al. 2022, arXiv:2208.07339, section 2). The
products are those of PyTorch's own quantised layers: FBGEMM's on x86, QNNPACK's elsewhere.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import torch
from torch.nn import Linear, Module

from transcriber.engines import products
from transcriber.models import devices

MOST = 127
TINY = 1e-12
"""Scale of a row of zeros."""


class Int8Weight:
    """A weight [out, in] in 8 bits, as products.Weight is one in another precision."""

    plain = None

    def __init__(self, weight: torch.Tensor) -> None:
        scales = weight.float().abs().amax(1).clamp_min(TINY) / MOST
        zeros = torch.zeros(len(weight), dtype=torch.long)
        quantized = torch.quantize_per_channel(weight.float(), scales.double(), zeros, 0, torch.qint8)
        self._packed = torch.ops.quantized.linear_prepack(quantized, None)
        # Without VNNI the instruction adds pairs of products in 16 bits, and these must not be too large for that.
        self._reduces = not devices.has_vnni()

    def product(self, x: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
        """Of x [..., in]: [..., out], of the type of x."""
        rows = x.flatten(0, -2).float()
        scales = torch.maximum(rows.amax(1, keepdim=True), -rows.amin(1, keepdim=True)).clamp_min_(TINY)
        result = torch.ops.quantized.linear_dynamic(rows / scales, self._packed, self._reduces).mul_(scales)
        if bias is not None:
            result += bias
        return result.view(*x.shape[:-1], -1).to(x.dtype)


def join(layers: Sequence[Linear]) -> Callable[[torch.Tensor], torch.Tensor]:
    """One product in 8 bits that gives side by side what the layers give, which have no weights of their own then."""
    weight = Int8Weight(torch.cat([layer.weight.detach() for layer in layers]))
    biases = [torch.zeros(layer.out_features) if layer.bias is None else layer.bias.detach() for layer in layers]
    for layer in layers:
        products.empty(layer)
    return partial(weight.product, bias=torch.cat(biases))


def quantize(layers: Iterable[Module]) -> None:
    """Let Linear layers, and an Embedding's product, compute in 8 bits; an Embedding keeps its own rows as they are."""
    for layer in layers:
        prepared: Any = layer
        prepared.prepared_weight = Int8Weight(prepared.weight.detach())
        if isinstance(layer, Linear):
            products.optimize(layer)
