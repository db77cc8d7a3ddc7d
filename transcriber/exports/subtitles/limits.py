"""What subtitles must keep to: Limits, and PRESETS with the numbers that others have published."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True)
class Limits:
    """Limits of cues. Characters are columns, as width() in breaking.py counts: one of Han, kana or Hangul is two."""

    line: float = inf
    """Characters in a line."""
    lines: float = inf
    """Lines in a cue."""
    speed: float = inf
    """Characters a second, blanks included: how fast it must be read."""
    shortest: float = 0.0
    """Seconds that a cue stays at least."""
    longest: float = inf
    """Seconds that a cue stays at most."""
    gap: float = 0.0
    """Seconds between two cues at least."""
    flicker: float = 0.0
    """Seconds: what is longer than `gap` and shorter than this only flickers, and is closed to `gap`."""


def frames(count: int, rate: float = 24) -> float:
    """The seconds that so many frames last, for guidelines that count in frames."""
    return count / rate


PRESETS = {
    # Timed Text Style Guide: General Requirements (5/6 s, 7 s, two lines), English (42 characters, 20 a second for
    # adults), Subtitle Timing Guidelines (two frames; gaps of less than half a second are closed): netflixstudios.com.
    "netflix": Limits(42, 2, 20, frames(20), 7, gap=frames(2), flicker=0.5),
    # Subtitle Guidelines 1.2: 37 columns of teletext, two lines (3.1, 3.3), 160 to 180 words a minute (here of five
    # characters), 0.3 s a word (4.1), no gap or one of a second at least (4.5). It names no longest time: Netflix's.
    "bbc": Limits(37, 2, 15, 0.3, 7, gap=0.0, flicker=1.0),
    # YouTube publishes no limits. 32 columns are a row of CTA-608 captions, which it takes too; the rest is Netflix's.
    "youtube": Limits(32, 2, 20, frames(20), 7, gap=frames(2), flicker=0.5),
    # One cue a segment, one line a cue, times as they were found.
    "plain": Limits(),
}
