"""People whose voices an OpenAI client sends along: names, and recordings of them as data URLs.

Source: OpenAI's API reference, “Create transcription”; RFC 2397.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from transcriber.errors import UnsupportedOptionError
from transcriber.speakers.naming import checked_name

MOST = 16
"""People; OpenAI takes four."""
LARGEST_MB = 6
"""Of one recording as text; ten seconds of uncompressed stereo are four."""
EXAMPLE = "send data:audio/wav;base64, and then 2 to 10 seconds in which this person alone speaks, in base64"
_DATA_URL = re.compile(r"data:([^;,]{1,100})((?:;[^;,]{1,100}){0,9}),", re.ASCII | re.IGNORECASE)
_MEDIA = re.compile(r"(?:audio|video)/[\w.+-]+|application/(?:ogg|octet-stream)", re.ASCII)


@dataclass(frozen=True)
class KnownSpeaker:
    """Somebody who is called so where he or she is heard."""

    name: str
    recording: bytes

    def stored(self, path: Path) -> tuple[str, str]:
        """The recording as a file; (name, path), as TranscribeOptions has them."""
        path.write_bytes(self.recording)
        return self.name, str(path)


def parse(names: Sequence[str], references: Sequence[str]) -> tuple[KnownSpeaker, ...]:
    """Each name with its recording. Raises UnsupportedOptionError with what is wrong."""
    if len(names) != len(references):
        raise _refused(
            f"there are {len(names)} known_speaker_names[] and {len(references)} known_speaker_references[]",
            "send one of each for every person",
        )
    if len(names) > MOST:
        raise _refused(f"{len(names)} known speakers are too many", f"send {MOST} at most")
    called = [_called(name) for name in names]
    if twice := [name for place, name in enumerate(called) if name in called[:place]]:
        raise _refused(f"two known speakers are called “{twice[0]}”", "give each another name")
    return tuple(_known_speaker(name, reference) for name, reference in zip(called, references, strict=True))


def _called(name: str) -> str:
    try:
        return checked_name(name)
    except UnsupportedOptionError as error:
        raise _refused(error.message, error.hint) from error


def _known_speaker(name: str, reference: str) -> KnownSpeaker:
    if len(reference) > LARGEST_MB * 1_000_000:
        raise _refused(f"the recording of “{name}” is larger than {LARGEST_MB} MB", EXAMPLE)
    head = _DATA_URL.match(reference)
    if head is None:
        raise _refused(f"the recording of “{name}” is no data URL, and nothing is fetched from elsewhere", EXAMPLE)
    media = head[1].strip().lower()
    if not _MEDIA.fullmatch(media):
        raise _refused(f"the recording of “{name}” is said to be {media}, which is no sound", EXAMPLE)
    if "base64" not in head[2].lower().split(";"):
        raise _refused(f"the recording of “{name}” is not in base64", EXAMPLE)
    try:
        recording = b64decode(b"".join(unquote_to_bytes(reference[head.end() :]).split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refused(f"the recording of “{name}” is no base64 ({error})", EXAMPLE) from error
    if not recording:
        raise _refused(f"the recording of “{name}” is empty", EXAMPLE)
    return KnownSpeaker(name, recording)


def _refused(message: str, hint: str) -> UnsupportedOptionError:
    return UnsupportedOptionError(message, hint, "known_speakers")
