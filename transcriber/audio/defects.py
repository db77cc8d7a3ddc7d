"""What is wrong with a recording, as it shows while it is read, and how a person is told."""

from collections.abc import Iterator
from dataclasses import dataclass

from transcriber.clock import clock

CUT_OFF = "The end of the recording is missing: what could be read was transcribed."
BROKEN_OFF = "Of the recordings joined in this file one is not whole near {}: what is missing there is left out."
LONGER = "The file has more sound than its header says, which a player may not play: all of it was transcribed."
DAMAGED = "The recording is damaged near {}: what could be read was transcribed, what is missing counts as silence."
HOLES = "The recording has holes, the first near {}: they count as silence."
CANCELLING = "The channels cancel each other out (a microphone with swapped wires): one of them was transcribed."


@dataclass
class Defects:
    """Of one recording; complete when it has been read to its end. Times are seconds of the recording, the first one
    of each kind; None where there is nothing of the kind.
    """

    is_longer: bool = False
    """Whether there is more sound than the header says."""
    damaged_at: float | None = None
    hole_at: float | None = None
    broken_off_at: float | None = None
    """Where one of several recordings that were joined in the file ends too early."""
    is_cut_off: bool = False
    """Whether the end is missing."""
    is_cancelling: bool = False
    """Whether the mean of the channels would be silence."""

    def add_damage(self, at: float) -> None:
        if self.damaged_at is None:
            self.damaged_at = at

    def add_hole(self, at: float) -> None:
        if self.hole_at is None:
            self.hole_at = at

    def add_break(self, at: float) -> None:
        if self.broken_off_at is None:
            self.broken_off_at = at

    def sentences(self) -> Iterator[str]:
        """What a person should know of them, a sentence each."""
        if self.damaged_at is not None:
            yield DAMAGED.format(clock(self.damaged_at))
        elif self.hole_at is not None:
            yield HOLES.format(clock(self.hole_at))
        if self.broken_off_at is not None:
            yield BROKEN_OFF.format(clock(self.broken_off_at))
        if self.is_cut_off:
            yield CUT_OFF
        if self.is_longer:
            yield LONGER
        if self.is_cancelling:
            yield CANCELLING
