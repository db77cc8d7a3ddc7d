"""Any recording → blocks of mono float32 samples at 16 kHz. The only module that knows FFmpeg (through PyAV).

Memory does not grow with the recording. Nothing but the given file is opened: a playlist that names other files, or
an address, is refused.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import av
import numpy as np
import soxr
from av.stream import Disposition

from transcriber.errors import AudioDecodeError, AudioEmptyError, AudioNotFoundError
from transcriber.samples import NOTHING, SAMPLE_RATE

BLOCK_SECONDS = 30
NOT_MEDIA_HINT = "choose an audio or video file, such as wav, mp3, m4a, flac, ogg, mp4, mov, mkv or webm"


def _refuse_other_files(url: str, *_: object) -> NoReturn:
    raise PermissionError(f"a recording may not open other files: {url}")


class Recording:
    """One opened recording; use it as a context manager.

    Raises AudioNotFoundError, AudioDecodeError or AudioEmptyError when it is opened, AudioDecodeError when not a
    single block of it can be decoded.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._file = _open_file(self.path)
        try:
            self._container = av.open(self._file, io_open=_refuse_other_files)
        except (av.FFmpegError, PermissionError, ValueError) as error:
            self._file.close()
            raise AudioDecodeError("this is no audio or video that can be read", NOT_MEDIA_HINT) from error
        if not self._container.streams.audio:
            self.close()
            raise AudioDecodeError("there is no sound track in this file", NOT_MEDIA_HINT)
        self._stream = self._container.streams.audio[0]
        self._stream.thread_type = "AUTO"
        self.is_damaged = False
        """Whether a part at the end could not be decoded; known when all blocks have been read."""

    @property
    def duration(self) -> float | None:
        """Seconds as the file itself says, before it is decoded; None where it does not say."""
        if self._stream.duration is not None and self._stream.time_base is not None:
            return float(self._stream.duration * self._stream.time_base)
        return self._container.duration / av.time_base if self._container.duration else None

    @property
    def has_video(self) -> bool:
        """Whether there are moving pictures; a cover picture is none."""
        return any(not stream.disposition & Disposition.attached_pic for stream in self._container.streams.video)

    def blocks(self) -> Iterator[np.ndarray]:
        """Arrays [N] of float32 of about BLOCK_SECONDS each, in order."""
        resampler: soxr.ResampleStream | None = None
        rate, waiting, length, heard = 0, [], 0, False
        for samples, frame_rate in _joined(self._mono_frames()):
            if resampler is None or frame_rate != rate:
                if resampler:
                    waiting.append(resampler.resample_chunk(NOTHING, last=True))
                resampler, rate = soxr.ResampleStream(frame_rate, SAMPLE_RATE, 1, "float32"), frame_rate
            waiting.append(resampler.resample_chunk(samples))
            length += len(waiting[-1])
            if length >= BLOCK_SECONDS * SAMPLE_RATE:
                yield np.concatenate(waiting)
                waiting, length, heard = [], 0, True
        if resampler:
            waiting.append(resampler.resample_chunk(NOTHING, last=True))
        rest = np.concatenate([*waiting, NOTHING])
        if len(rest):
            yield rest
        elif not heard:
            raise AudioEmptyError("there is no sound in this file", "check that the recording is the right one")

    def _mono_frames(self) -> Iterator[tuple[np.ndarray, int]]:
        """Mixed-down frames with their sample rate. What lies behind damage that FFmpeg cannot pass is left out."""
        to_float: dict[str, av.AudioResampler] = {}
        decoded = False
        try:
            for frame in self._container.decode(self._stream):
                decoded = True
                key = f"{frame.layout.name} {frame.sample_rate}"
                if key not in to_float:
                    to_float[key] = av.AudioResampler(format="fltp", layout=frame.layout, rate=frame.sample_rate)
                for planar in to_float[key].resample(frame):
                    samples = planar.to_ndarray()
                    yield samples[0] if len(samples) == 1 else samples.mean(0), frame.sample_rate
        except (av.FFmpegError, PermissionError) as error:
            if not decoded:
                raise AudioDecodeError("the sound in this file cannot be decoded", NOT_MEDIA_HINT) from error
            self.is_damaged = True

    def close(self) -> None:
        self._container.close()
        self._file.close()

    def __enter__(self) -> "Recording":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _joined(frames: Iterator[tuple[np.ndarray, int]]) -> Iterator[tuple[np.ndarray, int]]:
    """Frames of one rate put together to about a second: the resampler is slow on small pieces."""
    held: list[np.ndarray] = []
    length, rate = 0, 0
    for samples, frame_rate in frames:
        if held and (frame_rate != rate or length >= rate):
            yield np.concatenate(held), rate
            held, length = [], 0
        held.append(samples)
        length, rate = length + len(samples), frame_rate
    if held:
        yield np.concatenate(held), rate


def _open_file(path: Path):
    if path.is_dir():
        raise AudioNotFoundError("this is a folder", "choose a file in it")
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise AudioNotFoundError("there is no such file", "check the path") from error
    except OSError as error:
        raise AudioNotFoundError(f"the file cannot be read ({error.strerror})", "check its permissions") from error
    if path.stat().st_size == 0:
        file.close()
        raise AudioEmptyError("the file is empty", "check that it was copied or recorded completely")
    return file
