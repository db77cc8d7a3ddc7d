"""WebVTT (https://www.w3.org/TR/webvtt1/): a header, cues with voice spans, and characters that must be escaped; a
comment where the words were corrected.

UTF-8; a line may end with a line feed alone (section 4.1 of the standard).
"""

from transcriber.exports.origin import corrected
from transcriber.exports.subtitles.cues import Cue
from transcriber.exports.subtitles.limits import PRESETS, Limits
from transcriber.exports.subtitles.shaping import shape
from transcriber.exports.subtitles.timestamp import timestamp
from transcriber.transcript import Transcript


def render(transcript: Transcript, limits: Limits = PRESETS["netflix"], speakers: bool = True) -> str:
    cues = (
        f"{timestamp(cue.start, '.')} --> {timestamp(cue.end, '.')}\n{_text(cue, speakers)}\n"
        for cue in shape(transcript, limits)
    )
    note = [f"NOTE Corrected by hand: {corrected(transcript)}\n"] if transcript.edits else []
    return "\n".join(("WEBVTT\n", *note, *cues))


def _text(cue: Cue, has_speakers: bool) -> str:
    if not has_speakers:
        return _escaped(cue.text)
    if cue.reply:
        return "\n".join(
            f"{_voice(speaker)}{_escaped(line)}{'</v>' if speaker else ''}"
            for speaker, line in zip((cue.speaker, cue.reply.speaker), cue.texts)
        )
    return f"{_voice(cue.speaker)}{_escaped(cue.text)}"  # a span may be left open at the end of a cue


def _voice(speaker: str | None) -> str:
    return f"<v {_escaped(speaker)}>" if speaker else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
