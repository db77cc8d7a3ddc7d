"""A set-up that is killed at any moment leaves nothing or a whole model, and goes on from there."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.hub import Hub
from tests.support.places import DEMO_MODELS, PROJECT
from tests.support.published import demo
from tests.support.small_set_up import write_rows
from transcriber.engines.families import kind_of
from transcriber.models import manifest
from transcriber.models.store import ModelStore

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


def start(rows: Path, hub: Hub, models: Path, *options: str) -> subprocess.Popen[str]:
    """A process group of its own, so that its child can be killed with it."""
    command = [sys.executable, "-m", "tests.support.small_set_up", str(rows), "whisper", "--models-dir", str(models)]
    command += ["--endpoint", hub.address, "--whisper-endpoint", hub.address, *options]
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, env=environment, cwd=PROJECT, start_new_session=True
    )


def assert_nothing_or_whole(store: ModelStore) -> bool:
    """Whether the model is there; if so, it is the demo model, and can be loaded."""
    path = store.find("whisper").path
    if not path.exists():
        assert store.find("whisper").manifest is None
        return False
    kind_of(path)
    assert manifest.sha256(path) == manifest.sha256(DEMO_MODELS / "whisper.pt")
    return True


def test_killed_at_ten_moments(hub: Hub, tmp_path: Path) -> None:
    """While it downloads, while it freezes, while it names: each run goes on where the last one was killed."""
    spec = demo(hub, "whisper")
    rows, store = write_rows(tmp_path / "rows.json", spec), ModelStore(tmp_path / "models")
    moments = random.Random(4)
    size = spec.files[0].size or 0
    kills = sorted(moments.randrange(size // 20, size) for _ in range(7))
    hub.pause = 0.02
    for sent in kills:
        process = start(rows, hub, store.folder)
        until = time.monotonic() + 60
        while hub.sent < sent and process.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert not assert_nothing_or_whole(store)
    assert hub.sent < size * 1.5, "what was downloaded was thrown away"
    hub.pause = 0.0
    for delay in (moments.uniform(2, 4), moments.uniform(4, 8), moments.uniform(8, 12)):
        process = start(rows, hub, store.folder)
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert_nothing_or_whole(store)
    process = start(rows, hub, store.folder, "--json")
    output, complaints = process.communicate(timeout=200)
    assert process.returncode == 0, complaints
    assert assert_nothing_or_whole(store)
    assert store.find("whisper").manifest
    assert '"result": ' in output
    left = {path.name for path in store.folder.iterdir()} - {".setup.lock", ".verified.json", "chosen.json"}
    assert left == {"whisper.pt", "whisper.json"}


def test_ctrl_c_is_a_sentence(hub: Hub, tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.json", demo(hub, "whisper"))
    hub.pause = 0.5
    process = start(rows, hub, tmp_path / "models")
    until = time.monotonic() + 60
    while not hub.sent and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "it goes on where it stopped" in complaints
    assert "Traceback" not in complaints
