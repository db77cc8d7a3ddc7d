"""Kaldi's log mel filter bank, as CAM++ was trained on it: 80 bands of frames of 25 ms, every 10 ms.

Equals torchaudio.compliance.kaldi.fbank(dither=0, num_mel_bins=80) of samples from -1 to 1: frames without their mean,
pre-emphasised, in Povey's window; triangles that are straight on the mel scale from 20 Hz to 8 kHz.
Source: https://github.com/kaldi-asr/kaldi/blob/master/src/feat/feature-fbank.cc and mel-computations.cc.
"""

from functools import cache

import torch
from torch import Tensor

from transcriber.audio.samples import SAMPLE_RATE

MEL_BINS = 80
FRAME_SAMPLES, SHIFT_SAMPLES = 400, 160
FFT_SAMPLES = 512
LOWEST_HZ = 20.0
PRE_EMPHASIS = 0.97
POVEY_EXPONENT = 0.85
"""Of a Hann window."""


def filter_bank(sound: Tensor) -> Tensor:
    """Samples [N] → [frames, MEL_BINS], on their device; frames lie wholly within the sound."""
    frames = sound.unfold(0, FRAME_SAMPLES, SHIFT_SAMPLES)
    frames = frames - frames.mean(1, keepdim=True)
    frames = frames - PRE_EMPHASIS * torch.cat([frames[:, :1], frames[:, :-1]], 1)
    spectrum = torch.fft.rfft(frames * _window(sound.device), FFT_SAMPLES)
    power = spectrum.real.square() + spectrum.imag.square()
    return (power @ _mel_weights(sound.device)).clamp(min=torch.finfo(torch.float32).eps).log()


def frame_count(samples: int) -> int:
    """Frames of so many samples."""
    return max(0, (samples - FRAME_SAMPLES) // SHIFT_SAMPLES + 1)


@cache
def _window(device: torch.device) -> Tensor:
    return (torch.hann_window(FRAME_SAMPLES, periodic=False, dtype=torch.float32) ** POVEY_EXPONENT).to(device)


@cache
def _mel_weights(device: torch.device) -> Tensor:
    """[frequencies, MEL_BINS]. Kaldi leaves out the highest frequency."""
    hertz = torch.arange(FFT_SAMPLES // 2 + 1, dtype=torch.float64) * SAMPLE_RATE / FFT_SAMPLES
    edges = torch.linspace(_mel(LOWEST_HZ), _mel(SAMPLE_RATE / 2), MEL_BINS + 2, dtype=torch.float64)
    left, middle, right = edges[:-2], edges[1:-1], edges[2:]
    mel = _mel(hertz)[:, None]
    weights = torch.minimum((mel - left) / (middle - left), (right - mel) / (right - middle)).clamp(min=0)
    weights[-1] = 0
    return weights.float().to(device)


def _mel(hertz: Tensor | float) -> Tensor:
    """On the mel scale, but for a factor that cancels out."""
    return torch.log1p(torch.as_tensor(hertz, dtype=torch.float64) / 700)
