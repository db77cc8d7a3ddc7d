"""Cues: what stands on the screen at once, and what is wrong with it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from transcriber.exports.subtitles.breaking import width
from transcriber.exports.subtitles.limits import Limits
from transcriber.exports.timecode import timecode
from transcriber.transcript import Word, joined

TOLERANCE = 0.001
"""Seconds: files are written in milliseconds."""


@dataclass(frozen=True)
class Cue:
    """Words that are shown together."""

    start: float
    end: float
    lines: tuple[tuple[Word, ...], ...]
    speaker: str | None = None
    label: str = ""
    """What is written before the words, such as "ANNA: "."""
    latest: float = inf
    """The recording's end, beyond which it does not stay; unless it begins there."""

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for line in self.lines for word in line)

    @property
    def texts(self) -> list[str]:
        """Its lines as they are written, with the label."""
        first, *others = map(joined, self.lines)
        return [self.label + first, *others]

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def width(self) -> int:
        """All that must be read, in columns; a new line counts as the blank that it stands for."""
        return width(self.label + joined(self.words))


@dataclass(frozen=True)
class Violation:
    """A limit that a cue does not keep."""

    number: int
    """The cue's, counted from 1."""
    cue: Cue
    rule: str
    """One of the fields of Limits, or "overlap"."""
    value: float
    limit: float

    def __str__(self) -> str:
        words = {
            "line": "{0:.0f} characters in a line, at most {1:.0f}",
            "lines": "{0:.0f} lines, at most {1:.0f}",
            "speed": "{0:.1f} characters a second, at most {1:g}",
            "shortest": "stays {0:.2f} s, at least {1:.2f} s",
            "longest": "stays {0:.2f} s, at most {1:.2f} s",
            "gap": "{0:.3f} s before the next cue, at least {1:.3f} s",
            "flicker": "{0:.2f} s before the next cue: too short for a pause, at least {1:.2f} s",
            "overlap": "is still there for {0:.2f} s when the next cue begins",
        }[self.rule].format(self.value, self.limit)
        return f"cue {self.number} at {timecode(self.cue.start, '.')} “{' / '.join(self.cue.texts)}”: {words}"


_COUNTED = {
    "line": "{have} a line of more than {limit:.0f} characters",
    "lines": "{have} more than {limit:.0f} lines",
    "speed": "{are} faster than {limit:g} characters a second",
    "shortest": "{are} shorter than {limit:.2f} s",
    "longest": "{are} longer than {limit:.2f} s",
    "gap": "{are} less than {limit:.3f} s before the next",
    "flicker": "{are} less than {limit:.2f} s before the next, too short for a pause",
    "overlap": "{are} still there when the next begins",
}


def summary(found: Sequence[Violation]) -> str:
    """How many cues do not keep which limits, in one line, the most frequent first; empty where all are kept."""
    parts: list[str] = []
    for (rule, limit), count in Counter((one.rule, one.limit) for one in found).most_common():
        number = f"{count} cue{'s' * (count > 1)}" if not parts else f"{count}"
        verbs = {"are": "are", "have": "have"} if count > 1 else {"are": "is", "have": "has"}
        parts.append(f"{number} {_COUNTED[rule].format(limit=limit, **verbs)}")
    return ", ".join(parts)


def violations(cues: Sequence[Cue], limits: Limits) -> list[Violation]:
    """Every limit that is not kept, in the order of the cues: the quality report."""
    return [
        Violation(number, cue, rule, value, limit)
        for number, (cue, following) in enumerate(zip(cues, [*cues[1:], None]), start=1)
        for rule, value, limit in [*_of_cue(cue, limits), *(_of_gap(cue, following, limits) if following else ())]
    ]


def _of_cue(cue: Cue, limits: Limits) -> list[tuple[str, float, float]]:
    widest, speed = max(map(width, cue.texts)), cue.width / max(cue.seconds, TOLERANCE)
    return [
        (rule, value, limit)
        for rule, value, limit, is_broken in (
            ("line", widest, limits.line, widest > limits.line),
            ("lines", len(cue.lines), limits.lines, len(cue.lines) > limits.lines),
            ("speed", speed, limits.speed, cue.width > limits.speed * (cue.seconds + TOLERANCE)),
            ("shortest", cue.seconds, limits.shortest, cue.seconds < limits.shortest - TOLERANCE),
            ("longest", cue.seconds, limits.longest, cue.seconds > limits.longest + TOLERANCE),
        )
        if is_broken
    ]


def _of_gap(cue: Cue, following: Cue, limits: Limits) -> list[tuple[str, float, float]]:
    gap = following.start - cue.end
    if gap < -TOLERANCE:
        return [("overlap", -gap, 0.0)]
    if gap < limits.gap - TOLERANCE:
        return [("gap", gap, limits.gap)]
    if limits.gap + TOLERANCE < gap < limits.flicker - TOLERANCE:
        return [("flicker", gap, limits.flicker)]
    return []
