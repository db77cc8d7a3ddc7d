"""One recording: its sound tracks, and the samples of one of them."""

import contextlib
import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import av
import numpy as np
import soxr

from transcriber.audio import adts, mpeg
from transcriber.audio.defects import Defects
from transcriber.audio.mixing import as_float, mono
from transcriber.audio.opening import Source, open_container, open_file, unreadable
from transcriber.audio.piece import Piece, Window
from transcriber.audio.pieces import pieces_of
from transcriber.audio.samples import NOTHING, SAMPLE_RATE
from transcriber.audio.sound import CLOCK_MAY_BE_SET, Sound
from transcriber.audio.timecode import start_of
from transcriber.audio.timeline import Frame, whole_seconds
from transcriber.audio.tracks import Track, choice_of_track, choose, sound_tracks
from transcriber.clock import clock
from transcriber.errors import AudioEmptyError, AudioError, UnsupportedOptionError

BLOCK_SECONDS = 30
WARM_UP_SECONDS = 1
"""Decoded before a start for the codec, and as much again for the resampler: both depend on what was before."""
MIN_SEEK_SECONDS = 10
"""A place that is nearer to the start is reached by decoding, not by seeking."""
SILENCE_AMPLITUDE = 2.0**-16
"""A recording that is nowhere louder is digital silence; one step of 16 bits is twice this."""
CLOCK_JUMP_SECONDS = 10.0
"""In formats whose clock may be set while they run, a longer jump is no hole (as in FFmpeg's dts_delta_threshold)."""
MAX_HOLE_SECONDS = 3600.0
"""A longer jump is no hole, where the file does not say how long it is."""

SILENT = "There is only silence in {}: check the microphone or the sound track."


