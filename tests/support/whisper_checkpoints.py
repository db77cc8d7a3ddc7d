"""Whisper checkpoints of random weights."""

from pathlib import Path

import torch
import whisper
from whisper.model import ModelDimensions

UNKNOWN = "0" * 64
SHAPES = {
    "English only": ModelDimensions(80, 1500, 32, 2, 2, 51_864, 448, 32, 2, 2),
    "base": ModelDimensions(80, 1500, 16, 2, 1, 51_865, 448, 16, 8, 6),
    "large-v3": ModelDimensions(128, 1500, 64, 4, 3, 51_866, 448, 64, 4, 1),
}


def write_checkpoint(path: Path, dims: ModelDimensions, seed: int = 0) -> whisper.Whisper:
    """A Whisper of random weights, saved as the official ones are: in float16, in a zip that does not compress."""
    torch.manual_seed(seed)
    model = whisper.Whisper(dims).eval()
    for weight in model.parameters():  # norms and biases too
        weight.data = torch.randn_like(weight) * 0.3
    weights = {name: weight.half() for name, weight in model.state_dict().items()}
    model.load_state_dict(weights)
    torch.save({"dims": vars(dims), "model_state_dict": weights}, path)
    return model
