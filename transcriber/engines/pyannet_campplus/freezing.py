"""Freezing the two networks that tell speakers apart: their publishers' checkpoints → one archive of plain weights."""

from pathlib import Path
from typing import Any

from transcriber.engines.freezer import Conversion, Freezer
from transcriber.engines.pyannet_campplus.files import EMBEDDING, SEGMENTATION, SPEAKERS

REPOSITORIES = {
    SEGMENTATION: "pyannote/segmentation-3.0",
    EMBEDDING: "iic/speech_campplus_sv_zh_en_16k-common_advanced",
}
FILES = {SEGMENTATION: "pytorch_model.bin", EMBEDDING: "campplus_cn_en_common.pt"}
"""As their publishers call them."""


class FromCheckpoints(Conversion):
    """Both published files, in a folder or in folders in it."""

    def recognises(self, sources: Path) -> bool:
        return _found(sources).keys() == FILES.keys()

    def convert(self, sources: Path, target: Path) -> None:
        from transcriber.engines.pyannet_campplus import packing, published

        weights = {network: published.read(path, network) for network, path in _found(sources).items()}
        packing.pack(weights, REPOSITORIES, target)

    def weights(self, sources: Path) -> dict[str, Any]:
        from transcriber.engines.pyannet_campplus import published
        from transcriber.engines.pyannet_campplus.packing import Unpacked

        read = {network: published.read(path, network) for network, path in _found(sources).items()}
        return Unpacked(read).state_dict()


class SpeakersFreezer(Freezer):
    kind = SPEAKERS
    conversion = FromCheckpoints()

    def restore(self, path: Path) -> Any:
        from transcriber.engines.pyannet_campplus import checkpoint

        return checkpoint.restore(path, "cpu")


def _found(sources: Path) -> dict[str, Path]:
    """The published files by network."""
    found: dict[str, Path] = {}
    for network, name in FILES.items():
        for path in (sources / name, *sorted(sources.glob(f"*/{name}"))):
            if path.is_file():
                found.setdefault(network, path)
    return found


FREEZERS = (SpeakersFreezer(),)
