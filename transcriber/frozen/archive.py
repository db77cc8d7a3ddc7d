"""A model's file, opened: what it says of itself, by its headers alone, or why it is refused. Without torch.

A .nemo is a tar whose model_config.yaml names its class in `target`; other archives hold other files; a checkpoint of
torch is a zip with a pickle. The file's name says nothing. What an answer is taken from is checked first; which family
a file belongs to is for the families to say (transcriber.engines.families).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from transcriber.errors import ModelRefusedError
from transcriber.frozen import configuration
from transcriber.frozen.members import BLOCK, ELSEWHERE, Archive, damaged, is_archive, open_archive, read_error
from transcriber.frozen.pickles import LEGACY_MAGIC, check_checkpoint

T = TypeVar("T")
CONFIGURATION, WEIGHTS = "model_config.yaml", "model_weights.ckpt"
"""What every .nemo holds."""
MAX_CONFIGURATION_BYTES = 16 << 20


class ModelFile:
    """An open file that may be a model's. Its properties raise ModelCorruptError or ModelRefusedError."""

    def __init__(self, path: Path, begin: bytes, archive: Archive | None) -> None:
        self.path, self.begin = path, begin
        """`begin`: its first bytes."""
        self.archive = archive
        """If it is a tar: its members, by headers that were checked."""

    @cached_property
    def nemo_class(self) -> str | None:
        """The class that a .nemo names, once all its configurations and checkpoints are known as harmless; else None.

        It is empty where the configuration names none.
        """
        if self.archive is None or not self.archive.members.keys() >= {CONFIGURATION, WEIGHTS}:
            return None
        if any(name.endswith(".safetensors") for name in self.archive.members):
            return None
        return check_nemo(self.archive)

    @cached_property
    def checkpoint(self) -> bytes | None:
        """The pickle of a checkpoint of torch, once it is known to hold weights and to run nothing; else None."""
        if not self.begin.startswith((b"PK\x03\x04", LEGACY_MAGIC)):
            return None
        with self.path.open("rb") as file:
            return check_checkpoint(file, self.path.stat().st_size, self.path)

    def refusal(self) -> ModelRefusedError:
        """What is said of a file that no family knows."""
        if self.checkpoint is not None:
            return ModelRefusedError(f"the file {self.path} is no Whisper checkpoint", ELSEWHERE)
        if self.nemo_class is not None:
            what = self.nemo_class or "model without a class"
            return ModelRefusedError(
                f"the model file {self.path} holds a {what}, which this program cannot load", ELSEWHERE
            )
        if self.archive is not None:
            return _no_model(self.path)
        return ModelRefusedError(f"the file {self.path} is no model", ELSEWHERE)


@contextmanager
def open_model(path: Path) -> Iterator[ModelFile]:
    """A model's file, opened.

    Raises ModelCorruptError for an empty, truncated or damaged one, ModelRefusedError for a hostile archive,
    ModelLoadError for one that the system does not let be read.
    """
    try:
        with path.open("rb") as file:
            begin = file.read(BLOCK)
        if not begin:
            raise damaged(path, "it is empty")
        if is_archive(begin):
            with open_archive(path) as archive:
                yield ModelFile(path, begin, archive)
        else:
            yield ModelFile(path, begin, None)
    except OSError as error:
        raise read_error(path, error) from error


def cached_by_file(look: Callable[[Path], T]) -> Callable[[Path], T]:
    """`look`, cached by path, inode, modification time and size: a file is looked at again only when it has changed."""
    cached = cache(lambda path, *version: look(path))

    def look_again(path: Path) -> T:
        status = path.stat()
        return cached(path, status.st_ino, status.st_mtime_ns, status.st_size)

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
            fields = configuration.read_yaml(archive.read(name, MAX_CONFIGURATION_BYTES), archive.path)
            configuration.check(fields, archive.members, archive.path)
            if name == CONFIGURATION:
                target = str(fields.get("target", ""))
        elif name.endswith(".ckpt"):
            with archive.open(name) as content:
                check_checkpoint(content, archive.members[name].size, archive.path)
    return target


def _no_model(path: Path) -> ModelRefusedError:
    return ModelRefusedError(f"the file {path} is an archive, but holds no model that can be read", ELSEWHERE)
