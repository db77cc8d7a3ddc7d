"""One piece of a recording, opened at one of its sound tracks."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import av
from av.audio import AudioStream
from av.stream import Discard, Disposition

from transcriber.audio.decoding import decoded
from transcriber.audio.opening import NOT_MEDIA_HINT, Source, open_container
from transcriber.audio.piece import Piece, Window
from transcriber.audio.timeline import Frame
from transcriber.audio.truncation import is_cut_off
from transcriber.errors import AudioDecodeError

MISSING_SECONDS = 0.5
"""By which the sound may be shorter than the file states."""
# Whose times a browser's player shows as they are (measured with Chromium 156); others start with their first frame.
OWN_CLOCK = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "ogg")
CLOCK_MAY_BE_SET = ("mpegts", "mpeg")
# Formats without a stated length: FFmpeg computes one from size and bit rate. That of an avi is rough, but it is RIFF.
ESTIMATED = ("aac", "ac3", "eac3", "amr", "amrnb", "amrwb", "avi", "dts", "loas", "mlp", "mp3", "mpegvideo", "truehd")


class Sound:
    """One sound track of a piece, by its number counted from 1; close() it.

    Raises AudioDecodeError for a piece that cannot be read, or has no such track.
    """

    def __init__(self, path: Path, piece: Piece, number: int) -> None:
        self.piece = piece
        self.file = Source(Window(path, piece))
        try:
            self.container = open_container(self.file)
            self.stream = _stream(self.container.streams.audio, number)
        except BaseException:  # whatever it was, the file must not stay open
            self.file.close()
            raise
        self.stream.codec_context.thread_type = "AUTO"
        for other in self.container.streams:
            if other.index != self.stream.index:
                other.discard = Discard.all
        self._tick = float(self.stream.time_base or 1)
        own_clock = self.format in OWN_CLOCK
        self._zero = 0.0 if own_clock else max(0, self.container.start_time or 0) / av.time_base

    @property
    def format(self) -> str:
        return self.container.format.name

    @property
    def has_video(self) -> bool:
        """Whether there are moving pictures; a cover picture is none."""
        return any(not stream.disposition & Disposition.attached_pic for stream in self.container.streams.video)

    @property
    def duration(self) -> float | None:
        """Seconds of the track as they were counted, as the file states them, or as FFmpeg estimates; else None."""
        return self.piece.seconds or self._said_duration

    @property
    def _said_duration(self) -> float | None:
        if self.stream.duration is not None:
            began = (self.stream.start_time or 0) * self._tick - self._zero
            is_whole = self.format == "ogg"  # FFmpeg gives the time of its end
            return self.stream.duration * self._tick + (0.0 if is_whole else max(0.0, began))
        return self.container.duration / av.time_base if self.container.duration else None

    @property
    def longest_duration(self) -> float:
        """Seconds of the longest track; 0 where neither the file nor FFmpeg says."""
        return max(self.duration or 0.0, (self.container.duration or 0) / av.time_base)

    @property
    def stated_duration(self) -> float | None:
        """Seconds of the track as the file itself states them; None where it does not, and FFmpeg can only estimate."""
        has_count = self.format == "mp3" and self._zero  # an encoder's delay comes with the length
        if self.format in ESTIMATED and not has_count:
            return None
        alone = len(self.container.streams) == 1  # else the file's duration may be another track's
        return self._said_duration if self.stream.duration is not None or alone else None

    def seek(self, seconds: float) -> None:
        """Go on from a second of the piece, or somewhat before. Raises av.FFmpegError or OSError where that fails."""
        self.container.seek(round((seconds + self._zero) / self._tick), stream=self.stream)

    def frames(self, damaged: Callable[[float], None]) -> Iterator[Frame]:
        """The frames from here on; `damaged` is called with the time of what cannot be decoded."""
        return decoded(self.container, self.stream, self._zero, damaged)

    def ends_early(self, length: float, damaged_at: float | None) -> tuple[bool, float | None]:
        """Whether its end is missing, once all of it was read, and at which second it is damaged otherwise.

        `length`: the seconds that were read. `damaged_at`: the first second of what could not be decoded, if any.

        An error in the last packet of a whole file is neither.
        """
        stated = self.stated_duration
        is_cut = is_cut_off(self.file) or (stated is not None and length < stated - MISSING_SECONDS)
        is_cut |= self.piece.is_broken_off and self.format not in ESTIMATED  # of an mp3, the last frame alone may be
        if damaged_at is not None and 0 < length - MISSING_SECONDS <= damaged_at:
            return is_cut or stated is None, None
        return is_cut, damaged_at

    def close(self) -> None:
        self.container.close()
        self.file.close()


def _stream(streams: Sequence[AudioStream], number: int) -> AudioStream:
    """The track with this number; in a later piece, which may have fewer, the last one before it that can be read."""
    readable = [stream for stream in streams[:number] if stream.codec_context]
    if not readable:
        raise AudioDecodeError("there is no sound track in this file that can be read", NOT_MEDIA_HINT)
    return readable[-1]
