"""No door connects beyond this computer, asks for a name, or leaves a file outside the program's own folders.

The kernel's own account of it (strace) of each door from outside; tests/page/test_network.py does it for the page.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.places import DEMO_MODELS, PROJECT, SAMPLE

CALLS = "trace=connect,sendto,sendmsg,sendmmsg"
ASKED = ("--models-dir", str(DEMO_MODELS), "--device", "cpu")
IN_PYTHON = f"""
from transcriber import TranscribeOptions, Transcriber
transcriber = Transcriber({str(DEMO_MODELS)!r})
for model in ("parakeet", "canary", "whisper"):
    print(transcriber.transcribe({str(SAMPLE)!r}, TranscribeOptions(model, "cpu")).text)
"""
DOORS = {
    "python": ("-c", IN_PYTHON),
    "transcribe": ("-m", "transcriber", "transcribe", str(SAMPLE), *ASKED),
    "watch": ("-m", "transcriber", "watch", "heard", "--once", *ASKED),
    "align": ("-m", "transcriber", "align", str(SAMPLE), "words.txt", *ASKED),
    "check": ("-m", "transcriber", "check", "--verify", "--models-dir", str(DEMO_MODELS)),
    "set-up": ("setup_local_models.py", "--check", "--models-dir", str(DEMO_MODELS)),
}


@pytest.fixture
def strace() -> str:
    program = shutil.which("strace")
    if not program or subprocess.run([program, "true"], capture_output=True, check=False).returncode != 0:
        if os.environ.get("CI"):
            pytest.fail("CI needs strace")
        pytest.skip("nothing can be traced here")
    return program


class Traced:
    """A home of its own, and what a program in it asks of the kernel."""

    def __init__(self, strace: str, folder: Path) -> None:
        self.calls, self.home, self.there, self.temporary = (
            folder / name for name in ("calls", "home", "there", "temporary")
        )
        for made in (self.home, self.there, self.temporary):
            made.mkdir()
        self.command = (strace, "-D", "-f", "-qq", "--seccomp-bpf", "-e", CALLS, "-o", str(self.calls), sys.executable)
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "CI")}
        self.environment = {
            **kept,
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": str(PROJECT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def addresses(self) -> set[str]:
        found = re.findall(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', self.calls.read_text())
        return {first or second for first, second in found}

    def left(self) -> list[str]:
        """Files in its home beside its own folders, and in the folder of temporary files."""
        homes = [path.relative_to(self.home) for path in self.home.rglob("*") if path.is_file()]
        strange = [str(path) for path in homes if "transcriber" not in path.parts]
        return strange + [str(path) for path in self.temporary.rglob("*")]


@pytest.mark.parametrize("door", DOORS)
def test_nothing_leaves_and_nothing_is_left(strace: str, tmp_path: Path, door: str) -> None:
    traced = Traced(strace, tmp_path)
    (traced.there / "words.txt").write_text("one two three four five six seven eight nine zero", encoding="utf-8")
    (traced.there / "heard").mkdir()
    shutil.copy(SAMPLE, traced.there / "heard")
    (traced.there / "setup_local_models.py").symlink_to(PROJECT / "setup_local_models.py")
    result = subprocess.run(
        [*traced.command, *DOORS[door]],
        cwd=traced.there, env=traced.environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert traced.addresses() == set()
    assert traced.left() == []


def test_the_server_neither(strace: str, tmp_path: Path, words: str) -> None:
    traced = Traced(strace, tmp_path)
    process = subprocess.Popen(
        [*traced.command, "-m", "transcriber", "serve", "--port", "0", *ASKED],
        cwd=traced.there, env=traced.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        address = process.stdout.readline().split()[-1]
        with SAMPLE.open("rb") as file:
            answer = httpx.post(
                f"{address}v1/audio/transcriptions", files={"file": file}, data={"model": "whisper"}, timeout=200
            )
        assert answer.json()["text"] == words
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    assert traced.addresses() <= {"127.0.0.1", "::1"}
    assert traced.left() == []
