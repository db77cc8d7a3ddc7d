"""Times as people write them."""

import re


def clock(seconds: float) -> str:
    """HH:MM:SS: the second that is running."""
    minutes, whole = divmod(max(0, int(seconds)), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{whole:02}"


def seconds_of(text: str) -> float | None:
    """ "1:02:03.5", "62:03" or "90" in seconds; None for what is no time."""
    if not re.fullmatch(r"(\d+:){0,2}\d+(\.\d+)?", text):
        return None
    total = 0.0
    for part in text.split(":"):
        total = 60 * total + float(part)
    return total
