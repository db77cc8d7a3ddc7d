"""Times as subtitles write them: what SubRip and WebVTT call a timestamp."""


def timestamp(seconds: float, separator: str) -> str:
    """HH:MM:SS and milliseconds behind `separator`; hours may exceed 24."""
    milliseconds = max(0, round(seconds * 1000))
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}{separator}{milliseconds % 1000:03d}"
