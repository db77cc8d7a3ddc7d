"""OpenAI's Whisper, through openai-whisper."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from transcriber.engines.archive import AGAIN
from transcriber.errors import EngineUnavailableError, ModelCorruptError
from transcriber.store import Manifest
from transcriber.transcript import Word


def restore(path: Path, device: str, manifest: Manifest | None = None) -> Any:
    """The model of a Whisper checkpoint, with the alignment heads that its manifest's official name stands for.

    whisper.load_model() sets these heads only when it is given a name; without them word times get worse.
    Raises ModelCorruptError where the checkpoint is damaged.
    """
    try:
        import whisper
    except ImportError as error:
        raise EngineUnavailableError(
            "openai-whisper is not installed", "run `pip install -r requirements.txt`"
        ) from error
    try:
        model = whisper.load_model(str(path), device=device)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # a damaged checkpoint can end in about any exception, deep in torch
        raise ModelCorruptError(
            f"the model file {path} cannot be loaded ({type(error).__name__}: {error})", AGAIN
        ) from error
    heads = whisper._ALIGNMENT_HEADS.get(manifest.checkpoint) if manifest else None
    if heads:
        model.set_alignment_heads(heads)
    return model.eval().requires_grad_(False)


class WhisperEngine:
    """One Whisper model."""

    longest = 30.0
    has_word_times = True

    def __init__(self, model: Any, device: str) -> None:
        self.model, self.device = model, device
        self.batch_size = 1

    def transcribe(self, batch: list[np.ndarray]) -> list[list[Word]]:
        return [self._words(samples) for samples in batch]

    def _words(self, samples: np.ndarray) -> list[Word]:
        result = self.model.transcribe(
            samples, fp16=self.device == "cuda", word_timestamps=True, condition_on_previous_text=False, verbose=None
        )
        return [
            Word(word["word"].strip(), float(word["start"]), float(word["end"]), float(word["probability"]))
            for segment in result["segments"]
            for word in segment["words"]
            if word["word"].strip()
        ]
