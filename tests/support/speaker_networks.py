"""The networks that tell speakers apart, with random weights, and their frozen file."""

from pathlib import Path

import torch
from torch import Tensor, nn

from transcriber.engines.pyannet_campplus.campplus import CamPlusPlus
from transcriber.engines.pyannet_campplus.files import EMBEDDING, SEGMENTATION
from transcriber.engines.pyannet_campplus.packing import pack
from transcriber.engines.pyannet_campplus.pyannet import PyanNet

REPOSITORIES = {SEGMENTATION: "somebody/segmentation", EMBEDDING: "somebody/embedding"}


def random_state(network: type[nn.Module]) -> dict[str, Tensor]:
    """Weights for it. Norms are far from doing nothing: some turn the sign, one of each leaves nothing of a channel."""
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        state = network().state_dict()
        for name, value in state.items():
            if name.endswith("running_mean"):
                value.copy_(torch.randn(value.shape) * 0.1)
            elif name.endswith("running_var"):
                value.copy_(torch.rand(value.shape) + 0.5)
                if (scale := state.get(name.replace("running_var", "weight"))) is not None:
                    scale.copy_(torch.randn(value.shape))
                    scale[0] = 0
                    state[name.replace("running_var", "bias")].copy_(torch.randn(value.shape) * 0.1)
    return state


def freeze_random(target: Path) -> Path:
    pack({SEGMENTATION: random_state(PyanNet), EMBEDDING: random_state(CamPlusPlus)}, REPOSITORIES, target)
    return target


def random_embedding() -> CamPlusPlus:
    """Ready for inference."""
    network = CamPlusPlus()
    network.load_state_dict(random_state(CamPlusPlus))
    return network.eval().requires_grad_(False)
