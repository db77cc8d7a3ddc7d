"""A Word document (Office Open XML, ECMA-376), written by python-docx: a heading, paragraphs, the facts.

Word lays out text from right to left only where the document says so: of paragraphs (`w:bidi`) and of runs (`w:rtl`).
"""

import io
import zipfile
from typing import Any

from transcriber.clock import clock
from transcriber.exports.direction import is_rtl, runs
from transcriber.exports.origin import SHORT, facts
from transcriber.exports.origin import title as title_of
from transcriber.exports.paragraphs import paragraphs
from transcriber.transcript import Transcript

NO_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip file can say."""
# What follows w:bidi in a paragraph's properties. Source: ECMA-376-1, CT_PPrBase.
_BEHIND_BIDI = tuple(
    f"w:{name}"
    for name in "adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc "
    "textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange".split()
)


def render(
    transcript: Transcript, speakers: bool = True, times: bool | None = None, origin: str = SHORT, title: str = ""
) -> bytes:
    """The same bytes for the same transcript."""
    import docx
    from docx.shared import Pt, RGBColor

    document = docx.Document()
    heading = title_of(transcript, title)
    _describe(document.core_properties, transcript, heading)
    _write(document.add_heading(level=0), heading)
    for spoken in paragraphs(transcript):
        paragraph = document.add_paragraph()
        if times is not False:
            time = paragraph.add_run(f"{clock(spoken.start)}\t")
            time.font.color.rgb, time.font.size = RGBColor(0x59, 0x59, 0x59), Pt(9)
        is_text_rtl = is_rtl(spoken.text)  # the name of who speaks does not decide it
        if spoken.speaker and speakers:
            _write(paragraph, f"{spoken.speaker}: ", is_text_rtl, bold=True)
        _write(paragraph, spoken.text, is_text_rtl)
    told = facts(transcript, origin)
    table = document.add_table(rows=0, cols=2) if told else None
    for name, value in told:
        assert table
        cells = table.add_row().cells
        cells[0].text = name
        _write(cells[1].paragraphs[0], value)
    written = io.BytesIO()
    document.save(written)
    return _without_dates(written.getvalue())


def _write(paragraph: Any, text: str, rtl: bool | None = None, bold: bool | None = None) -> None:
    """Append text to a paragraph that is written from right to left if `rtl`; None: as the text itself is."""
    from docx.oxml import OxmlElement

    rtl = is_rtl(text) if rtl is None else rtl
    if rtl and not paragraph._p.xpath("w:pPr/w:bidi"):
        paragraph._p.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), *_BEHIND_BIDI)
    for piece, is_piece_rtl in runs(text, rtl):
        font = paragraph.add_run(piece).font
        font.bold = font.cs_bold = bold
        font.rtl = is_piece_rtl or None


def _describe(properties: Any, transcript: Transcript, heading: str) -> None:
    """The document's properties; those of python-docx's template say that it wrote it in 2013."""
    properties.title = heading[:255]
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
