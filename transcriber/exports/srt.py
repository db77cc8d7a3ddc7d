"""SubRip subtitles: numbered cues, comma before the milliseconds.

There is no standard; this is what SubRip writes and the parsers of Matroska, FFmpeg and YouTube read: UTF-8 without a
mark, a blank line behind each cue. Lines end with a line feed, which all of them take. A speaker's name stands before
the first words.
"""

from transcriber.exports.subtitles.limits import PRESETS, Limits
from transcriber.exports.subtitles.shaping import shape
from transcriber.exports.subtitles.timestamp import timestamp
from transcriber.transcript import Transcript


def render(transcript: Transcript, limits: Limits = PRESETS["netflix"], speakers: bool = True) -> str:
    return "\n".join(
        f"{number}\n{timestamp(cue.start, ',')} --> {timestamp(cue.end, ',')}\n{cue.text}\n"
        for number, cue in enumerate(shape(transcript, limits, labels=speakers), start=1)
    )
