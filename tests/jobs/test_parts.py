"""A part of a recording is transcribed again beside what there is: what it disturbs, and what survives."""

import json
from dataclasses import asdict, replace

import pytest

from tests.support.fakes import SilentEngine, crash, no_recording
from tests.support.stored_jobs import PARAKEET, add
from transcriber.jobs.database import Database
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import UNFINISHED, Results
from transcriber.jobs.store import Job, Jobs
from transcriber.pipeline.resume_state import ResumeState
from transcriber.transcript import Diarization, Transcript, Voice
from transcriber.worker.blame import Blame
from transcriber.worker.protocol import Cancelled, Progress, Started, Transcribed
from transcriber.worker.scheduling import LONG, SHORT

GERMAN = replace(PARAKEET, model="whisper", language="de", start=60.0, end=90.0)


@pytest.fixture
def job(dispatcher: Dispatcher, transcript: Transcript) -> Job:
    """An hour that is transcribed, with its waveform."""
    job = add(dispatcher.jobs, "a")
    dispatcher.jobs.enqueue(job.id, PARAKEET)
    dispatcher.results.begin(dispatcher.jobs.get(job.id), "parakeet")
    dispatcher.results.add_chunk(job.id, Progress(4000.0, None, 9.0, transcript.segments, b"peaks"))
    dispatcher.results.finish(job.id, transcript)
    return dispatcher.jobs.get(job.id)


def part_of(transcript: Transcript) -> Transcript:
    """What came of GERMAN."""
    return replace(transcript, model="whisper", duration=90.0, options=asdict(GERMAN))


def asked(engine: SilentEngine) -> list[tuple[float, float | None, int]]:
    return [(options.start, options.end, priority) for _, options, priority, _ in engine.asked]


def test_it_becomes_a_version_and_nothing_else_changes(
    dispatcher: Dispatcher, engine: SilentEngine, job: Job, transcript: Transcript
) -> None:
    results = dispatcher.results
    shown = results.versions.shown(job)
    number = dispatcher.transcribe_again(job, GERMAN)
    assert asked(engine) == [(60.0, 90.0, SHORT)]
    engine.tell("a", Started("cpu"))
    engine.tell("a", Progress(75.0, 90.0, 1.0, transcript.segments[:1], b"other peaks"))
    (part,) = dispatcher.parts.of(job)
    expected = {"id": number, "start": 60.0, "end": 90.0, "model": "whisper", "state": "running", "error": ""}
    assert part == {**expected, "progress": 0.5}
    engine.tell("a", Transcribed(part_of(transcript)))
    assert dispatcher.parts.of(job) == []
    assert replace(dispatcher.jobs.get(job.id), changed=job.changed) == job
    assert results.waveform(job) == b"peaks"
    assert results.versions.shown(job) == shown
    version = results.versions.of(job)[-1]
    assert (version.model, version.part) == ("whisper", (60.0, 90.0))
    assert len({row["transcript"] for row in results.database.rows("SELECT transcript FROM files")}) == 1


def test_it_is_of_what_was_asked_for(
    dispatcher: Dispatcher, engine: SilentEngine, job: Job, transcript: Transcript
) -> None:
    """Whatever second of it the last frame ends at; but not of more than there is."""
    for end, kept in ((90.0, 90.0), (9000.0, 4000.0)):
        asked = replace(GERMAN, end=end)
        dispatcher.transcribe_again(job, asked)
        engine.tell("a", Transcribed(replace(part_of(transcript), duration=89.98, options=asdict(asked))))
        assert dispatcher.results.versions.of(job)[-1].part == (60.0, kept)


def test_its_length_says_how_urgent_it_is(dispatcher: Dispatcher, engine: SilentEngine, job: Job) -> None:
    """One of each length at a time, beside a job that is worked at."""
    spans = [(0.0, 3000.0), (100.0, None), (10.0, 20.0), (30.0, 150.0)]
    dispatcher.transcribe(job, PARAKEET)
    for start, end in spans:
        dispatcher.transcribe_again(job, replace(GERMAN, start=start, end=end))
    assert asked(engine) == [(0.0, None, LONG), (0.0, 3000.0, LONG), (10.0, 20.0, SHORT)]
    engine.tell("a", Cancelled())
    assert asked(engine)[3:] == [(30.0, 150.0, SHORT)]
    assert [part["state"] for part in dispatcher.parts.of(job)] == ["running", "queued", "running"]


