"""Voices that the user has named, by which names are suggested in other recordings. Kept only where that is wanted."""

from pathlib import Path


class RememberedVoices:
    """Those in one file; there is none unless the user turned this on."""

    def __init__(self, path: Path) -> None:
        self.path = path
