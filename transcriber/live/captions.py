"""What is told of a recording that is still going on."""

from dataclasses import dataclass

from transcriber.transcript import Word


@dataclass(frozen=True)
class Captions:
    """What is new. Times are seconds of the recording."""

    settled: tuple[Word, ...]
    """Words behind all that were settled before; they never change."""
    unsettled: tuple[Word, ...]
    """What seems to follow them, in the place of what seemed to before."""
    end: float
    """Up to which second it was listened."""
    language: str | None = None
    """ISO 639 code of what is spoken, where the model says so."""
