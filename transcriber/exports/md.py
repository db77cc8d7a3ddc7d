"""Markdown (CommonMark 0.31, https://spec.commonmark.org): a heading, a paragraph a segment, the facts as a list."""

import re

from transcriber.clock import clock
from transcriber.exports.origin import facts, title
from transcriber.exports.timing import utterances
from transcriber.transcript import Segment, Transcript

# What may begin something inside a line, in CommonMark and in GitHub's dialect; each may stand behind a backslash.
_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~$])")


def render(transcript: Transcript) -> str:
    paragraphs = "".join(f"{_paragraph(segment)}\n\n" for segment in utterances(transcript))
    fact_list = "".join(f"- {name}: {_escaped(value)}\n" for name, value in facts(transcript))
    return f"# {_escaped(title(transcript))}\n\n{paragraphs}---\n\n{fact_list}"


def _paragraph(segment: Segment) -> str:
    speaker = f" {_escaped(segment.speaker)}:" if segment.speaker else ""
    return f"**{clock(segment.start)}{speaker}** {_escaped(segment.text)}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
