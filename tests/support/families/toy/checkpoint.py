"""A toy's model: it needs torch."""

from pathlib import Path

import torch
from transcriber.engines.toy.files import TOY, read  # type: ignore[import-not-found]


def restore(path: Path) -> torch.nn.Module:
    TOY.require(path)
    content = read(path)
    model = torch.nn.Module()
    model.register_buffer("threshold", torch.tensor(content["threshold"]))
    model.words = content["words"]
    return model
