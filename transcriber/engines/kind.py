"""What a family says of its files: how one is recognised, and what must be true of it before anything is loaded."""

from abc import ABC, abstractmethod
from pathlib import Path

from transcriber.errors import ModelRefusedError
from transcriber.frozen.archive import ModelFile, open_model
from transcriber.frozen.members import ELSEWHERE


class Kind(ABC):
    """One kind of model file. There is one instance of each, so that kinds are compared by identity."""

    name: str
    title: str
    """What people call such a file."""
    suffix: str
    """With which its files are named; what a file is never follows from it."""

    @abstractmethod
    def recognises(self, file: ModelFile) -> bool:
        """Whether a file is of this kind, and then all in it that loading would run, open or build is harmless.

        Needs no torch. Raises ModelCorruptError for a damaged file and ModelRefusedError for a hostile one.
        """

    def require(self, path: Path) -> None:
        """Raises what recognises() raises, and ModelRefusedError for a file of another kind."""
        with open_model(path) as file:
            if not self.recognises(file):
                raise ModelRefusedError(f"the file {path} is no {self.title}", ELSEWHERE)
