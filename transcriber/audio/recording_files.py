"""Which files of a folder are taken for recordings: by their names alone. A file that is named itself may have any."""

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path

from transcriber.audio.suffixes import SUFFIXES

GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
"""Errors that are passed over: of links that lead nowhere, and of what is removed while the folder is read."""

_NUMBER = re.compile(r"(\d+)")


def recordings(folder: Path, on_error: Callable[[OSError], None] = lambda error: None) -> list[Path]:
    """The recordings in a folder and below it, in the order in which people count; nothing that is hidden.

    What cannot be looked at is left out, and `on_error` is told of each.
    """

    def told(error: OSError) -> None:
        if error.errno not in GONE:
            on_error(error)

    files = []
    for place, folders, names in os.walk(folder, onerror=told):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [Path(place, name) for name in names if _is_recording(name)]
        files += [path for path in paths if _is_file(path, told)]
    return sorted(files, key=lambda path: counted(path.relative_to(folder)))


def counted(path: Path) -> list[tuple[list[str | int], str]]:
    """A key that sorts “Part 2” before “Part 10”; upper and lower case differ only where nothing else does."""
    names = (*path.with_suffix("").parts, path.suffix)
    return [(_parts(unicodedata.normalize("NFKD", name).casefold()), name) for name in names]


def _parts(name: str) -> list[str | int]:
    return [int(part) if number % 2 else part for number, part in enumerate(_NUMBER.split(name))]


def _is_recording(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES and not name.startswith(".")


def _is_file(path: Path, on_error: Callable[[OSError], None]) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        on_error(error)
        return False
