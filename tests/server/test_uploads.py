"""Pieces of recordings, in whatever way they come."""

import queue
import wave
from pathlib import Path

import pytest

from transcriber.errors import StorageError
from transcriber.jobs.store import Jobs
from transcriber.server.uploads import HEADER_SIZE, OtherRecordingError, Receiver


def test_pieces_that_come_twice_are_written_once(jobs: Jobs) -> None:
    job, receiver = jobs.add("talk.wav", "upload", size=9), Receiver()
    assert receiver.begin(job) == 0
    for offset, piece in ((0, b"abc"), (0, b"abc"), (3, b"def"), (0, b"abcdefg"), (7, b"hi")):
        receiver.write(job, offset, piece)
    assert job.path.read_bytes() == b"abcdefghi"
    assert (job.arrived, receiver.received) == (9, 9)


@pytest.mark.parametrize("piece", [b"xbcdefghi", b"abcdefxhi", b"abcdex"])
def test_another_recording_is_not_joined_to_what_has_arrived(jobs: Jobs, piece: bytes) -> None:
    job, receiver = jobs.add("REC0001.WAV", "upload", size=9), Receiver()
    receiver.begin(job)
    receiver.write(job, 0, b"abcdefg")
    with pytest.raises(OtherRecordingError):
        receiver.write(job, 0, piece)
    assert job.path.read_bytes() == b"abcdefg"
    receiver.write(job, 5, b"fghi")
    assert job.path.read_bytes() == b"abcdefghi"


def test_a_gap_is_refused(jobs: Jobs) -> None:
    job, receiver = jobs.add("talk.wav", "upload", size=9), Receiver()
    receiver.begin(job)
    with pytest.raises(ValueError, match="bytes from 0 on are missing"):
        receiver.write(job, 5, b"abc")
    assert job.arrived == 0


def test_a_recording_of_the_microphone_is_a_whole_file_after_each_piece(jobs: Jobs) -> None:
    job, receiver = jobs.add("Microphone.wav", "microphone"), Receiver()
    offset = receiver.begin(job)
    assert offset == HEADER_SIZE
    for number in range(3):
        piece = bytes([number, 0]) * 8000
        receiver.write(job, offset, piece)
        offset += len(piece)
        with wave.open(str(job.path)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
            assert file.getnframes() == 8000 * (number + 1)


def test_another_program_goes_on_where_this_one_ended(jobs: Jobs) -> None:
    job = jobs.add("Microphone.wav", "microphone")
    offset = Receiver().begin(job)
    Receiver().write(job, offset, b"\1\0" * 100)
    Receiver().write(job, offset, b"\1\0" * 150)
    with wave.open(str(job.path)) as file:
        assert file.readframes(1000) == b"\1\0" * 150


def test_who_is_silent(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    job, receiver = jobs.add("a.wav", "upload", size=2), Receiver()
    receiver.begin(job)
    assert not receiver.is_silent(job)
    monkeypatch.setattr("transcriber.server.uploads.SILENT_SECONDS", -1)
    assert receiver.is_silent(job)


def test_a_microphone_that_fell_silent_is_told_and_again_when_it_was_back(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload is not: its page may be asked for the rest at any time."""
    monkeypatch.setattr("transcriber.server.uploads.SILENT_SECONDS", 0.2)
    silent: queue.Queue[str] = queue.Queue()
    receiver = Receiver(silent.put)
    receiver.begin(jobs.add("talk.wav", "upload", size=2))
    job = jobs.add("Microphone.wav", "microphone")
    offset = receiver.begin(job)
    assert silent.get(timeout=10) == job.id
    receiver.write(job, offset, b"\1\0")
    assert silent.get(timeout=10) == job.id
    assert silent.empty()


def test_a_recording_of_the_microphone_whose_program_was_killed_falls_silent_too(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcriber.server.uploads.SILENT_SECONDS", 0.2)
    silent: queue.Queue[str] = queue.Queue()
    Receiver(silent.put).watch("a")
    assert silent.get(timeout=10) == "a"


def test_a_disk_that_is_full_is_said(jobs: Jobs) -> None:
    job, receiver = jobs.add("a.wav", "upload", size=2), Receiver()
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    job.path.symlink_to("/dev/full")
    with pytest.raises(StorageError, match="No space left"):
        receiver.write(job, 0, b"ab")
