"""Which recordings are meant on the command line, and what their results are called."""

import glob
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from transcriber.audio import recording_files
from transcriber.errors import AudioNotFoundError
from transcriber.system.file_names import collision_key

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Input:
    """One recording."""

    path: Path
    name: str
    """For messages."""
    place: PurePath
    """Of its results, relative to the folder for them, with the recording's own suffix."""
    error: AudioNotFoundError | None = None
    """Why it is none; the others are transcribed nevertheless."""


def find(arguments: list[str], temporary: Path) -> list[Input]:
    """The recordings that are meant, each once: files, folders, patterns, and "-" for standard input.

    What is read from standard input comes into the folder `temporary`. What cannot be one is an input nevertheless,
    which fails by itself: a file that is not there, a folder that may not be read or is without recordings.
    """
    inputs = [recording for argument in arguments for recording in _expanded(argument, temporary)]
    return list({recording.path.absolute(): recording for recording in inputs}.values())


def _expanded(argument: str, temporary: Path) -> Iterator[Input]:
    try:
        if argument == STANDARD_INPUT:
            yield _from_standard_input(temporary)
        elif Path(argument).is_dir():
            yield from _in_folder(Path(argument))
        elif not Path(argument).exists() and glob.has_magic(argument):
            yield from _matching(argument)
        else:
            yield Input(Path(argument), argument, PurePath(Path(argument).name))
    except OSError as error:  # a folder that may not be entered, a name that is too long
        yield _unreadable(argument, error)


def _from_standard_input(temporary: Path) -> Input:
    path = temporary / "standard input"
    with path.open("xb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
    return Input(path, "standard input", PurePath("stdin"))


def _in_folder(folder: Path) -> Iterator[Input]:
    errors: list[OSError] = []
    paths = recording_files.recordings(folder, errors.append)
    yield from (Input(path, str(path), path.relative_to(folder)) for path in paths)
    yield from (_unreadable(str(error.filename), error) for error in errors)
    if not paths and not errors:
        nothing = AudioNotFoundError("there is no recording in this folder", "name a file, or another folder")
        yield Input(folder, str(folder), _place(folder), nothing)


def _matching(pattern: str) -> Iterator[Input]:
    paths = sorted(map(Path, glob.glob(pattern, recursive=True)), key=recording_files.counted)
    for path in paths or [Path(pattern)]:
        if not os.path.isdir(path):  # which raises nothing
            yield Input(path, str(path), PurePath(path.name))


def _unreadable(name: str, error: OSError) -> Input:
    why = AudioNotFoundError(f"it cannot be read ({error.strerror or error})", "check its name and its permissions")
    return Input(Path(name), name, _place(Path(name)), why)


def _place(path: Path) -> PurePath:
    """Also of a folder without a name of its own: this one, and that above all."""
    return PurePath(path.name or "folder")


def stems(inputs: list[Input]) -> list[str]:
    """The name of each one's result, without the format: the recording's without its suffix.

    Where others would be called the same, also on another system, the suffix stays, and where that does not help there
    is a number.
    """
    short = Counter(collision_key(str(recording.place.with_suffix(""))) for recording in inputs)
    taken: set[str] = set()
    names = []
    for recording in inputs:
        stem = recording.place.with_suffix("")
        place = str(stem if short[collision_key(str(stem))] == 1 else recording.place)
        name, number = place, 1
        while collision_key(name) in taken:
            number += 1
            name = f"{place} ({number})"
        taken.add(collision_key(name))
        names.append(name)
    return names
