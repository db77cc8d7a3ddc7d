"""What kind of failure an exception of torch, NeMo or CTranslate2 tells of, where something can be done about it."""

from enum import Enum, auto

from transcriber.errors import TranscriberError


class Failure(Enum):
    """What can be done something about."""

    MEMORY = auto()
    GRAPHS = auto()
    CARD = auto()


def failure_of(error: Exception) -> Failure | None:
    """None for anything else."""
    if isinstance(error, TranscriberError):
        return None
    text = str(error).lower()
    memory = ("out of memory", "outofmemory", "alloc_failed", "can't allocate memory", "bad_alloc", "bad allocation")
    if isinstance(error, MemoryError) or any(sign in text for sign in memory):
        return Failure.MEMORY
    if any(sign in text for sign in ("cuda graph", "cudagraph", "stream is capturing", "stream capture", "nvrtc")):
        return Failure.GRAPHS
    if any(sign in text for sign in ("cuda error", "hip error", "cudnn", "cublas", "miopen", "cuda failed", "rocblas")):
        return Failure.CARD
    return None
