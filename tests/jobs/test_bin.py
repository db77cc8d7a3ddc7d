"""The bin: what is worked at when it is removed, what comes back, what goes for good and when."""

import time
from pathlib import Path

import pytest

from tests.support.fakes import SilentEngine
from tests.support.stored_jobs import add, begin, names, state
from transcriber.jobs.bin import DAY_SECONDS, DAYS_KEPT
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.store import Job
from transcriber.options import TranscribeOptions
from transcriber.worker.protocol import Cancelled, Progress, Started, Transcribed


def wait_until_gone(dispatcher: Dispatcher, job: Job) -> None:
    until = time.monotonic() + 10
    while dispatcher.jobs.removed() and time.monotonic() < until:
        time.sleep(0.01)
    assert dispatcher.jobs.removed() == [] and not job.path.exists()


def test_what_lies_in_it_is_off_the_list_and_comes_back(dispatcher: Dispatcher) -> None:
    a, b, c = (add(dispatcher.jobs, name) for name in "abc")
    dispatcher.remove([a, c])
    assert names(dispatcher.jobs.all()) == ["b"] and dispatcher.jobs.get(a.id) is None
    assert sorted(names(dispatcher.bin.content())) == ["a", "c"]
    assert sorted(dispatcher.restore([a.id, b.id, c.id, "none"])) == sorted([a.id, c.id])
    assert names(dispatcher.jobs.all()) == ["a", "b", "c"]
    assert a.path.exists()


def test_what_is_worked_at_is_cancelled_and_goes_on_where_it_was(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    """Undo takes back all of it: also the cancelling, also of what waited."""
    ran, waited, other = begin(dispatcher, "ran"), begin(dispatcher, "waited"), begin(dispatcher, "other")
    engine.tell("ran", Started("cpu"))
    engine.tell("ran", Progress(100.0, None, 1.0, engine.transcript_of.segments[:1], b"\x01"))
    dispatcher.remove([ran, waited])
    assert engine.cancelled == {1}
    engine.tell("ran", Cancelled())
    assert (state(dispatcher, other), dispatcher.jobs.removed()[0].state) == ("running", "cancelled")
    dispatcher.restore([ran.id, waited.id])
    assert (state(dispatcher, ran), state(dispatcher, waited)) == ("queued", "queued")
    engine.tell("other", Cancelled())
    assert state(dispatcher, ran) == "running"
    assert engine.asked[-1][3].done == 100.0


def test_restored_before_it_has_stopped(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = begin(dispatcher, "a")
    dispatcher.remove([job])
    dispatcher.restore([job.id])
    engine.tell("a", Cancelled())
    assert state(dispatcher, job) == "running"
    assert len(engine.asked) == 2


def test_what_was_finished_in_spite_of_it_stays_finished(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = begin(dispatcher, "a")
    dispatcher.remove([job])
    engine.tell("a", Transcribed(engine.transcript_of))
    dispatcher.restore([job.id])
    assert state(dispatcher, job) == "done"
    assert len(engine.asked) == 1


def test_what_nobody_asked_for_is_not_begun_by_an_undo(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = begin(dispatcher, "a")
    dispatcher.cancel(job)
    engine.tell("a", Cancelled())
    dispatcher.remove([dispatcher.jobs.get(job.id)])
    dispatcher.restore([job.id])
    assert state(dispatcher, job) == "cancelled"
    assert len(engine.asked) == 1


@pytest.mark.parametrize(("days", "is_kept"), [(DAYS_KEPT - 1, True), (DAYS_KEPT + 1, False)])
def test_it_keeps_for_thirty_days(dispatcher: Dispatcher, days: int, is_kept: bool) -> None:
    """Looked at when the program starts."""
    removed, on_the_list = add(dispatcher.jobs, "a"), add(dispatcher.jobs, "b")
    dispatcher.remove([removed])
    dispatcher.jobs.update(removed.id, removed_at=time.time() - days * DAY_SECONDS)
    dispatcher.start(TranscribeOptions("parakeet", "cpu"))
    if not is_kept:
        wait_until_gone(dispatcher, removed)
    assert (names(dispatcher.bin.content()), removed.path.exists()) == ((["a"], True) if is_kept else ([], False))
    assert on_the_list.path.exists()


def test_it_is_emptied(dispatcher: Dispatcher, tmp_path: Path) -> None:
    """All of it, or what was chosen; never what is on the list, nor a file that is not ours."""
    (tmp_path / "mine.wav").write_bytes(b"precious")
    a, b, c = (add(dispatcher.jobs, name) for name in "abc")
    foreign = dispatcher.jobs.add("mine.wav", "path", tmp_path / "mine.wav")
    dispatcher.remove([a, b, foreign])
    dispatcher.bin.empty([a.id, c.id])
    assert sorted(names(dispatcher.bin.content())) == ["b", "mine.wav"]
    dispatcher.bin.empty()
    assert dispatcher.jobs.removed() == []
    assert [job.path.exists() for job in (a, b, c, foreign)] == [False, False, True, True]


def test_what_the_engine_still_reads_goes_when_it_has_stopped(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = begin(dispatcher, "a")
    dispatcher.remove([job])
    dispatcher.bin.empty()
    assert dispatcher.bin.content() == [] and dispatcher.restore([job.id]) == []
    assert job.path.exists()
    engine.tell("a", Cancelled())
    wait_until_gone(dispatcher, job)


def test_cancelled_after_it_came_back_it_stays_cancelled(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = begin(dispatcher, "a")
    dispatcher.remove([job])
    dispatcher.restore([job.id])
    dispatcher.cancel(job)
    engine.tell("a", Cancelled())
    assert state(dispatcher, job) == "cancelled"
