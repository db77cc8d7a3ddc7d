"""NeMo's models as they compute fastest, and their encoder asked without the file handling of transcribe()."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from nemo.collections.asr.modules.conformer_encoder import ConformerEncoder
from nemo.collections.asr.parts.submodules.multi_head_attention import MultiHeadAttention, RelPositionMultiHeadAttention
from torch.nn import Linear

from transcriber.engines import products
from transcriber.engines.nemo import conformer, prediction

FUSED = (MultiHeadAttention, RelPositionMultiHeadAttention)
"""Kinds of attention that NeMo can leave to torch's fused kernels; a subclass may ignore the switch."""


def optimize(model: Any) -> Any:
    """The model computing the same more quickly: once after it was restored.

    Attention by torch's fused kernels, which NeMo can and by default does not; Conformer layers (conformer.py);
    transducers step by step (prediction.py), and autoregressive decoders with products of few rows (products.py).
    """
    for module in model.modules():
        if type(module) in FUSED:
            module.use_pytorch_sdpa, module.use_pytorch_sdpa_backends = True, None
        elif isinstance(module, ConformerEncoder):
            conformer.optimize(module)
    if hasattr(model, "joint"):
        for part in (model.decoder, model.joint):
            prediction.optimize(part)
    for decoder in (getattr(model, name, None) for name in ("transf_decoder", "log_softmax")):
        if decoder:
            products.optimize(decoder)
    return model


def cast(model: Any, compute_type: str) -> Any:
    """The optimized model computing in a compute type: once after it was restored.

    The preprocessor stays in float32. So does a Transformer decoder but for its Linear layers: it is autoregressive,
    and wholly in bfloat16 repeats itself sooner (benchmarks/README.md).
    """
    dtype = getattr(torch, compute_type)
    if dtype == torch.float32:
        return model
    model.encoder.register_forward_pre_hook(partial(_cast_input, dtype), with_kwargs=True)
    if hasattr(model, "joint"):
        parts = [model.encoder, model.decoder, model.joint]
    else:
        model.encoder.register_forward_hook(_to_float32)
        decoder = getattr(model, "transf_decoder", None)
        linear_layers = [layer for layer in (decoder.modules() if decoder else ()) if isinstance(layer, Linear)]
        parts = [model.encoder, *linear_layers]
    for part in parts:
        part.to(dtype)
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.dtype != dtype:  # one that still lay in the mapped file would keep the whole of it
            tensor.data = tensor.data.clone()
    return model


def _cast_input(dtype: torch.dtype, _: Any, args: Any, named: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    return args, {**named, "audio_signal": named["audio_signal"].to(dtype)}


def _to_float32(_: Any, __: Any, encoded: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return encoded[0].float(), *encoded[1:]


@torch.inference_mode()
def encode(model: Any, audio: Sequence[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    """What the encoder makes of recordings [N] at 16 kHz: [B, D, T], and how many frames of it each has, [B].

    As transcribe() of NeMo's transducers does it, but for the data loader, its temporary folder, and the padding of
    what is shorter than a second.
    """
    model.eval()  # NeMo's transcribe() leaves parts training
    featurizer = model.preprocessor.featurizer
    featurizer.dither, featurizer.pad_to = 0.0, 0
    lengths = [len(samples) for samples in audio]
    signal = torch.zeros(len(audio), max(lengths), pin_memory=model.device.type == "cuda")
    for row, samples in zip(signal, audio, strict=True):
        row[: len(samples)] = torch.from_numpy(samples)
    return model(
        input_signal=signal.to(model.device, non_blocking=True),
        input_signal_length=torch.tensor(lengths, device=model.device),
    )
