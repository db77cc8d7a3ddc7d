"""Parakeet (FastConformer with a TDT decoder) and Canary (FastConformer with a Transformer decoder), through NeMo."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from transcriber.engines import EngineType
from transcriber.frozen.archive import Kind
from transcriber.options import TranscribeOptions
from transcriber.samples import SAMPLE_RATE
from transcriber.transcript import Hypothesis, Word
from transcriber.transducer import TransducerScorer, is_transducer


def restore(path: Path, device: str, compute_type: str) -> Any:
    """The model of a .nemo archive. Raises ModelError."""
    from transcriber.frozen import nemo_archive

    return nemo_archive.restore(path, device)


class NemoEngine:
    """One NeMo model."""

    longest = 30.0

    def __init__(self, model: Any, device: str) -> None:
        self.model, self.device = model, device
        self.batch_size = 16 if device == "cuda" else 4
        self.is_canary = hasattr(model, "prompt_format")
        self.has_word_times = not self.is_canary or _canary_has_times(model)

    @cached_property
    def scorer(self) -> TransducerScorer | None:
        """Says where given words are (transcriber.alignment); only a token-and-duration transducer can."""
        return TransducerScorer(self.model) if is_transducer(self.model) else None

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        audio = [_at_least_a_second(samples) for samples in batch]
        config = self._canary_config(len(audio)) if self.is_canary else None
        hypotheses = self.model.transcribe(
            audio,
            batch_size=len(audio),
            num_workers=0,
            timestamps=self.has_word_times,
            return_hypotheses=True,
            verbose=False,
            override_config=config,
        )
        return [Hypothesis(tuple(self._words(hypothesis))) for hypothesis in hypotheses]

    def _canary_config(self, batch_size: int) -> Any:
        """Canary's prompt; no chunking by NeMo, which does it for single files only: we chunk ourselves."""
        from nemo.collections.asr.models.aed_multitask_models import MultiTaskTranscriptionConfig

        prompt = {"source_lang": "en", "target_lang": "en", "pnc": "yes"}
        if self.model.timestamps_asr_model is None and self.has_word_times:
            prompt["timestamp"] = "yes"
        return MultiTaskTranscriptionConfig(
            batch_size=batch_size,
            num_workers=0,
            return_hypotheses=True,
            verbose=False,
            prompt=prompt,
            enable_chunking=False,
        )

    def _words(self, hypothesis: Any) -> list[Word]:
        if not self.has_word_times:
            return [Word(text) for text in hypothesis.text.split()]
        return [Word(word["word"], float(word["start"]), float(word["end"])) for word in hypothesis.timestamp["word"]]


def _canary_has_times(model: Any) -> bool:
    """Canary 1B v2 carries a timestamp model; the flash models write time tokens."""
    return model.timestamps_asr_model is not None or "<|0|>" in model.tokenizer.special_tokens


def _at_least_a_second(samples: np.ndarray) -> np.ndarray:
    """Padded behind: NeMo itself would pad on both sides, which moves the times."""
    return np.pad(samples, (0, max(0, SAMPLE_RATE - len(samples))))


TYPE = EngineType(
    name="nemo",
    title="NVIDIA NeMo (Parakeet, Canary)",
    kind=Kind.NEMO_ASR,
    packages=("nemo", "torch"),
    install="pip install -r requirements.txt",
    compute_types={"cpu": ("float32",), "cuda": ("float32",)},
    restore=restore,
    engine=NemoEngine,
)
