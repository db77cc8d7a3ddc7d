"""An edit decision list (CMX 3600) with a marker a segment, for DaVinci Resolve, Avid and Premiere.

Each event is one frame of the recording where the segment begins. Below it stands the marker, once as Resolve writes
and reads it in its own timeline EDLs (`|C:` colour, `|M:` name, `|D:` frames), once as a locator in a comment
(`* LOC:`), as Avid has it. Timeline says where times begin, and in which frames they count. Lines end with CR LF, as
on the machines of CMX. The format numbers 999 events; later ones have four digits.
"""

from collections.abc import Iterator

from transcriber.exports.origin import corrected, title
from transcriber.exports.timeline import Timeline
from transcriber.exports.timing import utterances
from transcriber.transcript import Transcript

COLOURS = ("Blue", "Red", "Green", "Yellow", "Cyan")
"""One a speaker, in the order in which they first speak, and again from the first. Resolve and Avid know them."""


def render(transcript: Transcript, timeline: Timeline = Timeline()) -> str:
    return "".join(f"{line}\r\n" for line in _lines(transcript, timeline))


def _lines(transcript: Transcript, timeline: Timeline) -> Iterator[str]:
    yield f"TITLE: {title(transcript)}"
    ruler = timeline.on(transcript)
    yield f"FCM: {'DROP' if ruler.drop else 'NON-DROP'} FRAME"
    if transcript.edits:
        yield f"* CORRECTED BY HAND: {corrected(transcript)}"
    colours: dict[str | None, str] = {}
    for number, segment in enumerate(utterances(transcript), start=1):
        colour = colours.setdefault(segment.speaker, COLOURS[len(colours) % len(COLOURS)])
        first, last = ruler.frames(segment.start), ruler.frames(segment.end)
        begin, end = ruler.timecode(first), ruler.timecode(first + 1)
        name = f"{segment.speaker}: {segment.text}" if segment.speaker else segment.text
        name = name.replace("|", "/")
        yield ""
        yield f"{number:03d}  001      V     C        {begin} {end} {begin} {end}"
        yield f" |C:ResolveColor{colour} |M:{name} |D:{max(1, last - first)}"
        yield f"* LOC: {begin} {colour.upper():7} {name}"
