"""The file of the two networks that tell speakers apart: an uncompressed tar with exactly these members:

speakers.json  segmentation.safetensors  embedding.safetensors  LICENSE.segmentation  LICENSE.embedding
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence

from transcriber.engines.kind import Kind
from transcriber.frozen.archive import ModelFile
from transcriber.frozen.configuration import read_json
from transcriber.frozen.members import Archive, damaged, refused

DESCRIPTION = "speakers.json"
"""{"format": 1, "segmentation": its publisher's repository, "embedding": the same}"""
FORMAT = 1
SEGMENTATION, EMBEDDING = "segmentation", "embedding"
LAYOUTS = {
    SEGMENTATION: "6e6d2b3dbde024dbdd06030e5e5ea91e1d717cc414051f1a25b7ed3e43726b6e",
    EMBEDDING: "f7ef83c6eb11539cf50a6945a084dc72b9e75668a1cb975c8f914f3c7c134b62",
}
"""What layout() is of the published weights."""
WEIGHTS = {network: f"{network}.safetensors" for network in LAYOUTS}
LICENCES = {network: f"LICENSE.{network}" for network in LAYOUTS}
MEMBERS = {DESCRIPTION, *WEIGHTS.values(), *LICENCES.values()}
MAX_DESCRIPTION_BYTES, MAX_HEADER_BYTES = 1 << 16, 1 << 20
BYTES = {"F32": 4, "I64": 8}


class SpeakersArchive(Kind):
    """The weights under the names, and of the types and shapes, that their publishers gave them."""

    name, title, suffix = "speakers", "frozen model of speakers", ".nemo"

    def recognises(self, file: ModelFile) -> bool:
        archive = file.archive
        if archive is None or DESCRIPTION not in archive.members:
            return False
        if archive.members.keys() != MEMBERS or archive.is_compressed:
            raise refused(file.path, f"it does not hold {', '.join(sorted(MEMBERS))}, and nothing else, uncompressed")
        description = read_json(archive.read(DESCRIPTION, MAX_DESCRIPTION_BYTES), file.path)
        if description.get("format") != FORMAT:
            raise refused(file.path, "it was made by another version of this program")
        for network in LAYOUTS:
            require_layout(archive, network)
        return True


def require_layout(archive: Archive, network: str) -> None:
    """Raises ModelRefusedError unless a network's weights are named, typed and shaped as published.

    Read of the header alone; that each lies where it says is for whoever maps them (frozen.mapped).
    """
    name = WEIGHTS[network]
    tensors, size = _header(archive, name)
    if layout(tensors) != LAYOUTS[network]:
        raise refused(archive.path, f"its {name} is not of the network that was published")
    if size != sum(math.prod(shape) * BYTES[dtype] for dtype, shape in tensors.values()):
        raise damaged(archive.path, f"its {name} is not as long as its weights")


def layout(tensors: Mapping[str, tuple[str, Sequence[int]]]) -> str:
    """The SHA-256 of the names of weights, and of the type and shape of each."""
    rows = sorted((name, dtype, list(shape)) for name, (dtype, shape) in tensors.items())
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _header(archive: Archive, name: str) -> tuple[dict[str, tuple[str, list[int]]], int]:
    """The type and shape of each tensor in a safetensors file, and how many bytes follow its header.

    Format: https://github.com/huggingface/safetensors#format. Raises ModelCorruptError.
    """
    with archive.open(name) as content:
        length = int.from_bytes(content.read(8), "little")
        if length > MAX_HEADER_BYTES:
            raise damaged(archive.path, f"the header of its {name} is larger than any")
        fields = read_json(content.read(length), archive.path)
    fields.pop("__metadata__", None)
    try:
        tensors = {tensor: (str(entry["dtype"]), list(map(int, entry["shape"]))) for tensor, entry in fields.items()}
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise damaged(archive.path, f"the header of its {name} cannot be read") from error
    return tensors, archive.members[name].size - 8 - length


SPEAKERS = SpeakersArchive()
KINDS = (SPEAKERS,)
