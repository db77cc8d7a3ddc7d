"""What was heard of a recording's voices, as it is kept."""

from pathlib import Path

SUFFIX = ".voices"


def beside(transcript: Path) -> Path:
    """Where the voices of a recording are kept whose transcript is the file `transcript`."""
    return transcript.with_suffix(SUFFIX)
