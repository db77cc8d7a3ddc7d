"""The layers of NeMo's Conformer encoders as a processor computes them fastest: the same values, up to rounding.

With the caches of a stream NeMo's own run. What it gains: benchmarks/README.md, “Parakeet on a processor with AMX”.
"""

import math
from collections.abc import Callable
from types import MethodType
from typing import Any

import torch
from nemo.collections.asr.parts.submodules.conformer_modules import ConformerConvolution
from nemo.collections.asr.parts.submodules.multi_head_attention import RelPositionMultiHeadAttention
from nemo.collections.asr.parts.submodules.subsampling import MaskedConvSequential
from torch.nn import BatchNorm1d, Conv2d, Module, ReLU
from torch.nn.functional import conv2d, glu, linear, pad, scaled_dot_product_attention, silu

from transcriber.engines import products
from transcriber.engines.giving_way import give_way

BLOCK_FRAMES = 64
"""What the first two convolutions make at once: between them lies 16 times as much as they are given."""
MASKED = -10000.0
"""As a score, as NeMo has it."""
MAX_KEPT_FRAMES = 512
"""Of the longest recording whose positions are kept from one to the next."""


def optimize(encoder: Module) -> None:
    """Let an encoder compute the same more quickly: once after it was restored, on the device where it stays.

    On a card only the convolutions of width 1 become products.
    """
    on_processor = next(encoder.parameters()).device.type == "cpu"
    for module in encoder.modules():
        if isinstance(module, ConformerConvolution):
            for convolution in (module.pointwise_conv1, module.pointwise_conv2):
                convolution.forward = MethodType(_between_channels_first, convolution)
        if on_processor and (forward := _quicker(module)):
            module.forward = MethodType(forward, module)
    if on_processor:
        products.optimize(encoder)


def _quicker(module: Any) -> Callable[..., Any] | None:
    """What to compute instead of the module's own; a subclass may be something else."""
    if type(module) is MaskedConvSequential and _is_usual(module):
        return _subsample
    if type(module) is RelPositionMultiHeadAttention:
        return _attend
    if type(module) is ConformerConvolution and type(module.batch_norm) is BatchNorm1d:
        return _convolve
    return None


