"""What goes wrong while a model is loaded, said of what is to blame: the file, a library, or this computer."""

import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transcriber.engines.library_failures import failure_of
from transcriber.errors import EngineUnavailableError, ModelCorruptError, ModelError, ModelLoadError
from transcriber.frozen.members import AGAIN
from transcriber.models import manifest

MEND = (
    "what it says is to be mended here; `pip install -r requirements.txt` brings the libraries that it was tested with"
)
OF_CONTENT = (
    *(pickle.UnpicklingError, zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error),
    *(EOFError, KeyError, TypeError, ValueError),
)
"""What torch, tarfile and zipfile raise for content that is not what it should be."""


@contextmanager
def importing(title: str, package: str, command: str) -> Iterator[None]:
    """Around the import of a library. Raises EngineUnavailableError: it is not installed, or why it cannot be used."""
    try:
        yield
    except Exception as error:
        if failure_of(error) or isinstance(error, EngineUnavailableError):
            raise
        if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == package:
            raise EngineUnavailableError(f"{title} is not installed", f"run `{command}`") from error
        raise EngineUnavailableError(f"{title} cannot be imported here ({_reason(error)})", MEND) from error


@contextmanager
def map_load_errors(path: Path) -> Iterator[None]:
    """Around building a model of a file: what goes wrong, deep in a library, is said of the file if that is to blame.

    Raises ModelCorruptError or ModelLoadError; what is an error of ours, of memory or of a graphics card, as it is.
    """
    try:
        yield
    except Exception as error:
        if failure_of(error) or isinstance(error, ModelError):
            raise
        if _is_damaged(path, error):
            raise ModelCorruptError(f"the model file {path} cannot be loaded ({_reason(error)})", AGAIN) from error
        raise ModelLoadError(f"the model file {path} cannot be loaded here ({_reason(error)})", MEND) from error


def _is_damaged(path: Path, error: Exception) -> bool:
    """By its checksum where that is recorded, else by what was raised."""
    recorded = manifest.read(path.with_suffix(".json"))
    try:
        if recorded:
            return path.stat().st_size != recorded.size or manifest.sha256(path) != recorded.sha256
    except OSError:
        return False
    return isinstance(error, OF_CONTENT) or "state_dict" in str(error)


def _reason(error: Exception) -> str:
    text = " ".join(map(str.strip, str(error).splitlines()[:2]))  # torch names the weight in the second line
    return f"{type(error).__name__}: {text}"
