"""What holds for every sequence of edits: undo gives back the very same, so does redo, and what is kept says all."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.places import PROJECT
from tests.support.stored_jobs import add
from tests.support.strategies import ANY, MIXED, transcripts
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.documents import Document, Documents
from transcriber.jobs.results import Results
from transcriber.jobs.store import Job, Jobs
from transcriber.transcript import Transcript

NUMBERS = st.integers(0, 60)
TEXTS = st.lists(st.one_of(MIXED, ANY), max_size=6).map(" ".join)
ASKED = st.one_of(
    st.tuples(st.just("words"), st.fixed_dictionaries({"first": NUMBERS, "count": st.integers(0, 9), "text": TEXTS})),
    st.tuples(st.just("confirm"), st.fixed_dictionaries({"first": NUMBERS, "count": st.integers(0, 9)})),
    st.tuples(st.sampled_from(["split", "join"]), st.fixed_dictionaries({"word": NUMBERS})),
    st.tuples(
        st.just("speaker"),
        st.fixed_dictionaries(
            {"first": NUMBERS, "count": st.integers(1, 9), "speaker": st.sampled_from([None, "Anna", "Ben"])}
        ),
    ),
    st.tuples(st.just("replace"), st.fixed_dictionaries({"find": st.sampled_from("aes.日ส"), "with": TEXTS})),
    st.tuples(st.just("mark"), st.fixed_dictionaries({"start": st.just(0.0), "end": st.floats(0.1, 60)})),
    st.tuples(st.just("unmark"), st.fixed_dictionaries({"id": st.integers(1, 3)})),
)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    folder = DataFolder(tmp_path_factory.mktemp("laws") / "data")
    folder.open()
    jobs = Jobs(Database(folder.database), folder)
    return Documents(Results(jobs.database, folder, jobs))


def stored(documents: Documents, transcript: Transcript) -> Job:
    results = documents.results
    job = add(results.jobs)
    results.finish(job.id, transcript)
    job = results.jobs.get(job.id)
    assert job
    return job


def shown(document: Document) -> tuple[Transcript, list[str]]:
    """All of it but what tells how it came about."""
    return document.transcript, [row.text for row in document.rows]


def edit(documents: Documents, job: Job, asked: tuple[str, dict[str, Any]]) -> bool:
    """Whether that is possible, and changes something."""
    try:
        return documents.edit(job, None, documents.get(job).history.revision, *asked).edit is not None
    except UnsupportedOptionError:
        return False


@settings(max_examples=60)
@given(transcripts(MIXED, blanks=st.booleans()), st.lists(ASKED, min_size=1, max_size=8), st.data())
def test_undo_and_redo_give_back_the_very_same(
    documents: Documents, transcript: Transcript, asked: list[tuple[str, dict[str, Any]]], data: st.DataObject
) -> None:
    """And what a program sees that reads all of it anew is what the one that made the edits sees."""
    job = stored(documents, transcript)
    states = [shown(documents.get(job))]
    for each in asked:
        if edit(documents, job, each):
            states.append(shown(documents.get(job)))
    at = len(states) - 1
    for steps in data.draw(st.lists(st.integers(-9, 9), max_size=4)):
        for _ in range(min(abs(steps), at if steps < 0 else len(states) - 1 - at)):
            change = documents.undo(job, None) if steps < 0 else documents.redo(job, None)
            at += 1 if steps > 0 else -1
            assert shown(change.after) == states[at]
    afresh = Documents(Results(documents.results.database, documents.results.folder, documents.results.jobs))
    assert shown(afresh.get(job)) == states[at]
    assert documents.results.original(job) == transcript


def test_killed_while_it_edits(tmp_path: Path) -> None:
    """Every edit that it said it had written is there, and nothing is half there."""
    folder = DataFolder(tmp_path / "data")
    command = [sys.executable, "-m", "tests.support.editing", str(folder.path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        told = [next(program.stdout) for _ in range(20)]
        program.kill()
        told += program.stdout.readlines()
    again = Jobs(Database(folder.database), folder)
    document = Documents(Results(again.database, folder, again)).get(again.all()[0])
    count = document.transcript.edits
    assert int(told[-1]) + 1 <= count <= int(told[-1]) + 2
    assert document.transcript.text == f"{count - 1} is there? It is me. Come in."