def _is_usual(layers: Any) -> bool:
    """Whether these are a convolution from one channel to many, then pairs of one within and one between channels."""
    if [type(layer) for layer in layers] != [Conv2d, ReLU, *(Conv2d, Conv2d, ReLU) * (len(layers) // 3)]:
        return False
    strided = [layers[0], *layers[2::3]]
    shapes = {(layer.kernel_size, layer.stride, layer.padding) for layer in strided}
    return len(strided) > 1 and layers[0].in_channels == 1 and shapes == {((3, 3), (2, 2), (1, 1))}


def _subsample(layers: Any, features: torch.Tensor, lengths: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """[B, T, F] with their lengths [B] → [B, C, T / 2ⁿ, F / 2ⁿ] and what of it is not padding.

    Each recording by itself and without its padding, so that nothing is to be masked; channels last, in which every
    layer after the first is a product, or adds vectors.
    """
    rows = [_subsample_one(layers, row[:length]) if length else None for row, length in zip(features, lengths.tolist())]
    (frames, bands), lengths = features.shape[1:], lengths.long()
    for _ in range(0, len(layers), 3):  # the strided ones
        frames, bands, lengths = (frames + 1) // 2, (bands + 1) // 2, torch.div(lengths + 1, 2, rounding_mode="floor")
    result = features.new_zeros(len(rows), frames, bands, layers[0].out_channels)
    for place, row in zip(result, rows, strict=True):
        if row is not None:
            place[: len(row)] = row
    return result.permute(0, 3, 1, 2), lengths


def _subsample_one(layers: Any, features: torch.Tensor) -> torch.Tensor:
    """[T, F] → [T / 2ⁿ, F / 2ⁿ, C]."""
    first, _, second, *others = layers
    seen = _first_two(first, second, features)
    for layer in others:
        if isinstance(layer, ReLU):
            seen = seen.relu_()
        elif layer.kernel_size == (1, 1):
            seen = _between_channels(layer, seen)
        else:
            seen = _within_channels(layer, seen, layer.padding)
    return seen


def _first_two(first: Conv2d, second: Conv2d, features: torch.Tensor) -> torch.Tensor:
    """[T, F] → [T / 4, F / 4, C], in blocks that stay in the processor's cache."""
    frames, bands = ((size + 1) // 2 for size in features.shape)
    width = features.shape[1] + 2
    patches = pad(features, (1, 1, 1, 1)).as_strided((frames, bands, 3, 3), (2 * width, 2, width, 1))
    weight, wanted, made = first.weight.flatten(1), (frames + 1) // 2, []
    for at in range(0, wanted, BLOCK_FRAMES):
        begin, end = 2 * at - 1, 2 * min(at + BLOCK_FRAMES, wanted)  # of the first one's frames
        seen = linear(patches[max(begin, 0) : end].flatten(2), weight, first.bias).relu_()
        if begin < 0 or end > frames:
            seen = pad(seen, (0, 0, 0, 0, max(-begin, 0), max(end - frames, 0)))
        made.append(_within_channels(second, seen, (0, 1)))
    return torch.cat(made)


def _within_channels(layer: Conv2d, seen: torch.Tensor, padding: tuple[int, int]) -> torch.Tensor:
    """[T, F, C] → [T / 2, F / 2, C]."""
    result = conv2d(seen[None].permute(0, 3, 1, 2), layer.weight, layer.bias, layer.stride, padding, 1, layer.groups)
    return result[0].permute(1, 2, 0)


def _attend(layer: Any, **given: Any) -> Any:
    """Attention with relative positions (arXiv:1901.02860, 3.3), as NeMo gives it: `query`, also as `key` and `value`,
    [B, T, D]; `mask` [B, T, T], true where nobody looks, or None; `pos_emb` [1, 2T − 1, D]; and `cache`.

    The scores of a query's positions are [T, 2T − 1], of which row i counts from column T − 1 − i on: seen with rows
    that are a place shorter, these columns lie below each other, and nothing is moved.
    """
    give_way()
    if given["cache"] is not None:
        return RelPositionMultiHeadAttention.forward(layer, **given)
    x, mask, pos_emb = given["query"], given["mask"], given["pos_emb"]
    batch, frames, _ = x.shape
    products_of_x = (layer.linear_q(x), layer.linear_k(x), layer.linear_v(x))
    q, k, v = (made.view(batch, frames, layer.h, layer.d_k) for made in products_of_x)
    places = ((q + layer.pos_bias_v) * (1 / math.sqrt(layer.d_k))).permute(2, 0, 1, 3).reshape(layer.h, -1, layer.d_k)
    scores = places @ _positions(layer, pos_emb, frames)  # [H, B · T, 2T − 1]
    wide = 2 * frames - 1
    shifted = scores.as_strided(
        (batch, layer.h, frames, frames), (frames * wide, batch * frames * wide, wide - 1, 1), frames - 1
    )
    if is_masked := mask is not None and bool(mask.any()):
        shifted.masked_fill_(mask[:, None], MASKED)
    u = (q + layer.pos_bias_u).transpose(1, 2)
    heard = scaled_dot_product_attention(u, k.transpose(1, 2), v.transpose(1, 2), attn_mask=shifted)
    if is_masked:
        heard = heard.masked_fill(mask.all(-1)[:, None, :, None], 0.0)
    return layer.linear_out(heard.transpose(1, 2).reshape(batch, frames, -1))


def _positions(layer: Any, pos_emb: torch.Tensor, frames: int) -> torch.Tensor:
    """The projected positions from T − 1 down to −(T − 1), [H, d_k, 2T − 1]: part of what a longer recording left."""
    kept = getattr(layer, "kept_positions", None)
    if kept is None or kept.shape[1] < 2 * frames - 1:
        kept = layer.linear_pos(pos_emb[0].contiguous()).view(-1, layer.h, layer.d_k).transpose(0, 1).contiguous()
        if frames <= MAX_KEPT_FRAMES:
            layer.kept_positions = kept
    middle = kept.shape[1] // 2
    return kept[:, middle - frames + 1 : middle + frames].transpose(1, 2)


def _convolve(layer: Any, x: torch.Tensor, pad_mask: torch.Tensor | None = None, cache: Any = None) -> Any:
    """The convolution module on [B, T, D], the channels last throughout."""
    if cache is not None:
        return ConformerConvolution.forward(layer, x, pad_mask, cache)
    x = _between_channels(layer.pointwise_conv1, x)
    x = glu(x, -1) if layer.pointwise_activation == "glu_" else layer.pointwise_activation(x)
    if pad_mask is not None:
        x = x.masked_fill_(pad_mask[..., None], 0.0)
    depthwise = layer.depthwise_conv
    weight, bias = _normalized(layer)
    x = pad(x, (0, 0, depthwise._left_padding, depthwise._right_padding))[:, None].permute(0, 3, 1, 2)
    x = conv2d(x, weight, bias, groups=depthwise.groups).permute(0, 2, 3, 1)[:, 0]
    return _between_channels(layer.pointwise_conv2, silu(x))


def _normalized(layer: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight [C, 1, 1, K] and bias of a convolution within channels that normalizes too: what is learnt is constant."""
    if not hasattr(layer, "normalized"):
        weight, bias, norm = layer.depthwise_conv.weight, layer.depthwise_conv.bias, layer.batch_norm
        scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
        shift = (0 if bias is None else bias.double()) - norm.running_mean.double()
        folded = weight.double() * scale[:, None, None], norm.bias.double() + shift * scale
        layer.normalized = folded[0][:, :, None].to(weight.dtype), folded[1].to(weight.dtype)
    return layer.normalized


def _between_channels_first(convolution: Any, x: torch.Tensor) -> torch.Tensor:
    """A convolution of width 1, [B, C, T] → [B, D, T]."""
    return _between_channels(convolution, x.transpose(1, 2)).transpose(1, 2)


def _between_channels(convolution: Any, x: torch.Tensor) -> torch.Tensor:
    """The same as a product, [..., C] → [..., D]: torch's convolution takes half as long again."""
    return products.forward(convolution, x.contiguous())
