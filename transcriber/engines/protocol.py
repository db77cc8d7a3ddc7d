"""What a family of models is to the rest: an EngineType says how its models are run, an Engine is one loaded model.

What its files are, it says by a Kind (kind.py).
"""

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from transcriber.engines.kind import Kind
from transcriber.errors import EngineUnavailableError
from transcriber.models import devices
from transcriber.models.capabilities import Capabilities
from transcriber.models.catalog import ENGLISH, ModelSpec
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis, Word

if TYPE_CHECKING:
    import numpy as np  # commands that transcribe nothing need none


class ForcedAligner(Protocol):
    """A model that can be asked where given words are said."""

    context: float
    """Seconds of audio on either side of a stretch that it wants to hear with it."""
    max_seconds: float
    """Of a stretch: in a longer one it finds nothing."""

    def spells(self, word: str) -> bool:
        """Whether the model can write most of the word."""
        ...

    def align(self, samples: "np.ndarray", words: Sequence[str], start: float, end: float) -> list[Word | None]:
        """Where the words are said between two seconds of the samples [N] at 16 kHz; None for what is not there."""
        ...


class Engine(Protocol):
    """One loaded model. Not thread-safe: one call at a time. A family's own derives from BaseEngine."""

    @property
    def device(self) -> str:
        """ "cpu", "cuda" or "cuda:1"."""

    @property
    def compute_type(self) -> str:
        """What it computes in, such as "bfloat16"."""

    @property
    def capabilities(self) -> Capabilities: ...
    @property
    def max_audio_seconds(self) -> float:
        """How much audio it takes at once."""

    @property
    def batch_size(self) -> int:
        """How many pieces of audio it takes at once."""

    @property
    def forced_aligner(self) -> ForcedAligner | None:
        """Says where given words are, if the model can."""

    def transcribe(
        self, batch: "list[np.ndarray]", options: TranscribeOptions = TranscribeOptions()
    ) -> list[Hypothesis]:
        """What is said in each recording [N] at 16 kHz, in the language that the options ask for.

        Words have times, in seconds from the first sample, where `capabilities.times_words(options)` says so. A
        hypothesis's language is the one that was heard, or that its text is in, where the model finds it out.
        """
        ...

    def draft(self, samples: "np.ndarray", options: TranscribeOptions, said: str = "") -> Hypothesis:
        """The likeliest words at once of one recording [N] at 16 kHz that is not over, and begins with `said`."""
        ...

    def notices(self, options: TranscribeOptions) -> list[str]:
        """What the reader should know of how the options are honoured, as sentences."""
        ...

    def use_plain_decoder(self) -> bool:
        """Decode without CUDA graphs from now on; False where that is so already, or there are none."""
        ...


class BaseEngine:
    """What engines have in common, and how an engine is that has nothing to add.

    A family derives from it, sets `capabilities`, and transcribes.
    """

    max_audio_seconds = 30.0
    capabilities: Capabilities

    def __init__(self, model: Any, device: str, compute_type: str, batch_size: int | None = None) -> None:
        self.model, self.device, self.compute_type = model, device, compute_type
        self.batch_size = batch_size or devices.batch_size(device)

    @property
    def forced_aligner(self) -> ForcedAligner | None:
        return None

    def draft(self, samples: "np.ndarray", options: TranscribeOptions, said: str = "") -> Hypothesis:
        return self.transcribe([samples], replace(options, beam_size=1) if self.capabilities.has_beams else options)[0]

    def transcribe(
        self, batch: "list[np.ndarray]", options: TranscribeOptions = TranscribeOptions()
    ) -> list[Hypothesis]:
        raise NotImplementedError

    def notices(self, options: TranscribeOptions) -> list[str]:
        return []

    def use_plain_decoder(self) -> bool:
        return False


DEMO = Capabilities(ENGLISH, has_word_times=True, takes_vocabulary=True)
"""Of the demo models, which were trained on English words alone."""


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
    engine: Callable[[Any, str, str], Engine]
    """The engine around a restored model, on a device, in a compute type."""
    automatic: Callable[[str], str] | None = None
    """Which of them "auto" means on a device of this computer, if not the first."""
    expect: Callable[[ModelSpec], Capabilities] = lambda spec: Capabilities(spec.languages)
    """What a model of the catalogue will be able to do, as far as that is known before it is loaded."""
    demo: Capabilities = DEMO
    """What its demo model may be asked for (demo_models/README.md)."""
    can_align: Callable[[Path], bool] = lambda path: False
    """Whether the model of a file has a forced aligner; the file is known to be of `kind`. Raises ModelError."""
    order: int = 0
    """Of several types for a kind, the lowest is taken unless one is asked for."""

    def require(self) -> None:
        """Raises EngineUnavailableError with the command that installs what is missing."""
        missing = [package for package in self.packages if not importlib.util.find_spec(package)]
        if missing:
            raise EngineUnavailableError(
                f"{self.title} needs {' and '.join(missing)}, which is not installed", f"run `{self.install}`"
            )
