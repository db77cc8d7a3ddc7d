"""Transcripts as files: FORMATS is the table, one small file a format."""

from collections.abc import Callable
from dataclasses import dataclass

from transcriber.errors import UnsupportedOptionError
from transcriber.exports import json, srt, txt, vtt
from transcriber.transcript import Transcript


@dataclass(frozen=True)
class Format:
    """How a transcript is written, and what a browser should know of it."""

    render: Callable[[Transcript], str]
    media_type: str


FORMATS = {
    "txt": Format(txt.render, "text/plain"),
    "srt": Format(srt.render, "application/x-subrip"),
    "vtt": Format(vtt.render, "text/vtt"),
    "json": Format(json.render, "application/json"),
}


def find(name: str) -> Format:
    """Raises UnsupportedOptionError, which lists the formats."""
    if name not in FORMATS:
        raise UnsupportedOptionError(f"there is no format “{name}”", f"choose one of {', '.join(FORMATS)}")
    return FORMATS[name]


def render(transcript: Transcript, name: str) -> str:
    """The transcript in the format `name`; raises what find() raises."""
    return find(name).render(transcript)
