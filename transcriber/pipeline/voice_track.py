"""Which of several sound tracks is transcribed where nobody says: the usual one, if somebody speaks on it."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from transcriber.audio.recording import Recording
from transcriber.audio.tracks import Track
from transcriber.errors import TranscriberError
from transcriber.options import TranscribeOptions
from transcriber.pipeline.vad import detect_speech, spans

T = TypeVar("T")
ENOUGH_SPEECH_SECONDS = 1.0
"""Less may be something else that sounds like a voice: then the other tracks are looked at."""
SOME_SPEECH_SECONDS = 0.25
"""Less is nothing, or next to nothing."""


@dataclass(frozen=True)
class VoiceTrack:
    """The sound track to transcribe."""

    track: Track
    speechless: tuple[Track, ...]
    """Those of the recording on which nobody speaks, as far as they were looked at."""


def find_voice(recording: Recording, start: float, end: float | None) -> Generator[None, None, VoiceTrack]:
    """The first track on which enough is said, else the usual one, unless on another at least twice as much is said.

    What lies between the seconds `start` and `end` is looked at; yields None again and again on the way. The usual
    track goes first, so that mostly nothing but its beginning is looked at.
    """
    usual = recording.track
    readable = [usual, *(track for track in recording.tracks if track != usual and not track.problem)]
    said: dict[Track, float] = {}
    for track in readable:
        said[track] = yield from _seconds_said(recording.path, track, start, end)
        if said[track] >= ENOUGH_SPEECH_SECONDS:
            break
    most = max(said, key=lambda track: said[track])
    chosen = most if said[most] > 2 * said[usual] else usual
    return VoiceTrack(chosen, tuple(track for track in said if said[track] < SOME_SPEECH_SECONDS))


def open_at_voice(path: Path, options: TranscribeOptions) -> Recording:
    """A recording at the sound track on which somebody speaks, unless one is asked for. Raises AudioError."""
    if options.stream is None:
        with Recording(path) as recording:
            if len(recording.tracks) > 1:
                voice = _returned(find_voice(recording, options.start, options.end))
                return Recording(path, voice.track.number, voice.speechless)
    return Recording(path, options.stream)


def _returned(steps: Generator[None, None, T]) -> T:
    """What a generator returns in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def _seconds_said(path: Path, track: Track, start: float, end: float | None) -> Generator[None, None, float]:
    """Seconds of speech: at most a little more than ENOUGH_SPEECH_SECONDS; 0 of what cannot be read."""
    seconds = 0.0
    try:
        with Recording(path, track.number) as recording, closing(detect_speech(recording.blocks(start, end))) as blocks:
            for block in blocks:
                seconds += sum(until - begin for begin, until in spans(block.speech_probs))
                if seconds >= ENOUGH_SPEECH_SECONDS:
                    break
                yield None
    except TranscriberError:  # what keeps it from being read is told if it has to be read
        pass
    return seconds
