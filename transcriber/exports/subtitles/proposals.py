"""What would mend a cue that breaks a limit, where shaping could not: other times, for the cue and those beside it.

A cue begins where its words do. One that is too fast to be read may begin in the pause before them, or stay a little
longer, so that the next one begins late. Netflix's Subtitle Timing Guidelines allow both within about half a second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transcriber.exports.subtitles.cues import Cue, violations
from transcriber.exports.subtitles.limits import Limits
from transcriber.exports.subtitles.mending import MIN_CUE_SECONDS, retime

MAX_LEAD_SECONDS = 1.0
"""For which a cue is shown before its first word at most."""
MAX_DELAY_SECONDS = 0.4
"""By which a cue begins after its first word at most."""

Proposal = dict[int, Cue]
"""Cues by their indices, with the times that they would have."""


def propose(cues: Sequence[Cue], at: int, limits: Limits) -> Proposal | None:
    """The smallest change of times after which the cue with index `at` and its neighbours break fewer limits; None
    where there is none."""
    for proposal in _proposals(cues, at, limits):
        if _count(cues, at, limits, proposal) < _count(cues, at, limits, {}):
            return proposal
    return None


def propose_all(cues: Sequence[Cue], limits: Limits) -> Proposal:
    """For all that break limits and are not accepted, each for the cues as those before leave them."""
    mended, changed = list(cues), Proposal()
    for at, cue in enumerate(cues):
        if cue.is_accepted:
            continue
        for number, proposed in (propose(mended, at, limits) or {}).items():
            mended[number] = changed[number] = proposed
    return changed


def _count(cues: Sequence[Cue], at: int, limits: Limits, proposal: Proposal) -> int:
    """The limits that are broken around a cue."""
    first = max(0, at - 2)
    around = [proposal.get(number, cue) for number, cue in enumerate(cues[first : at + 3], start=first)]
    return len(violations(around, limits))


def _proposals(cues: Sequence[Cue], at: int, limits: Limits) -> Iterator[Proposal]:
    cue = cues[at]
    before, after = (cues[at - 1] if at else None), (cues[at + 1] if cues[at + 1 :] else None)
    following = after.start if after else cue.recording_end
    longer = replace(retime(replace(cue, is_fixed=False), following, limits), is_fixed=cue.is_fixed)
    yield {at: longer}
    needed = max(limits.min_seconds, cue.width / limits.max_cps)
    earliest = max(cue.start - MAX_LEAD_SECONDS, before.end + limits.min_gap_seconds if before else 0.0, 0.0)
    if earliest < cue.start:
        yield {at: replace(longer, start=max(earliest, longer.end - needed))}
        yield {at: replace(longer, start=earliest)}
    for start in (cue.start, min(cue.start, earliest)):
        begin = start + needed + limits.min_gap_seconds
        if after and after.start < begin <= min(after.start + MAX_DELAY_SECONDS, after.end - MIN_CUE_SECONDS):
            yield {at: replace(longer, start=start, end=start + needed), at + 1: replace(after, start=begin)}
