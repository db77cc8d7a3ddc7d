"""What a model's file is, and whether it may be loaded: from its headers, without torch, before anything is built.

A .nemo is a tar whose model_config.yaml names its class in `target`; Canary-Qwen's is a tar with config.json and
model.safetensors; a Whisper checkpoint is a torch zip with `dims`. The file's name says nothing.
"""

from collections.abc import Callable
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TypeVar

from transcriber.errors import ModelRefusedError
from transcriber.frozen import configuration
from transcriber.frozen.members import AGAIN, ELSEWHERE, Archive, damaged, open_archive, trouble
from transcriber.frozen.pickles import OLD_MAGIC, check_checkpoint
from transcriber.frozen.salm_config import CONFIGURATIONS, check_config

__all__ = ["AGAIN", "Kind", "kind_of"]
T = TypeVar("T")
CONFIGURATION, WEIGHTS = "model_config.yaml", "model_weights.ckpt"
LARGEST_TEXT = 16 << 20
"""Bytes of a configuration."""
SALM_WEIGHTS = "model.safetensors"
CTRANSLATE2 = (6).to_bytes(4, "little") + b"\x0c\0WhisperSpec\0" + (3).to_bytes(4, "little")
"""How a Whisper in CTranslate2's format begins: binary version, name and revision of its specification."""


class Kind(Enum):
    """Which engine loads it."""

    NEMO_ASR = "nemo_asr"
    NEMO_SALM = "nemo_salm"
    WHISPER = "whisper"
    DIARIZATION = "diarization"


def kind_of(path: Path) -> Kind:
    """Which engine can load the file, once everything in it that loading would run, open or build is known as harmless.

    Raises ModelCorruptError for a truncated or damaged file, ModelRefusedError for one that is no model, of another
    kind, or hostile, ModelLoadError for one that the system does not let be read.
    """
    try:
        return _kind_of(path)
    except OSError as error:
        raise trouble(path, error) from error


def _kind_of(path: Path) -> Kind:
    if path.stat().st_size == 0:
        raise damaged(path, "it is empty")
    with path.open("rb") as file:
        begin = file.read(len(OLD_MAGIC))
    if begin[:4] == b"PK\x03\x04" or begin == OLD_MAGIC:
        return _whisper(path)
    with open_archive(path) as archive:
        return _salm(archive) if SALM_WEIGHTS in archive.members else _nemo(archive)


def is_ctranslate2(path: Path) -> bool:
    """Whether a file is a Whisper in CTranslate2's format: no engine loads it, but a checkpoint can be made of it."""
    with path.open("rb") as file:
        return file.read(len(CTRANSLATE2)) == CTRANSLATE2


def remembered(look: Callable[[Path], T]) -> Callable[[Path], T]:
    """The same for whom a model is in memory already: a file is looked at again only when it has changed."""
    found = cache(lambda path, *version: look(path))

    def look_again(path: Path) -> T:
        status = path.stat()
        return found(path, status.st_ino, status.st_mtime_ns, status.st_size)

    return look_again


def check_nemo(archive: Archive) -> str:
    """The class that a .nemo names, once its configurations and checkpoints are known as harmless.

    An archive may hold a second model: Canary 1B v2 has one for its timestamps.
    """
    if not archive.members.keys() >= {CONFIGURATION, WEIGHTS}:
        raise _no_model(archive.path)
    target = ""
    for name in archive.members:
        if name.endswith(".yaml"):
            fields = configuration.read_yaml(archive.read(name, LARGEST_TEXT), archive.path)
            configuration.check(fields, archive.members, archive.path)
            if name == CONFIGURATION:
                target = str(fields.get("target", ""))
        elif name.endswith(".ckpt"):
            with archive.open(name) as content:
                check_checkpoint(content, archive.members[name].size, archive.path)
    return target


def _nemo(archive: Archive) -> Kind:
    target = check_nemo(archive)
    if target in configuration.ASR_MODELS:
        return Kind.NEMO_ASR
    if target in configuration.DIARIZATION_MODELS:
        return Kind.DIARIZATION
    raise ModelRefusedError(
        f"the model file {archive.path} holds a {target or 'model without a class'}, which this program cannot load",
        ELSEWHERE,
    )


def _salm(archive: Archive) -> Kind:
    if not archive.members.keys() >= {*CONFIGURATIONS} or CONFIGURATION in archive.members:
        raise _no_model(archive.path)
    check_config(archive.path, *(archive.read(name, LARGEST_TEXT) for name in CONFIGURATIONS))
    return Kind.NEMO_SALM


def _no_model(path: Path) -> ModelRefusedError:
    return ModelRefusedError(f"the file {path} is an archive, but holds no model that can be read", ELSEWHERE)


def _whisper(path: Path) -> Kind:
    with path.open("rb") as file:
        content = check_checkpoint(file, path.stat().st_size, path)
    if b"dims" not in content or b"model_state_dict" not in content:
        raise ModelRefusedError(f"the file {path} is no Whisper checkpoint", ELSEWHERE)
    return Kind.WHISPER
