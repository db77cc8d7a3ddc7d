"""Names that are written by hand are offered to the vocabulary."""

import pytest

from tests.support.conversation import conversation
from tests.support.edited import spoken
from tests.support.stored_jobs import add
from transcriber.jobs.documents import Change, Documents
from transcriber.jobs.results import Results
from transcriber.jobs.store import Job, Jobs
from transcriber.transcript import Transcript


@pytest.fixture
def documents(results: Results) -> Documents:
    return Documents(results)


def stored(jobs: Jobs, results: Results, transcript: Transcript) -> Job:
    job = add(jobs)
    results.finish(job.id, transcript)
    return jobs.get(job.id)


def edit(documents: Documents, job: Job, kind: str, **asked: object) -> Change:
    return documents.edit(job, None, documents.get(job).history.revision, kind, asked)


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("We met Łukasz O’Neill, there", ("Łukasz O’Neill",)),
        ("We met Anna and Ben there", ("Anna", "Ben")),
        ("Yesterday mister tomson there", ()),
        ("we had covid19 there", ("covid19",)),
        ("we met mister T there", ()),
        ("we met mister tomsen there", ()),
        ("We met. Mister tomson there", ()),
        ("we met mister Tomson there", ("Tomson",)),
        ("we met iPhone there", ("iPhone",)),
        ("we met " + "Very " * 9 + "there", ()),
    ],
)
def test_what_is_offered(jobs: Jobs, results: Results, documents: Documents, text: str, offer: tuple[str, ...]) -> None:
    job = stored(jobs, results, spoken("we", "met", "mister", "tomson", "there"))
    assert edit(documents, job, "words", first=0, count=5, text=text).offer == offer


def test_what_the_vocabulary_has_is_not(jobs: Jobs, results: Results, documents: Documents) -> None:
    """Nor anything where it cannot be read: that is told where the vocabulary is shown."""
    job = stored(jobs, results, conversation())
    results.folder.vocabulary.write_text("thomson\n", encoding="utf-8")
    assert edit(documents, job, "words", first=5, count=1, text="Thomson and Ana.").offer == ("Ana",)
    results.folder.vocabulary.write_bytes(b"\xff")
    assert edit(documents, job, "words", first=0, count=1, text="so Bob").offer == ()


def test_a_replacement_offers_once(jobs: Jobs, results: Results, documents: Documents) -> None:
    job = stored(jobs, results, spoken("so", "tomson", "and", "tomson"))
    change = edit(documents, job, "replace", **{"find": "tomson", "with": "Thomson"})
    assert change.offer == ("Thomson",)
    assert documents.undo(job, None).offer == ()
