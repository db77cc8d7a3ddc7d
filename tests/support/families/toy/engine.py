"""A toy writes the next of its words for each half second in which something is louder than its threshold."""

from pathlib import Path
from typing import Any

import numpy as np
from transcriber.engines.toy.files import TOY  # type: ignore[import-not-found]

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.protocol import BaseEngine, EngineType
from transcriber.models.capabilities import Capabilities
from transcriber.models.catalog import ModelSpec
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis, Word

PIECE = SAMPLE_RATE // 2
ABLE = Capabilities(("en", "cy"), detects_language=True)


class ToyEngine(BaseEngine):
    capabilities = ABLE

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        return [Hypothesis(tuple(map(Word, self.model.words[: self._count(samples)])), "cy") for samples in batch]

    def notices(self, options: TranscribeOptions) -> list[str]:
        return ["A toy guesses."]

    def _count(self, samples: np.ndarray) -> int:
        pieces = (samples[at : at + PIECE] for at in range(0, len(samples), PIECE))
        return sum(bool(np.abs(piece).max() > float(self.model.threshold)) for piece in pieces)


def restore(path: Path, device: str, compute_type: str) -> Any:
    from transcriber.engines.toy import checkpoint  # type: ignore[import-not-found]

    return checkpoint.restore(path).to(device)


def expect(spec: ModelSpec) -> Capabilities:
    return ABLE


TYPE = EngineType(
    name="toy",
    title="Toy",
    kind=TOY,
    packages=("torch",),
    install="pip install torch",
    compute_types={"cpu": ("float32",), "cuda": ("float32",)},
    restore=restore,
    engine=ToyEngine,
    expect=expect,
)
