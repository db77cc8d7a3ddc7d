"""What a family says of its files: how one is recognised, made of what a publisher hands out, and restored."""

import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from transcriber.errors import ModelRefusedError
from transcriber.frozen.archive import ModelFile, open_model
from transcriber.frozen.members import ELSEWHERE


class Conversion(ABC):
    """Another form in which models of a kind are published, and which becomes a frozen file. Its methods import torch.

    `sources` is the folder in which the publisher's files lie.
    """

    @abstractmethod
    def recognises(self, sources: Path) -> bool:
        """Whether there is a model in this form."""

    @abstractmethod
    def convert(self, sources: Path, target: Path) -> None:
        """Write the frozen file. Raises ModelError."""

    @abstractmethod
    def weights(self, sources: Path) -> dict[str, Any]:
        """The publisher's tensors, named and typed as those of the model that is restored. Raises ModelError."""


class Kind(ABC):
    """One kind of model file. There is one instance of each, so that kinds are compared by identity."""

    name: str
    title: str
    """What people call such a file."""
    suffix: str
    """With which its files are named; what a file is never follows from it."""
    conversion: Conversion | None = None

    @abstractmethod
    def recognises(self, file: ModelFile) -> bool:
        """Whether a file is of this kind, and then all in it that loading would run, open or build is harmless.

        Needs no torch. Raises ModelCorruptError for a damaged file and ModelRefusedError for a hostile one.
        """

    @abstractmethod
    def restore(self, path: Path) -> Any:
        """The model (a torch.nn.Module) of a file of this kind, on the processor, its weights as they are stored.

        Raises ModelError.
        """

    def freeze(self, source: Path, target: Path) -> None:
        """Write the frozen file of a file of this kind: the same, unless a family does more. Raises ModelError."""
        shutil.copyfile(source, target)

    def require(self, path: Path) -> None:
        """Raises what recognises() raises, and ModelRefusedError for a file of another kind."""
        with open_model(path) as file:
            if not self.recognises(file):
                raise ModelRefusedError(f"the file {path} is no {self.title}", ELSEWHERE)
