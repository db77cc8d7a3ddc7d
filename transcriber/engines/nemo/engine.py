"""Parakeet (FastConformer with a TDT decoder) and Canary (FastConformer with a Transformer decoder), through NeMo."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.nemo.transducer import TransducerScorer, is_transducer
from transcriber.engines.protocol import EngineType
from transcriber.frozen.archive import Kind
from transcriber.models import devices
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis


def restore(path: Path, device: str, compute_type: str) -> Any:
    """The model of a .nemo archive, computing in a compute type. Raises ModelError."""
    from transcriber.engines.nemo import checkpoint

    model = checkpoint.restore(path, device)
    from transcriber.engines.nemo import encoder

    second = getattr(model, "timestamps_asr_model", None)  # of Canary 1B v2
    for one in (model, second) if second else (model,):
        encoder.optimize(one)
        encoder.cast(one, compute_type)
    return model


class NemoEngine:
    """One NeMo model."""

    max_audio_seconds, compute_type = 30.0, ""

    def __init__(self, model: Any, device: str) -> None:
        from transcriber.engines.nemo.canary import Canary
        from transcriber.engines.nemo.parakeet import Parakeet

        self.model, self.device = model, device
        self.batch_size = devices.batch_size(device)
        self.decoder = Canary(model) if hasattr(model, "prompt_format") else Parakeet(model)
        self.capabilities = self.decoder.capabilities
        self.has_word_times = self.capabilities.has_word_times

    @cached_property
    def scorer(self) -> TransducerScorer | None:
        """Says where given words are (transcriber.alignment.aligner); only a token-and-duration transducer can."""
        return TransducerScorer(self.model) if is_transducer(self.model) else None

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        return self.decoder.transcribe([_at_least_a_second(samples) for samples in batch], options)

    def notices(self, options: TranscribeOptions) -> list[str]:
        return self.decoder.notices(options)

    def plain_decoder(self) -> bool:
        """Decode without CUDA graphs from now on; False where that is so already, or there are none."""
        plain_decoder = getattr(self.decoder, "plain_decoder", None)
        return bool(plain_decoder and plain_decoder())


def _at_least_a_second(samples: np.ndarray) -> np.ndarray:
    """Padded behind: NeMo itself would pad on both sides, which moves the times."""
    return np.pad(samples, (0, max(0, SAMPLE_RATE - len(samples))))


TYPE = EngineType(
    name="nemo",
    title="NVIDIA NeMo (Parakeet, Canary)",
    kind=Kind.NEMO_ASR,
    packages=("nemo", "torch"),
    install="pip install -r requirements.txt",
    compute_types={"cpu": ("float32", "bfloat16"), "cuda": ("bfloat16", "float16", "float32")},
    automatic=devices.fastest_type,
    restore=restore,
    engine=NemoEngine,
)
