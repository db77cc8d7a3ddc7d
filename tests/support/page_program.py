"""The page's program, as it is started, killed and started again."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.support.places import DEMO_MODELS
from tools.running import PROGRAM, start_page

SMALL_ENGINE = (sys.executable, "-m", "tests.support.echoing")
"""The program with an engine that transcribes nothing."""


def with_set_up(script: Path) -> tuple[str, ...]:
    """The program whose page starts `script` in place of setup_local_models.py."""
    code = (
        "import pathlib, sys, transcribe_ui\n"
        "from transcriber.server import setup_process\n"
        f"setup_process.PROGRAM = pathlib.Path({str(script)!r})\n"
        "transcribe_ui.main(sys.argv[1:])"
    )
    return sys.executable, "-c", code


class Program:
    """The running program, which can be killed and started again at its address. Ends with its context."""

    def __init__(self, data_dir: Path, models_dir: Path = DEMO_MODELS, command: tuple[str, ...] = PROGRAM) -> None:
        self.data_dir, self.models_dir, self.command = data_dir, models_dir, command
        with socket.create_server(("127.0.0.1", 0)) as any_port:
            self.port = any_port.getsockname()[1]
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, *program: str) -> None:
        """`program`: another command than the usual one."""
        self.process, self.address = start_page(
            *("--models-dir", self.models_dir, "--data-dir", self.data_dir, "--port", self.port),
            program=program or self.command,
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def kill_engine(self, how: signal.Signals = signal.SIGKILL) -> None:
        """The engine process only."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "transcriber.worker.process"],
            capture_output=True,
            text=True,
            check=True,
        )
        os.kill(int(found.stdout.split()[0]), how)