def test_what_is_asked_for_the_first_time_is_no_part_again(dispatcher: Dispatcher, engine: SilentEngine) -> None:
    """Nor is one that stopped, which goes on; but another part of it is."""
    job = add(dispatcher.jobs, "b")
    dispatcher.jobs.update(job.id, state="ready", duration=3600.0)
    assert dispatcher.transcribe_again(job, GERMAN) is None
    engine.tell("b", Progress(75.0, 90.0, 1.0, engine.transcript_of.segments[:1]))
    assert dispatcher.jobs.get(job.id).progress == 0.5
    dispatcher.cancel(job)
    engine.tell("b", Cancelled())
    assert dispatcher.transcribe_again(job, GERMAN) is None
    assert engine.asked[1][3].done == 75.0
    assert dispatcher.transcribe_again(job, replace(GERMAN, end=70.0)) is not None
    engine.listeners["b"](Transcribed(part_of(engine.transcript_of)))
    assert dispatcher.jobs.get(job.id).state == "running"


def test_a_first_part_leaves_the_recording_its_length(
    dispatcher: Dispatcher, engine: SilentEngine, transcript: Transcript
) -> None:
    job = add(dispatcher.jobs, "b")
    dispatcher.jobs.update(job.id, state="ready", duration=3600.0)
    dispatcher.transcribe(job, GERMAN)
    assert asked(engine) == [(60.0, 90.0, SHORT)]
    engine.tell("b", Progress(75.0, 90.0, 1.0, transcript.segments[:1]))
    assert dispatcher.jobs.get(job.id).duration == 3600.0
    engine.tell("b", Transcribed(part_of(transcript)))
    assert (dispatcher.jobs.get(job.id).state, dispatcher.jobs.get(job.id).duration) == ("done", 3600.0)


def test_a_cancelled_one_keeps_its_words_as_a_version(
    dispatcher: Dispatcher, engine: SilentEngine, job: Job, transcript: Transcript
) -> None:
    number = dispatcher.transcribe_again(job, GERMAN)
    engine.tell("a", Progress(75.0, 90.0, 1.0, transcript.segments[:1]))
    dispatcher.parts.cancel(number)
    assert engine.cancelled == {1}
    engine.tell("a", Cancelled())
    kept = dispatcher.results.versions.of(job)[-1]
    assert (kept.model, kept.part) == ("whisper", (60.0, 75.0))
    words = dispatcher.results.transcript(job, kept.id)
    assert (words.text, words.notes) == ("Hello world.", (UNFINISHED,))
    dispatcher.parts.cancel(dispatcher.transcribe_again(job, GERMAN))
    engine.tell("a", Cancelled())
    assert len(dispatcher.results.versions.of(job)) == 2
    assert dispatcher.parts.of(job) == []


def test_one_that_waits_is_forgotten_at_once(dispatcher: Dispatcher, engine: SilentEngine, job: Job) -> None:
    dispatcher.transcribe_again(job, GERMAN)
    second = dispatcher.transcribe_again(job, replace(GERMAN, start=0.0))
    dispatcher.parts.cancel(second)
    assert [part["start"] for part in dispatcher.parts.of(job)] == [60.0]
    assert engine.cancelled == set()


def test_a_failed_one_says_why_until_it_is_asked_for_again(
    dispatcher: Dispatcher, engine: SilentEngine, job: Job, transcript: Transcript
) -> None:
    dispatcher.transcribe_again(job, GERMAN)
    second = dispatcher.transcribe_again(job, replace(GERMAN, start=0.0))
    engine.tell("a", no_recording())
    (failed, running) = dispatcher.parts.of(job)
    assert (failed["state"], failed["error"]) == ("failed", "this is no audio; choose another file")
    assert (running["id"], running["state"]) == (second, "running")
    assert dispatcher.jobs.get(job.id).state == "done"
    dispatcher.transcribe_again(job, replace(GERMAN, model="canary"))
    assert [part["state"] for part in dispatcher.parts.of(job)] == ["running", "queued"]
    dispatcher.parts.cancel(second)


