"""The network of a transducer that goes from token to token, as a processor computes it fastest: one step at a time."""

from types import MethodType
from typing import Any

import torch
from torch.nn import LSTM, Module

from transcriber.engines import products

State = tuple[torch.Tensor, torch.Tensor]
"""What an LSTM remembers, [layers, B, H], and its cells, likewise."""


def optimize(network: Module) -> None:
    """Let an LSTM's single steps, and the products after it, compute the same more quickly: once after it was restored,
    on the device where it stays. On a card nothing changes.

    oneDNN's LSTM reorders its weights at each call, which takes longer than the step itself.
    """
    if next(network.parameters()).device.type != "cpu":
        return
    products.optimize(network)
    for module in network.modules():
        if type(module) is LSTM and _is_usual(module):
            module.forward = MethodType(_forward, module)


def _is_usual(lstm: LSTM) -> bool:
    return lstm.bias and not (lstm.bidirectional or lstm.proj_size or lstm.batch_first)


def _forward(lstm: Any, x: torch.Tensor, state: State | None = None) -> tuple[torch.Tensor, State]:
    """[T, B, in] → [T, B, H], and the state after it."""
    if x.dim() != 3 or len(x) != 1 or state is None:
        return LSTM.forward(lstm, x, state)
    seen, steps = x[0], []
    for layer, (hidden, before) in enumerate(zip(*state, strict=True)):
        weight, bias = _joined(lstm, layer)
        entry, forget, new, out = weight.product(torch.cat((seen, hidden), 1), bias).chunk(4, 1)
        cell = forget.sigmoid() * before + entry.sigmoid() * new.tanh()
        seen = out.sigmoid() * cell.tanh()
        steps.append((seen, cell))
    hidden, cells = (torch.stack(parts) for parts in zip(*steps, strict=True))
    return seen[None], (hidden, cells)


def _joined(lstm: Any, layer: int) -> tuple[products.Weight, torch.Tensor]:
    """Of a layer's input and of what it remembers, in one: weight [4 H, in + H] and bias [4 H]."""
    kept = lstm.__dict__.setdefault("joined_weights", {})
    if layer not in kept:
        of_input, of_hidden, *biases = lstm.all_weights[layer]
        weight = products.Weight(torch.cat((of_input, of_hidden), 1).detach())
        kept[layer] = weight, sum(bias.detach() for bias in biases)
    return kept[layer]
