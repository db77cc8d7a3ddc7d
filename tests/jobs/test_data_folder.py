"""The folder in which everything is kept."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import PROJECT
from tests.support.programs import run_program
from transcriber.errors import StorageError
from transcriber.jobs.data_folder import DataFolder


def test_folders_are_private(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    folder = DataFolder(tmp_path / "data")
    folder.open()
    for path in (folder.path, folder.recordings, folder.transcripts, folder.temporary):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_disk_without_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As exFAT and many shares: chmod is refused, and links are too."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refused)
    for name in ("chmod", "fchmod", "link", "symlink"):
        monkeypatch.setattr(os, name, refused)
    folder = DataFolder(tmp_path / "data")
    folder.open()
    folder.publish("http://127.0.0.1:7860/")
    assert folder.temporary.is_dir()


def test_a_folder_of_a_group_whose_owner_is_another(tmp_path: Path) -> None:
    """Its permissions cannot be changed, and it can be written: that is enough."""
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("only root can make such a folder")
    shared = tmp_path / "data"
    shared.mkdir()
    os.chown(shared, 0, 2000)
    shared.chmod(0o2770)
    for folder in [one for one in (tmp_path, *tmp_path.parents) if not one.stat().st_mode & 0o001]:
        folder.chmod(folder.stat().st_mode | 0o001)
    script = (
        "import os, sys; from pathlib import Path; from transcriber.jobs.data_folder import DataFolder\n"
        "os.setgroups([2000]); os.setgid(2000); os.setuid(1001)\n"
        "folder = DataFolder(Path(sys.argv[1])); folder.open(); folder.publish('here')\n"
        "print(*sorted(path.name for path in folder.path.iterdir()))"
    )
    result = run_program("-c", script, shared)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["address", "lock", "recordings", "temporary", "transcripts"]
    assert stat.S_IMODE(shared.stat().st_mode) == 0o2770
    assert stat.S_IMODE((shared / "recordings").stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_disk_without_locks_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refused(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", refused)
    with pytest.raises(StorageError, match="knows no locks") as raised:
        DataFolder(tmp_path / "data").open()
    assert "--data-dir" in raised.value.hint


def test_what_a_crashed_run_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    for name in ("temporary/upload/half.mp4", "transcripts/a.srt.part", "transcripts/b.srt", "recordings/1/talk.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    DataFolder(tmp_path).open()
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"transcripts/b.srt", "recordings/1/talk.wav", "lock", "address"}


def test_a_second_program_is_refused_and_told_where_the_first_is(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.open()
    folder.publish("http://127.0.0.1:7860/")
    script = (
        "import sys; from pathlib import Path; from transcriber.jobs.data_folder import DataFolder\n"
        "try: DataFolder(Path(sys.argv[1])).open()\n"
        "except OSError as error: print(error)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    assert f"already running with the data folder {tmp_path}" in said
    assert "open http://127.0.0.1:7860/ in your browser" in said


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be written") as raised:
        DataFolder(tmp_path / "file" / "data").open()
    assert "--data-dir" in raised.value.hint


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="cannot be written"):
            DataFolder(tmp_path / "data").open()
    finally:
        tmp_path.chmod(0o700)
