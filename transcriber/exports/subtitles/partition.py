"""Which words of a segment are shown together: the cheapest way to cut it into cues."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, inf

from transcriber.exports.subtitles.breaking import (
    CLAUSE_COST,
    FORBIDDEN_COST,
    SENTENCE_COST,
    break_cost,
    count_lines,
    width,
)
from transcriber.exports.subtitles.limits import Limits
from transcriber.transcript import Word, joined

PAUSE_SECONDS = 0.3
"""Where somebody pauses, a break is as good as at the end of a clause."""
CUE_COST = 2.0
"""Of each cue, so that there are few."""
SINGLE_WORD_COST = 5.0
"""Besides, of a cue of a single word."""
TOO_FAST_COST = 20.0
"""Times the share of its reading time that a cue does not have."""
UNEVEN_COST = 2.0
"""Times the square of a cue's deviation from the mean length, as a ratio."""
INNER_SENTENCE_COST = 1.5
"""Times the sentences that end in a cue before its last word."""


def partition(
    words: Sequence[Word], limits: Limits, until: float = inf, indent: int = 0, language: str = "en"
) -> list[tuple[Word, ...]]:
    """The words, which must have times, in one or more parts, each of which fits into one cue.

    `until` is the second at which the next cue begins, `indent` how many columns of the first line are taken. Only a
    part of a single word may exceed the limits of length and of time. By dynamic programming over the possible cuts.
    """
    if _is_one_cue(words, limits, until, indent):
        return [tuple(words)]
    breaks = [_cut_cost(before, after, language) for before, after in pairwise(words)]
    total = max(1, indent + width(joined(words)))
    mean = total / ceil(total / (limits.max_line_chars * limits.max_lines))
    # best[stop]: the cost of the words before `stop`, and where the last of their cues begins.
    best: list[tuple[float, int]] = [(0.0, 0)] + [(inf, 0)] * len(words)
    for start, first in enumerate(words):
        taken = indent if start == 0 else 0
        for stop in range(start + 1, len(words) + 1):
            word, is_single = words[stop - 1], stop == start + 1
            taken += width(word.text) + (not is_single and word.space_before)
            if not (is_single or fits(words[start:stop], limits, indent if start == 0 else 0)):
                break
            room = (words[stop].span[0] if stop < len(words) else until) - limits.min_gap_seconds - first.span[0]
            cost = best[start][0] + CUE_COST + (breaks[stop - 1] if stop < len(words) else 0.0)
            cost += SINGLE_WORD_COST if is_single else 0.0
            cost += TOO_FAST_COST * max(
                0.0, 1 - min(room, limits.max_seconds) / max(limits.min_seconds, taken / limits.max_cps, 1e-9)
            )
            cost += UNEVEN_COST * ((taken - mean) / mean) ** 2 + INNER_SENTENCE_COST * breaks[start : stop - 1].count(
                SENTENCE_COST
            )
            best[stop] = min(best[stop], (cost, start))
    stops = [len(words)]
    while stops[-1]:
        stops.append(best[stops[-1]][1])
    stops.reverse()
    return [tuple(words[start:stop]) for start, stop in pairwise(stops)]


def fits(words: Sequence[Word], limits: Limits, indent: int) -> bool:
    """Whether the words can be one cue: its lines are not too many, nor too long, nor does it last too long."""
    seconds = words[-1].span[1] - words[0].span[0]
    widest = max(width(word.text) for word in words)
    return (
        seconds <= limits.max_seconds
        and widest + indent <= limits.max_line_chars
        and count_lines(words, limits.max_line_chars, indent) <= limits.max_lines
    )


def _is_one_cue(words: Sequence[Word], limits: Limits, until: float, indent: int) -> bool:
    """Whether the words fit into one cue, with the time to read it."""
    room = min(until - limits.min_gap_seconds - words[0].span[0], limits.max_seconds)
    taken = indent + width(joined(words))
    return fits(words, limits, indent) and room >= max(limits.min_seconds, taken / limits.max_cps)


def _cut_cost(word: Word, following: Word, language: str) -> float:
    cost = break_cost(word, following, language)
    return (
        min(cost, CLAUSE_COST) if following.span[0] - word.span[1] >= PAUSE_SECONDS and cost < FORBIDDEN_COST else cost
    )
