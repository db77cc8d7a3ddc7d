"""The job store: order, states, removal, and what is there after a restart."""

import os
from pathlib import Path

import pytest

from tests.support.stored_jobs import PARAKEET, add, names
from transcriber.errors import StorageError
from transcriber.jobs.bin import Bin
from transcriber.jobs.database import Database
from transcriber.jobs.results import Results
from transcriber.jobs.settings import Settings
from transcriber.jobs.store import Jobs


def reopened(jobs: Jobs) -> Jobs:
    """As a program that is started again finds them."""
    return Jobs(Database(jobs.folder.database), jobs.folder)


def test_a_job_is_there_after_a_restart(jobs: Jobs) -> None:
    job = add(jobs)
    jobs.enqueue(job.id, PARAKEET)
    jobs.update(job.id, state="queued", duration=12.5, is_video=1)
    found = reopened(jobs).get(job.id)
    assert found
    assert (found.name, found.path, found.options) == ("talk.wav", job.path, PARAKEET)
    assert (found.state, found.duration, found.is_video) == ("queued", 12.5, True)
    assert job.path.parent.stat().st_mode & 0o777 == 0o700


def test_the_data_folder_can_be_moved(jobs: Jobs, tmp_path: Path) -> None:
    own, foreign = add(jobs), jobs.add("there.wav", "path", tmp_path / "there.wav")
    jobs.folder.path.rename(tmp_path / "elsewhere")
    jobs.folder.path = tmp_path / "elsewhere"
    assert jobs.get(own.id).path.read_bytes() == b"sound"
    assert jobs.get(foreign.id).path == tmp_path / "there.wav"


def test_the_queue_keeps_its_order_and_one_can_be_first(jobs: Jobs) -> None:
    added = [add(jobs, name) for name in ("a", "b", "c")]
    for job in added:
        jobs.update(job.id, state="ready")
        jobs.enqueue(job.id, PARAKEET)
    assert names(jobs.in_state("queued")) == ["a", "b", "c"]
    jobs.enqueue(added[2].id, PARAKEET, first=True)
    assert names(jobs.in_state("queued")) == ["c", "a", "b"]
    jobs.enqueue(added[2].id, PARAKEET)
    assert names(jobs.in_state("queued")) == ["a", "b", "c"]


def test_the_list_has_unfinished_ones_first_then_the_last_finished(jobs: Jobs) -> None:
    a, b, _, d = (add(jobs, name) for name in "abcd")
    jobs.end(a.id, "done")
    jobs.end(b.id, "failed", "why")
    jobs.update(d.id, state="running")
    assert names(jobs.all()) == ["d", "c", "b", "a"]
    assert jobs.get(b.id).error == "why"


def test_one_that_is_still_arriving_waits_until_it_is_complete(jobs: Jobs) -> None:
    job = add(jobs)
    jobs.enqueue(job.id, PARAKEET)
    assert jobs.get(job.id).state == "receiving"
    assert jobs.get(job.id).options == PARAKEET


def test_what_was_running_goes_on_first_after_a_restart(jobs: Jobs) -> None:
    for name, state in (("waited", "queued"), ("ran", "running"), ("ready", "ready"), ("done", "done")):
        job = add(jobs, name)
        jobs.update(job.id, state=state, done=7.0)
    again = reopened(jobs)
    again.recover()
    assert names(again.in_state("queued")) == ["ran", "waited"]
    assert again.in_state("queued")[0].done == 7.0
    assert names(again.in_state("done")) == ["done"]


def test_deleting_takes_the_own_recording_only(jobs: Jobs, tmp_path: Path) -> None:
    (tmp_path / "mine.wav").write_bytes(b"precious")
    own, foreign = add(jobs), jobs.add("mine.wav", "path", tmp_path / "mine.wav")
    for job in (own, foreign):
        jobs.delete(job)
    assert list(jobs.folder.recordings.iterdir()) == []
    assert (tmp_path / "mine.wav").read_bytes() == b"precious"
    assert jobs.database.rows("SELECT * FROM jobs") == []


@pytest.mark.parametrize("name", ["../../evil.wav", "..\\evil.wav", "/etc/evil", "..", "", "a\0b"])
def test_names_cannot_leave_the_recordings_folder(jobs: Jobs, name: str) -> None:
    job = add(jobs, name)
    assert job.path.parent.parent == jobs.folder.recordings
    assert job.path.is_file()


@pytest.mark.parametrize(
    ("duration", "size", "is_short"),
    [(10, 9_000_000, True), (3600, 1, False), (None, 1000, True), (None, 9_000_000, False)],
)
def test_which_recordings_are_short(jobs: Jobs, duration: float | None, size: int, is_short: bool) -> None:
    job = add(jobs, content=b"x" * size)
    jobs.update(job.id, duration=duration)
    assert jobs.get(job.id).is_short == is_short


@pytest.mark.parametrize(
    "path", ["recordings", "recordings/other/a.wav", "recordings/../a.wav", "recordings/{id}/../a.wav", "/{root}/a.wav"]
)
def test_a_row_that_names_another_folder_deletes_nothing(jobs: Jobs, tmp_path: Path, path: str) -> None:
    for other in (jobs.folder.recordings / "other", tmp_path / "root"):
        other.mkdir()
    job = add(jobs)
    before = sorted(tmp_path.rglob("*"))
    jobs.update(job.id, path=path.format(id=job.id, root=tmp_path / "root"))
    jobs.delete(jobs.get(job.id))
    assert sorted(tmp_path.rglob("*")) == before
    assert jobs.all() == []


