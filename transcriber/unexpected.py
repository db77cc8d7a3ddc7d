"""Unexpected errors: a sentence for the user, and the traceback in errors.log for whoever mends it."""

import os
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path

from transcriber import __version__
from transcriber.errors import StorageError, TranscriberError, UnexpectedError
from transcriber.readable import encodable, readable
from transcriber.system import user_folders

LOG_NAME = "errors.log"
MAX_LOG_BYTES = 1 << 20
"""After which it is begun anew."""
MAX_TEXT_CHARS = 200
"""Of an exception's message in the sentence."""


def map_error(error: BaseException) -> TranscriberError:
    """What an exception is to a person: what the system refuses as a sentence, or else that nobody foresaw it.

    To be raised from `error`.
    """
    if isinstance(error, TranscriberError):
        return error
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return StorageError(f"{error.filename} cannot be used ({error.strerror})", "check its permissions and its disk")
    text = readable(str(error).strip().partition("\n")[0])[:MAX_TEXT_CHARS]
    what = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return UnexpectedError(f"this program made a mistake ({what})", "try it again; if that fails too, report it")


def map_and_log_error(error: Exception, folder: Path | None = None) -> TranscriberError:
    """The same for a door. The traceback of an unexpected error is appended to errors.log in `folder` (None: the usual
    data folder), and its hint says where it is."""
    mapped = map_error(error)
    if isinstance(mapped, UnexpectedError) and (log := _logged(error.__cause__ or error, folder)):
        return UnexpectedError(mapped.message, f"{mapped.hint} with {log}")
    return mapped


def _logged(error: BaseException, folder: Path | None) -> Path | None:
    """The file with the traceback; None where there is no place for one."""
    entry = f"{time.strftime('%Y-%m-%d %H:%M:%S')} transcriber {__version__}\n"
    entry = encodable(entry + "".join(traceback.format_exception(error)) + "\n")
    with suppress(OSError, RuntimeError):  # the latter where nobody knows the user's home
        log = (folder or user_folders.data()) / LOG_NAME
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        is_full = log.exists() and log.stat().st_size > MAX_LOG_BYTES
        with log.open("w" if is_full else "a", encoding="utf-8") as target:
            target.write(entry)
        return log
    with suppress(OSError):
        file, name = tempfile.mkstemp(prefix="transcriber-errors-", suffix=".log")
        with os.fdopen(file, "w", encoding="utf-8") as target:
            target.write(entry)
        return Path(name)
    return None
