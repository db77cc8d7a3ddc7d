"""The log of edits: what stands, and what was undone."""

import pytest

from tests.support.stored_jobs import add
from transcriber.jobs.edits import Edits
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.transcript import Transcript


@pytest.fixture
def number(jobs: Jobs, results: Results, transcript: Transcript) -> int:
    """Of a stored transcript."""
    job = add(jobs)
    results.finish(job.id, transcript)
    return results.transcripts(job)[0]["id"]


def contents(edits: Edits, number: int) -> list[dict]:
    return [edit.content for edit in edits.standing(number)]


def test_the_last_of_a_kind_is_undone_by_another_edit(results: Results, number: int) -> None:
    edits = results.edits
    for letter in "abc":
        edits.add(number, "speakers", {"letter": letter})
    edits.add(number, "words", {"letter": "d"})
    undone = edits.undo(number, "speakers")
    assert undone
    assert undone.content == {"letter": "c"}
    assert contents(edits, number) == [{"letter": "a"}, {"letter": "b"}, {"letter": "d"}]
    edits.add(number, "speakers", {"letter": "e"})
    assert edits.undo(number, "speakers").content == {"letter": "e"}
    assert edits.undo(number, "speakers").content == {"letter": "b"}
    assert edits.undo(number, "speakers").content == {"letter": "a"}
    assert edits.undo(number, "speakers") is None
    assert contents(edits, number) == [{"letter": "d"}]
    assert len(results.database.rows("SELECT * FROM edits")) == 9


def test_the_revision_grows_with_every_edit(results: Results, number: int) -> None:
    edits = results.edits
    seen = [edits.revision(number)]
    for step in (lambda: edits.add(number, "speakers", {}), lambda: edits.undo(number, "speakers")) * 2:
        step()
        seen.append(edits.revision(number))
    assert seen == sorted(set(seen))
    assert edits.revision(number + 1) == 0