class Recording:
    """One opened recording; use it as a context manager. Times are those that a player shows.

    `stream`: the number of the sound track, counted from 1; None is the one that the file marks as its default, else
    the first. `speechless`: tracks on which nobody speaks, where somebody has looked for the right one; the notes name
    them.

    Raises AudioNotFoundError, AudioDecodeError, AudioEmptyError, and UnsupportedOptionError for a track that there is
    not.
    """

    def __init__(self, path: Path, stream: int | None = None, speechless: Sequence[Track] = ()) -> None:
        self.path = Path(path)
        with open_file(self.path) as file:
            self._pieces = pieces_of(file)
        with Source(Window(self.path, self._pieces[0])) as file, contextlib.closing(open_container(file)) as container:
            if container.format.name == "mp3":
                self._pieces = mpeg.pieces(file)
            elif container.format.name == "aac":
                self._pieces = adts.pieces(file)
            self.tracks = sound_tracks(container, file)
            """All sound tracks of the file."""
            self.track = choose(self.tracks, stream)
            """The one whose samples are read."""
            self.start = start_of(container, file)
            """What the recording's own clock shows at its beginning."""
            self.speechless = speechless
        self._sound = Sound(self.path, self._pieces[0], self.track.number)
        self._fresh = True
        self._defects = Defects(is_longer=any(piece.is_longer for piece in self._pieces))
        self._silent_part = ""
        self._end = self._piece_start = 0.0

    @cached_property
    def duration(self) -> float | None:
        """Seconds as the file itself says, before it is decoded; None where it does not say."""
        durations = [self._sound.duration, *map(self._duration_of, self._pieces[1:])]
        return None if None in durations else sum(filter(None, durations))

    def _duration_of(self, piece: Piece) -> float | None:
        if piece.seconds is not None:
            return piece.seconds
        try:
            with contextlib.closing(Sound(self.path, piece, self.track.number)) as sound:
                return sound.duration
        except AudioError:
            return 0.0

    @property
    def has_video(self) -> bool:
        """Whether there are moving pictures; a cover picture is none."""
        return self._sound.has_video

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of how it was read, a sentence each; complete when all blocks have been read."""
        silence = [SILENT.format(self._silent_part)] if self._silent_part else []
        choice = [choice_of_track(self.tracks, self.track, self.speechless)] if len(self.tracks) > 1 else []
        return (*silence, *choice, *self._defects.sentences())

    def blocks(self, start: float = 0.0, end: float | None = None) -> Iterator[np.ndarray]:
        """The samples between two seconds, mono at 16 kHz: arrays [N] float32 of BLOCK_SECONDS, but for the last.

        Where all of it is digital silence, a note says so. Raises AudioDecodeError when nothing can be decoded; and
        when all has been read, AudioEmptyError for what has no samples, UnsupportedOptionError when the recording is
        over before `start`.
        """
        frames, begin = self._frames_from(math.floor(start) - WARM_UP_SECONDS)
        position, first = begin * SAMPLE_RATE, round(start * SAMPLE_RATE)
        last = None if end is None else max(first + 1, round(end * SAMPLE_RATE))
        size, waiting, length, loud = BLOCK_SECONDS * SAMPLE_RATE, [NOTHING], 0, False
        for samples in self._resampled(frames, begin):
            wanted = samples[max(0, first - position) : None if last is None else max(0, last - position)]
            position += len(samples)
            loud = loud or bool(len(wanted) and np.abs(wanted).max() > SILENCE_AMPLITUDE)
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
        if position <= first:
            raise self._why_nothing()
        part = "this recording" if not start and end is None else "this part of the recording"
        self._silent_part = "" if loud else part

    def _why_nothing(self) -> AudioError | UnsupportedOptionError:
        if self._end:
            return UnsupportedOptionError(f"the recording is over after {clock(self._end)}", "choose an earlier start")
        if self._defects.damaged_at is not None:
            return unreadable(self._sound.file, "the sound in this file cannot be decoded")
        return AudioEmptyError("there is no sound in this file", "check that the recording is the right one")

    def _resampled(self, frames: Iterator[Frame], begin: int) -> Iterator[np.ndarray]:
        """Mono samples at SAMPLE_RATE from second `begin` on."""
        resampler: soxr.ResampleStream | None = None
        rate, self._end = SAMPLE_RATE, float(begin)
        for second, new_rate in whole_seconds(frames, begin, self._longest_hole(), self._defects.add_hole):
            if new_rate != rate:
                if resampler:
                    yield resampler.resample_chunk(NOTHING, last=True)
                rate = new_rate
                resampler = None if rate == SAMPLE_RATE else soxr.ResampleStream(rate, SAMPLE_RATE, 1, "float32")
            samples, cancelling = mono(as_float(second))
            self._defects.is_cancelling |= cancelling
            self._end += len(samples) / rate
            yield resampler.resample_chunk(samples) if resampler else samples
        if resampler:
            yield resampler.resample_chunk(NOTHING, last=True)
        self._defects.is_cut_off, self._defects.damaged_at = self._judged(self._end)

    def _longest_hole(self) -> float:
        """Seconds of the longest jump of the file's times that is a hole in it: at most as long as the file itself."""
        if self._sound.format in CLOCK_MAY_BE_SET:
            return CLOCK_JUMP_SECONDS
        return max(self.duration or 0.0, self._sound.longest_duration) or MAX_HOLE_SECONDS

    def _frames_from(self, begin: int) -> tuple[Iterator[Frame], int]:
        """The frames from second `begin` on, and `begin`; all frames, and 0, where the file cannot be sought in."""
        if not self._fresh:
            self._rewind()
        self._fresh = False
        if begin >= MIN_SEEK_SECONDS and len(self._pieces) == 1:  # each of several has a clock of its own
            with contextlib.suppress(av.FFmpegError, OSError):
                self._sound.seek(begin - WARM_UP_SECONDS)
                frames = self._frames(begin)
                first = next(frames, None)
                if first and first.time is not None and first.time <= begin:
                    frames = itertools.chain([first], frames)
                    return itertools.dropwhile(lambda frame: _ends_before(frame, begin), frames), begin
            self._rewind()
        return self._frames(), 0

    def _frames(self, begin: int = 0) -> Iterator[Frame]:
        """What can be decoded, the times of each piece counted on from the end of the one before.

        Damage before second `begin` does not count: there a codec warms up.
        """
        end = 0.0
        for number, piece in enumerate(self._pieces):
            if number and not self._go_on(piece, end):
                continue
            origin = None if end else 0.0
            for time, samples, rate in self._sound.frames(lambda at: self._damaged(begin, at + self._piece_start)):
                at = time
                if time is not None:
                    origin = end - time if origin is None else origin
                    at = time + origin
                end = (end if at is None else at) + samples.shape[1] / rate
                yield Frame(at, samples, rate)

    def _go_on(self, piece: Piece, end: float) -> bool:
        """Open the next piece at second `end`; False where it cannot be read."""
        try:
            sound = Sound(self.path, piece, self.track.number)
        except AudioError:
            self._defects.add_break(end)
            return False
        is_cut, self._defects.damaged_at = self._judged(end)
        if is_cut or self._sound.piece.is_broken_off:
            self._defects.add_break(end)
        self._sound.close()
        self._sound, self._piece_start = sound, end
        return True

    def _damaged(self, begin: int, at: float) -> None:
        if at >= begin:
            self._defects.add_damage(at)

    def _judged(self, end: float) -> tuple[bool, float | None]:
        """Whether the piece that is over at second `end` ends too early, and where the recording is damaged."""
        start, damaged_at = self._piece_start, self._defects.damaged_at
        if damaged_at is not None and damaged_at < start:  # that was another piece
            return self._sound.ends_early(end - start, None)[0], damaged_at
        is_cut, damaged_at = self._sound.ends_early(end - start, None if damaged_at is None else damaged_at - start)
        return is_cut, None if damaged_at is None else damaged_at + start

    def _rewind(self) -> None:
        self._sound.close()
        self._sound = Sound(self.path, self._pieces[0], self.track.number)
        self._defects.damaged_at, self._piece_start = None, 0.0

    def close(self) -> None:
        self._sound.close()

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _ends_before(frame: Frame, second: int) -> bool:
    return frame.time is not None and frame.time + frame.samples.shape[1] / frame.rate <= second
