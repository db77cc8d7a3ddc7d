"""CAM++ for several voices of different lengths at once.

Their filter banks lie behind each other as one long sound, with gaps of zeros that are wide enough for every
convolution; what a convolution writes into a gap is set to zero again. So nothing is computed for padding, and
everything but the small residual network is a matrix product over all frames. A dense layer writes its channels behind
those that it read, where nothing has to be copied.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from transcriber.engines.pyannet_campplus.campplus import BLOCKS, CONTEXT_FRAMES, GROWTH, CamPlusPlus
from transcriber.engines.pyannet_campplus.filter_bank import MEL_BINS
from transcriber.engines.pyannet_campplus.packed_layers import (
    ClampedProduct,
    Context,
    Entry,
    PackedDenseLayer,
    PackedHead,
)

GAP_FRAMES = 2
"""Between voices, in frames of the dense layers: as far as their convolutions reach."""

WHOLE_FRAMES = 32
"""The length is a multiple of them: for each length, oneDNN makes and keeps code of its own."""


@dataclass(frozen=True)
class Layout:
    """Where voices lie in the long sound, in frames of the dense layers: half as many as those of the filter bank."""

    begins: list[int]
    ends: list[int]
    frames: int

    @classmethod
    def of(cls, lengths: list[int]) -> "Layout":
        """For filter banks of these lengths."""
        begins, ends, at = [], [], GAP_FRAMES
        for length in lengths:
            begins.append(at)
            ends.append(at + -(-length // 2))
            at = ends[-1] + GAP_FRAMES
        return cls(begins, ends, -(-at // WHOLE_FRAMES) * WHOLE_FRAMES)

    def context(self, device: torch.device) -> Context:
        rows: list[Tensor] = []
        is_gap = torch.ones(self.frames, dtype=torch.bool)
        stretch = torch.zeros(self.frames, dtype=torch.long)
        for begin, end in zip(self.begins, self.ends):
            is_gap[begin:end] = False
            for start in range(begin, end, CONTEXT_FRAMES):
                stop = min(start + CONTEXT_FRAMES, end)
                row = torch.zeros(self.frames, dtype=torch.float32)
                row[begin:end] = 1 / (end - begin)
                row[start:stop] += 1 / (stop - start)
                stretch[start:stop] = len(rows)
                rows.append(row)
        return Context(torch.stack(rows).to(device), stretch.to(device), is_gap.nonzero()[:, 0].to(device))


class PackedCamPlusPlus(nn.Module):
    """Made of a CAM++, and gives its numbers, but for what rounding leaves."""

    @torch.no_grad()
    def __init__(self, network: CamPlusPlus) -> None:
        super().__init__()
        parts = network.xvector
        self.head, self.entry = PackedHead(network.head), Entry(parts.tdnn)
        self.blocks, self.transits = nn.ModuleList(), nn.ModuleList()
        for number, (_, dilation) in enumerate(BLOCKS, 1):
            layers, transit = getattr(parts, f"block{number}"), getattr(parts, f"transit{number}")
            self.blocks.append(nn.ModuleList(PackedDenseLayer(layer, dilation) for layer in layers))
            self.transits.append(ClampedProduct(transit.nonlinear.batchnorm, transit.linear))
        self.norm = parts.out_nonlinear
        self.dense = parts.dense

    def forward(self, features: list[Tensor]) -> Tensor:
        """Filter banks [frames, MEL_BINS], without their means over time, → voices [voices, VECTOR_SIZE]."""
        layout, device = Layout.of([len(voice) for voice in features]), features[0].device
        sound = features[0].new_zeros(2 * layout.frames, MEL_BINS)
        is_gap = torch.ones(len(sound), dtype=torch.bool)
        for begin, voice in zip(layout.begins, features):
            sound[2 * begin : 2 * begin + len(voice)] = voice
            is_gap[2 * begin : 2 * begin + len(voice)] = False
        x = self.entry(self.head(sound, is_gap.nonzero()[:, 0].to(device)))
        context = layout.context(device)
        for layers, transit in zip(self.blocks, self.transits):
            width = x.shape[1]
            wide = x.new_empty(len(x), width + GROWTH * len(layers))
            wide[:, :width] = x
            for at, layer in zip(range(width, wide.shape[1], GROWTH), layers):
                layer(wide[:, :at], context, wide[:, at : at + GROWTH])
            x = transit(wide)
        x = self.norm(x)
        spans = [x[begin:end] for begin, end in zip(layout.begins, layout.ends)]
        statistics = torch.stack([torch.cat([span.mean(0), span.std(0)]) for span in spans])
        return self.dense(statistics[..., None])[..., 0]
