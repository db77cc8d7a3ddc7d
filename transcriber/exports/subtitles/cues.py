"""Cues, and which limits they violate."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

from transcriber.exports.subtitles.breaking import width
from transcriber.exports.subtitles.limits import Limits
from transcriber.exports.subtitles.timestamp import timestamp
from transcriber.transcript import Word, joined

TOLERANCE_SECONDS = 0.001
"""Files are written in milliseconds."""


HYPHEN = "-"
"""Before each line of a cue in which two people speak."""


@dataclass(frozen=True)
class Reply:
    """Who says the second line of a cue in which two people speak."""

    speaker: str | None
    label: str = ""
    """As a cue's."""


@dataclass(frozen=True)
class Cue:
    """Words that are shown together, from `start` to `end` in seconds of the recording."""

    start: float
    end: float
    lines: tuple[tuple[Word, ...], ...]
    speaker: str | None = None
    label: str = ""
    """What is written before the words, such as "ANNA: "."""
    reply: Reply | None = None
    """Where two people speak, a line each."""
    recording_end: float = inf
    """Seconds; a cue does not stay beyond it, unless it begins there."""
    is_fixed: bool = False
    """Whether its words and times were given by hand: it is neither merged, nor split, nor moved."""
    is_accepted: bool = False
    """Whether somebody said that it may break limits."""

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for line in self.lines for word in line)

    @cached_property
    def texts(self) -> list[str]:
        """Its lines as they are written, with the label."""
        first, *others = map(joined, self.lines)
        if self.reply:
            return [f"{HYPHEN}{self.label}{first}", *(f"{HYPHEN}{self.reply.label}{line}" for line in others)]
        return [self.label + first, *others]

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @cached_property
    def width(self) -> int:
        """Columns of all its text; a line break counts as the blank that it stands for."""
        return width(" ".join(self.texts) if self.reply else self.label + joined(self.words))


@dataclass(frozen=True)
class Violation:
    """A limit that a cue does not keep: `value` is the cue's, `limit` the limit."""

    number: int
    """The cue's, counted from 1."""
    cue: Cue
    rule: str
    """One of the fields of Limits, or "overlap"."""
    value: float
    limit: float

    def __str__(self) -> str:
        cue = f"cue {self.number} at {timestamp(self.cue.start, '.')} “{' / '.join(self.cue.texts)}”"
        return f"{cue}: {self.sentence}"

    @property
    def sentence(self) -> str:
        """What is broken, and by how much."""
        return {
            "max_line_chars": "{0:.0f} characters in a line, at most {1:.0f}",
            "max_lines": "{0:.0f} lines, at most {1:.0f}",
            "max_cps": "{0:.1f} characters a second, at most {1:g}",
            "min_seconds": "stays {0:.2f} s, at least {1:.2f} s",
            "max_seconds": "stays {0:.2f} s, at most {1:.2f} s",
            "min_gap_seconds": "{0:.3f} s before the next cue, at least {1:.3f} s",
            "flicker_seconds": "{0:.2f} s before the next cue: too short for a pause, at least {1:.2f} s",
            "overlap": "is still there for {0:.2f} s when the next cue begins",
        }[self.rule].format(self.value, self.limit)


_COUNTED_RULES = {
    "max_line_chars": "{have} a line of more than {limit:.0f} characters",
    "max_lines": "{have} more than {limit:.0f} lines",
    "max_cps": "{are} faster than {limit:g} characters a second",
    "min_seconds": "{are} shorter than {limit:.2f} s",
    "max_seconds": "{are} longer than {limit:.2f} s",
    "min_gap_seconds": "{are} less than {limit:.3f} s before the next",
    "flicker_seconds": "{are} less than {limit:.2f} s before the next, too short for a pause",
    "overlap": "{are} still there when the next begins",
}


def summary(broken: Sequence[Violation]) -> str:
    """How many cues violate which limits, in one line, the most frequent first; empty where there are none."""
    parts: list[str] = []
    for (rule, limit), count in Counter((violation.rule, violation.limit) for violation in broken).most_common():
        number = f"{count} cue{'s' * (count > 1)}" if not parts else f"{count}"
        verbs = {"are": "are", "have": "have"} if count > 1 else {"are": "is", "have": "has"}
        parts.append(f"{number} {_COUNTED_RULES[rule].format(limit=limit, **verbs)}")
    return ", ".join(parts)


def violations(cues: Sequence[Cue], limits: Limits) -> list[Violation]:
    """Every limit that is not kept, in the order of the cues."""
    return [
        Violation(number, cue, rule, value, limit)
        for number, (cue, following) in enumerate(zip(cues, [*cues[1:], None]), start=1)
        for rule, value, limit in [*_of_cue(cue, limits), *(_of_gap(cue, following, limits) if following else ())]
    ]


def _of_cue(cue: Cue, limits: Limits) -> list[tuple[str, float, float]]:
    widest, cps = max(map(width, cue.texts)), cue.width / max(cue.seconds, TOLERANCE_SECONDS)
    return [
        (rule, value, limit)
        for rule, value, limit, is_broken in (
            ("max_line_chars", widest, limits.max_line_chars, widest > limits.max_line_chars),
            ("max_lines", len(cue.lines), limits.max_lines, len(cue.lines) > limits.max_lines),
            ("max_cps", cps, limits.max_cps, cue.width > limits.max_cps * (cue.seconds + TOLERANCE_SECONDS)),
            ("min_seconds", cue.seconds, limits.min_seconds, cue.seconds < limits.min_seconds - TOLERANCE_SECONDS),
            ("max_seconds", cue.seconds, limits.max_seconds, cue.seconds > limits.max_seconds + TOLERANCE_SECONDS),
        )
        if is_broken
    ]


def _of_gap(cue: Cue, following: Cue, limits: Limits) -> list[tuple[str, float, float]]:
    gap = following.start - cue.end
    if gap < -TOLERANCE_SECONDS:
        return [("overlap", -gap, 0.0)]
    if gap < limits.min_gap_seconds - TOLERANCE_SECONDS:
        return [("min_gap_seconds", gap, limits.min_gap_seconds)]
    if limits.min_gap_seconds + TOLERANCE_SECONDS < gap < limits.flicker_seconds - TOLERANCE_SECONDS:
        return [("flicker_seconds", gap, limits.flicker_seconds)]
    return []
