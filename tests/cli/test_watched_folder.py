"""Which recordings of a folder are new and complete."""

import os
from pathlib import Path

import pytest

from transcriber.cli.watched_folder import WatchedFolder
from transcriber.errors import StorageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def watch(folder: Path, written: str = "txt", settling: float = 0.0) -> WatchedFolder:
    watched = WatchedFolder(folder, folder.parent / "own", written, settling)
    watched.open()
    return watched


def write(path: Path, content: bytes = b"sound") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_recordings_and_nothing_else(folder: Path) -> None:
    wanted = [write(folder / "a.wav"), write(folder / "deep" / "er" / "B.MP4"), write(folder / "ü ✓.flac")]
    for other in ("notes.txt", ".hidden.wav", ".trash/c.wav", "movie.mp4.part", "empty.wav"):
        write(folder / other, b"" if other == "empty.wav" else b"x")
    assert sorted(watch(folder).ready()) == sorted(wanted)


def test_a_file_is_taken_once_it_has_stopped_growing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    watched = watch(folder, settling=5)
    path = write(folder / "a.wav")
    assert not watched.ready()
    now = 104.0
    write(path, b"sound and more")
    assert not watched.ready()
    now = 108.0
    assert not watched.ready()
    now = 109.0
    assert list(watched.ready()) == [path]


def test_what_is_done_stays_done_until_it_changes(folder: Path) -> None:
    path = write(folder / "sub" / "a.wav")
    watched = watch(folder)
    watched.note(path, watched.ready()[path])
    assert not watched.ready()
    assert not watched.left()
    del watched
    again = watch(folder)
    assert not again.ready()
    os.utime(path, ns=(1, 1))
    assert list(again.ready()) == [path]
    assert again.was_done(path)


def test_what_grew_meanwhile_is_not_done(folder: Path) -> None:
    path = write(folder / "a.wav")
    watched = watch(folder)
    before = watched.ready()[path]
    write(path, b"more than before")
    watched.note(path, before)
    assert list(watched.ready()) == [path]


def test_for_other_results_all_are_new(folder: Path) -> None:
    path = write(folder / "a.wav")
    watched = watch(folder)
    watched.note(path, watched.ready()[path])
    del watched
    assert list(watch(folder, "srt").ready()) == [path]


def test_names_of_results_are_nobody_elses(folder: Path) -> None:
    wav, other = write(folder / "talk.wav"), write(folder / "sub" / "talk.wav")
    watched = watch(folder)
    watched.note(wav, watched.ready()[wav])
    assert (watched.stem(wav), watched.stem(other)) == ("talk", str(Path("sub/talk")))
    wav.unlink()
    mp4 = write(folder / "talk.mp4")
    watched.ready()
    assert watched.stem(mp4) == "talk.mp4"


def test_one_at_a_time(folder: Path) -> None:
    first = watch(folder)
    with pytest.raises(StorageError, match="is watched already"):
        watch(folder)
    del first


def test_a_record_that_is_damaged_is_said(folder: Path) -> None:
    for damaged in (b"{", b"[1]", b'{"a.wav": 5}', b"\xff"):
        write(folder.parent / "own" / "watched.json", damaged)
        with pytest.raises(StorageError, match="cannot be used"):
            watch(folder)
    with pytest.raises(StorageError, match="cannot be used"):
        watch(folder)
