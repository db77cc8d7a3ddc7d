"""WebVTT (https://www.w3.org/TR/webvtt1/): a header, cues with voice spans, and characters that must be escaped.

UTF-8; a line may end with a line feed alone (section 4.1 of the standard).
"""

from transcriber.exports.subtitles.cues import Cue
from transcriber.exports.subtitles.limits import PRESETS, Limits
from transcriber.exports.subtitles.shaping import shape
from transcriber.exports.subtitles.timestamp import timestamp
from transcriber.transcript import Transcript


def render(transcript: Transcript, limits: Limits = PRESETS["netflix"]) -> str:
    cues = (
        f"{timestamp(cue.start, '.')} --> {timestamp(cue.end, '.')}\n{_text(cue)}\n"
        for cue in shape(transcript, limits)
    )
    return "\n".join(("WEBVTT\n", *cues))


def _text(cue: Cue) -> str:
    text = _escaped(cue.text)
    return f"<v {_escaped(cue.speaker)}>{text}" if cue.speaker else text


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
