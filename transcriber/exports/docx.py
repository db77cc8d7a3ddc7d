"""A Word document (Office Open XML, ECMA-376), written by python-docx: a heading, a paragraph a segment, the facts."""

import io
import zipfile
from typing import Any

from transcriber.clock import clock
from transcriber.exports.origin import facts, title
from transcriber.exports.timing import utterances
from transcriber.transcript import Transcript

NO_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip file can say."""


def render(transcript: Transcript) -> bytes:
    """The same bytes for the same transcript."""
    import docx
    from docx.shared import Pt, RGBColor

    document = docx.Document()
    _describe(document.core_properties, transcript)
    document.add_heading(title(transcript), level=0)
    for segment in utterances(transcript):
        paragraph = document.add_paragraph()
        time = paragraph.add_run(f"{clock(segment.start)}\t")
        time.font.color.rgb, time.font.size = RGBColor(0x59, 0x59, 0x59), Pt(9)
        if segment.speaker:
            paragraph.add_run(f"{segment.speaker}: ").bold = True
        paragraph.add_run(segment.text)
    table = document.add_table(rows=0, cols=2)
    for name, value in facts(transcript):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, value
    written = io.BytesIO()
    document.save(written)
    return _without_dates(written.getvalue())


def _describe(properties: Any, transcript: Transcript) -> None:
    """The document's properties; those of python-docx's template say that it wrote it in 2013."""
    properties.title = title(transcript)[:255]
    properties.author = properties.comments = ""
    properties.language = transcript.language or ""
    for element in list(properties._element):
        if element.tag.endswith(("}created", "}modified")):
            properties._element.remove(element)


def _without_dates(document: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, NO_DATE), old.read(name), zipfile.ZIP_DEFLATED)
    return written.getvalue()
