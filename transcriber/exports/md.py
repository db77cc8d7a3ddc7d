"""Markdown (CommonMark 0.31, https://spec.commonmark.org): a heading, paragraphs, the facts as a list."""

import re

from transcriber.clock import clock
from transcriber.exports.origin import facts, title
from transcriber.exports.paragraphs import Paragraph, paragraphs
from transcriber.transcript import Transcript

# What may begin something inside a line, in CommonMark and in GitHub's dialect; each may stand behind a backslash.
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~$])")


def render(transcript: Transcript) -> str:
    text = "".join(f"{_written(paragraph)}\n\n" for paragraph in paragraphs(transcript))
    fact_list = "".join(f"- {name}: {_escaped(value)}\n" for name, value in facts(transcript))
    return f"# {_escaped(title(transcript))}\n\n{text}---\n\n{fact_list}"


def _written(paragraph: Paragraph) -> str:
    speaker = f" {_escaped(paragraph.speaker)}:" if paragraph.speaker else ""
    return f"**{clock(paragraph.start)}{speaker}** {_escaped(paragraph.text)}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
