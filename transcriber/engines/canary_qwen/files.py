"""Canary-Qwen's file: the one archive that it is frozen to (checkpoint.py)."""

from transcriber.engines.kind import Kind
from transcriber.frozen.archive import CONFIGURATION as NEMO_CONFIGURATION
from transcriber.frozen.archive import MAX_CONFIGURATION_BYTES, ModelFile
from transcriber.frozen.salm_config import CONFIGURATIONS, check_config

WEIGHTS = "model.safetensors"


class SalmArchive(Kind):
    """A tar with the three configurations and the weights of a speech language model."""

    name, title, suffix = "nemo_salm", "frozen Canary-Qwen", ".nemo"

    def recognises(self, file: ModelFile) -> bool:
        archive = file.archive
        if archive is None or not archive.members.keys() >= {*CONFIGURATIONS, WEIGHTS}:
            return False
        if NEMO_CONFIGURATION in archive.members:
            return False
        check_config(file.path, *(archive.read(name, MAX_CONFIGURATION_BYTES) for name in CONFIGURATIONS))
        return True


SALM = SalmArchive()
KINDS = (SALM,)
