"""A model of a Whisper checkpoint, as whisper.load_model() makes it: mapped, and without random initialisation.

OpenAI's own checkpoints are in half precision and become float32, which copies them; checkpoints in float32 are used
where they lie.
"""

from pathlib import Path
from typing import Any

import torch

from transcriber import manifest
from transcriber.errors import EngineUnavailableError, ModelRefusedError
from transcriber.frozen.archive import Kind, kind_of
from transcriber.frozen.mapped import NotMappable, SkipInit, assign, map_checkpoint, translated
from transcriber.frozen.members import ELSEWHERE


def restore(path: Path, device: str, sha256: str | None = None) -> Any:
    """The model of a Whisper checkpoint; an official one with its alignment heads, without which word times get worse.

    `sha256`: the file's checksum where it is known, as its manifest has it; else the file is read for it.
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
        model = _build(path)
    name = official_name(sha256 or manifest.sha256(path))
    if name:
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[name])
    return model.to(device).eval().requires_grad_(False)


def official_name(sha256: str) -> str | None:
    """What openai-whisper calls the checkpoint: the addresses that it downloads from hold the checksums."""
    import whisper

    return next((name for name, address in whisper._MODELS.items() if f"/{sha256}/" in address), None)


def _build(path: Path) -> Any:
    from whisper.model import ModelDimensions, Whisper

    try:
        with path.open("rb") as file:
            checkpoint = map_checkpoint(file)
    except NotMappable:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    with SkipInit():
        model = Whisper(ModelDimensions(**checkpoint["dims"]))
    assign(model, checkpoint["model_state_dict"])
    return model
