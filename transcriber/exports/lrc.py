"""LRC lyrics: a line a segment, with minutes, seconds and hundredths. Players show it in time with the sound.

There is no standard; this is what players read (https://en.wikipedia.org/wiki/LRC_(file_format)): UTF-8, ID tags first,
minutes that may exceed 60. An empty line clears what is shown where somebody pauses.
"""

from collections.abc import Iterator

from transcriber import __version__
from transcriber.exports.origin import corrected, title
from transcriber.exports.timing import utterances
from transcriber.transcript import Transcript

PAUSE_SECONDS = 5.0
_NO_TAG = str.maketrans("[]", "()")
"""A name that begins with a bracket would be read as another time."""


def render(transcript: Transcript) -> str:
    tags = f"[ti:{title(transcript)}]\n[length:{_time(transcript.duration)}]\n[re:transcriber]\n[ve:{__version__}]\n"
    tags += f"[#:Corrected by hand: {corrected(transcript)}]\n" if transcript.edits else ""
    return tags + "".join(f"{line}\n" for line in _lines(transcript))


def _lines(transcript: Transcript) -> Iterator[str]:
    shown = None
    for segment in utterances(transcript):
        if shown is not None and segment.start - shown > PAUSE_SECONDS:
            yield f"[{_time(shown)}]"
        speaker = f"{segment.speaker.translate(_NO_TAG)}: " if segment.speaker else ""
        yield f"[{_time(segment.start)}]{speaker}{segment.text}"
        shown = segment.end
    if shown is not None:
        yield f"[{_time(shown)}]"


def _time(seconds: float) -> str:
    minutes, hundredths = divmod(max(0, round(seconds * 100)), 6000)
    return f"{minutes:02d}:{hundredths // 100:02d}.{hundredths % 100:02d}"
