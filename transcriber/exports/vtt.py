"""WebVTT (https://www.w3.org/TR/webvtt1/): a header, cues, and three characters that must be escaped."""

from transcriber.exports.timecode import timecode
from transcriber.transcript import Transcript


def render(transcript: Transcript) -> str:
    cues = (
        f"{timecode(segment.start, '.')} --> {timecode(segment.end, '.')}\n{_escaped(segment.text)}\n"
        for segment in transcript.segments
    )
    return "\n".join(("WEBVTT\n", *cues))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
