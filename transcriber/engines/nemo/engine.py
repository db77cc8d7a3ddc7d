"""Parakeet (FastConformer with a TDT decoder) and Canary (FastConformer with a Transformer decoder), through NeMo."""

from pathlib import Path
from typing import Any

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.nemo.files import ASR
from transcriber.engines.nemo.transducer import TransducerAligner, holds_transducer, is_transducer
from transcriber.engines.protocol import BaseEngine, EngineType, ForcedAligner
from transcriber.models import devices
from transcriber.models.capabilities import Capabilities, pairs_with_english
from transcriber.models.catalog import TRANSLATE, ModelSpec
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis


def restore(path: Path, device: str, compute_type: str) -> Any:
    """The model of a .nemo archive, computing in a compute type. Raises ModelError."""
    from transcriber.engines.nemo import checkpoint

    model = checkpoint.restore(path, device)
    from transcriber.engines.nemo import encoder

    second = getattr(model, "timestamps_asr_model", None)  # of Canary 1B v2
    for part in (model, second) if second else (model,):
        encoder.optimize(part)
        encoder.cast(part, compute_type)
    return model


def expect(spec: ModelSpec) -> Capabilities:
    """Canary translates, and has to be told the languages; Parakeet writes in the language that it hears."""
    is_canary = TRANSLATE in spec.tasks
    return Capabilities(
        languages=spec.languages,
        detects_language=len(spec.languages) > 1 and not is_canary,
        translations=pairs_with_english(spec.languages, spec.languages) if is_canary else (),
        has_word_times=True,
        has_confidence=True,
        takes_vocabulary=True,
    )


class NemoEngine(BaseEngine):
    """One NeMo model."""

    def __init__(self, model: Any, device: str, compute_type: str) -> None:
        from transcriber.engines.nemo.canary import Canary
        from transcriber.engines.nemo.parakeet import Parakeet

        super().__init__(model, device, compute_type)
        self.decoder: Canary | Parakeet = Canary(model) if hasattr(model, "prompt_format") else Parakeet(model)
        self.capabilities = self.decoder.capabilities
        self._aligner = TransducerAligner(model) if is_transducer(model) else None

    @property
    def forced_aligner(self) -> ForcedAligner | None:
        """Of a token-and-duration transducer only."""
        return self._aligner

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        return self.decoder.transcribe([_at_least_a_second(samples) for samples in batch], options)

    def notices(self, options: TranscribeOptions) -> list[str]:
        return self.decoder.notices(options)

    def use_plain_decoder(self) -> bool:
        return self.decoder.use_plain_decoder()


def _at_least_a_second(samples: np.ndarray) -> np.ndarray:
    """Padded behind: NeMo itself would pad on both sides, which moves the times."""
    return np.pad(samples, (0, max(0, SAMPLE_RATE - len(samples))))


TYPE = EngineType(
    name="nemo",
    title="NVIDIA NeMo (Parakeet, Canary)",
    kind=ASR,
    packages=("nemo", "torch"),
    install="pip install -r requirements.txt",
    compute_types={"cpu": ("float32", "bfloat16"), "cuda": ("bfloat16", "float16", "float32")},
    automatic=devices.fastest_type,
    restore=restore,
    engine=NemoEngine,
    expect=expect,
    can_align=holds_transducer,
)
