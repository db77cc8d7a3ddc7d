"""One recording: its sound tracks, and the samples of one of them."""

import contextlib
import functools
import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import soxr
from av.stream import Discard, Disposition

from transcriber.audio.decoding import decoded
from transcriber.audio.mixing import as_float, mono
from transcriber.audio.opening import NOT_MEDIA_HINT, open_container, open_file
from transcriber.audio.timeline import Frame, whole_seconds
from transcriber.audio.tracks import choose, sound_streams, sound_tracks
from transcriber.audio.truncation import is_cut_off
from transcriber.clock import clock
from transcriber.errors import AudioDecodeError, AudioEmptyError, AudioError, UnsupportedOptionError
from transcriber.samples import NOTHING, SAMPLE_RATE

BLOCK_SECONDS = 30
WARM_UP = 1
"""Whole seconds for the codec, and again for the resampler, before a start: both build on what was before."""
WORTH_SEEKING = 10
"""Seconds; what is nearer to the start is decoded."""
SILENCE = 2.0**-16
"""A recording that is nowhere louder is digital silence; one step of 16 bits is twice this."""
MISSING = 0.5
"""Seconds by which the sound may be shorter than the file states."""
CLOCK_JUMP = 10.0
"""In formats whose clock may be set while they run, a longer hole is none (as in FFmpeg's dts_delta_threshold)."""
LONGEST_HOLE = 3600.0
"""Seconds, where the file does not say how long it is."""
# Whose times a browser's player shows as they are (measured with Chromium 156); others start with their first frame.
OWN_CLOCK = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "ogg")
CLOCK_MAY_BE_SET = ("mpegts", "mpeg")
# Formats without a stated length: FFmpeg computes one from size and bit rate. That of an avi is rough, but it is RIFF.
ESTIMATED = ("aac", "ac3", "eac3", "amr", "amrnb", "amrwb", "avi", "dts", "loas", "mlp", "mp3", "mpegvideo", "truehd")

CUT_OFF = "The end of the recording is missing: what could be read was transcribed."
DAMAGED = "The recording is damaged near {}: what could be read was transcribed, what is missing counts as silence."
HOLES = "The recording has holes, the first near {}: they count as silence."
CANCELLING = "The channels cancel each other out (a microphone with swapped wires): one of them was transcribed."


