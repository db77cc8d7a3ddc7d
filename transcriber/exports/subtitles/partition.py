"""Which words of a sentence are shown together: the cheapest way to cut it into cues."""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, inf

from transcriber.exports.subtitles.breaking import CLAUSE, SENTENCE, TORN, break_cost, lines_needed, width
from transcriber.exports.subtitles.limits import Limits
from transcriber.transcript import Word, joined

PAUSE_SECONDS = 0.3
"""Where somebody pauses, a break is as good as at the end of a clause."""
CUE, LONELY, HURRIED, UNEVEN, INNER = 2.0, 5.0, 20.0, 2.0, 1.5
"""What a cue costs; one of a single word; one that there is no time to read; one of another length than the others; one
in which a sentence ends before the last word."""


def partition(
    words: Sequence[Word], limits: Limits, until: float = inf, indent: int = 0, language: str = "en"
) -> list[tuple[Word, ...]]:
    """The words, which must have times, in one or more parts, each of which fits into one cue.

    `until` is when the next cue begins, `indent` how many columns of the first line are taken. Only a part of a single
    word may exceed the limits of length and of time. By dynamic programming over the possible cuts.
    """
    if _is_one_cue(words, limits, until, indent):
        return [tuple(words)]
    breaks = [_cut_cost(before, after, language) for before, after in pairwise(words)]
    total = max(1, indent + width(joined(words)))
    ideal = total / ceil(total / (limits.line * limits.lines))
    best: list[tuple[float, int]] = [(0.0, 0)] + [(inf, 0)] * len(words)
    for start, first in enumerate(words):
        taken = indent if start == 0 else 0
        for stop in range(start + 1, len(words) + 1):
            word, is_single = words[stop - 1], stop == start + 1
            taken += width(word.text) + (not is_single and word.space_before)
            if not (is_single or fits(words[start:stop], limits, indent if start == 0 else 0)):
                break
            room = (words[stop].span[0] if stop < len(words) else until) - limits.gap - first.span[0]
            cost = best[start][0] + CUE + (breaks[stop - 1] if stop < len(words) else 0.0)
            cost += LONELY if is_single else 0.0
            cost += HURRIED * max(0.0, 1 - min(room, limits.longest) / max(limits.shortest, taken / limits.speed, 1e-9))
            cost += UNEVEN * ((taken - ideal) / ideal) ** 2 + INNER * breaks[start : stop - 1].count(SENTENCE)
            best[stop] = min(best[stop], (cost, start))
    stops = [len(words)]
    while stops[-1]:
        stops.append(best[stops[-1]][1])
    stops.reverse()
    return [tuple(words[start:stop]) for start, stop in pairwise(stops)]


def fits(words: Sequence[Word], limits: Limits, indent: int) -> bool:
    """Whether the words can be one cue: its lines are not too many, nor too long, nor does it last too long."""
    lasts = words[-1].span[1] - words[0].span[0]
    widest = max(width(word.text) for word in words)
    return (
        lasts <= limits.longest
        and widest + indent <= limits.line
        and lines_needed(words, limits.line, indent) <= limits.lines
    )


def _is_one_cue(words: Sequence[Word], limits: Limits, until: float, indent: int) -> bool:
    """Whether nothing has to be cut."""
    room = min(until - limits.gap - words[0].span[0], limits.longest)
    taken = indent + width(joined(words))
    return fits(words, limits, indent) and room >= max(limits.shortest, taken / limits.speed)


def _cut_cost(word: Word, following: Word, language: str) -> float:
    cost = break_cost(word, following, language)
    return min(cost, CLAUSE) if following.span[0] - word.span[1] >= PAUSE_SECONDS and cost < TORN else cost
