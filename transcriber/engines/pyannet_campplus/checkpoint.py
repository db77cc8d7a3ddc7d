"""Both networks, restored from their frozen file."""

from pathlib import Path

from torch import nn

from transcriber.engines.pyannet_campplus.campplus import CamPlusPlus
from transcriber.engines.pyannet_campplus.files import EMBEDDING, SEGMENTATION
from transcriber.engines.pyannet_campplus.packing import unpack
from transcriber.engines.pyannet_campplus.pyannet import PyanNet
from transcriber.frozen.mapped import SkipInit, assign


class SpeakerNetworks(nn.Module):
    """What hears local speakers in a window, and what knows their voices. Weights are named as published."""

    def __init__(self) -> None:
        super().__init__()
        self.segmentation = PyanNet()
        self.embedding = CamPlusPlus()


def restore(path: Path, device: str) -> SpeakerNetworks:
    """The networks of a frozen file, ready for inference, their weights mapped.

    Raises ModelRefusedError for a file of another kind, or with weights of other networks; ModelCorruptError.
    """
    weights = unpack(path).weights
    with SkipInit():
        networks = SpeakerNetworks()
    for network, name in ((networks.segmentation, SEGMENTATION), (networks.embedding, EMBEDDING)):
        assign(network, dict(weights[name]))
    return networks.to(device).eval().requires_grad_(False)
