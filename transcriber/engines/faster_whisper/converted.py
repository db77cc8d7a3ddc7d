"""What is made of a frozen checkpoint for another runtime: beside it, in `.converted/`.

The checkpoint stays the one truth. A converted folder may be deleted at any time; it is made again when it is missing,
incomplete, of another checkpoint or of an older layout. Interrupted at any moment, a conversion leaves nothing that
would be used.
"""

import contextlib
import json
import shutil
from pathlib import Path

from filelock import FileLock

from transcriber.engines.faster_whisper.to_ctranslate2 import convert
from transcriber.errors import StorageError
from transcriber.models import manifest

LAYOUT = 1
"""Of a converted folder: with another number here, every folder is made again."""
RECORD = "source.json"


def converted(checkpoint: Path, compute_type: str) -> Path:
    """The folder of a Whisper checkpoint's CTranslate2 model, stored in `compute_type`; made now if it is not there.

    Raises StorageError where it cannot be written, and ModelError as convert() does.
    """
    folder = checkpoint.parent / ".converted" / f"{checkpoint.name}-{compute_type}"
    if _is_of(folder, checkpoint):
        return folder
    try:
        folder.parent.mkdir(exist_ok=True)
        with FileLock(folder.with_name(f"{folder.name}.lock")):
            if not _is_of(folder, checkpoint):
                _make(folder, checkpoint, compute_type)
    except OSError as error:
        raise StorageError(
            f"{checkpoint} cannot be converted for faster-whisper in {folder.parent} ({error.strerror or error})",
            "check the folder's permissions and the space on its disk",
        ) from error
    return folder


def _make(folder: Path, checkpoint: Path, compute_type: str) -> None:
    """Beside its place first: a folder of this name is always whole."""
    unfinished = folder.with_name(f"{folder.name}.part")
    for old in (unfinished, folder):
        shutil.rmtree(old, ignore_errors=True)
    unfinished.mkdir()
    try:
        sha256 = manifest.sha256(checkpoint)
        convert(checkpoint, unfinished, sha256, compute_type)
        _write_record(unfinished, checkpoint, sha256)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _is_of(folder: Path, checkpoint: Path) -> bool:
    """Whether `folder` is whole and of this checkpoint: of its size and time, or else of its SHA-256."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    file = checkpoint.stat()
    whole = {"layout": LAYOUT, "size": file.st_size, "files": _sizes(folder)}
    if {key: record.get(key) for key in whole} != whole:
        return False
    if record["modified"] == file.st_mtime_ns:
        return True
    if record["sha256"] != manifest.sha256(checkpoint):
        return False
    with contextlib.suppress(OSError):  # where it cannot be written, it is hashed again next time
        _write_record(folder, checkpoint, record["sha256"])
    return True


def _write_record(folder: Path, checkpoint: Path, sha256: str) -> None:
    file = checkpoint.stat()
    record = {"layout": LAYOUT, "sha256": sha256, "size": file.st_size, "modified": file.st_mtime_ns}
    (folder / RECORD).write_text(json.dumps({**record, "files": _sizes(folder)}), encoding="utf-8")


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file but the record: a copy that was cut off is not used."""
    return {file.name: file.stat().st_size for file in folder.iterdir() if file.name != RECORD}
