"""What a family that tells speakers apart says of its models: a DiarizerType, the DIARIZER in its `diarizer.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transcriber.engines.kind import Kind
from transcriber.speakers.protocol import Diarizer


@dataclass(frozen=True)
class DiarizerType:
    """A way to run the models of one kind of file that tell speakers apart."""

    name: str
    kind: Kind
    restore: Callable[[Path, str], Any]
    """The model of a file, on a device. Raises ModelError."""
    diarizer: Callable[[Any, str], Diarizer]
    """What listens with a restored model, on a device."""
    most: int | None = None
    """People that it can tell apart at most."""
    knows_voices: bool = True
    """Whether it knows a voice again that was heard in another recording."""
