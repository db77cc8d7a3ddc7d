"""Transcripts as files: FORMATS is the table, one small file a format, each a pure function."""

from collections.abc import Callable
from dataclasses import dataclass, field

from transcriber.errors import UnsupportedOptionError
from transcriber.exports import csv, docx, edl, fcpxml, html, json, lrc, md, rttm, srt, tsv, txt, vtt
from transcriber.exports.origin import SHORT
from transcriber.exports.subtitles.limits import PRESETS, Limits
from transcriber.exports.timeline import Timeline
from transcriber.transcript import Transcript


@dataclass(frozen=True)
class Settings:
    """Settings that some of the formats take: Format.settings names the fields."""

    limits: Limits = PRESETS["netflix"]
    timeline: Timeline = field(default_factory=Timeline)
    speakers: bool = True
    """Whether names stand before what people say."""
    times: bool | None = None
    """Whether a time stands before each paragraph; None: as the format usually has it."""
    origin: str = SHORT
    """How much is said of where the transcript came from, one of origin.ORIGINS."""
    title: str = ""
    """The heading; "": the recording's name."""


READ, SUBTITLES, EDITING, DATA = GROUPS = ("read", "subtitles", "editing", "data")


@dataclass(frozen=True)
class Format:
    """A file format: how a transcript is written in it, and its title and media type."""

    title: str
    render: Callable[..., str | bytes]
    """render(transcript), with those of the settings that the format takes, by their names."""
    media_type: str
    group: str
    """What it is for, one of GROUPS."""
    settings: tuple[str, ...] = ()
    """The fields of Settings that it takes."""
    encoding: str = "utf-8"

    @property
    def is_binary(self) -> bool:
        """Whether its files are not text."""
        return self.media_type.startswith("application/vnd.")


_WORD = "application/vnd.openxmlformats-officedocument"
_TEXT = ("speakers", "times")
_DOCUMENT = (*_TEXT, "origin", "title")
_SHAPED = ("limits", "speakers")

FORMATS = {
    "txt": Format("the words alone", txt.render, "text/plain", READ, _TEXT),
    "srt": Format("subtitles", srt.render, "application/x-subrip", SUBTITLES, _SHAPED),
    "vtt": Format("subtitles for the web", vtt.render, "text/vtt", SUBTITLES, _SHAPED),
    "json": Format("everything", json.render, "application/json", DATA),
    "docx": Format("Word", docx.render, f"{_WORD}.wordprocessingml.document", READ, _DOCUMENT),
    "html": Format("a page to read and print", html.render, "text/html", READ, _DOCUMENT),
    "md": Format("Markdown", md.render, "text/markdown", READ, _DOCUMENT),
    "csv": Format("a table for Excel", csv.render, "text/csv", DATA, encoding="utf-8-sig"),
    "tsv": Format("a table with tabs", tsv.render, "text/tab-separated-values", DATA),
    "lrc": Format("lyrics", lrc.render, "text/plain", SUBTITLES),
    "edl": Format("markers for Resolve, Premiere and Avid", edl.render, "text/plain", EDITING, ("timeline",)),
    "fcpxml": Format("markers for Final Cut and Resolve", fcpxml.render, "application/xml", EDITING, ("timeline",)),
    "rttm": Format("who spoke when", rttm.render, "text/plain", DATA),
}


def find(name: str) -> Format:
    """Raises UnsupportedOptionError, which lists the formats."""
    if name not in FORMATS:
        raise UnsupportedOptionError(f"there is no format “{name}”", f"choose one of {', '.join(FORMATS)}")
    return FORMATS[name]


def render(transcript: Transcript, name: str, settings: Settings = Settings()) -> bytes:
    """The content of a file in the format `name`; raises what find() raises."""
    file_format = find(name)
    content = file_format.render(transcript, **{taken: getattr(settings, taken) for taken in file_format.settings})
    return content if isinstance(content, bytes) else content.encode(file_format.encoding)
