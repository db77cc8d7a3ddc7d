"""The two checkpoints as their publishers hand them out → weights by their names. Nothing in them is ever run.

pyannote's is a checkpoint of Lightning: beside its weights it names a version of torch and three classes of
pyannote.audio, which say what it was trained for. They are let in by name alone; loading makes an Inert of each.
"""

from pathlib import Path

import torch
from torch import Tensor

from transcriber.engines.load_errors import map_load_errors
from transcriber.engines.pyannet_campplus.files import EMBEDDING, LAYOUTS, SEGMENTATION, layout
from transcriber.frozen.members import refused
from transcriber.frozen.pickles import check_checkpoint

TASK = "pyannote.audio.core.task"
FOREIGN = {
    SEGMENTATION: (
        "torch.torch_version.TorchVersion",
        *(f"{TASK}.{name}" for name in ("Problem", "Resolution", "Specifications")),
    ),
    EMBEDDING: (),
}
"""What each may name besides weights."""
TYPES = {torch.float32: "F32", torch.int64: "I64"}
"""As safetensors calls them."""


class Inert:
    """In the place of what a checkpoint names and nobody needs: takes whatever it is made of, and does nothing."""

    def __init__(self, *ignored: object) -> None:
        pass


def read(path: Path, network: str) -> dict[str, Tensor]:
    """The weights in a published file.

    Raises ModelRefusedError for one that would run or create anything else, or that holds another network;
    ModelCorruptError, ModelLoadError.
    """
    with path.open("rb") as file:
        check_checkpoint(file, path.stat().st_size, path, FOREIGN[network])
    stand_ins = [(Inert, name) for name in FOREIGN[network]]
    with map_load_errors(path), torch.serialization.safe_globals(stand_ins):
        content = torch.load(path, map_location="cpu", weights_only=True)
    state = content.get("state_dict", content) if isinstance(content, dict) else content
    state = state if isinstance(state, dict) else {}
    tensors = {name: value for name, value in state.items() if isinstance(value, Tensor)}
    described = {name: (TYPES.get(value.dtype, ""), value.shape) for name, value in tensors.items()}
    if len(tensors) != len(state) or layout(described) != LAYOUTS[network]:
        raise refused(path, f"its weights are not those of the {network} network that was published")
    return {name: value.contiguous() for name, value in tensors.items()}
