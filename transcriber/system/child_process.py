"""Python processes that this program starts: they run its own code, and nothing that lies in the current folder."""

import os
import sys
from pathlib import Path

PACKAGE_FOLDER = Path(__file__).resolve().parent.parent.parent


def command(module: str, *arguments: object) -> list[str]:
    """That runs a module of this package: with -P the current folder is no place to import from."""
    return [sys.executable, "-P", "-m", module, *map(str, arguments)]


def environment() -> dict[str, str]:
    """In which this package is found; of the user's PYTHONPATH what does not depend on the current folder."""
    theirs = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(entry)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE_FOLDER), *theirs])}
