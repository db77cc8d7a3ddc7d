"""Final Cut Pro's XML (version 1.9) with a marker a segment on the recording's clip; DaVinci Resolve reads it too.

Structure: Apple's document type definition (developer.apple.com, “FCPXML Reference”). Times are rational seconds, whole
frames of the timeline. Those within the recording begin where its own clock does: editors find the place in the file
by them. The recording is named by its file name alone: the editor asks where it lies.
"""

import mimetypes
from fractions import Fraction
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from transcriber.exports.origin import corrected, title
from transcriber.exports.timeline import Ruler, Timeline
from transcriber.exports.timing import utterances
from transcriber.transcript import Segment, Transcript

RATE_NAMES = {"23.976": "2398", "29.97": "2997", "59.94": "5994"}
"""How Final Cut names these rates in its formats."""


def render(transcript: Transcript, timeline: Timeline = Timeline()) -> str:
    segments, name, ruler = list(utterances(transcript)), title(transcript), timeline.on(transcript)
    begin, media = _time(ruler.begin, ruler), _time(ruler.media, ruler)
    length = max(
        1, *(ruler.frames(seconds) for seconds in (transcript.duration, *(segment.end for segment in segments)))
    )
    duration, kinds = _time(length, ruler), {True: "DF", False: "NDF"}
    root = Element("fcpxml", version="1.9")
    _add_resources(SubElement(root, "resources"), transcript, ruler, duration)
    project = SubElement(SubElement(SubElement(root, "library"), "event", name=name), "project", name=name)
    sequence = SubElement(
        project, "sequence", format="r1", duration=duration, tcStart=begin, tcFormat=kinds[ruler.drop]
    )
    where = {"offset": begin, "start": media, "duration": duration}
    spine = SubElement(sequence, "spine")
    clip = SubElement(spine, "asset-clip", where, ref="r2", name=name, format="r1", tcFormat=kinds[ruler.media_drop])
    if transcript.edits:
        SubElement(clip, "note").text = f"Corrected by hand: {corrected(transcript)}"
    for segment in segments:
        _add_marker(clip, segment, ruler)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{text}\n'


def _add_resources(resources: Element, transcript: Transcript, ruler: Ruler, duration: str) -> None:
    file = transcript.source.name if transcript.source else f"{title(transcript)}.wav"
    rate = RATE_NAMES.get(ruler.rate, ruler.rate)
    size = {"frameDuration": _time(1, ruler), "width": "1920", "height": "1080"}
    SubElement(resources, "format", size, id="r1", name=f"FFVideoFormat1080p{rate}")
    times = {"start": _time(ruler.media, ruler), "duration": duration}
    asset = SubElement(resources, "asset", times, id="r2", name=title(transcript))
    asset.attrib.update(hasAudio="1", audioSources="1")
    if (mimetypes.guess_type(file)[0] or "").startswith("video/"):
        asset.attrib.update(hasVideo="1", format="r1")
    SubElement(asset, "media-rep", kind="original-media", src=quote(file))


def _add_marker(clip: Element, segment: Segment, ruler: Ruler) -> None:
    first, last = ruler.frames(segment.start), ruler.frames(segment.end)
    times = {"start": _time(ruler.media + first, ruler), "duration": _time(max(1, last - first), ruler)}
    marker = SubElement(clip, "marker", times, value=segment.text)
    if segment.speaker:
        marker.set("note", segment.speaker)


def _time(frames: int, ruler: Ruler) -> str:
    """ "1001/30000s" or "5s"."""
    seconds: Fraction = frames * ruler.frame
    return f"{seconds}s"
