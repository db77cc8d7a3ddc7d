"""A sound track's packets → Frames, past whatever cannot be decoded."""

import contextlib
from collections.abc import Callable, Iterator
from typing import cast

import av
import numpy as np
from av.audio import AudioFrame, AudioStream
from av.audio.fifo import AudioFifo
from av.container import InputContainer

from transcriber.audio.opening import NOT_MEDIA_HINT
from transcriber.audio.timeline import Frame
from transcriber.errors import AudioDecodeError

SAMPLE_RATES = range(1_000, 1_000_001)
MAX_CHANNELS = 64
MAX_ERRORS_IN_A_ROW = 100
MAX_PLANES = 7
"""PyAV 18 crashes on arrays of more: it looks for a null behind a frame's planes, where FFmpeg has room for 8."""
COUNTED = ("aac", "ac3", "eac3", "dts", "loas", "mlp", "truehd", "amr", "mp3")
"""Formats without times: FFmpeg counts samples, wrongly where their rate changes, as in files that were joined."""
ROUNDING_SECONDS = 0.002
"""By which the times of containers with a coarse clock may be wrong (Matroska, ASF, FLV: milliseconds)."""


def decoded(
    container: InputContainer, stream: AudioStream, zero: float, damaged: Callable[[float], None]
) -> Iterator[Frame]:
    """Frames of about a second, with times in seconds after second `zero` of the container's clock.

    `damaged` is called with the time of what cannot be decoded.

    Raises AudioDecodeError for what is beyond any recorder: more than MAX_CHANNELS, a rate out of SAMPLE_RATES.
    """
    tick = float(stream.time_base or 1)
    queue, kind, began = AudioFifo(), ("", "", 0), None
    has_times = True
    for frame in _frames(container, stream, tick, zero, damaged):
        new_kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        has_times = has_times and (
            not kind[-1] or kind[-1] == frame.sample_rate or container.format.name not in COUNTED
        )
        time = None if frame.pts is None or not has_times else frame.pts * tick - zero
        length = queue.samples / kind[-1] if queue.samples else 0.0
        if length and (new_kind != kind or length >= 1 or _is_apart(time, began, length)):
            yield _taken(queue, began)
        if new_kind != kind:
            _check(frame)
            queue, kind = AudioFifo(), new_kind
        if not queue.samples:
            began = time
        frame.pts = None  # the queue would compare it with a clock of its own
        queue.write(frame)
    if queue.samples:
        yield _taken(queue, began)


def _is_apart(time: float | None, began: float | None, length: float) -> bool:
    return time is not None and (began is None or abs(time - began - length) > ROUNDING_SECONDS)


def _frames(
    container: InputContainer, stream: AudioStream, tick: float, zero: float, damaged: Callable[[float], None]
) -> Iterator[AudioFrame]:
    at, errors = 0.0, 0
    while errors < MAX_ERRORS_IN_A_ROW:
        try:
            for packet in container.demux(stream):
                errors = 0
                if packet.pts is not None:
                    at = packet.pts * tick - zero
                try:
                    frames = packet.decode()
                except (av.FFmpegError, OSError):
                    frames = []
                    damaged(at)
                if packet.is_corrupt and container.format.name != "wav":  # is_cut_off() knows more of a wav
                    damaged(at)
                yield from frames
            return
        except IndexError:  # a stream that appeared on the way (DVB): PyAV fails at the end, when it flushes the codecs
            with contextlib.suppress(av.FFmpegError):
                yield from stream.codec_context.decode(None)
            return
        except (av.FFmpegError, OSError):
            errors += 1
            damaged(at)


def _check(frame: AudioFrame) -> None:
    channels, rate = frame.layout.nb_channels, frame.sample_rate
    if rate not in SAMPLE_RATES or channels > MAX_CHANNELS:
        raise AudioDecodeError(f"sound of {channels} channels at {rate} Hz cannot be read", NOT_MEDIA_HINT)


def _taken(queue: AudioFifo, time: float | None) -> Frame:
    """All that waits in the queue, as the codec stores it."""
    frame = cast(AudioFrame, queue.read())
    channels = frame.layout.nb_channels
    if frame.format.name in ("s64", "s64p"):  # PyAV has no arrays of these
        (frame,) = av.AudioResampler(format="dbl").resample(frame)
    elif frame.format.is_planar and channels > MAX_PLANES:
        (frame,) = av.AudioResampler(format=frame.format.packed).resample(frame)
    samples: np.ndarray = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = np.ascontiguousarray(samples.reshape(-1, channels).T)  # what follows is ten times faster so
    return Frame(time, samples, frame.sample_rate)
