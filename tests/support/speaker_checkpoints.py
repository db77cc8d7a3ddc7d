"""The two checkpoints of the networks that tell speakers apart, written as their publishers write them."""

import io
import sys
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch.torch_version import TorchVersion

from transcriber.engines.pyannet_campplus.freezing import FILES
from transcriber.engines.pyannet_campplus.packing import Weights, unpack

TASK = "pyannote.audio.core.task"


def weights_of(frozen: Path) -> dict[str, dict[str, Tensor]]:
    """Those in a frozen file, by network."""
    return {network: dict(weights) for network, weights in unpack(frozen).weights.items()}


def pyannote(state: Mapping[str, Tensor], *more: Any, module: str = TASK) -> bytes:
    """A checkpoint of Lightning that pickles classes of pyannote.audio, which are not installed; and what is `more`."""
    problem = Enum("Problem", {"MONO_LABEL_CLASSIFICATION": 1}, module=module)
    specifications = type("Specifications", (), {"__module__": module})
    asked = specifications()
    asked.problem, asked.classes = problem(1), ["speaker#1", "speaker#2", "speaker#3"]  # type: ignore[attr-defined]
    about = ModuleType(module)
    about.Problem, about.Specifications = problem, specifications  # type: ignore[attr-defined]
    with patch.dict(sys.modules, {module: about}):
        return saved(
            {
                "pytorch-lightning_version": "2.0.2",
                "state_dict": dict(state),
                "pyannote.audio": {"versions": {"torch": TorchVersion("2.0.1")}, "specifications": asked},
                "more": more,
            }
        )


def saved(content: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def published(weights: Weights) -> dict[str, bytes]:
    """Both files by their names."""
    contents = (pyannote(weights["segmentation"]), saved(dict(weights["embedding"])))
    return dict(zip(FILES.values(), contents, strict=True))


def write_published(folder: Path, contents: Mapping[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder
