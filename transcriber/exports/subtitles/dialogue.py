"""Two people in one cue, a line each behind a hyphen, where neither line alone could be read.

Source: Netflix, Timed Text Style Guide, “Dual Speakers”: a hyphen without a blank before each, no more than one person
in a line.
"""

from dataclasses import replace

from transcriber.exports.subtitles.breaking import width
from transcriber.exports.subtitles.cues import Cue, Reply
from transcriber.exports.subtitles.limits import Limits

LINES = 2


def can_share(cue: Cue, following: Cue, limits: Limits) -> bool:
    """Whether two cues of different people can be one cue that keeps the limits of length and of the longest time."""
    is_exchange = cue.speaker != following.speaker and not (cue.reply or following.reply)
    is_exchange = is_exchange and not (cue.is_fixed or following.is_fixed)
    return (
        is_exchange
        and len(cue.lines) == len(following.lines) == 1
        and limits.max_lines >= LINES
        and max(map(width, shared(cue, following).texts)) <= limits.max_line_chars
        and following.end - cue.start <= limits.max_seconds
    )


def shared(cue: Cue, following: Cue) -> Cue:
    """Both in one."""
    reply = Reply(following.speaker, following.label)
    return replace(cue, end=max(cue.end, following.end), lines=cue.lines + following.lines, reply=reply)
