"""What a family says of its files: how one is recognised, made of what a publisher hands out, and restored."""

import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from transcriber.errors import ModelRefusedError
from transcriber.frozen.archive import ModelFile, open_model
from transcriber.frozen.members import ELSEWHERE


class Kind(ABC):
    """One kind of model file. There is one instance of each; it needs torch only where a method says so.

    A frozen file is the publisher's own unless a family freezes otherwise.
    """

    name: str
    title: str
    """What people call such a file."""

    @abstractmethod
    def recognises(self, file: ModelFile) -> bool:
        """Whether a file is of this kind, and then all in it that loading would run, open or build is harmless.

        Raises ModelCorruptError for a damaged file and ModelRefusedError for a hostile one.
        """

    @abstractmethod
    def restore(self, path: Path) -> Any:
        """The model (a torch.nn.Module) of a file of this kind, on the processor, its weights as they are stored.

        Raises ModelError.
        """

    def is_published_as(self, sources: Path) -> bool:
        """Whether the folder `sources` holds a model of this kind that is published in another form."""
        return False

    def freeze(self, sources: Path, target: Path) -> None:
        """Write the frozen file of the publisher's files in `sources`. Imports torch. Raises ModelError."""
        shutil.copyfile(single_file(sources), target)

    def weights(self, sources: Path) -> dict[str, Any]:
        """The tensors of the publisher's files by name, as the frozen file has them. Raises ModelError."""
        return self.restore(single_file(sources)).state_dict()

    def require(self, path: Path) -> None:
        """Raises what recognises() raises, and ModelRefusedError for a file of another kind."""
        with open_model(path) as file:
            if not self.recognises(file):
                raise ModelRefusedError(f"the file {path} is no {self.title}", ELSEWHERE)


def single_file(sources: Path) -> Path:
    """The only file in a folder. Raises ModelRefusedError where there are others."""
    files = [path for path in sources.iterdir() if path.is_file()]
    if len(files) != 1:
        raise ModelRefusedError(f"{sources} holds {len(files)} files instead of a model", "set the model up anew")
    return files[0]
