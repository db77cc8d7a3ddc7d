"""A small Sortformer of the published configuration's classes, with random weights. Imports NeMo."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from nemo.collections.asr.models import SortformerEncLabelModel
from omegaconf import OmegaConf

SORTFORMER = """
sample_rate: 16000
pil_weight: 0.5
ats_weight: 0.5
max_num_of_spks: 4
streaming_mode: true
model_defaults: {fc_d_model: 64, tf_d_model: 32}
preprocessor:
  {_target_: nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor, normalize: NA, window_size: 0.025,
   sample_rate: 16000, window_stride: 0.01, window: hann, features: 80, n_fft: 512, dither: 0.0}
sortformer_modules:
  {_target_: nemo.collections.asr.modules.sortformer_modules.SortformerModules, num_spks: 4, dropout_rate: 0.5,
   fc_d_model: "${model_defaults.fc_d_model}", tf_d_model: "${model_defaults.tf_d_model}"}
encoder:
  {_target_: nemo.collections.asr.modules.ConformerEncoder, feat_in: 80, feat_out: -1, n_layers: 1, d_model: 64,
   subsampling: dw_striding, subsampling_factor: 8, subsampling_conv_channels: 32, n_heads: 4, conv_kernel_size: 9}
transformer_encoder:
  {_target_: nemo.collections.asr.modules.transformer.transformer_encoders.TransformerEncoder, num_layers: 1,
   hidden_size: 32, inner_size: 64, num_attention_heads: 4, hidden_act: relu, pre_ln: false}
loss: {_target_: nemo.collections.asr.losses.bce_loss.BCELoss, weight: null, reduction: mean}
"""
RATE = 16_000
SPREAD = 2.0
"""Of what goes into the last sigmoid: people come and go, and nobody is certain."""


def write_sortformer(path: Path, **changes: Any) -> Path:
    """Freeze one as NeMo does; `changes`: of its configuration, such as streaming_mode=False."""
    torch.manual_seed(3)
    model = SortformerEncLabelModel(OmegaConf.merge(OmegaConf.create(SORTFORMER), OmegaConf.create(changes))).eval()
    last = model.sortformer_modules.single_hidden_to_spks
    with torch.no_grad():
        scores = torch.logit(whole(model, talk(20.0)).double(), 1e-9)
        scale, middle = SPREAD / scores.std(0), scores.mean(0)
        last.weight.mul_(scale[:, None])
        last.bias.copy_((last.bias - middle) * scale)
    model.save_to(str(path))
    return path


def whole(model: Any, samples: np.ndarray) -> torch.Tensor:
    """The probabilities [frames, people] of NeMo's own forward(), which is given the whole recording [N]."""
    given = torch.from_numpy(samples)[None]
    with torch.no_grad():
        return model(audio_signal=given, audio_signal_length=torch.tensor([len(samples)]))[0]


def talk(seconds: float) -> np.ndarray:
    """Tones and noise [N] float32 at 16 kHz that change now and then, for a model that has never heard anybody."""
    generator = np.random.default_rng(5)
    parts: list[np.ndarray] = []
    while sum(map(len, parts)) < seconds * RATE:
        times = np.arange(int(generator.uniform(0.3, 3) * RATE)) / RATE
        tone = generator.uniform(0, 0.5) * np.sin(2 * np.pi * generator.uniform(80, 3000) * times)
        parts.append((tone + generator.normal(0, generator.uniform(0, 0.1), len(times))).astype(np.float32))
    return np.concatenate(parts)[: round(seconds * RATE)]
