"""CAM++ (3D-Speaker, Apache-2.0): the filter bank of a voice → 192 numbers, near to those of the same voice elsewhere.

A small residual network over frequency and time, then densely connected layers over time, each weighted by what the
whole sound and the two seconds around are like, then mean and deviation over time. For inference only; parameters are
named as in the published checkpoint (https://github.com/modelscope/3D-Speaker; H. Wang et al., “CAM++: A Fast and
Efficient Network for Speaker Verification Using Context-Aware Masking”, Interspeech 2023).
"""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from transcriber.engines.pyannet_campplus.filter_bank import MEL_BINS
from transcriber.speakers.protocol import VECTOR_SIZE

HEAD_CHANNELS, GROWTH, BOTTLENECK = 32, 32, 128
CONTEXT_FRAMES = 100
"""Frames of the dense layers (20 ms each) that have a mask of their own."""
BLOCKS = ((12, 1), (24, 2), (16, 2))
"""Layers of each block, and their dilation."""


class Norm(nn.Module):
    """Batch normalisation, and what is below zero cut off."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.batchnorm = nn.BatchNorm1d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.batchnorm(x))


class Residual(nn.Module):
    """Two convolutions over frequency and time beside a short cut; `stride` frequencies become one."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        channels = HEAD_CHANNELS
        self.conv1 = nn.Conv2d(channels, channels, 3, (stride, 1), 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut.append(nn.Conv2d(channels, channels, 1, (stride, 1), bias=False))
            self.shortcut.append(nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        residual = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(residual + self.shortcut(x))


class Head(nn.Module):
    """[batch, MEL_BINS, frames] → [batch, 320, frames]: 32 channels of ten bands."""

    def __init__(self) -> None:
        super().__init__()
        channels = HEAD_CHANNELS
        self.conv1, self.bn1 = nn.Conv2d(1, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(Residual(2), Residual(1))
        self.layer2 = nn.Sequential(Residual(2), Residual(1))
        self.conv2, self.bn2 = nn.Conv2d(channels, channels, 3, (2, 1), 1, bias=False), nn.BatchNorm2d(channels)

    def forward(self, features: Tensor) -> Tensor:
        x = F.relu(self.bn1(self.conv1(features[:, None])))
        x = self.layer2(self.layer1(x))
        return F.relu(self.bn2(self.conv2(x))).flatten(1, 2)


class ContextMask(nn.Module):
    """A narrow convolution over time, masked by what all of the sound and the seconds around are like."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(BOTTLENECK, GROWTH, 3, padding=dilation, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(BOTTLENECK, BOTTLENECK // 2, 1)
        self.linear2 = nn.Conv1d(BOTTLENECK // 2, GROWTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        around = F.avg_pool1d(x, CONTEXT_FRAMES, CONTEXT_FRAMES, ceil_mode=True)
        mask = self.linear2(F.relu(self.linear1(around + x.mean(-1, keepdim=True)))).sigmoid()
        return self.linear_local(x) * mask.repeat_interleave(CONTEXT_FRAMES, -1)[..., : x.shape[-1]]


class DenseLayer(nn.Module):
    """What it computes goes on behind what came in: GROWTH channels more."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1, self.linear1 = Norm(channels), nn.Conv1d(channels, BOTTLENECK, 1, bias=False)
        self.nonlinear2, self.cam_layer = Norm(BOTTLENECK), ContextMask(dilation)

    def forward(self, x: Tensor) -> Tensor:
        narrow = self.nonlinear2(self.linear1(self.nonlinear1(x)))
        return torch.cat([x, self.cam_layer(narrow)], 1)


class CamPlusPlus(nn.Module):
    """Filter bank [batch, frames, MEL_BINS], its mean over time taken off → voices [batch, VECTOR_SIZE]."""

    def __init__(self) -> None:
        super().__init__()
        self.head = Head()
        channels = BOTTLENECK
        first = nn.Conv1d(HEAD_CHANNELS * MEL_BINS // 8, channels, 5, 2, 2, bias=False)
        parts: dict[str, nn.Module] = {"tdnn": _sequence(linear=first, nonlinear=Norm(channels))}
        for number, (layers, dilation) in enumerate(BLOCKS, 1):
            widths = range(channels, channels + GROWTH * layers, GROWTH)
            dense = {f"tdnnd{index}": DenseLayer(width, dilation) for index, width in enumerate(widths, 1)}
            channels += GROWTH * layers
            halving = nn.Conv1d(channels, channels // 2, 1, bias=False)
            parts[f"block{number}"] = _sequence(**dense)
            parts[f"transit{number}"] = _sequence(nonlinear=Norm(channels), linear=halving)
            channels //= 2
        last_norm = _sequence(batchnorm=nn.BatchNorm1d(VECTOR_SIZE, affine=False))
        self.xvector = _sequence(
            **parts,
            out_nonlinear=Norm(channels),
            stats=Statistics(),
            dense=_sequence(linear=nn.Conv1d(2 * channels, VECTOR_SIZE, 1, bias=False), nonlinear=last_norm),
        )

    def forward(self, features: Tensor) -> Tensor:
        return self.xvector(self.head(features.transpose(1, 2)))[..., 0]


class Statistics(nn.Module):
    """Mean and deviation over time."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x.mean(-1), x.std(-1)], 1)[..., None]


def _sequence(**modules: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(modules))
