"""Whisper's checkpoints, as openai-whisper writes them; those in CTranslate2's format are converted when frozen."""

from pathlib import Path
from typing import Any

from transcriber.engines.kind import Kind, single_file
from transcriber.frozen.archive import ModelFile
from transcriber.models import catalog, manifest

CTRANSLATE2 = (6).to_bytes(4, "little") + b"\x0c\0WhisperSpec\0" + (3).to_bytes(4, "little")
"""How a Whisper in CTranslate2's format begins: binary version, name and revision of its specification."""


class WhisperCheckpoint(Kind):
    """A torch checkpoint with `dims` and `model_state_dict`."""

    name, title = "whisper", "Whisper checkpoint"

    def recognises(self, file: ModelFile) -> bool:
        pickled = file.checkpoint
        return pickled is not None and b"dims" in pickled and b"model_state_dict" in pickled

    def restore(self, path: Path) -> Any:
        from transcriber.engines.whisper import checkpoint

        return checkpoint.restore(path, "cpu")

    def is_published_as(self, sources: Path) -> bool:
        return any(is_ctranslate2(path) for path in sources.iterdir() if path.is_file())

    def freeze(self, sources: Path, target: Path) -> None:
        source = single_file(sources)
        if not is_ctranslate2(source):
            super().freeze(sources, target)
            return
        from transcriber.engines.whisper import from_ctranslate2

        from_ctranslate2.convert(source, target, catalog.official_name(manifest.sha256(source)))

    def weights(self, sources: Path) -> dict[str, Any]:
        source = single_file(sources)
        if not is_ctranslate2(source):
            return super().weights(sources)
        from transcriber.engines.whisper import from_ctranslate2

        _, weights = from_ctranslate2.read(source)
        return {name: weight.float() for name, weight in weights.items()}  # as a checkpoint is restored


def is_ctranslate2(path: Path) -> bool:
    """Whether a file is a Whisper in CTranslate2's format: no engine loads it, but a checkpoint can be made of it."""
    with path.open("rb") as file:
        return file.read(len(CTRANSLATE2)) == CTRANSLATE2


WHISPER = WhisperCheckpoint()
KINDS = (WHISPER,)
