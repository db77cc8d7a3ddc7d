"""Whisper's checkpoints, as openai-whisper writes them; and those in CTranslate2's format, which no engine loads."""

from pathlib import Path

from transcriber.engines.kind import Kind
from transcriber.frozen.archive import ModelFile

CTRANSLATE2_HEADER = (6).to_bytes(4, "little") + b"\x0c\0WhisperSpec\0" + (3).to_bytes(4, "little")
"""How a Whisper in CTranslate2's format begins: binary version, name and revision of its specification."""


class WhisperCheckpoint(Kind):
    """A torch checkpoint with `dims` and `model_state_dict`."""

    name, title, suffix = "whisper", "Whisper checkpoint", ".pt"

    def recognises(self, file: ModelFile) -> bool:
        pickled = file.checkpoint
        return pickled is not None and b"dims" in pickled and b"model_state_dict" in pickled


def is_ctranslate2(path: Path) -> bool:
    """Whether a file is a Whisper in CTranslate2's format: no engine loads it, but a checkpoint can be made of it."""
    with path.open("rb") as file:
        return file.read(len(CTRANSLATE2_HEADER)) == CTRANSLATE2_HEADER


WHISPER = WhisperCheckpoint()
KINDS = (WHISPER,)
