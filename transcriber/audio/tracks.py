"""The sound tracks of a recording."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from av.audio import AudioStream
from av.container import InputContainer
from av.stream import Disposition

from transcriber.audio.boxes import PROTECTED, sample_entries
from transcriber.errors import AudioDecodeError, UnsupportedOptionError

# Titles that recorders write without meaning anything by them.
NO_TITLES = ("SoundHandler", "Core Media Audio", "Sound Media Handler", "Apple Sound Media Handler", "Stereo", "Mono")
HOW_TO_CHOOSE = "choose another with --track (on the page under Options, over HTTP with the field “track”)"
ASF_PROTECTION = ("ASF_Protection_Type", "ASF_Key_ID", "ASF_License_URL")
"""What FFmpeg says of a protected WMA; of a protected Matroska it gives each track a key."""


@dataclass(frozen=True)
class Track:
    """One of the sound tracks of a recording."""

    number: int
    """Counted from 1 among the sound tracks, as players do: also those that cannot be read."""
    language: str
    """As the file says, mostly an ISO 639-2 code; "" where it does not."""
    title: str
    channels: int
    """0 where it cannot be read."""
    codec: str
    """FFmpeg's name for it, or the file's where FFmpeg knows none; "" where there is none."""
    is_default: bool
    is_protected: bool = False
    """Whether it is encrypted."""

    @property
    def problem(self) -> str:
        """Why it cannot be read; "" where it can."""
        if self.is_protected:
            return "it is protected (encrypted)"
        if not self.channels:
            return f"there is no decoder for its codec ({self.codec or 'unknown'})"
        return ""

    def __str__(self) -> str:
        channels = f"{self.channels} channel{'s' * (self.channels > 1)}" if self.channels else ""
        said = (self.language, self.title and f"“{self.title}”", channels, self.codec)
        state = "protected" if self.is_protected else "" if self.channels else "cannot be read"
        return f"{self.number} ({', '.join(filter(None, (*said, state)))})"


def sound_tracks(container: InputContainer, file: BinaryIO) -> tuple[Track, ...]:
    """All sound tracks of a container. Raises AudioDecodeError where none can be read."""
    streams = container.streams.audio
    entries = sample_entries(file) if container.format.name.startswith("mov") else []
    if len(entries) != len(streams):
        entries = [b""] * len(streams)
    is_protected = any(name in container.metadata for name in ASF_PROTECTION)
    tracks = tuple(
        _track(number, stream, entry, is_protected)
        for number, (stream, entry) in enumerate(zip(streams, entries, strict=True), 1)
    )
    if all(track.problem for track in tracks):
        raise _unreadable(tracks)
    return tracks


def choose(tracks: Sequence[Track], number: int | None) -> Track:
    """The track with that number; None: the one that the file calls its default, else the first that can be read.

    Raises UnsupportedOptionError for a number that there is not, or whose track cannot be read.
    """
    if number is None:
        readable = [track for track in tracks if not track.problem]
        return next((track for track in readable if track.is_default), readable[0])
    there_are = f"there are: {_listed(tracks)}; {HOW_TO_CHOOSE}"
    if not 1 <= number <= len(tracks):
        raise UnsupportedOptionError(f"there is no sound track {number} in this recording", there_are, "stream")
    if problem := tracks[number - 1].problem:
        raise UnsupportedOptionError(f"sound track {number} cannot be read: {problem}", there_are, "stream")
    return tracks[number - 1]


def choice_of_track(tracks: Sequence[Track], chosen: Track, speechless: Sequence[Track]) -> str:
    """Which of several tracks was transcribed, and why, as a sentence; on those in `speechless` nobody speaks."""
    if chosen in speechless:  # so it was the best of them
        return f"Nothing or next to nothing is said on any of the sound tracks: {_listed(tracks)}."
    name = chosen.title or chosen.language
    named = f" ({name})" if name else ""
    others = [track for track in tracks if track not in (chosen, *speechless)]
    because = f", as nothing or next to nothing is said on {_listed(speechless)}" if speechless else ""
    left = f"; not transcribed: {_listed(others)}" if others else ""
    transcribed = f"Sound track {chosen.number} of {len(tracks)}{named} was transcribed"
    return f"{transcribed}{because}{left}. {HOW_TO_CHOOSE[0].upper()}{HOW_TO_CHOOSE[1:]}."


def _listed(tracks: Sequence[Track]) -> str:
    return "; ".join(map(str, tracks))


def _unreadable(tracks: Sequence[Track]) -> AudioDecodeError:
    if any(track.is_protected for track in tracks):
        return AudioDecodeError(
            "this recording is protected (encrypted) and can only be played by the program that it was bought for",
            "use a copy without protection, or record it anew",
        )
    codecs = ", ".join(sorted({track.codec or "unknown" for track in tracks}))
    several = f"all {len(tracks)} sound tracks" if len(tracks) > 1 else "the sound track"
    return AudioDecodeError(
        f"{several} of this file cannot be read: there is no decoder for {codecs}",
        "save it in another format, such as wav, m4a or mp3, with the program that made it",
    )


def _track(number: int, stream: AudioStream, entry: bytes, is_protected: bool) -> Track:
    title = stream.metadata.get("title") or stream.metadata.get("handler_name", "")
    context = stream.codec_context
    return Track(
        number,
        stream.language if stream.language and stream.language != "und" else "",
        "" if title in NO_TITLES else title,
        context.channels if context else 0,
        context.name if context else entry.decode("latin-1").strip(),
        bool(stream.disposition & Disposition.default),
        is_protected or entry in PROTECTED or "enc_key_id" in stream.metadata,
    )
