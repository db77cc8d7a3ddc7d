"""The log of edits: what stands, and what was undone."""

from functools import partial

import pytest

from tests.support.stored_jobs import add
from transcriber.jobs.edits.log import TIMES, UNDO, Edits
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.transcript import Transcript

KINDS = ("speakers", "words", "mark")


@pytest.fixture
def number(jobs: Jobs, results: Results, transcript: Transcript) -> int:
    """Of a stored transcript."""
    job = add(jobs)
    results.finish(job.id, transcript)
    return results.transcripts(job)[0]["id"]


def letters(edits: Edits, target: int | str) -> str:
    """What stands."""
    return "".join(edit.content["letter"] for edit in edits.history(target).standing)


def undone(edits: Edits, target: int | str) -> str:
    return "".join(edit.content["letter"] for edit in edits.history(target).undone)


def test_undo_and_redo_are_entries_of_the_log(results: Results, number: int) -> None:
    edits = results.edits
    for letter, kind in zip("abc", ("speakers", "words", "mark")):
        edits.add(number, kind, {"letter": letter})
    assert edits.undo(number, KINDS).content == {"letter": "c"}
    assert edits.undo(number, KINDS).content == {"letter": "b"}
    assert (letters(edits, number), undone(edits, number)) == ("a", "bc")
    assert edits.redo(number, KINDS).content == {"letter": "b"}
    assert (letters(edits, number), undone(edits, number)) == ("ab", "c")
    edits.add(number, "words", {"letter": "d"})
    assert (letters(edits, number), undone(edits, number)) == ("abd", "")
    assert edits.redo(number, KINDS) is None
    for _ in range(3):
        edits.undo(number, KINDS)
    assert edits.undo(number, KINDS) is None
    assert (letters(edits, number), undone(edits, number)) == ("", "abd")
    assert len(results.database.rows("SELECT * FROM edits")) == 10


def test_what_a_newer_version_wrote_is_passed_over(results: Results, number: int) -> None:
    edits = results.edits
    edits.add(number, "words", {"letter": "a"})
    edits.add(number, "of a newer version", {"letter": "b"})
    assert edits.undo(number, KINDS).content == {"letter": "a"}
    assert letters(edits, number) == "b"


def test_an_undo_of_any_kind_that_an_older_version_wrote_is_read(results: Results, number: int) -> None:
    edits = results.edits
    first = edits.add(number, "speakers", {"letter": "a"})
    edits.add(number, "words", {"letter": "b"})
    edits.add(number, UNDO, {"edit": first})
    assert (letters(edits, number), undone(edits, number)) == ("b", "a")
    edits.redo(number, KINDS)
    assert letters(edits, number) == "ab"


def test_times_belong_to_their_edit_whether_it_stands_or_not(results: Results, number: int) -> None:
    edits = results.edits
    first = edits.add(number, "words", {"letter": "a"})
    edits.undo(number, KINDS)
    edits.add(number, TIMES, {"edit": first, "words": [[1.0, 2.0]]})
    assert undone(edits, number) == "a"
    edits.redo(number, KINDS)
    (edit,) = edits.history(number).standing
    assert edit.content == {"letter": "a", "times": [[1.0, 2.0]]}
    edits.add(number, TIMES, {"edit": 99, "words": []})
    assert edits.undo(number, KINDS).id == first


def test_the_revision_grows_with_every_change(results: Results, number: int) -> None:
    """Not with times: whoever edits need not know of them."""
    edits = results.edits
    seen = [edits.history(number).revision]
    add = partial(edits.add, number, "words", {})
    for step in (add, partial(edits.undo, number, KINDS), partial(edits.redo, number, KINDS), add):
        step()
        seen.append(edits.history(number).revision)
    assert seen == sorted(set(seen))
    assert edits.history(number).last == edits.last(number) == seen[-1]
    times = edits.add(number, TIMES, {"edit": seen[-1], "words": []})
    assert (edits.history(number).revision, edits.history(number).last, edits.last(number)) == (seen[-1], times, times)
    assert edits.last(number + 1) == 0


def test_edits_of_an_unfinished_transcript_become_those_of_the_finished_one(results: Results, number: int) -> None:
    (row,) = results.database.rows("SELECT job FROM transcripts")
    edits = results.edits
    edits.add(row["job"], "words", {"letter": "a"})
    assert (letters(edits, row["job"]), letters(edits, number)) == ("a", "")
    edits.move(row["job"], number)
    assert (letters(edits, row["job"]), letters(edits, number)) == ("", "a")
    edits.add(row["job"], "words", {"letter": "b"})
    edits.forget(row["job"])
    assert letters(edits, row["job"]) == ""
