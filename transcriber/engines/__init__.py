"""Frozen models behind one protocol. The family follows from the file itself, never from its name.

`load_model` restores a model and keeps it in memory; `load_engine` puts the family's engine around it. Heavy libraries
are imported when a model of theirs is loaded, not before.
"""

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from transcriber.frozen.archive import Kind, kind_of
from transcriber.store import ModelStore
from transcriber.transcript import Word

models_cache: dict[tuple[Path, str], Any] = {}
"""Every model that was loaded, by its file and device."""


class Engine(Protocol):
    """One loaded model. Not thread-safe: one call at a time."""

    device: str
    longest: float
    """Seconds of audio it takes at once."""
    batch_size: int
    has_word_times: bool

    def transcribe(self, batch: list[np.ndarray]) -> list[list[Word]]:
        """The words of each recording [N] at 16 kHz; times count from its first sample."""
        ...


def choose_device(device: str) -> str:
    """ "auto" → "cuda" where there is a usable one, else "cpu"."""
    if device != "auto":
        return device
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def load_model(name: str, models_dir: Path | str = "local_models", device: str = "auto") -> Any:
    """The frozen model `name`, restored from its local file once and kept in memory; no hub is asked, ever.

    Raises UnknownModelError, ModelNotFrozenError (a FileNotFoundError), ModelCorruptError or ModelRefusedError.
    """
    store = ModelStore(Path(models_dir))
    path = store.require(name)
    device = choose_device(device)
    key = (path.resolve(), device)
    if key not in models_cache:
        if kind_of(path) is Kind.WHISPER:
            from transcriber.frozen import whisper_checkpoint

            models_cache[key] = whisper_checkpoint.restore(path, device)
        else:
            from transcriber.frozen import nemo_archive

            models_cache[key] = nemo_archive.restore(path, device)
    return models_cache[key]


def load_engine(name: str, models_dir: Path | str = "local_models", device: str = "auto") -> Engine:
    """The engine around load_model()'s model; the same errors."""
    device = choose_device(device)
    model = load_model(name, models_dir, device)
    if kind_of(ModelStore(Path(models_dir)).path(name)) is Kind.WHISPER:
        from transcriber.engines.whisper import WhisperEngine

        return WhisperEngine(model, device)
    from transcriber.engines.nemo_asr import NemoEngine

    return NemoEngine(model, device)
