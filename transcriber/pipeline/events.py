"""What a transcription says on its way: in the order Started, Progress after each batch, then one last event."""

from dataclasses import dataclass, field

from transcriber.errors import TranscriberError
from transcriber.pipeline.resume_state import ChunkState
from transcriber.transcript import Segment, Transcript


@dataclass(frozen=True)
class Started:
    """A recording was opened, and its model is loaded."""

    device: str
    """Where the model runs: "cpu", "cuda" or "cuda:1"."""


@dataclass(frozen=True)
class Progress:
    """How far a transcription is; `segments`, `peaks` and `voices` are those that are new since the one before."""

    done: float
    """Seconds of the recording that are transcribed."""
    duration: float | None
    """The second of the recording at which it will be done, where its file says how long it is."""
    elapsed: float
    """Seconds of work so far."""
    segments: tuple[Segment, ...] = ()
    peaks: bytes = b""
    """A peak (0 to 255) for each tenth of a second."""
    carried: ChunkState = field(default_factory=ChunkState)
    """What the next chunk goes on from."""
    voices: bytes = b""
    """What was heard of the speakers' voices since the one before (speakers/protocol.py)."""


TranscriptionEvent = Started | Progress | Transcript | TranscriberError
"""What becomes of a recording; the last two end it."""
NumberedEvent = tuple[int, TranscriptionEvent]
"""An event, behind the number of the recording that it is about."""
