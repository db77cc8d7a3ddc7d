"""What a family says of freezing: how a frozen file is made of what a publisher hands out, and proven."""

import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from transcriber.engines.kind import Kind


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


class Freezer(ABC):
    """How files of one kind are frozen. There is one for each kind."""

    kind: Kind
    conversion: Conversion | None = None

    @abstractmethod
    def restore(self, path: Path) -> Any:
        """The model (a torch.nn.Module) of a file of this kind, on the processor, its weights as they are stored.

        Raises ModelError.
        """

    def freeze(self, source: Path, target: Path) -> None:
        """Write the frozen file of a file of this kind: the same, unless a family does more. Raises ModelError."""
        shutil.copyfile(source, target)
