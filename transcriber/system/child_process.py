"""Python processes that this program starts, and how it talks to them: a line each way, and standard error to a log.

They run this program's own code, and import nothing that lies in the current folder. Both ends are here: command(),
environment() and start() are the parent's, own_output() and read_input() the child's.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

PACKAGE_FOLDER = Path(__file__).resolve().parent.parent.parent


def command(module: str, *arguments: object) -> list[str]:
    """That runs a module: with -P the current folder is no place to import from."""
    return [sys.executable, "-P", "-m", module, *map(str, arguments)]


def environment() -> dict[str, str]:
    """In which this package is found; of the user's PYTHONPATH what does not depend on the current folder."""
    theirs = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(entry)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE_FOLDER), *theirs])}


def start(
    command: Sequence[str],
    log: TextIO,
    variables: Mapping[str, str] | None = None,
    has_input: bool = True,
) -> "subprocess.Popen[str]":
    """A process with pipes for lines of UTF-8; `log` takes its standard error. Raises OSError.

    `variables` are its environment, by default environment(). Without input it finds its standard input at its end.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE if has_input else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        encoding="utf-8",
        env=variables or environment(),
    )


def own_output() -> TextIO:
    """Standard output, for the parent alone; whatever a library prints goes to standard error instead."""
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return output


def read_input(on_line: Callable[[str], None] = lambda line: None) -> None:
    """From now on `on_line` is called with each line of standard input, in a thread of its own.

    At its end, which comes however the parent ends, this process ends too: whatever runs, nobody waits for it.
    """

    def read() -> None:
        for line in sys.stdin:
            on_line(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True, name="input").start()
