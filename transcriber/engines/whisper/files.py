"""Whisper's checkpoints, as openai-whisper writes them; those in CTranslate2's format are converted when frozen."""

from pathlib import Path
from typing import Any

from transcriber.engines.kind import Conversion, Kind
from transcriber.frozen.archive import ModelFile
from transcriber.models import catalog, manifest

CTRANSLATE2_HEADER = (6).to_bytes(4, "little") + b"\x0c\0WhisperSpec\0" + (3).to_bytes(4, "little")
"""How a Whisper in CTranslate2's format begins: binary version, name and revision of its specification."""


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


class WhisperCheckpoint(Kind):
    """A torch checkpoint with `dims` and `model_state_dict`."""

    name, title, suffix = "whisper", "Whisper checkpoint", ".pt"
    conversion = FromCTranslate2()

    def recognises(self, file: ModelFile) -> bool:
        pickled = file.checkpoint
        return pickled is not None and b"dims" in pickled and b"model_state_dict" in pickled

    def restore(self, path: Path) -> Any:
        from transcriber.engines.whisper import checkpoint

        return checkpoint.restore(path, "cpu")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


def is_ctranslate2(path: Path) -> bool:
    """Whether a file is a Whisper in CTranslate2's format: no engine loads it, but a checkpoint can be made of it."""
    with path.open("rb") as file:
        return file.read(len(CTRANSLATE2_HEADER)) == CTRANSLATE2_HEADER


WHISPER = WhisperCheckpoint()
KINDS = (WHISPER,)
