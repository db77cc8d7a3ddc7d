"""The folder in which everything is kept."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from transcriber.data_folder import DataFolder
from transcriber.errors import StorageError


def test_folders_are_private(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    folder = DataFolder(tmp_path / "data")
    folder.open()
    for path in (folder.path, folder.recordings, folder.transcripts, folder.temporary):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


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
        "import sys; from pathlib import Path; from transcriber.data_folder import DataFolder\n"
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
