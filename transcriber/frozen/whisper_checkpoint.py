"""A model of a Whisper checkpoint, as whisper.load_model() makes it: mapped, and without random initialisation.

A checkpoint in the precision that is computed in is used where it lies, any other is copied. OpenAI's own are in half
precision.
"""

from pathlib import Path
from typing import Any

import torch
from torch.nn import Conv1d, Embedding, Linear

from transcriber import manifest
from transcriber.errors import EngineUnavailableError, ModelRefusedError
from transcriber.frozen.archive import Kind, kind_of
from transcriber.frozen.mapped import NotMappable, SkipInit, assign, map_checkpoint, translated
from transcriber.frozen.members import ELSEWHERE


def restore(path: Path, device: str, sha256: str | None = None, compute_type: str = "float32") -> Any:
    """The model of a Whisper checkpoint; an official one with its alignment heads, without which word times get worse.

    `sha256`: the file's checksum where it is known, as its manifest has it; else the file is read for it.
    `compute_type`: what the large weights are kept and multiplied in; norms and positions stay in float32.
    Raises ModelCorruptError for a damaged file, ModelRefusedError for a hostile or foreign one before anything of it is
    built, EngineUnavailableError where openai-whisper is missing.
    """
    if kind_of(path) is not Kind.WHISPER:
        raise ModelRefusedError(f"the file {path} is no Whisper checkpoint", ELSEWHERE)
    try:
        import whisper
    except ImportError as error:
        raise EngineUnavailableError(
            "openai-whisper is not installed", "run `pip install -r requirements.txt`"
        ) from error
    with translated(path):
        model = _build(path, getattr(torch, compute_type))
    name = official_name(sha256 or manifest.sha256(path))
    if name:
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[name])
    return model.to(device).eval().requires_grad_(False)


def official_name(sha256: str) -> str | None:
    """What openai-whisper calls the checkpoint: the addresses that it downloads from hold the checksums."""
    import whisper

    return next((name for name, address in whisper._MODELS.items() if f"/{sha256}/" in address), None)


def _build(path: Path, dtype: torch.dtype) -> Any:
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
    return model
