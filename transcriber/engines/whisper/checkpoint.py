"""A model of a Whisper checkpoint, as whisper.load_model() makes it: mapped, and without random initialisation.

A checkpoint in the precision that is computed in is used where it lies, any other is copied. OpenAI's own are in half
precision.
"""

import base64
import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import Conv1d, Embedding, Linear

from transcriber.engines.load_errors import importing, map_load_errors
from transcriber.engines.whisper.files import WHISPER
from transcriber.errors import ModelRefusedError
from transcriber.frozen.mapped import NotMappable, SkipInit, assign, map_checkpoint
from transcriber.frozen.members import ELSEWHERE, refused
from transcriber.models import manifest
from transcriber.system import cache_folder


def restore(path: Path, device: str, sha256: str | None = None, compute_type: str = "float32") -> Any:
    """The model of a Whisper checkpoint with its alignment heads, without which word times get worse.

    `sha256`: the file's checksum where it is known, as its manifest has it; else the file is read for it.
    `compute_type`: what the large weights are kept and multiplied in; norms and positions stay in float32.
    Raises ModelCorruptError for a damaged file, ModelRefusedError for a hostile or foreign one before anything of it is
    built, EngineUnavailableError where openai-whisper is missing.
    """
    WHISPER.require(path)
    cache_folder.prepare()
    with importing("openai-whisper", "whisper", "pip install -r requirements.txt"):
        import whisper  # noqa: F401
    with map_load_errors(path):
        model, checkpoint = _build(path, getattr(torch, compute_type))
    heads = alignment_heads(checkpoint, path, sha256)
    if heads:
        mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
        mask[tuple(zip(*heads))] = True
        model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)  # as Whisper itself has it
    return model.to(device).eval().requires_grad_(False)


def alignment_heads(checkpoint: Mapping[str, Any], path: Path, sha256: str | None = None) -> list[list[int]] | None:
    """[layer, head] of the attention that follows the speech, in an order of their own; None where they are not known.

    A checkpoint that was converted from another format carries them; OpenAI's own are known by their checksum, which is
    `sha256` or else computed of the file. Raises ModelRefusedError for heads that the model has not.
    """
    dims = checkpoint["dims"]
    if "alignment_heads" not in checkpoint:
        name = official_name(sha256 or manifest.sha256(path))
        return official_heads(name, dims) if name else None
    stated = checkpoint["alignment_heads"]
    sizes = dims["n_text_layer"], dims["n_text_head"]
    is_valid = isinstance(stated, list) and all(
        isinstance(head, list)
        and len(head) == 2
        and all(type(number) is int and 0 <= number < size for number, size in zip(head, sizes))
        for head in stated
    )
    if not is_valid or not stated:
        raise refused(path, "it names alignment heads that it has not")
    return stated


def official_heads(name: str, dims: Mapping[str, int]) -> list[list[int]]:
    """The alignment heads of the checkpoint that openai-whisper calls `name`: whisper/__init__.py, _ALIGNMENT_HEADS.

    Raises ModelRefusedError where that model has another size than `dims`.
    """
    import whisper

    chosen = np.frombuffer(gzip.decompress(base64.b85decode(whisper._ALIGNMENT_HEADS[name])), bool)
    layers, heads = dims["n_text_layer"], dims["n_text_head"]
    if chosen.size != layers * heads:
        raise ModelRefusedError(
            f"the weights are not those of OpenAI Whisper {name}: they are of another size", ELSEWHERE
        )
    return np.argwhere(chosen.reshape(layers, heads)).tolist()


def official_name(sha256: str) -> str | None:
    """What openai-whisper calls the checkpoint: the addresses that it downloads from hold the checksums."""
    import whisper

    return next((name for name, address in whisper._MODELS.items() if f"/{sha256}/" in address), None)


def weight_shapes(dims: Mapping[str, int]) -> dict[str, torch.Size]:
    """Of each weight of a Whisper with these dimensions; nothing is allocated."""
    from whisper.model import AudioEncoder, ModelDimensions, TextDecoder

    sizes = list(vars(ModelDimensions(**dims)).values())
    with torch.device("meta"):
        parts = torch.nn.ModuleDict({"encoder": AudioEncoder(*sizes[:5]), "decoder": TextDecoder(*sizes[5:])})
    return {name: weight.shape for name, weight in parts.state_dict().items()}


def _build(path: Path, dtype: torch.dtype) -> tuple[Any, dict[str, Any]]:
    """The model, and the checkpoint, whose weights it has taken."""
    from whisper.model import ModelDimensions, Whisper

    try:
        with path.open("rb") as file:
            checkpoint = map_checkpoint(file)
    except NotMappable:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    with SkipInit():
        model = Whisper(ModelDimensions(**checkpoint["dims"]))
    state = checkpoint["model_state_dict"]
    layers = {name for name, module in model.named_modules() if isinstance(module, Linear | Conv1d | Embedding)}
    large = {name for name in state if name.rpartition(".")[0] in layers}
    stays = all(state[name].dtype == dtype for name in large)  # else what still lay in the file would keep it mapped
    for name, weight in state.items():
        state[name] = weight.to(dtype if name in large else torch.float32, copy=not stays)
    assign(model, state, keep_dtype=True)
    return model, checkpoint
