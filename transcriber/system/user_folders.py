"""Where the system wants programs to keep what is their user's. All raise RuntimeError where nobody knows the home."""

from pathlib import Path

import platformdirs

NAME = "transcriber"
REMEMBERED_VOICES = "remembered-voices.json"
"""In the data folder."""


def data() -> Path:
    return platformdirs.user_data_path(NAME, appauthor=False)


def cache() -> Path:
    """What can be made again; raises OSError where it cannot be made now."""
    return platformdirs.user_cache_path(NAME, appauthor=False, ensure_exists=True)
