"""Plain text: the words alone, in UTF-8.

With speakers in paragraphs, each behind its time, with the name where another one begins to speak.
"""

from transcriber.clock import clock
from transcriber.exports.paragraphs import Paragraph, paragraphs
from transcriber.transcript import Transcript, joined


def render(transcript: Transcript) -> str:
    written = list(paragraphs(transcript))
    if any(paragraph.speaker for paragraph in written):
        return "\n".join(f"{_head(paragraph)} {paragraph.text}\n" for paragraph in written)
    return f"{joined(word for paragraph in written for word in paragraph.words)}\n"


def _head(paragraph: Paragraph) -> str:
    speaker = f" {paragraph.speaker}:" if paragraph.speaker else ""
    return f"[{clock(paragraph.start)}]{speaker}"
