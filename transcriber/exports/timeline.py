"""Frames: how video editors count time."""

from dataclasses import dataclass
from fractions import Fraction

RATES = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
}
"""Frames a second, by the name that editors give them (SMPTE ST 12-1)."""


@dataclass(frozen=True)
class Timeline:
    """The timeline of an editor, on which markers are set."""

    rate: str = "25"
    """One of RATES. A recording of sound has none: 25 is Europe's, and its timecode runs with the clock."""
    begin: int = 3600
    """Seconds at which its timecode begins: one hour, as Resolve, Premiere and Final Cut begin theirs."""

    @property
    def frame(self) -> Fraction:
        """Seconds that a frame lasts."""
        return 1 / RATES[self.rate]

    def frames(self, seconds: float) -> int:
        """The frame that is nearest."""
        return round(seconds * RATES[self.rate])

    def timecode(self, frames: int) -> str:
        """HH:MM:SS:FF, non-drop: `frames` after the beginning of the timeline."""
        base = round(RATES[self.rate])
        seconds, frame = divmod(frames + self.begin * base, base)
        minutes, second = divmod(seconds, 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}:{frame:02d}"
