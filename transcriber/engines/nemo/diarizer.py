"""Sortformer, NeMo's model that tells up to four speakers apart while it listens."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from transcriber.engines.diarizer import DiarizerType
from transcriber.engines.nemo.files import DIARIZATION

if TYPE_CHECKING:
    import numpy as np

    from transcriber.speakers.protocol import Listener

MOST = 4


def restore(path: Path, device: str) -> Any:
    """The model of a .nemo archive. Raises ModelError."""
    from transcriber.engines.nemo import checkpoint, sortformer

    model = checkpoint.restore(path, device)
    sortformer.prepare(model, path)
    return model


class SortformerDiarizer:
    """One loaded Sortformer."""

    name = "sortformer"

    def __init__(self, model: Any, device: str) -> None:
        self.model, self.device = model, device

    def listener(self, heard: bytes = b"") -> "Listener":
        """For one recording. What the model remembers is not in `heard`: it listens from the beginning, and keeps what
        is new."""
        from transcriber.engines.nemo.sortformer import SortformerListener

        return SortformerListener(self.model, heard)

    def embed(self, samples: "np.ndarray") -> "np.ndarray | None":
        """None: Sortformer knows people by the order in which they speak in a recording, and no voices beyond it."""
        return None


DIARIZER = DiarizerType(SortformerDiarizer.name, DIARIZATION, restore, SortformerDiarizer, MOST, knows_voices=False)
