"""Files that are there whole or not at all, even if the computer stops meanwhile."""

import os
import secrets
from pathlib import Path


def write_whole(path: Path, content: bytes, is_private: bool = False) -> None:
    """Write a file, in the place of an older one if there is one; `is_private`: nobody but its user may read it.

    Raises OSError.
    """
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with open(part, "xb", opener=_open_private if is_private else None) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:  # whatever happened, no half file stays
        part.unlink(missing_ok=True)
        raise


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