def test_a_setting_that_cannot_be_read_is_as_usual(jobs: Jobs, results: Results) -> None:
    results.settings.set("formats", ["srt", "of a newer version"])
    assert results.settings.formats == ["srt"]
    with jobs.database.transaction() as transaction:
        transaction.execute("UPDATE settings SET value = '['")
    assert results.settings.formats == ["txt", "srt"]


def test_settings(jobs: Jobs) -> None:
    settings = Settings(jobs.database)
    assert settings.get("formats", ["txt"]) == ["txt"]
    settings.set("formats", ["srt", "vtt"])
    assert Settings(reopened(jobs).database).get("formats", []) == ["srt", "vtt"]


def test_options_of_an_older_program_can_be_read(jobs: Jobs) -> None:
    job = add(jobs, "a")
    jobs.update(job.id, options='{"model": "parakeet", "device": "cpu"}')
    assert jobs.get(job.id).options == PARAKEET


@pytest.mark.parametrize("name", ["あ" * 120 + ".flac", "x" * 300, "n." + "x" * 300, "あ" * 200 + ".m4a"])
def test_a_name_that_is_too_long_for_a_file(jobs: Jobs, name: str) -> None:
    job = add(jobs, name)
    assert (job.name, job.arrived) == (name, 5)
    assert len(os.fsencode(job.path.name)) <= 255
    if name.endswith((".flac", ".m4a")):
        assert job.path.suffix == Path(name).suffix


def test_a_name_that_is_no_utf8(jobs: Jobs, tmp_path: Path) -> None:
    """Uploaded, and as a path; the file is found under the bytes that it has."""
    name = os.fsdecode(b"caf\xe9.flac")
    assert add(jobs, name).name == "caf\\xe9.flac"
    job = jobs.add(name, "path", tmp_path / name)
    assert (job.name, job.path) == ("caf\\xe9.flac", tmp_path / name)
    assert reopened(jobs).get(job.id).path == tmp_path / name


def test_a_recording_that_cannot_be_stored_is_no_job(jobs: Jobs) -> None:
    jobs.folder.recordings.rmdir()
    jobs.folder.recordings.write_text("no folder")
    with pytest.raises(StorageError, match="cannot be stored"):
        jobs.add("a.wav", "upload", size=5)
    assert jobs.all() == []


@pytest.mark.parametrize("options", ["no JSON", "[]", '{"strange": 1}', '{"temperature": 7}', '{"device": 5}'])
def test_a_row_that_cannot_be_read_is_shown_as_such(jobs: Jobs, options: str) -> None:
    damaged, other = add(jobs, "a"), add(jobs, "b")
    jobs.update(damaged.id, options=options, state="queued")
    with jobs.database.transaction() as transaction:
        transaction.execute("UPDATE jobs SET name = CAST(x'636166e9' AS TEXT) WHERE id = ?", (damaged.id,))
    assert {job.name for job in jobs.all()} == {"caf\\xe9", "b"}
    shown = jobs.get(damaged.id)
    assert (shown.state, shown.options) == ("failed", None)
    assert "cannot be read" in shown.error
    Bin(jobs).put(damaged.id, goes_on=False)
    assert names(jobs.all()) == ["b"]
    jobs.enqueue(other.id, PARAKEET)


def test_what_changed_is_found_without_the_rest(jobs: Jobs) -> None:
    for name in "abc":
        add(jobs, name)
    before = jobs.changes
    assert jobs.changed_since(before) == []
    added = add(jobs, "d")
    jobs.update(jobs.all()[0].id, done=1.0)
    jobs.update(added.id, removed_at=1.0)
    assert sorted(names(jobs.changed_since(before))) == ["a", "d"]
    assert jobs.changed_since(jobs.changes) == []
    assert jobs.changed_since(jobs.changes + 1) is None


def test_whoever_may_not_know_of_a_deleted_job_is_told_everything(jobs: Jobs) -> None:
    a, b, c = (add(jobs, name) for name in "abc")
    asleep = jobs.changes
    Bin(jobs).put(b.id, goes_on=False)
    awake = jobs.changes
    jobs.delete(jobs.removed()[0])
    assert jobs.changed_since(asleep) is None
    assert jobs.changed_since(awake) == []
    jobs.delete(c)  # as of a recording that could not be begun: it was on the list until now
    assert jobs.changed_since(awake) is None
    assert names(jobs.all()) == [a.name]


def test_a_title_takes_the_place_of_the_file_name(jobs: Jobs) -> None:
    job = add(jobs, "REC_0042.v2.wav")
    assert (job.title, job.stem) == ("REC_0042.v2.wav", "REC_0042.v2")
    jobs.update(job.id, title="Mayor, part 1.5")
    named = jobs.get(job.id)
    assert (named.name, named.title, named.stem) == ("REC_0042.v2.wav", "Mayor, part 1.5", "Mayor, part 1.5")