class Recording:
    """One opened recording; use it as a context manager.

    `stream` is the number of the sound track, counted from 1; None takes the one that the file marks as its default,
    else the first. Times are those that a player shows.

    Raises AudioNotFoundError, AudioDecodeError, AudioEmptyError or UnsupportedOptionError (no such track) when it is
    opened.
    """

    def __init__(self, path: Path, stream: int | None = None) -> None:
        self.path = Path(path)
        self._file = open_file(self.path)
        try:
            self._container = open_container(self._file)
            self.tracks = sound_tracks(self._container)
            """All sound tracks of the file that can be decoded."""
            self.track = choose(self.tracks, stream)
            """The one that is read."""
        except BaseException:  # whatever it was, the file must not stay open
            self._file.close()
            raise
        self._select()
        self._fresh = True
        self._damaged_at: float | None = None
        self._hole_at: float | None = None
        self._cut_off = self._cancelling = False
        self._end = 0.0

    @property
    def duration(self) -> float | None:
        """Seconds as the file itself says, before it is decoded; None where it does not say."""
        stream = self._stream
        if stream.duration is not None:
            began = (stream.start_time or 0) * self._tick - self._zero
            is_whole = self._container.format.name == "ogg"  # FFmpeg gives the time of its end
            return stream.duration * self._tick + (0.0 if is_whole else max(0.0, began))
        return self._container.duration / av.time_base if self._container.duration else None

    @property
    def has_video(self) -> bool:
        """Whether there are moving pictures; a cover picture is none."""
        return any(not stream.disposition & Disposition.attached_pic for stream in self._container.streams.video)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of how it was read, a sentence each; complete when all blocks have been read."""
        notes = []
        if len(self.tracks) > 1:
            name = self.track.title or self.track.language
            said = f" ({name})" if name else ""
            notes.append(f"Sound track {self.track.number} of {len(self.tracks)}{said} was transcribed.")
        if self._damaged_at is not None:
            notes.append(DAMAGED.format(clock(self._damaged_at)))
        elif self._hole_at is not None:
            notes.append(HOLES.format(clock(self._hole_at)))
        if self._cut_off:
            notes.append(CUT_OFF)
        if self._cancelling:
            notes.append(CANCELLING)
        return tuple(notes)

    def blocks(self, start: float = 0.0, end: float | None = None) -> Iterator[np.ndarray]:
        """The samples from `start` to `end`, in seconds: arrays [N] of float32, of BLOCK_SECONDS but for the last.

        Raises AudioDecodeError when nothing can be decoded; and when all has been read, AudioEmptyError for what has no
        samples or is digital silence, UnsupportedOptionError when the recording is over before `start`.
        """
        frames, begin = self._frames_from(math.floor(start) - WARM_UP)
        position, first = begin * SAMPLE_RATE, round(start * SAMPLE_RATE)
        last = None if end is None else max(first + 1, round(end * SAMPLE_RATE))
        size, waiting, length, loud = BLOCK_SECONDS * SAMPLE_RATE, [NOTHING], 0, False
        for samples in self._resampled(frames, begin):
            wanted = samples[max(0, first - position) : None if last is None else max(0, last - position)]
            position += len(samples)
            loud = loud or bool(len(wanted) and np.abs(wanted).max() > SILENCE)
            waiting.append(wanted)
            length += len(wanted)
            if length >= size:
                joined = np.concatenate(waiting)
                yield joined[:size]
                waiting, length = [joined[size:]], length - size
            if last is not None and position >= last:
                break
        rest = np.concatenate(waiting)
        if len(rest):
            yield rest
        if not loud:
            raise self._why_nothing(position > first, whole=not start and end is None)

    def _why_nothing(self, given: bool, whole: bool) -> AudioError | UnsupportedOptionError:
        if given:
            part = "recording" if whole else "part of the recording"
            return AudioEmptyError(f"there is only silence in this {part}", "check the microphone or the sound track")
        if self._end:
            return UnsupportedOptionError(f"the recording is over after {clock(self._end)}", "choose an earlier start")
        if self._damaged_at is not None:
            return AudioDecodeError("the sound in this file cannot be decoded", NOT_MEDIA_HINT)
        return AudioEmptyError("there is no sound in this file", "check that the recording is the right one")

    def _resampled(self, frames: Iterator[Frame], begin: int) -> Iterator[np.ndarray]:
        """Mono samples at SAMPLE_RATE from second `begin` on."""
        resampler: soxr.ResampleStream | None = None
        rate, self._end = SAMPLE_RATE, float(begin)
        for second, new_rate in whole_seconds(frames, begin, self._longest_hole(), self._found_hole):
            if new_rate != rate:
                if resampler:
                    yield resampler.resample_chunk(NOTHING, last=True)
                rate = new_rate
                resampler = None if rate == SAMPLE_RATE else soxr.ResampleStream(rate, SAMPLE_RATE, 1, "float32")
            samples, cancelling = mono(as_float(second))
            self._cancelling |= cancelling
            self._end += len(samples) / rate
            yield resampler.resample_chunk(samples) if resampler else samples
        if resampler:
            yield resampler.resample_chunk(NOTHING, last=True)
        self._judge_the_end()

    def _longest_hole(self) -> float:
        """Seconds. No hole is longer than the file says that it is as a whole."""
        if self._container.format.name in CLOCK_MAY_BE_SET:
            return CLOCK_JUMP
        return max(self.duration or 0.0, (self._container.duration or 0) / av.time_base) or LONGEST_HOLE

    def _frames_from(self, begin: int) -> tuple[Iterator[Frame], int]:
        """The frames from second `begin` on, and `begin`; all frames, and 0, where the file cannot be sought in."""
        if not self._fresh:
            self._rewind()
        self._fresh = False
        if begin >= WORTH_SEEKING:
            with contextlib.suppress(av.FFmpegError, OSError):
                self._container.seek(round((begin - WARM_UP + self._zero) / self._tick), stream=self._stream)
                frames = self._frames(begin)
                first = next(frames, None)
                if first and first.time is not None and first.time <= begin:
                    frames = itertools.chain([first], frames)
                    return itertools.dropwhile(lambda frame: _ends_before(frame, begin), frames), begin
            self._rewind()
        return self._frames(), 0

    def _frames(self, begin: int = 0) -> Iterator[Frame]:
        """What can be decoded. Damage before second `begin` does not count: there a codec warms up."""
        return decoded(self._container, self._stream, self._zero, functools.partial(self._damaged, begin))

    def _damaged(self, begin: int, at: float) -> None:
        if at >= begin and self._damaged_at is None:
            self._damaged_at = at

    def _found_hole(self, at: float) -> None:
        self._hole_at = at if self._hole_at is None else self._hole_at

    def _judge_the_end(self) -> None:
        """Tell damage from a missing end: an error in the last packet of a whole file is neither."""
        stated = self._stated_duration()
        self._cut_off = is_cut_off(self._file) or (stated is not None and self._end < stated - MISSING)
        if self._damaged_at is not None and 0 < self._end - MISSING <= self._damaged_at:
            self._cut_off |= stated is None
            self._damaged_at = None

    def _stated_duration(self) -> float | None:
        """Seconds of the track as the file states them; None where it does not, or FFmpeg only computes them."""
        name = self._container.format.name
        if name in ESTIMATED and not (name == "mp3" and self._zero):  # an encoder's delay comes with the length
            return None
        alone = len(self._container.streams) == 1  # else the file's duration may be another track's
        return self.duration if self._stream.duration is not None or alone else None

    def _rewind(self) -> None:
        self._container.close()
        self._container = open_container(self._file)
        self._select()
        self._damaged_at = None

    def _select(self) -> None:
        self._stream = sound_streams(self._container)[self.track.number - 1]
        self._stream.codec_context.thread_type = "AUTO"
        for other in self._container.streams:
            if other.index != self._stream.index:
                other.discard = Discard.all
        self._tick = float(self._stream.time_base or 1)
        own_clock = self._container.format.name in OWN_CLOCK
        self._zero = 0.0 if own_clock else max(0, self._container.start_time or 0) / av.time_base

    def close(self) -> None:
        self._container.close()
        self._file.close()

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _ends_before(frame: Frame, second: int) -> bool:
    return frame.time is not None and frame.time + frame.samples.shape[1] / frame.rate <= second
