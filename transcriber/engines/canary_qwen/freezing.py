"""Freezing Canary-Qwen: the publisher's folder → one archive."""

from pathlib import Path
from typing import Any

from transcriber.engines.canary_qwen.files import SALM, WEIGHTS
from transcriber.engines.freezer import Conversion, Freezer


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


class SalmFreezer(Freezer):
    kind = SALM
    conversion = FromFolder()

    def restore(self, path: Path) -> Any:
        from transcriber.engines.canary_qwen import checkpoint

        return checkpoint.restore(path, "cpu")


FREEZERS = (SalmFreezer(),)
