"""SubRip subtitles: numbered cues, comma before the milliseconds."""

from transcriber.exports.timecode import timecode
from transcriber.transcript import Transcript


def render(transcript: Transcript) -> str:
    return "\n".join(
        f"{number}\n{timecode(segment.start, ',')} --> {timecode(segment.end, ',')}\n{segment.text}\n"
        for number, segment in enumerate(transcript.segments, start=1)
    )
