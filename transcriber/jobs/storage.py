"""How much room everything takes that the program keeps."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from transcriber.jobs.bin import Bin
from transcriber.jobs.data_folder import DataFolder


@dataclass(frozen=True)
class Storage:
    """Bytes."""

    recordings: int
    """Ours, of what is on the list; files of this computer that are read where they lie are nobody's."""
    bin: int
    """The same of what was removed."""
    transcripts: int
    """The database, and the files that are saved of transcripts."""
    models: int
    free: int
    """On the disk of the data folder."""


def used(folder: DataFolder, bin: Bin, models: Path) -> Storage:
    """What is used now. Raises StorageError."""
    removed = {job.id for job in bin.jobs.removed()}
    sizes = {entry.name: _size(Path(entry)) for entry in _entries(folder.recordings)}
    in_bin = sum(size for identity, size in sizes.items() if identity in removed)
    database = sum(_size(path) for path in folder.path.glob(f"{folder.database.name}*"))
    return Storage(
        recordings=sum(sizes.values()) - in_bin,
        bin=in_bin,
        transcripts=database + _size(folder.transcripts),
        models=_size(models),
        free=shutil.disk_usage(folder.path).free,
    )


def _size(path: Path) -> int:
    """Of a file, or of all in a folder; 0 for what cannot be looked at."""
    try:
        return sum(_size(Path(entry)) for entry in _entries(path)) if path.is_dir() else path.stat().st_size
    except OSError:
        return 0


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What lies in it; nothing where it cannot be looked at, or is a link to another place."""
    try:
        if not folder.is_symlink():
            with os.scandir(folder) as entries:
                yield from entries
    except OSError:
        return
