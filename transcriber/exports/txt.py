"""Plain text: the words alone, in UTF-8.

With speakers in paragraphs, each behind its time, with the name where another one begins to speak; also where times are
asked for. Without names and times paragraphs stay apart.
"""

from transcriber.clock import clock
from transcriber.exports.paragraphs import Paragraph, paragraphs
from transcriber.transcript import Transcript, joined


def render(transcript: Transcript, speakers: bool = True, times: bool | None = None) -> str:
    written = list(paragraphs(transcript))
    if times is None and not any(paragraph.speaker for paragraph in written):
        return f"{joined(word for paragraph in written for word in paragraph.words)}\n"
    return "\n".join(f"{_head(part, speakers, times is not False)}{part.text}\n" for part in written)


def _head(paragraph: Paragraph, has_speaker: bool, has_time: bool) -> str:
    time = f"[{clock(paragraph.start)}] " if has_time else ""
    return f"{time}{paragraph.speaker}: " if paragraph.speaker and has_speaker else time
