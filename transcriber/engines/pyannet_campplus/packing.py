"""Weights to the one file in which the two networks are frozen, and back. Needs torch."""

import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from transcriber.engines.pyannet_campplus.files import DESCRIPTION, FORMAT, LAYOUTS, LICENCES, SPEAKERS, WEIGHTS
from transcriber.frozen.mapped import map_safetensors
from transcriber.frozen.members import open_archive
from transcriber.system.atomic_file import write_whole

Weights = Mapping[str, Mapping[str, Tensor]]
"""By network (SEGMENTATION, EMBEDDING), and by the names that its publisher gave them."""


@dataclass(frozen=True)
class Unpacked:
    """The weights of both networks as they are stored."""

    weights: Weights

    def state_dict(self) -> dict[str, Tensor]:
        """All in one, such as "segmentation.classifier.bias"."""
        return {
            f"{network}.{name}": tensor for network in self.weights for name, tensor in self.weights[network].items()
        }


def pack(weights: Weights, repositories: Mapping[str, str], target: Path) -> None:
    """Write the frozen file: the same bytes for the same weights.

    `repositories`: where each network was published. Raises OSError.
    """
    from safetensors.torch import save

    description = json.dumps({"format": FORMAT, **repositories}, indent=1)
    members = {DESCRIPTION: f"{description}\n".encode()}
    members |= {WEIGHTS[network]: save(dict(weights[network])) for network in LAYOUTS}
    members |= {name: (Path(__file__).parent / name).read_bytes() for name in LICENCES.values()}
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    write_whole(target, written.getvalue())


def unpack(path: Path) -> Unpacked:
    """The weights in a frozen file, mapped. Raises ModelCorruptError, ModelRefusedError, ModelLoadError."""
    SPEAKERS.require(path)
    with open_archive(path) as archive:
        members = {network: archive.members[WEIGHTS[network]] for network in LAYOUTS}
        return Unpacked(
            {
                network: map_safetensors(archive.file, member.offset_data, member.size)
                for network, member in members.items()
            }
        )
