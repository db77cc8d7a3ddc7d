"""What is worked at when, and what becomes of it. The engine is a small one that tells what a test wants."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.support.fakes import SilentEngine, crash
from tests.support.places import PROJECT
from tests.support.stored_jobs import PARAKEET, add, begin, state
from transcriber.errors import AudioDecodeError, EngineCrashError, ModelError, StorageError
from transcriber.jobs import backlog
from transcriber.jobs.database import Database
from transcriber.jobs.dispatcher import LONG, SHORT, TOGETHER, Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume_state import ResumeState
from transcriber.transcript_json import to_dict
from transcriber.worker.blame import Blame
from transcriber.worker.protocol import Cancelled, Failed, Loaded, Probed, Progress, Started, Transcribed


def asked(engine: SilentEngine) -> list[tuple[str, int]]:
    return [(path.name, priority) for path, _, priority, _ in engine.asked]


def test_an_interrupted_job_goes_on_with_the_voices_that_were_heard(
    dispatcher: Dispatcher, engine: SilentEngine
) -> None:
    """Also with those that are heard while what was transcribed is passed over; not with another model's."""
    options = replace(PARAKEET, speakers="2")
    dispatcher.store.folder.mkdir()
    model = dispatcher.store.diarizing().path
    model.write_bytes(b"a model")
    job = add(dispatcher.jobs, "talk.wav")
    dispatcher.jobs.update(job.id, duration=3600.0)
    dispatcher.complete(job)

    def heard(*voices: bytes) -> bytes:
        dispatcher.transcribe(dispatcher.jobs.get(job.id), options)
        engine.tell("talk.wav", Started("cpu"))
        for piece in voices:
            engine.tell("talk.wav", Progress(100.0, None, 1.0, voices=piece))
        engine.tell("talk.wav", Cancelled())
        return engine.asked[-1][3].voices

    assert heard(b"one") == b""
    assert heard(b" two") == b"one"
    assert heard() == b"one two"
    model.write_bytes(b"another model")
    assert heard() == b""


