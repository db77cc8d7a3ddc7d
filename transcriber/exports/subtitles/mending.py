"""Mending cues: what breaks a limit is rebroken, retimed, merged or split, as long as fewer limits are broken then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from transcriber.exports.subtitles.breaking import broken, width
from transcriber.exports.subtitles.cues import TOLERANCE, Cue, violations
from transcriber.exports.subtitles.limits import Limits
from transcriber.exports.subtitles.partition import fits, partition
from transcriber.exports.timing import ordered, with_times
from transcriber.transcript import Word

FLASH = 0.1
"""Seconds that a cue lasts whatever the limits, if its words do."""
MERGE_SECONDS = 0.5
"""Words on both sides of a longer pause are never shown together: the second half would be told too early."""


def mend(cues: Sequence[Cue], limits: Limits, language: str = "en") -> list[Cue]:
    """The same words in the same order, in cues that break as few limits as can be.

    A change is made only if fewer limits are broken after it than before. So it ends, nothing gets worse, and mending
    twice changes nothing more. Cues are merged and split only where rebreaking and retiming do not help.
    """
    found = list(cues)
    for changes in (_small_changes, _all_changes):
        at = 0
        while at < len(found):
            for count, replacement in () if _is_clean(found, at, limits) else changes(found, at, limits, language):
                if _is_better(found, at, count, replacement, limits):
                    found[at : at + count] = replacement
                    at = max(0, at - 3)  # its neighbours may be mended now
                    break
            else:
                at += 1
    return found


@dataclass(frozen=True)
class Voice:
    """Who says the words."""

    speaker: str | None = None
    label: str = ""
    """What is written before the first of them."""
    language: str = "en"
    latest: float = inf
    """The recording's end."""


def lay_out(words: Sequence[Word], voice: Voice, limits: Limits, start: float, until: float) -> list[Cue]:
    """Words with times, in order, as cues, broken into lines; the next cue begins at `until`.

    Each begins with its words, or at `start` while they are said, if that leaves them FLASH seconds.
    """
    made: list[Cue] = []
    for part in partition(words, limits, until, width(voice.label), voice.language):
        label = "" if made else voice.label
        lines = broken(part, limits.line, width(label), voice.language)
        first, last = part[0].span[0], part[-1].span[1]
        begin = start if first < start <= last - FLASH else first
        made.append(Cue(begin, max(last, begin + FLASH), lines, voice.speaker, label, voice.latest))
        start = begin + limits.gap + FLASH
    return [retimed(cue, after, limits) for cue, after in zip(made, [*(cue.start for cue in made[1:]), until])]


def retimed(cue: Cue, following: float, limits: Limits) -> Cue:
    """The cue, its end moved: long enough to be read, and away from the next one, or close to it if it is near."""
    most = min(cue.start + limits.longest, cue.latest if cue.start < cue.latest else inf)
    latest = min(most, following - limits.gap)
    if latest < cue.start + FLASH:
        latest = min(most, following)
    if latest <= cue.start:
        return cue
    end = min(latest, max(cue.end, cue.start + limits.shortest, cue.start + cue.width / limits.speed))
    if limits.gap < following - end < limits.flicker:
        end = latest
    return replace(cue, end=end)


def _small_changes(cues: list[Cue], at: int, limits: Limits, language: str) -> Iterator[tuple[int, list[Cue]]]:
    """Ways to change the cue number `at` alone: how many cues are replaced, and by which."""
    cue = cues[at]
    following = cues[at + 1].start if cues[at + 1 :] else inf
    yield 1, [retimed(cue, following, limits)]
    neat = replace(cue, lines=broken(cue.words, limits.line, width(cue.label), language))
    yield 1, [retimed(neat, following, limits)]


def _all_changes(cues: list[Cue], at: int, limits: Limits, language: str) -> Iterator[tuple[int, list[Cue]]]:
    """These, merging with the next cue, and splitting."""
    yield from _small_changes(cues, at, limits, language)
    cue, after = cues[at], cues[at + 1 : at + 3]
    following = after[0].start if after else inf
    if after and _can_merge(cue, after[0], limits):
        lines = broken(cue.words + after[0].words, limits.line, width(cue.label), language)
        whole = replace(cue, end=after[0].end, lines=lines)
        yield 2, [retimed(whole, after[1].start if after[1:] else inf, limits)]
    if len(cue.words) > 1:
        words = list(ordered(with_times(cue.words, cue.start, cue.end)))
        parts = lay_out(words, Voice(cue.speaker, cue.label, language, cue.latest), limits, cue.start, following)
        if cue.start <= parts[0].start and parts[-1].start < max(cue.end, cue.start + TOLERANCE):
            yield 1, parts


def _can_merge(cue: Cue, following: Cue, limits: Limits) -> bool:
    if cue.speaker != following.speaker or following.label or following.start - cue.end > MERGE_SECONDS:
        return False
    words = with_times(cue.words, cue.start, cue.end) + with_times(following.words, following.start, following.end)
    pause = words[len(cue.words)].span[0] - words[len(cue.words) - 1].span[1]
    return pause <= MERGE_SECONDS and fits(words, limits, width(cue.label))


def _is_clean(cues: list[Cue], at: int, limits: Limits) -> bool:
    return not violations(cues[max(0, at - 1) : at + 3], limits)


def _is_better(cues: list[Cue], at: int, count: int, replacement: list[Cue], limits: Limits) -> bool:
    """Whether fewer limits are broken with it; what is broken depends on the neighbours too."""
    before, after = cues[max(0, at - 1) : at], cues[at + count : at + count + 1]
    now = violations([*before, *cues[at : at + count], *after], limits)
    return bool(now) and len(violations([*before, *replacement, *after], limits)) < len(now)
