"""Times as subtitles and people write them."""

from transcriber.clock import clock as padded_clock


def timecode(seconds: float, separator: str) -> str:
    """HH:MM:SS and milliseconds behind `separator`; hours may exceed 24."""
    milliseconds = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}{separator}{milliseconds % 1000:03d}"


def clock(seconds: float) -> str:
    """H:MM:SS: the second that is running."""
    return padded_clock(seconds).removeprefix("0")
