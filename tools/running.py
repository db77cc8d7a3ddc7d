"""Run the page's program as a user does, and learn its address: for tests, benchmarks and pictures."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parent.parent
PROGRAM = (sys.executable, "transcribe_ui.py")
SERVE = (sys.executable, "-m", "transcriber", "serve")


def start_page(
    *arguments: object, program: Sequence[str] = PROGRAM, stderr: IO[bytes] | None = None
) -> tuple["subprocess.Popen[str]", str]:
    """The running program, and the address that it printed. By default on any free port and on the CPU."""
    no_browser = () if "serve" in program else ("--no-browser",)
    process = subprocess.Popen(
        [*program, *no_browser, "--port", "0", "--device", "cpu", *map(str, arguments)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )
    assert process.stdout
    line = process.stdout.readline()
    address = re.fullmatch(r"Transcribe is running at (http://[\d.]+:\d+/)\n", line)
    assert address, line
    return process, address[1]
