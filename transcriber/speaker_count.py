"""How many people there are said to be in a recording: `auto`, `off`, `N` or `MIN-MAX`."""

import re
from dataclasses import dataclass

from transcriber.errors import UnsupportedOptionError

AUTO, OFF = "auto", "off"
MOST = 99
"""People that may be asked for."""


@dataclass(frozen=True)
class SpeakerCount:
    """At least and at most so many people; `most` is None where nobody says."""

    least: int = 1
    most: int | None = None

    @property
    def exactly(self) -> int | None:
        """The number, where it is known."""
        return self.least if self.least == self.most else None


def parse(text: str) -> SpeakerCount | None:
    """What `text` asks for; None where nobody is to be told apart. Raises UnsupportedOptionError for anything else."""
    if text == OFF:
        return None
    if text == AUTO:
        return SpeakerCount()
    if match := re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", text, re.ASCII):
        least, most = int(match[1]), int(match[2] or match[1])
        if 1 <= least <= most <= MOST:
            return SpeakerCount(least, most)
    raise UnsupportedOptionError(
        f"“{text}” is no number of speakers", f"write {AUTO}, {OFF}, a number from 1 to {MOST}, or two such as 2-4"
    )
