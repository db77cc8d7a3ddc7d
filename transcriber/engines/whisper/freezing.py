"""Freezing Whisper: OpenAI's checkpoint as it is, or one written from CTranslate2's format."""

from pathlib import Path
from typing import Any

from transcriber.engines.freezer import Conversion, Freezer
from transcriber.engines.whisper.files import WHISPER, is_ctranslate2
from transcriber.models import catalog, manifest


class FromCTranslate2(Conversion):
    """A single file in CTranslate2's format."""

    def recognises(self, sources: Path) -> bool:
        files = _files(sources)
        return len(files) == 1 and is_ctranslate2(files[0])

    def convert(self, sources: Path, target: Path) -> None:
        from transcriber.engines.whisper import from_ctranslate2

        (source,) = _files(sources)
        from_ctranslate2.convert(source, target, catalog.official_name(manifest.sha256(source)))

    def weights(self, sources: Path) -> dict[str, Any]:
        from transcriber.engines.whisper import from_ctranslate2

        (source,) = _files(sources)
        _, weights = from_ctranslate2.read(source)
        return {name: weight.float() for name, weight in weights.items()}  # as a checkpoint is restored


class CheckpointFreezer(Freezer):
    kind = WHISPER
    conversion = FromCTranslate2()

    def restore(self, path: Path) -> Any:
        from transcriber.engines.whisper import checkpoint

        return checkpoint.restore(path, "cpu")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


FREEZERS = (CheckpointFreezer(),)
