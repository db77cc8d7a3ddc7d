"""What a recording's own clock shows at its beginning, where a camera or a recorder has written it down."""

from fractions import Fraction
from typing import BinaryIO

from av.container import InputContainer

from transcriber.audio.boxes import timecode_rate, timecode_skipped
from transcriber.smpte import RATES, frames_of, is_drop, rate_name
from transcriber.transcript import Start

DAY_SECONDS = 24 * 3600
MOST_DIGITS = 20
"""A time reference has 64 bits, and so at most as many decimal digits."""


def start_of(container: InputContainer, file: BinaryIO) -> Start | None:
    """From a time code track or tag (mov, mp4, mxf, mkv, avi), or a Broadcast Wave's time reference.

    With an edit list it is the beginning of what is played. A time reference of 0 was never set.
    """
    tags = {
        name.lower(): value
        for source in (*container.streams, container)
        for name, value in source.metadata.items()
        if value
    }
    reference, text = tags.get("time_reference", ""), tags.get("timecode", "")
    sound = next(iter(container.streams.audio), None)
    if sound and sound.codec_context and (seconds := _since_midnight(reference, sound.codec_context.sample_rate)):
        return Start(seconds)
    rate = _rate(container, file) or ("29.97" if is_drop(text) else "25")
    frames = frames_of(text, rate)
    if frames is None:
        return None
    skipped = timecode_skipped(file) if container.format.name.startswith("mov") else Fraction(0)
    return Start(float(frames / RATES[rate] + skipped), rate, is_drop(text))


def _since_midnight(reference: str, rate: int) -> float:
    """Seconds since midnight of a Broadcast Wave's time reference, in samples; 0 where it cannot be true."""
    samples = int(reference) if reference.isdecimal() and len(reference) < MOST_DIGITS else 0
    return samples / rate if samples < DAY_SECONDS * rate else 0.0


def _rate(container: InputContainer, file: BinaryIO) -> str:
    """The frame rate of the time code, one of smpte.RATES or "": its track's, else that of the pictures."""
    rates = [timecode_rate(file)] if container.format.name.startswith("mov") else []
    rates += [stream.average_rate for stream in container.streams.video]
    return next((name for rate in rates if rate and (name := rate_name(Fraction(rate)))), "")
