"""Recordings made on the fly."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import soundfile

from tests.support.places import RATE


def write_media(
    path: Path,
    audio: np.ndarray,
    codec: str,
    rate: int = RATE,
    channels: int = 1,
    sample_format: str | None = None,
    start: float = 0.0,
    hole: tuple[float, float] | None = None,
    **options: str,
) -> Path:
    """`audio` [N] at 16 kHz as any container and codec, the same on every channel.

    The track starts at `start` seconds; what lies in `hole`, (from, to) seconds of the track, is not written.
    `options` are the container's.
    """
    layout = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")[channels - 1]
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout, options={"strict": "experimental"})
        if codec.startswith("wma"):
            stream.bit_rate = 128_000
        stream.format = sample_format or stream.codec.audio_formats[0].name
        stream.open()
        resampler = av.AudioResampler(stream.format, layout, rate, frame_size=stream.frame_size or 1024)
        frame = av.AudioFrame.from_ndarray(audio[None].astype(np.float32), format="flt", layout="mono")
        frame.sample_rate = RATE
        at = 0
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            part.pts, at = at + round(start * rate), at + part.samples
            for packet in stream.encode(part):
                if not hole or not hole[0] <= float(packet.pts * packet.time_base) - start < hole[1]:
                    container.mux(packet)
        container.mux(stream.encode(None))
    return path


def film(path: Path, tracks: Sequence[np.ndarray], codec: str = "aac") -> Path:
    """Each track is one of [N] samples at 16 kHz."""
    with av.open(str(path), "w") as container:
        streams = [container.add_stream(codec, rate=16_000, layout="mono") for _ in tracks]
        for stream in streams:
            stream.open()
        for stream, samples in zip(streams, tracks):
            frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), format="flt", layout="mono")
            frame.sample_rate = RATE
            resampler = av.AudioResampler(stream.format, "mono", RATE, frame_size=stream.frame_size or 1024)
            for part in (*resampler.resample(frame), *resampler.resample(None)):
                container.mux(stream.encode(part))
            container.mux(stream.encode(None))
    return path


def repeated(path: Path, audio: np.ndarray, times: int) -> Path:
    soundfile.write(path, np.tile(audio, times), RATE)
    return path
