"""Transcripts as files: FORMATS is the table, one small file a format, each a pure function."""

from collections.abc import Callable
from dataclasses import dataclass, field

from transcriber.errors import UnsupportedOptionError
from transcriber.exports import csv, docx, edl, fcpxml, html, json, lrc, md, rttm, srt, tsv, txt, vtt
from transcriber.exports.subtitles.limits import PRESETS, Limits
from transcriber.exports.timeline import Timeline
from transcriber.transcript import Transcript


@dataclass(frozen=True)
class Settings:
    """Settings that some of the formats take: Format.setting names the field."""

    subtitles: Limits = PRESETS["netflix"]
    timeline: Timeline = field(default_factory=Timeline)


@dataclass(frozen=True)
class Format:
    """A file format: how a transcript is written in it, and its title and media type."""

    title: str
    render: Callable[..., str | bytes]
    """render(transcript), or render(transcript, setting) where the format takes one."""
    media_type: str
    setting: str = ""
    """The field of Settings that it takes."""
    encoding: str = "utf-8"

    @property
    def is_binary(self) -> bool:
        """Whether its files are not text."""
        return self.media_type.startswith("application/vnd.")


FORMATS = {
    "txt": Format("the words alone", txt.render, "text/plain"),
    "srt": Format("subtitles", srt.render, "application/x-subrip", "subtitles"),
    "vtt": Format("subtitles for the web", vtt.render, "text/vtt", "subtitles"),
    "json": Format("everything", json.render, "application/json"),
    "docx": Format("Word", docx.render, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "html": Format("a page to read and print", html.render, "text/html"),
    "md": Format("Markdown", md.render, "text/markdown"),
    "csv": Format("a table for Excel", csv.render, "text/csv", encoding="utf-8-sig"),
    "tsv": Format("a table with tabs", tsv.render, "text/tab-separated-values"),
    "lrc": Format("lyrics", lrc.render, "text/plain"),
    "edl": Format("markers for Resolve, Premiere and Avid", edl.render, "text/plain", "timeline"),
    "fcpxml": Format("markers for Final Cut and Resolve", fcpxml.render, "application/xml", "timeline"),
    "rttm": Format("who spoke when", rttm.render, "text/plain"),
}


def find(name: str) -> Format:
    """Raises UnsupportedOptionError, which lists the formats."""
    if name not in FORMATS:
        raise UnsupportedOptionError(f"there is no format “{name}”", f"choose one of {', '.join(FORMATS)}")
    return FORMATS[name]


def render(transcript: Transcript, name: str, settings: Settings = Settings()) -> bytes:
    """The content of a file in the format `name`; raises what find() raises."""
    file_format = find(name)
    extra = (getattr(settings, file_format.setting),) if file_format.setting else ()
    content = file_format.render(transcript, *extra)
    return content if isinstance(content, bytes) else content.encode(file_format.encoding)
