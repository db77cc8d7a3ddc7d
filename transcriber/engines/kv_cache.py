"""Attention to keys and values that are kept: [2, rows, heads, places, width of a head]."""

import torch
from torch.nn.functional import scaled_dot_product_attention

FEW = 16
"""Tokens that attend faster by plain products on a processor."""


def by_head(x: torch.Tensor, heads: int) -> torch.Tensor:
    """[rows, places, width] → [rows, heads, places, width of a head]."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def attend(
    query: torch.Tensor, known: torch.Tensor, mask: torch.Tensor | None = None, is_causal: bool = False
) -> torch.Tensor:
    """What `query` [rows, heads, tokens, width of a head] finds in known keys and values: [rows, tokens, width].

    `mask` [rows, 1, 1, places] is added to the scores.
    """
    key, value = known
    if query.shape[2] <= FEW and not is_causal and query.device.type == "cpu":  # the fused kernel is made for many
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
        found = (scores if mask is None else scores + mask).softmax(-1) @ value
    else:
        found = scaled_dot_product_attention(query, key, value, mask, is_causal=is_causal)
    return found.transpose(1, 2).flatten(2)
