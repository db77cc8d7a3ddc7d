"""Markdown (CommonMark 0.31, https://spec.commonmark.org): a heading, paragraphs, the facts as a list."""

import re

from transcriber.clock import clock
from transcriber.exports.origin import SHORT, facts
from transcriber.exports.origin import title as title_of
from transcriber.exports.paragraphs import Paragraph, paragraphs
from transcriber.transcript import Transcript

# What may begin something inside a line, in CommonMark and in GitHub's dialect; each may stand behind a backslash.
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~$])")


def render(
    transcript: Transcript, speakers: bool = True, times: bool | None = None, origin: str = SHORT, title: str = ""
) -> str:
    text = "\n".join(f"{_written(part, speakers, times is not False)}\n" for part in paragraphs(transcript))
    fact_list = "".join(f"- {name}: {_escaped(value)}\n" for name, value in facts(transcript, origin))
    foot = f"\n---\n\n{fact_list}" if fact_list else ""
    return f"# {_escaped(title_of(transcript, title))}\n\n{text}{foot}"


def _written(paragraph: Paragraph, has_speaker: bool, has_time: bool) -> str:
    time = clock(paragraph.start) if has_time else ""
    speaker = f"{_escaped(paragraph.speaker)}:" if paragraph.speaker and has_speaker else ""
    head = " ".join(filter(None, (time, speaker)))
    return f"**{head}** {_escaped(paragraph.text)}" if head else _escaped(paragraph.text)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
