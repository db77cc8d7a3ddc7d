"""Canary-Qwen's files: the publisher's folder, and the one archive that it is frozen to (checkpoint.py)."""

from pathlib import Path
from typing import Any

from transcriber.engines.kind import Conversion, Kind
from transcriber.frozen.archive import CONFIGURATION as NEMO_CONFIGURATION
from transcriber.frozen.archive import MAX_CONFIGURATION_BYTES, ModelFile
from transcriber.frozen.salm_config import CONFIGURATIONS, check_config

WEIGHTS = "model.safetensors"


class FromFolder(Conversion):
    """The publisher's configuration and weights, and a folder with files of the language model."""

    def recognises(self, sources: Path) -> bool:
        return (sources / WEIGHTS).exists()

    def convert(self, sources: Path, target: Path) -> None:
        from transcriber.engines.canary_qwen import checkpoint

        (language_model,) = (path for path in sources.iterdir() if path.is_dir())
        checkpoint.pack(sources, language_model, target)

    def weights(self, sources: Path) -> dict[str, Any]:
        from transcriber.frozen.mapped import map_safetensors

        with (sources / WEIGHTS).open("rb") as file:
            return map_safetensors(file)


class SalmArchive(Kind):
    """A tar with the three configurations and the weights of a speech language model."""

    name, title, suffix = "nemo_salm", "frozen Canary-Qwen", ".nemo"
    conversion = FromFolder()

    def recognises(self, file: ModelFile) -> bool:
        archive = file.archive
        if archive is None or not archive.members.keys() >= {*CONFIGURATIONS, WEIGHTS}:
            return False
        if NEMO_CONFIGURATION in archive.members:
            return False
        check_config(file.path, *(archive.read(name, MAX_CONFIGURATION_BYTES) for name in CONFIGURATIONS))
        return True

    def restore(self, path: Path) -> Any:
        from transcriber.engines.canary_qwen import checkpoint

        return checkpoint.restore(path, "cpu")


SALM = SalmArchive()
KINDS = (SALM,)
