"""Limits of subtitles, and PRESETS: the numbers that broadcasters and platforms have published."""

from dataclasses import dataclass
from math import inf

from transcriber.errors import UnsupportedOptionError


@dataclass(frozen=True)
class Limits:
    """Limits of cues. Characters are columns as breaking.width() counts them: one of Han, kana or Hangul is two."""

    max_line_chars: float = inf
    """Characters in a line."""
    max_lines: float = inf
    """Lines in a cue."""
    max_cps: float = inf
    """Reading speed: characters a second, blanks included."""
    min_seconds: float = 0.0
    """For which a cue is shown at least."""
    max_seconds: float = inf
    """For which a cue is shown at most."""
    min_gap_seconds: float = 0.0
    """Between two cues."""
    flicker_seconds: float = 0.0
    """A gap longer than `min_gap_seconds` and shorter than this flickers: it is closed to `min_gap_seconds`."""


def frames(count: int, rate: float = 24) -> float:
    """Seconds of `count` frames at `rate` frames a second, for guidelines that count in frames."""
    return count / rate


PRESETS = {
    # Timed Text Style Guide: General Requirements (5/6 s, 7 s, two lines), English (42 characters, 20 a second for
    # adults), Subtitle Timing Guidelines (two frames; gaps of less than half a second are closed): netflixstudios.com.
    "netflix": Limits(42, 2, 20, frames(20), 7, min_gap_seconds=frames(2), flicker_seconds=0.5),
    # Subtitle Guidelines 1.2: 37 columns of teletext, two lines (3.1, 3.3), 160 to 180 words a minute (here of five
    # characters), 0.3 s a word (4.1), no gap or one of a second at least (4.5). It names no longest time: Netflix's.
    "bbc": Limits(37, 2, 15, 0.3, 7, min_gap_seconds=0.0, flicker_seconds=1.0),
    # YouTube publishes no limits. 32 columns are a row of CTA-608 captions, which it takes too; the rest is Netflix's.
    "youtube": Limits(32, 2, 20, frames(20), 7, min_gap_seconds=frames(2), flicker_seconds=0.5),
    # One cue a segment, one line a cue, times as they were found.
    "plain": Limits(),
}


def preset(name: str) -> Limits:
    """Raises UnsupportedOptionError, which lists them."""
    if name not in PRESETS:
        raise UnsupportedOptionError(f"there are no subtitles “{name}”", f"choose one of {', '.join(PRESETS)}")
    return PRESETS[name]
