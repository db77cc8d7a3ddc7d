"""The layers of CAM++ over a long sound in which several voices lie: see packed.py.

Channels lie innermost, [frames, channels]. Norms are part of the convolutions before them where nothing lies between.
Where a norm comes first, relu(s·x + b) = s·max(x, −b/s) + b (min where s < 0): what is left of it is one clamp, and s,
b are part of the product behind it.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from transcriber.engines.pyannet_campplus.campplus import GROWTH, HEAD_CHANNELS, DenseLayer, Head, Residual


@dataclass(frozen=True)
class Context:
    """What the masks of the dense layers are computed of: stretches of two seconds, and the whole voice around them."""

    average: Tensor
    """[stretches, frames]: the mean of a stretch, plus that of its voice."""
    stretch: Tensor
    """[frames]: in which stretch a frame lies; any one in a gap."""
    gaps: Tensor
    """The frames that lie in none."""


class PackedHead(nn.Module):
    """The long sound [frames, MEL_BINS] → [frames, 320], channels of each band behind each other."""

    def __init__(self, head: Head) -> None:
        super().__init__()
        self.first = _fused(head.conv1, head.bn1)
        self.residuals = nn.ModuleList(PackedResidual(layer) for layer in (*head.layer1, *head.layer2))
        self.last = _fused(head.conv2, head.bn2)

    def forward(self, sound: Tensor, gaps: Tensor) -> Tensor:
        x = _relu_but(gaps, self.first(sound[None, None].to(memory_format=torch.channels_last)))
        for residual in self.residuals:
            x = residual(x, gaps)
        return _relu_but(gaps, self.last(x)).permute(0, 2, 3, 1).reshape(len(sound), -1)


class PackedResidual(nn.Module):
    def __init__(self, residual: Residual) -> None:
        super().__init__()
        self.first, self.second = _fused(residual.conv1, residual.bn1), _fused(residual.conv2, residual.bn2)
        self.shortcut = _fused(*residual.shortcut) if len(residual.shortcut) else nn.Identity()

    def forward(self, x: Tensor, gaps: Tensor) -> Tensor:
        residual = self.second(_relu_but(gaps, self.first(x)))
        return _relu_but(gaps, residual.add_(self.shortcut(x)))


class Entry(nn.Module):
    """[frames, 320] → [frames / 2, BOTTLENECK]: a convolution over five frames, every second of them, and its norm.

    Two frames are one row, so that it is three products: rows before, here, and the first half of the row behind.
    """

    def __init__(self, tdnn: nn.Module) -> None:
        super().__init__()
        scale, shift = scale_and_shift(tdnn.nonlinear.batchnorm)
        weight = tdnn.linear.weight * scale[:, None, None]
        out, channels, taps = weight.shape
        by_band = weight.reshape(out, HEAD_CHANNELS, channels // HEAD_CHANNELS, taps).permute(3, 2, 1, 0)
        self.register_buffer("taps", by_band.reshape(taps * channels, out).float().contiguous())
        self.register_buffer("bias", shift.float())

    def forward(self, x: Tensor) -> Tensor:
        rows, width = x.reshape(len(x) // 2, -1), 2 * x.shape[1]
        before, here, behind = self.taps.split([width, width, width // 2])
        y = torch.addmm(self.bias, rows[1:-1], here).addmm_(rows[:-2], before).addmm_(rows[2:, : width // 2], behind)
        return F.pad(F.relu_(y), (0, 0, 1, 1))  # the first and the last row lie in gaps


class ClampedProduct(nn.Module):
    """A norm, what is below zero cut off, and a product over channels, with a norm behind it if there is one."""

    def __init__(self, norm: nn.BatchNorm1d, product: nn.Conv1d, behind: nn.BatchNorm1d | None = None) -> None:
        super().__init__()
        weight = product.weight[..., 0].double()
        bias = torch.zeros_like(weight[:, 0])
        if behind is not None:
            scale, bias = scale_and_shift(behind)
            weight = weight * scale[:, None]
        scale, shift = scale_and_shift(norm)
        edge = torch.where(scale == 0, 0, -shift / scale)
        infinity = torch.full_like(edge, torch.inf)
        self.register_buffer("lowest", torch.where(scale >= 0, edge, -infinity).float())
        self.register_buffer("highest", torch.where(scale <= 0, edge, infinity).float())
        self.register_buffer("weight", (weight * scale).T.float().contiguous())
        self.register_buffer("bias", (bias + weight @ torch.where(scale == 0, shift.relu(), shift)).float())

    def forward(self, x: Tensor) -> Tensor:
        return torch.addmm(self.bias, x.clamp(self.lowest, self.highest), self.weight)


class PackedDenseLayer(nn.Module):
    def __init__(self, layer: DenseLayer, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.narrow = ClampedProduct(layer.nonlinear1.batchnorm, layer.linear1, layer.nonlinear2.batchnorm)
        mask = layer.cam_layer
        self.register_buffer("taps", mask.linear_local.weight.permute(1, 2, 0).flatten(1).contiguous())
        for name in ("linear1", "linear2"):
            self.register_buffer(f"{name}_weight", getattr(mask, name).weight[..., 0].contiguous())
            self.register_buffer(f"{name}_bias", getattr(mask, name).bias)

    def forward(self, x: Tensor, context: Context, out: Tensor) -> None:
        """Write what the layer adds to `x` [frames, channels] into `out` [frames, GROWTH]."""
        narrow = F.relu_(self.narrow(x)).index_fill_(0, context.gaps, 0)
        before, local, behind = (narrow @ self.taps).split(GROWTH, 1)
        local[self.dilation :] += before[: -self.dilation]
        local[: -self.dilation] += behind[self.dilation :]
        around = F.relu_(F.linear(context.average @ narrow, self.linear1_weight, self.linear1_bias))
        mask = F.linear(around, self.linear2_weight, self.linear2_bias).sigmoid_()
        torch.mul(local, mask.index_select(0, context.stretch), out=out)


def _relu_but(gaps: Tensor, x: Tensor) -> Tensor:
    """What is below zero cut off, and all that lies in gaps; `x` [1, channels, frames, bands] is changed."""
    return F.relu_(x).index_fill_(2, gaps, 0)


def _fused(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    """A convolution over frequency and time as one over time and frequency, its norm in it."""
    size, stride = convolution.kernel_size, convolution.stride[::-1]
    swapped = nn.Conv2d(convolution.in_channels, convolution.out_channels, size, stride, convolution.padding)
    scale, shift = scale_and_shift(norm)
    swapped.weight.copy_((convolution.weight * scale[:, None, None, None]).transpose(2, 3))
    swapped.bias.copy_(shift)
    return swapped.to(memory_format=torch.channels_last)


def scale_and_shift(norm: nn.BatchNorm1d | nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """What a norm multiplies by and then adds, [channels] float64."""
    scale = (norm.running_var.double() + norm.eps).rsqrt()
    if norm.affine:
        scale = scale * norm.weight.double()
    shift = -norm.running_mean.double() * scale
    return scale, shift + norm.bias.double() if norm.affine else shift
