"""Which of several sound tracks is transcribed where nobody says: the usual one, if somebody speaks on it."""

from collections.abc import Generator
from contextlib import closing

from transcriber.audio.recording import Recording
from transcriber.audio.tracks import Track
from transcriber.errors import TranscriberError
from transcriber.pipeline.vad import detect_speech, spans

ENOUGH_SPEECH_SECONDS = 1.0
"""Less may be something else that sounds like a voice: then the other tracks are looked at."""
SOME_SPEECH_SECONDS = 0.25
"""Less is nothing, or next to nothing."""


def find_voice(recording: Recording, start: float, end: float | None) -> Generator[None, None, Recording]:
    """The recording at the first track on which enough is said, else the usual one, unless on another at least twice as
    much is said; gives way again and again.

    The usual track goes first, so that mostly nothing but its beginning is looked at. Another one is opened anew.
    """
    usual = recording.track
    readable = [usual, *(track for track in recording.tracks if track != usual and not track.problem)]
    said: dict[Track, float] = {}
    for track in readable:
        said[track] = yield from _seconds_said(recording, track, start, end)
        if said[track] >= ENOUGH_SPEECH_SECONDS:
            break
    most = max(said, key=lambda track: said[track])
    chosen = most if said[most] > 2 * said[usual] else usual
    if chosen != usual:
        recording.close()
        recording = Recording(recording.path, chosen.number)
    recording.speechless = tuple(track for track in said if said[track] < SOME_SPEECH_SECONDS)
    return recording


def _seconds_said(recording: Recording, track: Track, start: float, end: float | None) -> Generator[None, None, float]:
    """At most a little more than what is enough."""
    seconds = 0.0
    try:
        with (
            Recording(recording.path, track.number) as other,
            closing(detect_speech(other.blocks(start, end))) as stretches,
        ):
            for stretch in stretches:
                seconds += sum(until - begin for begin, until in spans(stretch.speech_probs))
                if seconds >= ENOUGH_SPEECH_SECONDS:
                    break
                yield None
    except TranscriberError:  # what keeps it from being read is told if it has to be read
        pass
    return seconds
