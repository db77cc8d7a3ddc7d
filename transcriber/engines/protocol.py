"""What a family of models is to the rest: EngineType says how it is run, Engine is one loaded model."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from transcriber.errors import EngineUnavailableError
from transcriber.frozen.archive import Kind
from transcriber.models.capabilities import Capabilities
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis


class Engine(Protocol):
    """One loaded model. Not thread-safe: one call at a time."""

    @property
    def device(self) -> str: ...
    @property
    def compute_type(self) -> str: ...
    @property
    def max_audio_seconds(self) -> float:
        """Seconds of audio it takes at once."""

    @property
    def batch_size(self) -> int: ...
    @property
    def has_word_times(self) -> bool:
        """Whether words have times, as load_engine() was asked: a translation may have none."""

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        """What is said in each recording [N] at 16 kHz, in the language that the options ask for.

        A hypothesis's language is the one that was heard, or that its text is in, where the model finds it out.
        """
        ...


class LoadedEngine(Engine, Protocol):
    """What load_engine() gives."""

    capabilities: Capabilities
    compute_type: str
    """What it computes in; load_engine() says."""
    has_word_times: bool

    def notices(self, options: TranscribeOptions) -> list[str]:
        """What the reader should know of how the options are honoured, as sentences."""
        ...


@dataclass(frozen=True)
class EngineType:
    """A way to run the models of one kind of file."""

    name: str
    title: str
    kind: Kind
    packages: tuple[str, ...]
    """What it imports."""
    install: str
    """The command that installs these."""
    compute_types: dict[str, tuple[str, ...]]
    """What a model can be computed in, on "cpu" and "cuda"; the first is what "auto" means there."""
    restore: Callable[[Path, str, str], Any]
    """The model of a file, on a device, in a compute type. Raises ModelError."""
    engine: Callable[[Any, str], LoadedEngine]
    """The engine around a restored model on a device."""
    automatic: Callable[[str], str] | None = None
    """Which of them "auto" means on a device of this computer, if not the first."""
    order: int = 0
    """Of several types for a kind, the lowest is taken unless one is asked for."""

    def is_available(self) -> bool:
        """Whether all that it imports is installed."""
        return all(importlib.util.find_spec(package) for package in self.packages)

    def require(self) -> None:
        """Raises EngineUnavailableError with the command that installs what is missing."""
        if not self.is_available():
            missing = [package for package in self.packages if not importlib.util.find_spec(package)]
            raise EngineUnavailableError(
                f"{self.title} needs {' and '.join(missing)}, which is not installed", f"run `{self.install}`"
            )
