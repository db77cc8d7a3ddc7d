"""Mending cues: one that violates a limit gets other lines or times, is merged or split, if that violates fewer.

A local search: the changes are tried cue by cue, the small ones first, and one is made only where it is an improvement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf

from transcriber.exports.subtitles.breaking import break_lines, width
from transcriber.exports.subtitles.cues import TOLERANCE_SECONDS, Cue, violations
from transcriber.exports.subtitles.dialogue import can_share, shared
from transcriber.exports.subtitles.limits import Limits
from transcriber.exports.subtitles.partition import fits, partition
from transcriber.exports.timing import ordered, with_times
from transcriber.transcript import Word

LAST_LAID_OUT = 10_000
"""Pieces whose cues are kept: of a transcript that is corrected most stay what they are."""
MIN_CUE_SECONDS = 0.1
"""For which a cue is shown whatever the limits, if its words last so long."""
MAX_MERGED_PAUSE_SECONDS = 0.5
"""Words on both sides of a longer pause are never shown together: the second half would be told too early."""


def mend(cues: Sequence[Cue], limits: Limits, language: str = "en") -> list[Cue]:
    """The same words in the same order, in cues with fewer violations, or as many.

    A change is made only if it reduces the number of violations. So the search ends, nothing gets worse, and mending
    twice changes nothing more. Cues are merged and split only where new lines and new times do not help.
    """
    mended = list(cues)
    for changes in (_small_changes, _all_changes):
        at = 0
        while at < len(mended):
            is_left = mended[at].is_fixed or _is_clean(mended, at, limits)
            for count, replacement in () if is_left else changes(mended, at, limits, language):
                if _is_better(mended, at, count, replacement, limits):
                    mended[at : at + count] = replacement
                    at = max(0, at - 3)  # its neighbours may be mended now
                    break
            else:
                at += 1
    return mended


@dataclass(frozen=True)
class Voice:
    """Who says the words."""

    speaker: str | None = None
    label: str = ""
    """Written before the first of them, such as "ANNA: "."""
    language: str = "en"
    """ISO 639 code."""
    recording_end: float = inf
    """Seconds."""
    has_labels: bool = False
    """Whether those who begin to speak are labelled."""


def lay_out_cues(words: Sequence[Word], voice: Voice, limits: Limits, start: float, until: float) -> list[Cue]:
    """Words with times, in order, as cues, broken into lines; the next cue begins at second `until`.

    Each begins with its words, or at second `start` while they are said, if that leaves them MIN_CUE_SECONDS.
    """
    return list(_laid_out(tuple(words), voice, limits, start, until))


@lru_cache(maxsize=LAST_LAID_OUT)
def _laid_out(words: tuple[Word, ...], voice: Voice, limits: Limits, start: float, until: float) -> tuple[Cue, ...]:
    cues: list[Cue] = []
    for part in partition(words, limits, until, width(voice.label), voice.language):
        label = "" if cues else voice.label
        lines = break_lines(part, limits.max_line_chars, width(label), voice.language)
        first, last = part[0].span[0], part[-1].span[1]
        begin = start if first < start <= last - MIN_CUE_SECONDS else first
        end = max(last, begin + MIN_CUE_SECONDS)
        cues.append(Cue(begin, end, lines, voice.speaker, label, recording_end=voice.recording_end))
        start = begin + limits.min_gap_seconds + MIN_CUE_SECONDS
    return tuple(retime(cue, after, limits) for cue, after in zip(cues, [*(cue.start for cue in cues[1:]), until]))


def retime(cue: Cue, following: float, limits: Limits) -> Cue:
    """The cue with another end, unless it is fixed: long enough to be read, and min_gap_seconds before the next cue,
    which begins at second `following`, also where the gap would flicker.
    """
    if cue.is_fixed:
        return cue
    longest = cue.start + limits.max_seconds
    if cue.start < cue.recording_end:
        longest = min(longest, cue.recording_end)
    latest = min(longest, following - limits.min_gap_seconds)
    if latest < cue.start + MIN_CUE_SECONDS:
        latest = min(longest, following)
    if latest <= cue.start:
        return cue
    end = min(latest, max(cue.end, cue.start + limits.min_seconds, cue.start + cue.width / limits.max_cps))
    if limits.min_gap_seconds < following - end < limits.flicker_seconds:
        end = latest
    return replace(cue, end=end)


def _small_changes(cues: list[Cue], at: int, limits: Limits, language: str) -> Iterator[tuple[int, list[Cue]]]:
    """Ways to change the cue with index `at` alone: (how many cues are replaced, by which)."""
    cue = cues[at]
    following = cues[at + 1].start if cues[at + 1 :] else inf
    yield 1, [retime(cue, following, limits)]
    if cue.reply:
        return
    other_lines = replace(cue, lines=break_lines(cue.words, limits.max_line_chars, width(cue.label), language))
    yield 1, [retime(other_lines, following, limits)]


def _all_changes(cues: list[Cue], at: int, limits: Limits, language: str) -> Iterator[tuple[int, list[Cue]]]:
    """The small changes; merging with the next cue, also with that of another person; splitting."""
    yield from _small_changes(cues, at, limits, language)
    cue, after = cues[at], cues[at + 1 : at + 3]
    following = after[0].start if after else inf
    if after and _can_merge(cue, after[0], limits):
        lines = break_lines(cue.words + after[0].words, limits.max_line_chars, width(cue.label), language)
        merged = replace(cue, end=after[0].end, lines=lines)
        yield 2, [retime(merged, after[1].start if after[1:] else inf, limits)]
    if after and _is_close(cue, after[0]) and can_share(cue, after[0], limits):
        yield 2, [retime(shared(cue, after[0]), after[1].start if after[1:] else inf, limits)]
    if len(cue.words) > 1 and not cue.reply:
        words = list(ordered(with_times(cue.words, cue.start, cue.end)))
        parts = lay_out_cues(
            words, Voice(cue.speaker, cue.label, language, cue.recording_end), limits, cue.start, following
        )
        if cue.start <= parts[0].start and parts[-1].start < max(cue.end, cue.start + TOLERANCE_SECONDS):
            yield 1, parts


def _can_merge(cue: Cue, following: Cue, limits: Limits) -> bool:
    if cue.speaker != following.speaker or following.label or cue.reply or following.reply:
        return False
    if cue.is_fixed or following.is_fixed:
        return False
    words = with_times(cue.words, cue.start, cue.end) + with_times(following.words, following.start, following.end)
    return _is_close(cue, following) and fits(words, limits, width(cue.label))


def _is_close(cue: Cue, following: Cue) -> bool:
    """Whether no long pause lies between them, neither of the cues nor of their words."""
    last = with_times(cue.words, cue.start, cue.end)[-1]
    first = with_times(following.words, following.start, following.end)[0]
    return max(following.start - cue.end, first.span[0] - last.span[1]) <= MAX_MERGED_PAUSE_SECONDS


def _is_clean(cues: list[Cue], at: int, limits: Limits) -> bool:
    return not violations(cues[max(0, at - 1) : at + 3], limits)


def _is_better(cues: list[Cue], at: int, count: int, replacement: list[Cue], limits: Limits) -> bool:
    """Whether it reduces the violations of these cues and their neighbours."""
    before, after = cues[max(0, at - 1) : at], cues[at + count : at + count + 1]
    now = violations([*before, *cues[at : at + count], *after], limits)
    return bool(now) and len(violations([*before, *replacement, *after], limits)) < len(now)
