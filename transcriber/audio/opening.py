"""A recording's file, opened as a container. No other file is opened, whatever its content asks for."""

import io
import os
import stat
from pathlib import Path
from typing import BinaryIO, NoReturn

import av
from av.container import InputContainer

from transcriber.audio.boxes import is_unfinished
from transcriber.errors import AudioDecodeError, AudioEmptyError, AudioNotFoundError

NOT_MEDIA_HINT = "choose an audio or video file, such as wav, mp3, m4a, flac, ogg, mp4, mov, mkv or webm"

# What is no recording itself but names others: playlists, descriptions of network streams, numbered images, devices.
REFUSED = """
    alsa concat dash dvdvideo fbdev hls image2 image2pipe imf kmsgrab lavfi libcdio mlv oss rtp rtsp sap sdp
    vobsub video4linux2,v4l2 webm_dash_manifest x11grab
""".split()
# Samples without a header: FFmpeg would guess their rate from nothing, and words would be read at a wrong speed.
HEADERLESS = """
    alaw codec2raw data dfpwm f32be f32le f64be f64le g726 g726le mulaw rawvideo s16be s16le s24be s24le s32be s32le s8
    u16be u16le u24be u24le u32be u32le u8 vidc
""".split()
ACCEPTED = ",".join(sorted(av.formats_available - set(REFUSED) - set(HEADERLESS)))
# What files of this kind are called: by FFmpeg, by SoX, by telephone systems and dictation machines.
HEADERLESS_SUFFIXES = frozenset(
    f".{name}"
    for name in """
        al alaw al8 f32 f64 g726 la lu mulaw pcm raw s16 s24 s32 s8 sb sw u16 u24 u32 u8 ub ul ulaw uw vox
    """.split()
)


class Source(io.BufferedReader):
    """A file that FFmpeg may seek in; a damaged one makes it seek before the start, which is no error of ours."""

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        try:
            return super().seek(offset, whence)
        except (OSError, ValueError):
            return -1


def open_file(path: Path) -> BinaryIO:
    """The file, which is a regular one with something in it. Raises AudioNotFoundError, AudioEmptyError."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise AudioNotFoundError("this is a folder", "choose a file in it")
        if not stat.S_ISREG(status.st_mode):  # reading from a pipe or a device could wait for ever
            raise AudioNotFoundError("this is no file but a pipe or a device", "choose a file")
        if status.st_size == 0:
            raise AudioEmptyError("the file is empty", "check that it was copied or recorded completely")
        return Source(io.FileIO(path))
    except AudioNotFoundError:
        raise  # it is an OSError too
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AudioNotFoundError("there is no such file", "check the path") from error
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        reason = getattr(error, "strerror", None) or error
        raise AudioNotFoundError(f"the file cannot be read ({reason})", "check its path and permissions") from error


def open_container(file: BinaryIO) -> InputContainer:
    """The container in `file`, read from its start. Raises AudioDecodeError."""
    file.seek(0)
    try:
        container = av.open(
            file,
            "r",
            container_options={"format_whitelist": ACCEPTED, "protocol_whitelist": "none"},
            metadata_errors="replace",  # titles in old encodings
            io_open=_refuse_other_files,
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise unreadable(file, "this is no audio or video that can be read") from error
    if not container.streams.audio:
        container.close()
        raise unreadable(file, "there is no sound track in this file")
    return container


def unreadable(file: BinaryIO, message: str) -> AudioDecodeError:
    """Why it cannot be read, where that shows; otherwise `message`."""
    if is_unfinished(file):
        return AudioDecodeError(
            "this recording was not finished: its index (“moov”), which the recorder writes last, is missing",
            "end the recording in the program that makes it, or copy the file once more; what was broken off needs a "
            "tool that repairs mp4",
        )
    suffix = Path(getattr(file, "name", "")).suffix.lower()
    if suffix in HEADERLESS_SUFFIXES:
        return AudioDecodeError(
            f"a {suffix} file has no header: it does not say at which rate and how its sound is stored",
            "save it as wav with the program that it comes from, or convert it, for a telephone's .ulaw with: "
            "ffmpeg -f mulaw -ar 8000 -i FILE out.wav",
        )
    return AudioDecodeError(message, NOT_MEDIA_HINT)


def _refuse_other_files(url: str, *_: object) -> NoReturn:
    raise PermissionError(f"a recording may not open other files: {url}")
