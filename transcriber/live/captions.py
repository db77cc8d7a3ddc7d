"""What is told of a recording that is still going on."""

from dataclasses import dataclass

from transcriber.transcript import Word

PAUSE_SECONDS = 0.6
"""Of silence, after which what was said is over, by default."""


@dataclass(frozen=True)
class Captions:
    """What is new. Times are seconds of the recording."""

    settled: tuple[Word, ...]
    """Words behind all that were settled before; they never change."""
    unsettled: tuple[Word, ...]
    """What seems to follow them, in the place of what seemed to before."""
    end: float
    """Up to which second it was listened."""
    start: float = 0.0
    """All that was said before this second is settled."""
    began: float | None = None
    """The second at which somebody began to speak, who speaks still or did so until `ended`."""
    ended: float | None = None
    """The second at which that was over: a pause has passed since, and its words are settled."""
    language: str | None = None
    """ISO 639 code of what is spoken, where the model says so."""

    @property
    def settled_until(self) -> float:
        """The second before which nothing has to be heard again."""
        return max([self.start, *(word.span[1] for word in self.settled)])
