"""Silero's voice detector in torch: the network alone, with the weights that its Python package carries.

The package would run it by onnxruntime, which reports to its maker (docs/silent.md). Frames are independent up to the
LSTM, so that all of a stretch go through the convolutions at once.
Source: https://github.com/snakers4/silero-vad, version 6, its 16 kHz network.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

BINS, HOP_SAMPLES, MIRRORED_SAMPLES = 129, 128, 64
"""Of its spectrogram: frequencies, samples from column to column, samples that are mirrored at the end of a frame."""
CONVOLUTIONS = ((BINS, 128, 1), (128, 64, 2), (64, 64, 2), (64, 128, 1))
"""Channels in and out and stride of each convolution over three columns."""
STATE_SIZE = 128
"""Numbers in the LSTM's state."""
PUBLISHED_NAMES = {
    "spectrum.weight": "stft.forward_basis_buffer",
    "lstm.weight_ih_l0": "decoder.rnn.weight_ih",
    "lstm.weight_hh_l0": "decoder.rnn.weight_hh",
    "lstm.bias_ih_l0": "decoder.rnn.bias_ih",
    "lstm.bias_hh_l0": "decoder.rnn.bias_hh",
    "last.weight": "decoder.decoder.2.weight",
    "last.bias": "decoder.decoder.2.bias",
    **{
        f"layers.{at}.{part}": f"encoder.{at}.reparam_conv.{part}"
        for at in range(len(CONVOLUTIONS))
        for part in ("weight", "bias")
    },
}
"""Our names of the weights → those in the package's file."""


class Silero(nn.Module):
    """Frames [N, 576], each behind the last 64 samples of the one before it → how likely speech is in each [N].

    The state is empty before the first frame.
    """

    def __init__(self) -> None:
        super().__init__()
        self.spectrum = nn.Conv1d(1, 2 * BINS, kernel_size=2 * HOP_SAMPLES, stride=HOP_SAMPLES, bias=False)
        self.layers = nn.ModuleList(
            nn.Conv1d(into, out, kernel_size=3, stride=stride, padding=1) for into, out, stride in CONVOLUTIONS
        )
        self.lstm = nn.LSTM(STATE_SIZE, STATE_SIZE)
        self.last = nn.Conv1d(STATE_SIZE, 1, kernel_size=1)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        parts = self.spectrum(functional.pad(frames, (0, MIRRORED_SAMPLES), "reflect").unsqueeze(1))
        features = (parts[:, :BINS].square() + parts[:, BINS:].square()).sqrt()
        for layer in self.layers:
            features = layer(features).relu()
        states, _ = self.lstm(features.squeeze(-1))
        return self.last(states.relu().unsqueeze(-1)).sigmoid().flatten()


@cache
def silero() -> Silero:
    """The network with its published weights."""
    package = find_spec("silero_vad")  # found, not imported: its import sets torch to one thread
    assert package and package.origin
    published = torch.jit.load(Path(package.origin).parent / "data" / "silero_vad.jit", "cpu").state_dict()
    network = Silero()
    network.load_state_dict({ours: published[f"_model.{theirs}"] for ours, theirs in PUBLISHED_NAMES.items()})
    return network.eval()
