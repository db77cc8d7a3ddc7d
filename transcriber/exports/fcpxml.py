"""Final Cut Pro's XML (version 1.9) with a marker a segment on the recording's clip; DaVinci Resolve reads it too.

Structure: Apple's document type definition (developer.apple.com, “FCPXML Reference”). Times are rational seconds, whole
frames of the timeline. The recording is named by its file name alone: the editor asks where it lies.
"""

import mimetypes
from fractions import Fraction
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from transcriber.exports.origin import title
from transcriber.exports.timeline import Timeline
from transcriber.exports.timing import utterances
from transcriber.transcript import Segment, Transcript

NAMES = {"23.976": "2398", "29.97": "2997", "59.94": "5994"}
"""How Final Cut names these rates in its formats."""


def render(transcript: Transcript, timeline: Timeline = Timeline()) -> str:
    segments, name, begin = list(utterances(transcript)), title(transcript), f"{timeline.begin}s"
    length = max(1, *(timeline.frames(seconds) for seconds in (transcript.duration, *(one.end for one in segments))))
    duration = _time(length, timeline)
    root = Element("fcpxml", version="1.9")
    _add_resources(SubElement(root, "resources"), transcript, timeline, duration)
    project = SubElement(SubElement(SubElement(root, "library"), "event", name=name), "project", name=name)
    sequence = SubElement(project, "sequence", format="r1", duration=duration, tcStart=begin, tcFormat="NDF")
    where = {"offset": begin, "start": "0s", "duration": duration}
    spine = SubElement(sequence, "spine")
    clip = SubElement(spine, "asset-clip", where, ref="r2", name=name, format="r1", tcFormat="NDF")
    for segment in segments:
        _add_marker(clip, segment, timeline)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{text}\n'


def _add_resources(resources: Element, transcript: Transcript, timeline: Timeline, duration: str) -> None:
    file = transcript.source.name if transcript.source else f"{title(transcript)}.wav"
    rate = NAMES.get(timeline.rate, timeline.rate)
    size = {"frameDuration": _time(1, timeline), "width": "1920", "height": "1080"}
    SubElement(resources, "format", size, id="r1", name=f"FFVideoFormat1080p{rate}")
    asset = SubElement(resources, "asset", id="r2", name=title(transcript), start="0s", duration=duration)
    asset.attrib.update(hasAudio="1", audioSources="1")
    if (mimetypes.guess_type(file)[0] or "").startswith("video/"):
        asset.attrib.update(hasVideo="1", format="r1")
    SubElement(asset, "media-rep", kind="original-media", src=quote(file))


def _add_marker(clip: Element, segment: Segment, timeline: Timeline) -> None:
    first, last = timeline.frames(segment.start), timeline.frames(segment.end)
    times = {"start": _time(first, timeline), "duration": _time(max(1, last - first), timeline)}
    marker = SubElement(clip, "marker", times, value=segment.text)
    if segment.speaker:
        marker.set("note", segment.speaker)


def _time(frames: int, timeline: Timeline) -> str:
    """ "1001/30000s" or "5s"."""
    seconds: Fraction = frames * timeline.frame
    return f"{seconds}s"
