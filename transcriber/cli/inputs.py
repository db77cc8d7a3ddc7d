"""Which recordings are meant on the command line, and what their results are called."""

import glob
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from transcriber import media
from transcriber.errors import AudioNotFoundError

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Input:
    """One recording."""

    path: Path
    name: str
    """As it is spoken of."""
    place: PurePath
    """Of its results, in the folder for them, and with the recording's own suffix."""


def find(arguments: list[str], temporary: Path) -> list[Input]:
    """The recordings that are meant, each once: files, folders, patterns, and "-" for standard input.

    What is read from standard input comes into the folder `temporary`. Raises AudioNotFoundError for a folder without
    recordings; a file that is not there is an input nevertheless, which fails by itself.
    """
    found = [one for argument in arguments for one in _meant(argument, temporary)]
    return list({one.path.absolute(): one for one in found}.values())


def _meant(argument: str, temporary: Path) -> Iterator[Input]:
    path = Path(argument)
    if argument == STANDARD_INPUT:
        received = temporary / "standard input"
        with received.open("xb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
        yield Input(received, "standard input", PurePath("stdin"))
    elif path.is_dir():
        inside = media.recordings(path)
        if not inside:
            raise AudioNotFoundError(f"there is no recording in {path}", "name a file, or another folder")
        for one in inside:
            yield Input(one, str(one), one.relative_to(path))
    elif not path.exists() and glob.has_magic(argument):
        for one in sorted(map(Path, glob.glob(argument, recursive=True))) or [path]:
            if not one.is_dir():
                yield Input(one, str(one), PurePath(one.name))
    else:
        yield Input(path, argument, PurePath(path.name))


def stems(inputs: list[Input]) -> list[str]:
    """The name of each one's result, without the format: the recording's without its suffix.

    Where others would be called the same the suffix stays, and where that does not help there is a number.
    """
    short = Counter(one.place.with_suffix("") for one in inputs)
    chosen = [one.place.with_suffix("") if short[one.place.with_suffix("")] == 1 else one.place for one in inputs]
    met: Counter[PurePath] = Counter()
    names = []
    for place in chosen:
        met[place] += 1
        number = f" ({met[place]})" if met[place] > 1 else ""
        names.append(f"{place}{number}")
    return names
