"""Which transcript of a recording is shown: what was there stays in view, whatever is made beside it."""

import json
from dataclasses import replace

import pytest

from tests.support.stored_jobs import PARAKEET, add
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs import database
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import MIGRATIONS, Database
from transcriber.jobs.results import UNFINISHED, Results
from transcriber.jobs.store import Job, Jobs
from transcriber.jobs.versions import UNFINISHED_NUMBER
from transcriber.transcript import Transcript
from transcriber.transcript_json import to_dict
from transcriber.worker.protocol import Progress


@pytest.fixture
def job(jobs: Jobs) -> Job:
    job = add(jobs)
    jobs.update(job.id, state="ready")
    return jobs.get(job.id)


def now(results: Results, job: Job) -> Job:
    return results.jobs.get(job.id)


def shown(results: Results, job: Job) -> int | None:
    return results.versions.shown(now(results, job))


def interrupted(results: Results, job: Job, transcript: Transcript, basis: str = "canary 1:2 3:4") -> None:
    """A transcription that is cancelled after its first words."""
    results.jobs.enqueue(job.id, PARAKEET)
    results.begin(now(results, job), basis)
    results.add_chunk(job.id, Progress(10.0, None, 2.0, transcript.segments[:1]))
    results.jobs.end(job.id, "cancelled")


def test_what_is_shown_before_anything_is_chosen(results: Results, job: Job, transcript: Transcript) -> None:
    assert shown(results, job) is None
    results.jobs.enqueue(job.id, PARAKEET)
    assert shown(results, job) == UNFINISHED_NUMBER
    interrupted(results, job, transcript)
    assert shown(results, job) == UNFINISHED_NUMBER
    results.finish(job.id, transcript)
    results.finish(job.id, transcript)
    assert shown(results, job) == results.transcripts(job)[-1]["id"]


def test_a_cancelled_retry_hides_no_transcript(results: Results, job: Job, transcript: Transcript) -> None:
    results.finish(job.id, transcript)
    interrupted(results, job, transcript)
    assert results.transcript(now(results, job)) == transcript
    assert results.transcript(now(results, job), UNFINISHED_NUMBER).text == "Hello world."


def test_an_unfinished_one_that_is_finished_by_now(results: Results, job: Job, transcript: Transcript) -> None:
    results.finish(job.id, transcript)
    assert results.transcript(now(results, job), UNFINISHED_NUMBER) == transcript


def test_the_chosen_one_stays(results: Results, job: Job, transcript: Transcript) -> None:
    for model in ("parakeet", "whisper"):
        results.finish(job.id, replace(transcript, model=model))
    first, second = (stored["id"] for stored in results.transcripts(job))
    assert shown(results, job) == second
    results.versions.choose(job, first)
    results.finish(job.id, transcript)
    interrupted(results, job, transcript)
    assert shown(results, job) == first
    results.versions.choose(job, None)
    assert shown(results, job) == results.transcripts(job)[-1]["id"]


def test_no_other_recordings_transcript_is_chosen(results: Results, job: Job, transcript: Transcript) -> None:
    other = add(results.jobs, "other.wav")
    results.finish(other.id, transcript)
    with pytest.raises(UnsupportedOptionError, match="no such version"):
        results.versions.choose(job, results.transcripts(other)[0]["id"])


@pytest.mark.parametrize(
    ("asked", "part"),
    [({"start": 60.0}, (60.0, 4000.0)), ({"start": 0.0, "end": 90.0}, (0.0, 90.0)), ({"end": 9000.0}, (0.0, 4000.0))],
    ids=str,
)
def test_a_part_is_shown_only_where_there_is_no_whole(
    results: Results, job: Job, transcript: Transcript, asked: dict, part: tuple[float, float]
) -> None:
    results.finish(job.id, replace(transcript, options=asked))
    (version,) = results.versions.of(job)
    assert (version.part, shown(results, job)) == (part, version.id)
    results.finish(job.id, replace(transcript, options={"start": 0.0, "end": None}, language="en"))
    whole = results.versions.of(job)[-1]
    assert (whole.part, whole.language, whole.device) == (None, "en", "cpu")
    results.finish(job.id, replace(transcript, options=asked))
    assert shown(results, job) == whole.id


def test_what_was_interrupted_and_kept_is_no_whole(results: Results, job: Job, transcript: Transcript) -> None:
    interrupted(results, job, transcript, 'parakeet 1:2 3:4 {"start": 5.0}')
    results.begin(now(results, job), "canary 5:6 3:4")
    (kept,) = results.versions.of(job)
    assert (kept.model, kept.part) == ("parakeet", (5.0, 10.0))


def test_what_an_older_version_kept_is_whole_or_a_part(
    folder: DataFolder, transcript: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also beside one that is damaged."""
    whole, part = replace(transcript, language="de"), replace(transcript, options={"start": 60.0, "end": None})
    unfinished = replace(transcript, notes=(UNFINISHED,))
    monkeypatch.setattr(database, "MIGRATIONS", MIGRATIONS[:4])
    older = Database(folder.database)
    with older.transaction() as transaction:
        transaction.execute(
            "INSERT INTO jobs (id, name, source, path, state, position, created_at) "
            "VALUES ('one', 'a', 'path', '/a', 'done', 1, 0)"
        )
        for content in (*(json.dumps(to_dict(kept)) for kept in (whole, part, unfinished)), "no JSON"):
            transaction.execute(
                "INSERT INTO transcripts (job, created_at, model, content) VALUES ('one', 0, 'parakeet', ?)", (content,)
            )
    older.close()
    monkeypatch.undo()
    jobs = Jobs(Database(folder.database), folder)
    versions = Results(jobs.database, folder, jobs).versions.of(jobs.get("one"))
    assert [version.part for version in versions] == [None, (60.0, 4000.0), (0.0, 4000.0), None]
    assert [version.language for version in versions] == ["de", None, None, None]
