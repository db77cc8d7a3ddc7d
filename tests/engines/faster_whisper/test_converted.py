"""When a converted folder is used, when it is made again, and that nothing else is left."""

import os
import shutil
import signal
from pathlib import Path

import pytest

pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")

from tests.support.places import DEMO_MODELS
from tests.support.programs import run_program
from tests.support.whisper_checkpoints import SHAPES, write_checkpoint
from transcriber.engines.faster_whisper.converted import converted
from transcriber.errors import ModelCorruptError, StorageError

DIES_WRITING = """
import resource, signal, sys
from pathlib import Path
from transcriber.engines.faster_whisper.converted import converted

resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, resource.RLIM_INFINITY))
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
converted(Path(sys.argv[1]), "int8")
"""
"""Killed by the kernel when its model.bin has 5 MB: half of it."""


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    write_checkpoint(tmp_path / "whisper.pt", SHAPES["base"])
    return tmp_path / "whisper.pt"


def files(folder: Path) -> dict[str, tuple[int, int]]:
    return {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in folder.iterdir()}


def test_is_made_once_and_kept(checkpoint: Path) -> None:
    folder = converted(checkpoint, "int8")
    assert folder.parent == checkpoint.parent / ".converted"
    before = files(folder)
    assert converted(checkpoint, "int8") == folder
    assert files(folder) == before
    os.utime(checkpoint, (1, 1))  # copied to another computer: the same bytes at another time
    converted(checkpoint, "int8")
    assert {name: at for name, at in files(folder).items() if before[name] != at}.keys() == {"source.json"}


def test_another_checkpoint_never_gets_the_old_folder(checkpoint: Path) -> None:
    """Not even one of the same size."""
    folder = converted(checkpoint, "int8")
    old, size = (folder / "model.bin").read_bytes(), checkpoint.stat().st_size
    write_checkpoint(checkpoint, SHAPES["base"], seed=1)
    assert checkpoint.stat().st_size == size
    assert converted(checkpoint, "int8") == folder
    assert (folder / "model.bin").read_bytes() != old


@pytest.mark.parametrize("harm", ["model.bin", "source.json", "all"])
def test_an_incomplete_folder_is_made_again(checkpoint: Path, harm: str) -> None:
    folder = converted(checkpoint, "int8")
    whole = (folder / "model.bin").read_bytes()
    if harm == "all":
        shutil.rmtree(folder)
    else:
        os.truncate(folder / harm, 100)
    converted(checkpoint, "int8")
    assert (folder / "model.bin").read_bytes() == whole


def test_killed_it_leaves_nothing_that_is_used(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    checkpoint = Path(shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path))
    assert run_program("-c", DIES_WRITING, checkpoint).returncode == -signal.SIGXFSZ
    folder = tmp_path / ".converted"
    assert (folder / "whisper.pt-int8.part" / "model.bin").stat().st_size == 5_000_000
    assert not (folder / "whisper.pt-int8").exists()
    converted(checkpoint, "int8")
    assert (folder / "whisper.pt-int8" / "model.bin").stat().st_size > 9_000_000
    assert not (folder / "whisper.pt-int8.part").exists()


def test_a_full_disk_or_a_damaged_checkpoint_leaves_nothing(checkpoint: Path) -> None:
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(StorageError, match=r"whisper\.pt.*File too large") as raised:
            converted(checkpoint, "int8")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "space" in raised.value.hint
    os.truncate(checkpoint, 100_000)
    with pytest.raises(ModelCorruptError):
        converted(checkpoint, "int8")
    assert [file.suffix for file in (checkpoint.parent / ".converted").iterdir()] == [".lock"]


def test_a_folder_that_cannot_be_made_is_said(checkpoint: Path) -> None:
    (checkpoint.parent / ".converted").write_text("a file in its place")
    with pytest.raises(StorageError, match=r"\.converted|cannot be converted"):
        converted(checkpoint, "int8")
