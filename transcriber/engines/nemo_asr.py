"""Parakeet (FastConformer with a TDT decoder) and Canary (FastConformer with a Transformer decoder), through NeMo."""

import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from transcriber.engines import EngineType
from transcriber.errors import EngineUnavailableError, ModelCorruptError
from transcriber.frozen.archive import AGAIN, Kind
from transcriber.transcript import Word


def _import_nemo() -> Any:
    """NeMo's ASR models, imported without its banners."""
    logging.getLogger("nv_one_logger").setLevel(logging.ERROR)
    logging.getLogger("hydra").setLevel(logging.CRITICAL)  # calls every Canary's decoder an error, and then builds it
    warnings.filterwarnings("ignore", module=r"(nemo|lightning|torch|pydub)\b")
    try:
        from nemo.collections.asr import models
    except ImportError as error:
        raise EngineUnavailableError("NeMo is not installed", "run `pip install -r requirements.txt`") from error
    from nemo.utils import logging as nemo_logging

    nemo_logging.set_verbosity(nemo_logging.ERROR)
    return models


def restore(path: Path, device: str, compute_type: str) -> Any:
    """The model of a .nemo archive, ready for inference.

    Raises ModelCorruptError where NeMo cannot make a model of it.
    """
    import torch

    models = _import_nemo()
    threads = torch.get_num_threads()
    try:
        model = models.ASRModel.restore_from(str(path), map_location=device)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # a damaged archive can end in about any exception, deep in NeMo
        raise ModelCorruptError(
            f"the model file {path} cannot be loaded ({type(error).__name__}: {error})", AGAIN
        ) from error
    finally:
        torch.set_num_threads(threads)  # importing NeMo resets it
    return model.eval().requires_grad_(False)


class NemoEngine:
    """One NeMo model."""

    longest = 30.0

    def __init__(self, model: Any, device: str) -> None:
        self.model, self.device = model, device
        self.batch_size = 16 if device == "cuda" else 4
        self.is_canary = hasattr(model, "prompt_format")
        self.has_word_times = not self.is_canary or _canary_has_times(model)

    def transcribe(self, batch: list[np.ndarray]) -> list[list[Word]]:
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
        return [self._words(hypothesis) for hypothesis in hypotheses]

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
    from transcriber.audio import SAMPLE_RATE  # loads FFmpeg: the web process knows engine types without it

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
