"""PyanNet, the network of segmentation-3.0 (pyannote, MIT): which of three local speakers is heard, frame by frame.

10 s of sound → a score for each set of at most two of three speakers in each 16.875 ms. Band-pass filters with learned
edges, three convolutions, four bidirectional LSTMs, three linear layers. For inference only; parameters are named as in
the published checkpoint (https://huggingface.co/pyannote/segmentation-3.0; H. Bredin, A. Plaquet, Interspeech 2023).
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from transcriber.audio.samples import SAMPLE_RATE

SPEAKER_SETS = ((), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
"""What the network's scores are of, in their order."""
FILTER_TAPS, FILTER_STRIDE = 251, 10
LOWEST_HZ = NARROWEST_HZ = 50.0
"""Added to the learned lower edges and widths of the filters."""


class SincFilters(nn.Module):
    """Forty band-pass filters, each as a cosine and as a sine, from their lower edges and widths in Hz.

    The difference of two low-pass filters, sin(2πft)/t; the sines are its Hilbert pair (M. Pariente et al., “Filterbank
    design for end-to-end speech separation”, ICASSP 2020).
    """

    def __init__(self, filters: int = 40) -> None:
        super().__init__()
        half = FILTER_TAPS // 2
        self.filterbank = nn.Module()
        self.filterbank.low_hz_ = nn.Parameter(torch.zeros(filters, 1))
        self.filterbank.band_hz_ = nn.Parameter(torch.ones(filters, 1))
        self.filterbank.register_buffer("window_", torch.zeros(half))
        self.filterbank.register_buffer("n_", torch.ones(1, half))

    def filters(self) -> Tensor:
        """[2 × filters, FILTER_TAPS]"""
        bank = self.filterbank
        low = LOWEST_HZ + bank.low_hz_.abs()
        high = (low + NARROWEST_HZ + bank.band_hz_.abs()).clamp(LOWEST_HZ, SAMPLE_RATE / 2)
        at_low, at_high = low @ bank.n_, high @ bank.n_  # n_ is 2πt of the taps before the middle one
        scale = bank.window_ / bank.n_ / (high - low)
        cosines = (at_high.sin() - at_low.sin()) * scale
        sines = (at_low.cos() - at_high.cos()) * scale
        even = torch.cat([cosines, torch.ones_like(low), cosines.flip(1)], 1)
        odd = torch.cat([sines, torch.zeros_like(low), -sines.flip(1)], 1)
        return torch.cat([even, odd])

    def forward(self, sound: Tensor) -> Tensor:
        """[batch, 1, samples] → [batch, 2 × filters, frames]

        With FILTER_STRIDE samples as so many channels it is a convolution without a stride: the same in half the time.
        """
        return F.conv1d(_as_channels(sound[:, 0]), _as_channels(self.filters())).abs()


def _as_channels(x: Tensor) -> Tensor:
    """[rows, samples] → [rows, FILTER_STRIDE, samples / FILTER_STRIDE], filled up with zeros."""
    whole = F.pad(x, (0, -x.shape[1] % FILTER_STRIDE))
    return whole.unflatten(1, (-1, FILTER_STRIDE)).transpose(1, 2).contiguous()


class SincNet(nn.Module):
    """Sound [batch, 1, samples] → [batch, 60, frames]."""

    def __init__(self) -> None:
        super().__init__()
        self.wav_norm1d = nn.InstanceNorm1d(1, affine=True)
        self.conv1d = nn.ModuleList([SincFilters(), nn.Conv1d(80, 60, 5), nn.Conv1d(60, 60, 5)])
        self.norm1d = nn.ModuleList([nn.InstanceNorm1d(channels, affine=True) for channels in (80, 60, 60)])

    def forward(self, sound: Tensor) -> Tensor:
        x = self.wav_norm1d(sound)
        for convolution, norm in zip(self.conv1d, self.norm1d):
            x = F.leaky_relu(norm(F.max_pool1d(convolution(x), 3)))
        return x


class PyanNet(nn.Module):
    """Sound [batch, samples] at 16 kHz → scores [batch, frames, sets] of SPEAKER_SETS; the highest is the likeliest."""

    def __init__(self) -> None:
        super().__init__()
        self.sincnet = SincNet()
        self.lstm = nn.LSTM(60, 128, num_layers=4, bidirectional=True, batch_first=True)
        self.linear = nn.ModuleList([nn.Linear(256, 128), nn.Linear(128, 128)])
        self.classifier = nn.Linear(128, len(SPEAKER_SETS))

    def forward(self, sound: Tensor) -> Tensor:
        x, _ = self.lstm(self.sincnet(sound[:, None]).transpose(1, 2))
        for linear in self.linear:
            x = F.leaky_relu(linear(x))
        return self.classifier(x)
