"""The sound tracks of a recording."""

from collections.abc import Sequence
from dataclasses import dataclass

from av.audio import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from transcriber.errors import UnsupportedOptionError

# Titles that recorders write without meaning anything by them.
NO_TITLES = ("SoundHandler", "Core Media Audio", "Sound Media Handler", "Apple Sound Media Handler", "Stereo", "Mono")


@dataclass(frozen=True)
class Track:
    """One of the sound tracks of a recording."""

    number: int
    """Counted from 1 among the sound tracks."""
    language: str
    """As the file says, mostly an ISO 639-2 code; "" where it does not."""
    title: str
    channels: int
    codec: str
    is_default: bool

    def __str__(self) -> str:
        said = (self.language, self.title and f"“{self.title}”", f"{self.channels} channels", self.codec)
        return f"{self.number} ({', '.join(filter(None, said))})"


def sound_streams(container: InputContainer) -> list[AudioStream]:
    """Those that there is a decoder for."""
    return [stream for stream in container.streams.audio if stream.codec_context]


def sound_tracks(container: InputContainer) -> tuple[Track, ...]:
    return tuple(_track(number, stream) for number, stream in enumerate(sound_streams(container), 1))


def choose(tracks: Sequence[Track], number: int | None) -> Track:
    """The track with that number; None: the one that the file calls its default, else the first.

    Raises UnsupportedOptionError for a number that there is not.
    """
    if number is None:
        return next((track for track in tracks if track.is_default), tracks[0])
    if 1 <= number <= len(tracks):
        return tracks[number - 1]
    there_are = "; ".join(map(str, tracks))
    raise UnsupportedOptionError(f"there is no sound track {number} in this recording", f"there are: {there_are}")


def _track(number: int, stream: AudioStream) -> Track:
    title = stream.metadata.get("title") or stream.metadata.get("handler_name", "")
    return Track(
        number,
        stream.language if stream.language and stream.language != "und" else "",
        "" if title in NO_TITLES else title,
        stream.codec_context.channels,
        stream.codec_context.name,
        bool(stream.disposition & Disposition.default),
    )
