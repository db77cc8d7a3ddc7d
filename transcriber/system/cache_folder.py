"""Where libraries keep what they can make again: a private folder that can be written, whoever runs the program.

Without one, numba (which NeMo imports) refuses to be imported from an installation that is read-only, and others ask
for a home that not every user has.
"""

import os
import stat
import tempfile
from pathlib import Path

from transcriber.system import user_folders

CACHE_VARIABLES = {"NUMBA_CACHE_DIR": "numba", "TORCHINDUCTOR_CACHE_DIR": "torch"}
"""Variables without which libraries look into their installation, or ask the name of the user."""


def prepare() -> None:
    """Set the environment that libraries read when they are imported. What the user has set stays."""
    try:
        has_home = Path.home().is_absolute()
    except RuntimeError:
        has_home = False
    if has_home and CACHE_VARIABLES.keys() <= os.environ.keys():
        return
    if folder := _folder():
        for name, place in CACHE_VARIABLES.items():
            os.environ.setdefault(name, str(folder / place))
        if not has_home:
            os.environ["HOME"] = str(folder)
    else:
        os.environ["NUMBA_DISABLE_JIT"] = "1"  # then there is nothing to keep; what hears uses none of it


def _folder() -> Path | None:
    """The user's cache folder, or else one among the temporary files; None where nothing can be written."""
    for find in (user_folders.cache, _of_temporary, lambda: Path(tempfile.mkdtemp(prefix="transcriber-"))):
        try:
            folder = find()
        except (OSError, RuntimeError):  # the latter where nobody knows the user's home
            continue
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    return None


def _of_temporary() -> Path:
    """The same at each start, and nobody else's: what numba finds in it is run. Raises PermissionError."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    folder = Path(tempfile.gettempdir(), f"transcriber-{user}")
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if hasattr(os, "getuid") and (status.st_uid != user or not stat.S_ISDIR(status.st_mode) or status.st_mode & 0o077):
        raise PermissionError(f"{folder} is somebody else's")
    return folder