def test_what_is_passed_over_is_drawn_anew(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    """The waveform of a recording that goes on where it was begins with the recording."""
    job = begin(dispatcher, "a")
    engine.tell("a", Progress(100.0, None, 1.0, peaks=b"first "))
    engine.tell("a", Cancelled())
    dispatcher.transcribe(dispatcher.jobs.get(job.id), PARAKEET)
    engine.tell("a", Started("cpu"))
    for seconds, peaks in ((100.0, b"first "), (200.0, b"second")):
        engine.tell("a", Progress(seconds, None, 1.0, peaks=peaks))
    assert dispatcher.results.waveform(dispatcher.jobs.get(job.id)) == b"first second"


def done(engine: SilentEngine, name: str) -> None:
    engine.tell(name, Transcribed(engine.transcript_of))


def test_one_after_another(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    a, b = begin(dispatcher, "a"), begin(dispatcher, "b")
    assert (state(dispatcher, a), state(dispatcher, b)) == ("running", "queued")
    assert asked(engine) == [("a", LONG)]
    done(engine, "a")
    assert (state(dispatcher, a), state(dispatcher, b)) == ("done", "running")
    assert dispatcher.results.transcript(dispatcher.jobs.get(a.id)).text == engine.transcript_of.text


def test_a_short_recording_does_not_wait_for_a_long_one(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    begin(dispatcher, "long")
    begin(dispatcher, "long too")
    begin(dispatcher, "short", 10.0)
    begin(dispatcher, "short too", 10.0)
    assert asked(engine) == [("long", LONG), ("short", SHORT), ("short too", SHORT)]


def test_short_recordings_for_which_the_same_is_asked_go_together(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    for number in range(TOGETHER + 1):
        begin(dispatcher, f"{number}", 10.0)
    assert asked(engine) == [(f"{number}", SHORT) for number in range(TOGETHER)]
    job = begin(dispatcher, "other", 10.0)
    dispatcher.cancel(job)
    dispatcher.transcribe(dispatcher.jobs.get(job.id), replace(PARAKEET, language="en"))
    begin(dispatcher, "last", 10.0)
    done(engine, "0")
    assert asked(engine)[TOGETHER:] == [(f"{TOGETHER}", SHORT)]
    for number in range(1, TOGETHER + 1):
        done(engine, f"{number}")
    assert asked(engine)[TOGETHER + 1 :] == [("other", SHORT)]
    done(engine, "other")
    assert asked(engine)[TOGETHER + 2 :] == [("last", SHORT)]


def test_of_several_with_which_the_engine_died_each_goes_alone(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    a, b = begin(dispatcher, "a", 10.0), begin(dispatcher, "b", 10.0)
    for name in "ab":
        engine.tell(name, crash(Blame.SUSPECT))
    assert asked(engine)[2:] == [("a", SHORT)]
    begin(dispatcher, "c", 10.0)
    engine.tell("a", crash(Blame.CULPRIT))
    done(engine, "b")
    done(engine, "c")
    assert asked(engine)[3:] == [("b", SHORT), ("c", SHORT)]
    assert (state(dispatcher, a), state(dispatcher, b)) == ("failed", "done")


def test_a_recording_is_short_once_its_length_is_known(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    begin(dispatcher, "long")
    job = add(dispatcher.jobs, "unknown", b"x" * 9_000_000)
    dispatcher.complete(job)
    dispatcher.transcribe(dispatcher.jobs.get(job.id), PARAKEET)
    assert state(dispatcher, job) == "queued"
    engine.probes["unknown"](Probed(9.0, has_video=True))
    assert asked(engine)[1:] == [("unknown", SHORT)]
    assert dispatcher.jobs.get(job.id).is_video


def test_a_file_that_is_no_recording_is_said_at_once(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = add(dispatcher.jobs, "diary.txt")
    dispatcher.complete(job)
    engine.probes["diary.txt"](Failed(AudioDecodeError("no audio", "look")))
    assert state(dispatcher, job) == "failed"
    assert dispatcher.jobs.get(job.id).error == "no audio; look"


def test_asked_for_while_it_arrives(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = add(dispatcher.jobs, "a")
    dispatcher.transcribe(job, PARAKEET)
    assert state(dispatcher, job) == "receiving"
    assert engine.asked == []
    dispatcher.complete(dispatcher.jobs.get(job.id))
    assert state(dispatcher, job) == "running"


def test_asked_for_just_as_it_arrived(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    """Two requests that both saw it arriving."""
    job = add(dispatcher.jobs, "a")
    dispatcher.transcribe(job, PARAKEET)
    dispatcher.complete(job)
    assert state(dispatcher, job) == "running"
    dispatcher.complete(job)
    dispatcher.transcribe(job, PARAKEET)
    assert asked(engine) == [("a", SHORT)]


def test_cancel_keeps_what_is_done_and_retry_goes_on_there(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = begin(dispatcher, "a")
    engine.tell("a", Started("cpu"))
    engine.progress("a", 0)
    dispatcher.cancel(dispatcher.jobs.get(job.id))
    assert dispatcher.run_of(job).is_stopping
    assert engine.cancelled == {1}
    engine.tell("a", Cancelled())
    assert state(dispatcher, job) == "cancelled"
    assert dispatcher.results.transcript(dispatcher.jobs.get(job.id)).text == "Hello world."
    dispatcher.transcribe(dispatcher.jobs.get(job.id), PARAKEET)
    assert engine.asked[1][3] == ResumeState(engine.transcript_of.segments[:1], 100.0, 1.0)


def test_retry_with_another_model_starts_anew(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = begin(dispatcher, "a")
    done(engine, "a")
    dispatcher.transcribe(dispatcher.jobs.get(job.id), TranscribeOptions("canary", "cpu"))
    assert engine.asked[1][1].model == "canary"
    assert engine.asked[1][3] == ResumeState()
    engine.tell("a", Transcribed(replace(engine.transcript_of, model="canary")))
    assert [kept["model"] for kept in dispatcher.results.transcripts(job)] == ["parakeet", "canary"]


def test_a_recording_that_was_changed_starts_anew(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = begin(dispatcher, "a")
    engine.progress("a", 0)
    engine.tell("a", crash(Blame.CULPRIT))
    job.path.write_bytes(b"another recording")
    dispatcher.transcribe(dispatcher.jobs.get(job.id), PARAKEET)
    assert engine.asked[1][3] == ResumeState()
    assert [kept["model"] for kept in dispatcher.results.transcripts(job)] == ["parakeet"]


def test_a_waiting_job_is_cancelled_at_once(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    begin(dispatcher, "a")
    job = begin(dispatcher, "b")
    dispatcher.cancel(job)
    assert state(dispatcher, job) == "cancelled"
    done(engine, "a")
    assert asked(engine) == [("a", LONG)]


def test_do_next(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    for name in "abc":
        job = begin(dispatcher, name)
    dispatcher.do_first(job)
    done(engine, "a")
    assert asked(engine)[1:] == [("c", LONG)]


def test_an_engine_that_dies_costs_the_job_it_worked_at(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    long, short = begin(dispatcher, "long"), begin(dispatcher, "short", 5.0)
    engine.progress("long", 0)
    engine.tell("long", crash(Blame.NONE))
    engine.tell("short", crash(Blame.CULPRIT))
    assert (state(dispatcher, long), state(dispatcher, short)) == ("running", "failed")
    assert engine.asked[2][3].done == 100.0
    assert dispatcher.jobs.get(short.id).error == "the engine stopped; try again"


@pytest.mark.parametrize("other", [{"engine": "faster-whisper"}, {"compute_type": "int8"}])
def test_what_another_engine_began_is_not_gone_on_with(
    dispatcher: Dispatcher, engine: SilentEngine, other: dict[str, str]
) -> None:
    job = begin(dispatcher, "a")
    engine.progress("a", 0)
    dispatcher.cancel(dispatcher.jobs.get(job.id))
    engine.tell("a", Cancelled())
    dispatcher.transcribe(dispatcher.jobs.get(job.id), replace(PARAKEET, **other))
    assert engine.asked[1][3] == ResumeState()


def test_after_a_restart_it_goes_on_from_the_last_chunk(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    job = begin(dispatcher, "a")
    engine.progress("a", 0)
    database = Database(dispatcher.jobs.folder.database)
    jobs = Jobs(database, dispatcher.jobs.folder)
    jobs.recover()
    again = SilentEngine(engine.transcript_of)
    Dispatcher(jobs, Results(database, jobs.folder, jobs), again, dispatcher.store).start(PARAKEET)
    assert jobs.get(job.id).state == "running"
    assert again.asked[0][3] == ResumeState(engine.transcript_of.segments[:1], 100.0, 1.0)


def test_time_left(dispatcher: Dispatcher, engine: SilentEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begin(dispatcher, "a", 400.0)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    engine.tell("a", Started("cpu"))
    assert dispatcher.seconds_left(dispatcher.jobs.get(job.id)) is None
    engine.progress("a", 0)
    monkeypatch.setattr(time, "monotonic", lambda: now + 50)
    assert dispatcher.seconds_left(dispatcher.jobs.get(job.id)) == pytest.approx(150)


def test_a_full_disk_is_said_and_the_job_stops(
    dispatcher: Dispatcher, engine: SilentEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("the disk is full", "make room")

    job = begin(dispatcher, "a")
    with monkeypatch.context() as patched:
        patched.setattr(Results, "add_chunk", full)
        engine.progress("a", 0)
    assert dispatcher.problem == "the disk is full; make room"
    assert engine.cancelled == {1}
    engine.tell("a", Cancelled())
    assert state(dispatcher, job) == "failed"
    assert dispatcher.jobs.get(job.id).error == "the disk is full; make room"


def test_files_that_cannot_be_written_are_said_and_the_next_job_has_its_own(
    dispatcher: Dispatcher, engine: SilentEngine
) -> None:
    """Something else has the place of the first one's; once it is gone they are written, too."""
    a, b = begin(dispatcher, "a"), begin(dispatcher, "b")
    folder = dispatcher.jobs.folder.transcripts
    folder.rmdir()
    folder.write_text("no folder")
    done(engine, "a")
    assert (state(dispatcher, a), state(dispatcher, b)) == ("done", "running")
    assert "a.srt cannot be written" in dispatcher.jobs.get(a.id).error
    folder.unlink()
    folder.mkdir()
    names = [row["name"] for row in dispatcher.jobs.database.rows("SELECT name FROM files")]
    for name in names:
        (folder / name).mkdir()
    done(engine, "b")
    assert dispatcher.jobs.get(b.id).error == ""
    assert sorted(path.name[20:] for path in folder.iterdir() if path.is_file()) == ["b.srt", "b.txt"]
    for name in names:
        (folder / name).rmdir()
    dispatcher.start(PARAKEET)
    assert sorted(path.name[20:] for path in folder.iterdir()) == ["a.srt", "a.txt", "b.srt", "b.txt"]
    assert dispatcher.jobs.get(a.id).error == ""


@pytest.fixture
def locked(dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """The database held by another program, such as one that makes backups, until its transaction ends."""
    monkeypatch.setattr(backlog, "RETRY_SECONDS", 0.05)
    dispatcher.jobs.database.rows("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(dispatcher.jobs.folder.database, isolation_level=None)
    yield other
    other.close()


def until(what: Callable[[], bool]) -> None:
    latest = time.monotonic() + 10
    while not what():
        assert time.monotonic() < latest
        time.sleep(0.02)


def test_while_another_program_holds_the_database_nothing_is_forgotten(
    dispatcher: Dispatcher, engine: SilentEngine, locked: sqlite3.Connection
) -> None:
    """Chunks, ends and what is to begin next are stored once it can be, in their order."""
    a, b = begin(dispatcher, "a"), begin(dispatcher, "b")
    locked.execute("BEGIN IMMEDIATE")
    engine.progress("a", 0)
    engine.progress("a", 1)
    done(engine, "a")
    assert "another program holds the database" in dispatcher.problem
    assert (state(dispatcher, a), state(dispatcher, b)) == ("running", "queued")
    locked.execute("ROLLBACK")
    until(lambda: state(dispatcher, b) == "running")
    assert dispatcher.jobs.get(a.id).error == ""
    assert dispatcher.results.transcript(dispatcher.jobs.get(a.id)).text == engine.transcript_of.text
    assert (dispatcher.problem, engine.cancelled) == ("", set())
    assert len(list(dispatcher.jobs.folder.transcripts.iterdir())) == 2


def test_what_is_found_out_and_asked_while_the_database_is_held(
    dispatcher: Dispatcher, engine: SilentEngine, locked: sqlite3.Connection
) -> None:
    job = add(dispatcher.jobs, "a")
    dispatcher.complete(job)
    running = begin(dispatcher, "b")
    locked.execute("BEGIN IMMEDIATE")
    engine.probes["a"](Probed(9.0, has_video=True))
    dispatcher.cancel(running)
    assert engine.cancelled == {1}
    engine.tell("b", Cancelled())
    with pytest.raises(StorageError, match="another program holds"):
        dispatcher.transcribe(job, PARAKEET)
    locked.execute("ROLLBACK")
    until(lambda: state(dispatcher, running) == "cancelled")
    until(lambda: dispatcher.jobs.get(job.id).duration == 9.0)


def test_a_program_that_starts_while_the_database_is_held(
    dispatcher: Dispatcher, engine: SilentEngine, locked: sqlite3.Connection
) -> None:
    job = add(dispatcher.jobs, "a")
    dispatcher.jobs.update(job.id, state="ready")
    dispatcher.jobs.enqueue(job.id, PARAKEET)
    locked.execute("BEGIN IMMEDIATE")
    dispatcher.start(PARAKEET)
    assert state(dispatcher, job) == "queued"
    locked.execute("ROLLBACK")
    until(lambda: state(dispatcher, job) == "running")


def test_an_end_that_cannot_be_kept_as_nobody_foresaw_is_one_nevertheless(
    dispatcher: Dispatcher, engine: SilentEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strange(*_: object) -> None:
        raise KeyError("strange")

    a, b = begin(dispatcher, "a"), begin(dispatcher, "b")
    engine.tell("a", Transcribed(replace(engine.transcript_of, options={"strange": object()})))
    assert (state(dispatcher, a), state(dispatcher, b)) == ("failed", "running")
    log = dispatcher.jobs.folder.path / "errors.log"
    assert str(log) in dispatcher.jobs.get(a.id).error
    assert "Traceback" in log.read_text(encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(Results, "add_chunk", strange)
        engine.progress("b", 0)
    assert engine.cancelled == {2}
    engine.tell("b", Cancelled())
    assert state(dispatcher, b) == "failed"
    assert "KeyError" in dispatcher.jobs.get(b.id).error
    dispatcher.transcribe(b, PARAKEET)
    assert state(dispatcher, b) == "running"


@pytest.mark.parametrize(
    ("column", "value"), [("options", "no JSON"), ("options", '{"model": "parrot"}'), ("options", '{"strange": 1}')]
)
def test_a_waiting_job_that_cannot_be_begun_keeps_no_other_waiting(
    dispatcher: Dispatcher, engine: SilentEngine, column: str, value: str
) -> None:
    a, b, c = (begin(dispatcher, name) for name in "abc")
    dispatcher.jobs.update(b.id, **{column: value})
    done(engine, "a")
    assert [state(dispatcher, job) for job in (a, b, c)] == ["done", "failed", "running"]
    assert dispatcher.jobs.get(b.id).error
    dispatcher.transcribe(b, PARAKEET)
    assert state(dispatcher, b) == "queued"


def test_an_engine_that_cannot_be_started_fails_the_job(
    dispatcher: Dispatcher, engine: SilentEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise EngineCrashError("the engine cannot be started (Cannot allocate memory)", "make room")

    for request in ("load", "probe", "transcribe"):
        monkeypatch.setattr(engine, request, full)
    dispatcher.start(PARAKEET)
    job = begin(dispatcher, "a")
    assert state(dispatcher, job) == "failed"
    assert dispatcher.jobs.get(job.id).error.startswith("the engine cannot be started")


def test_every_state_can_be_cancelled(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    """Also a “running” that nobody runs; what did not arrive yet may still, once it is asked for again."""
    receiving, ready, lost = (add(dispatcher.jobs, name) for name in ("receiving", "ready", "lost"))
    dispatcher.transcribe(receiving, PARAKEET)
    receiving.path.write_bytes(b"so")
    dispatcher.jobs.update(ready.id, state="ready")
    dispatcher.jobs.update(lost.id, state="running")
    for job in (receiving, ready, lost):
        dispatcher.cancel(job)
        assert state(dispatcher, job) == "cancelled"
        dispatcher.transcribe(job, PARAKEET)
    assert [state(dispatcher, job) for job in (receiving, ready, lost)] == ["receiving", "running", "running"]
    receiving.path.write_bytes(b"sound")
    dispatcher.complete(receiving)
    assert state(dispatcher, receiving) == "running"


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX's")
def test_killed_while_it_saves(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    """A program that dies between the database and the files of a transcript: the next one writes them."""
    folder = dispatcher.jobs.folder
    job = begin(dispatcher, "a")
    script = f"""
import json, os, signal, sys
from pathlib import Path
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.store import Jobs
from transcriber.jobs.results import Results
from transcriber.transcript_json import from_dict
folder = DataFolder(Path({str(folder.path)!r}))
jobs = Jobs(Database(folder.database), folder)
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
results = Results(jobs.database, folder, jobs)
results.finish({job.id!r}, from_dict(json.load(sys.stdin)))
results.write_files()
"""
    killed = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(to_dict(engine.transcript_of)),
        text=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=False,
    )
    assert killed.returncode == -9
    assert [path.suffix for path in folder.transcripts.iterdir()] == [".part"]
    again = Dispatcher(dispatcher.jobs, dispatcher.results, engine, dispatcher.store)
    again.start(PARAKEET)
    assert dispatcher.jobs.get(job.id).state == "done"
    assert sorted(path.suffix for path in folder.transcripts.iterdir() if path.suffix != ".part") == [".srt", ".txt"]


def test_what_waits_in_the_engine_is_not_loading(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    """Of several that it has, that one alone is whose model is being loaded."""
    long, short, waiting = begin(dispatcher, "long"), begin(dispatcher, "short", 5.0), begin(dispatcher, "waiting")
    jobs = (long, short, waiting)
    assert not any(map(dispatcher.is_loading, jobs))
    engine.working = {2}
    assert [dispatcher.is_loading(job) for job in jobs] == [False, True, False]
    engine.tell("short", Started("cpu"))
    assert dispatcher.loading_jobs == []
    dispatcher.start(PARAKEET)
    assert dispatcher.loading_jobs == [long.id]
    engine.loads[0](Loaded("cpu"))
    assert dispatcher.loading_jobs == []


def test_what_is_loaded_beforehand_is_known_while_it_is_loaded(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    dispatcher.start(PARAKEET)
    assert dispatcher.loading.startswith("NVIDIA Parakeet")
    engine.loads[0](Failed(ModelError("it is damaged", "set it up")))
    assert not dispatcher.loading


def test_a_model_that_is_known_no_more_keeps_nobody_waiting(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    dispatcher.start(replace(PARAKEET, model="parrot"))
    assert not dispatcher.loading
    assert len(engine.loads) == 1
