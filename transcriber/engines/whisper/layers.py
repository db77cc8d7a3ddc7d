"""Whisper's layers as a processor computes them fastest in bfloat16 and in 8 bits."""

from types import MethodType
from typing import Any

import torch
from torch.nn import Linear
from torch.nn.functional import scaled_dot_product_attention

from transcriber.engines import int8

ROWS_AT_ONCE = 500
"""Of a window's 1500 positions: what is made of them stays near the processor until it is used."""


def quantize(model: Any) -> None:
    """Let all products compute in 8 bits, and those of the same input as one."""
    for block in model.encoder.blocks:
        block.attn.joined = int8.join([block.attn.query, block.attn.key, block.attn.value])
        block.forward = MethodType(_by_rows, block)
    for block in model.decoder.blocks:
        for attention in (block.attn, block.cross_attn):
            attention.joined = int8.join([attention.key, attention.value])
    linear = [layer for layer in model.modules() if isinstance(layer, Linear) and layer.weight.numel()]
    int8.quantize([*linear, model.decoder.token_embedding])


def optimize(model: Any) -> Any:
    """The model, its encoder computing the same more quickly: once after it was restored.

    torch's fused attention multiplies bfloat16 on a processor no faster than float32, plain products twice as fast; one
    head's 1500 × 1500 scores stay in the processor's cache, those of all heads do not.
    """
    model.encoder.blocks[0].register_forward_pre_hook(_position_by_position)
    for block in model.encoder.blocks:
        if block.attn.query.weight.dtype == torch.bfloat16 and model.device.type == "cpu":
            block.attn.qkv_attention = MethodType(_head_by_head, block.attn)
    return model


def _position_by_position(_: Any, given: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
    """What comes from the convolutions lies channel by channel, and so would all that the blocks add to it: turned."""
    return (given[0].contiguous(),)


def _by_rows(block: Any, x: torch.Tensor, *_: Any) -> torch.Tensor:
    """As ResidualAttentionBlock.forward(), of the one window x [1, positions, width], which is changed."""
    rows = x[0].split(ROWS_AT_ONCE)
    joined = torch.cat([block.attn.joined(block.attn_ln(own)) for own in rows])
    query, key, value = joined.view(len(joined), 3, block.attn.n_head, -1).permute(1, 2, 0, 3)[:, None]
    attended = scaled_dot_product_attention(query, key, value)[0].transpose(0, 1).flatten(1)
    for own, heard in zip(rows, attended.split(ROWS_AT_ONCE), strict=True):
        own.add_(block.attn.out(heard))
        own.add_(block.mlp(block.mlp_ln(own)))
    return x


def _head_by_head(
    attention: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: None = None
) -> tuple[torch.Tensor, None]:
    """As MultiHeadAttention.qkv_attention(), of [1, positions, width]."""
    query, key, value = (x.unflatten(-1, (attention.n_head, -1)).permute(2, 0, 1, 3) for x in (query, key, value))
    query = query * query.shape[-1] ** -0.5
    heads = [(q.contiguous() @ k.mT).softmax(-1) @ v.contiguous() for q, k, v in zip(query, key, value, strict=True)]
    return torch.cat(heads, -1), None