def test_after_a_restart_it_goes_on(dispatcher: Dispatcher, engine: SilentEngine, job: Job) -> None:
    """From its last batch, with the voices that were heard; with another recording in its place from its start."""
    dispatcher.transcribe_again(job, replace(GERMAN, speakers="auto"))
    first = Progress(75.0, 90.0, 1.0, engine.transcript_of.segments[:1], voices=b"one")
    engine.tell("a", first)
    for is_changed in (False, True):
        if is_changed:
            job.path.write_bytes(b"another recording")
        again = SilentEngine(engine.transcript_of)
        database = Database(dispatcher.jobs.folder.database)
        jobs = Jobs(database, dispatcher.jobs.folder)
        Dispatcher(jobs, Results(database, jobs.folder, jobs), again, dispatcher.store).start(PARAKEET)
        expected = ResumeState(first.segments, 75.0, 1.0, voices=b"one")
        assert [resume for *_, resume in again.asked] == [ResumeState() if is_changed else expected]


def test_voices_are_kept_with_who_spoke(
    dispatcher: Dispatcher, engine: SilentEngine, job: Job, transcript: Transcript
) -> None:
    dispatcher.transcribe_again(job, replace(GERMAN, speakers="auto"))
    engine.tell("a", Progress(75.0, 90.0, 1.0, transcript.segments[:1], voices=b"one"))
    engine.tell("a", Progress(90.0, 90.0, 1.0, voices=b" two"))
    diarization = Diarization("speakers", (Voice("Speaker 1", 9.0),), ())
    engine.tell("a", Transcribed(replace(part_of(transcript), diarization=diarization)))
    version = dispatcher.results.versions.of(job)[-1]
    assert dispatcher.results.voices(job, version.id) == b"one two"


def test_an_engine_that_dies_over_something_else_costs_it_a_batch(
    dispatcher: Dispatcher, engine: SilentEngine, job: Job
) -> None:
    dispatcher.transcribe_again(job, GERMAN)
    engine.tell("a", Progress(75.0, 90.0, 1.0, engine.transcript_of.segments[:1]))
    engine.tell("a", crash(Blame.NONE))
    assert engine.asked[1][3].done == 75.0
    engine.tell("a", crash(Blame.CULPRIT))
    assert dispatcher.parts.of(job)[0]["error"] == "the engine stopped; try again"
    assert len(engine.asked) == 2


def test_that_of_a_removed_recording_waits_until_it_is_restored(
    dispatcher: Dispatcher, engine: SilentEngine, job: Job, transcript: Transcript
) -> None:
    dispatcher.transcribe_again(job, GERMAN)
    dispatcher.remove([job])
    assert engine.cancelled == {1}
    engine.tell("a", Cancelled())
    assert len(engine.asked) == 1
    dispatcher.restore([job.id])
    assert len(engine.asked) == 2
    dispatcher.remove([job])
    dispatcher.jobs.delete(dispatcher.jobs.removed()[0])
    engine.tell("a", Transcribed(part_of(transcript)))
    assert dispatcher.jobs.database.rows("SELECT * FROM transcripts") == []


@pytest.mark.parametrize("column", ["options", "so_far"])
def test_a_damaged_row_keeps_no_other_waiting(
    dispatcher: Dispatcher, engine: SilentEngine, job: Job, column: str
) -> None:
    for start in (0.0, 10.0, 20.0):
        dispatcher.transcribe_again(job, replace(GERMAN, start=start))
    with dispatcher.jobs.database.transaction() as transaction:
        transaction.execute(f"UPDATE parts SET {column} = '[{{' WHERE options LIKE '%10.0%'")
    engine.tell("a", no_recording())
    states = [part["state"] for part in dispatcher.parts.of(job)]
    assert states == (["failed", "failed", "running"] if column == "options" else ["failed", "running", "queued"])


def test_a_transcript_that_cannot_be_kept_is_an_end_nevertheless(
    dispatcher: Dispatcher, engine: SilentEngine, job: Job, transcript: Transcript
) -> None:
    dispatcher.transcribe_again(job, GERMAN)
    dispatcher.transcribe_again(job, replace(GERMAN, start=0.0))
    engine.tell("a", Transcribed(replace(transcript, options={"strange": object()})))
    assert [part["state"] for part in dispatcher.parts.of(job)] == ["failed", "running"]
    assert str(dispatcher.jobs.folder.path / "errors.log") in dispatcher.parts.of(job)[0]["error"]
    assert json.dumps(dispatcher.parts.of(job))
