"""A transcript that is corrected while the rest is being transcribed: what was corrected stays, whatever comes."""

from dataclasses import replace

import pytest

from tests.support.conversation import FIRST, SECOND, conversation
from tests.support.stored_jobs import PARAKEET, add
from transcriber.errors import EditConflictError
from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.documents import Change, Documents
from transcriber.jobs.results import Results
from transcriber.jobs.store import Job, Jobs
from transcriber.pipeline.resume_state import ChunkState
from transcriber.transcript import Transcript, Word
from transcriber.worker.protocol import Progress

BASIS = "parakeet 1:2 3:4"


class Work:
    """A job that is transcribed, a segment of the conversation a chunk, and corrected meanwhile."""

    def __init__(self, jobs: Jobs, results: Results) -> None:
        self.jobs, self.results, self.documents = jobs, results, Documents(results)
        self.identity = add(jobs).id
        self.chunks = [replace(segment, speaker=None) for segment in conversation().segments]
        self.begin()

    @property
    def job(self) -> Job:
        job = self.jobs.get(self.identity)
        assert job
        return job

    def begin(self, basis: str = BASIS) -> None:
        self.jobs.enqueue(self.identity, PARAKEET)
        self.results.begin(self.job, basis)
        self.jobs.update(self.identity, state="running")

    def hear(self, place: int, tail: tuple[Word, ...] = ()) -> None:
        carried = ChunkState(tail=tail)
        self.results.add_chunk(
            self.identity, Progress(3.0 * (place + 1), 10.0, 1.0, self.chunks[place : place + 1], carried=carried)
        )

    def edit(self, kind: str, number: int | None = None, **asked: object) -> Change:
        revision = self.documents.get(self.job, number).history.revision
        return self.documents.edit(self.job, number, revision, kind, asked)

    def finish(self, transcript: Transcript) -> None:
        self.results.finish(self.identity, transcript)

    def text(self, number: int | None = None) -> str:
        transcript = self.results.transcript(self.job, number)
        assert transcript
        shown = " ".join(row.segment.text for row in self.documents.get(self.job, number).rows)
        assert transcript.text.startswith(shown)
        return transcript.text


@pytest.fixture
def work(jobs: Jobs, results: Results) -> Work:
    return Work(jobs, results)


def test_corrections_stay_when_more_is_transcribed_and_when_it_is_finished(work: Work) -> None:
    """Also where speakers, which are told apart in the end, cut the segments anew; and all can be undone then."""
    work.hear(0)
    work.edit("words", first=0, count=1, text="Well, who")
    work.hear(1)
    assert work.text() == "Well, who is there? It is me."
    work.edit("words", first=5, count=1, text="was")
    work.edit("split", word=5)
    work.hear(2)
    work.finish(conversation())
    assert work.text() == "Well, who is there? It was me. Come in."
    document = work.documents.get(work.job)
    assert document.number > 0
    assert document.transcript.edits == 3
    assert [word.speaker for word in document.transcript.segments[0].words] == [FIRST] * 4
    assert document.transcript.segments[1].speaker == SECOND
    for _ in range(3):
        work.documents.undo(work.job, None)
    assert work.results.transcript(work.job) == conversation()
    work.documents.redo(work.job, None)
    assert work.text() == "Well, who is there? It is me. Come in."


def test_a_page_that_shows_it_unfinished_goes_on_editing_it_finished(work: Work) -> None:
    """It names the unfinished one, at the revision that it knows: the answer says which one it is by now."""
    work.hear(0)
    revision = work.edit("words", first=0, count=1, text="Who, who").after.history.revision
    for place in (1, 2):
        work.hear(place)
    work.finish(conversation())
    change = work.documents.edit(work.job, 0, revision, "words", {"first": 2, "count": 1, "text": "was"})
    assert change.after.number == work.results.transcripts(work.job)[0]["id"]
    assert work.text() == "Who, who was there? It is me. Come in."
    with pytest.raises(EditConflictError):
        work.documents.edit(work.job, 0, revision, "words", {"first": 2, "count": 1, "text": "is"})


def test_an_edit_of_the_last_words_holds_when_it_goes_on(work: Work) -> None:
    """Those that wait for what follows them can be corrected once it has stopped."""
    work.hear(0, tail=conversation().segments[1].words[:2])
    assert len(work.documents.get(work.job, 0).rows) == 1
    work.jobs.end(work.identity, "cancelled")
    assert work.text(0) == "Who is there? It is"
    work.edit("words", first=3, count=2, text="It was")
    assert work.text(0) == "Who is there? It was"
    work.begin()
    assert len(work.documents.get(work.job, 0).rows) == 1
    work.hear(1)
    assert work.text(0) == "Who is there? It was me."
    work.hear(2)
    work.finish(conversation())
    assert work.text() == "Who is there? It was me. Come in."


def test_what_was_interrupted_is_kept_with_its_corrections_when_another_model_begins(work: Work) -> None:
    work.hear(0)
    work.edit("words", first=0, count=1, text="Where")
    work.jobs.end(work.identity, "cancelled")
    work.begin("canary 5:6 3:4")
    assert work.text() == "Where is there?"
    work.hear(1)
    assert work.text(0) == "It is me."
    work.finish(replace(conversation(), model="canary"))
    assert work.text() == "Where is there?"
    assert [version["model"] for version in work.results.transcripts(work.job)] == ["parakeet", "canary"]


def test_the_same_once_more_has_none_of_the_corrections_before(work: Work) -> None:
    for place in range(3):
        work.hear(place)
    work.edit("words", first=0, count=1, text="Where")
    work.finish(conversation())
    work.begin()
    work.hear(1)
    assert work.text(0) == "It is me."
    assert work.text() == "Where is there? It is me. Come in."


def test_corrections_of_a_program_that_is_killed(work: Work, folder: DataFolder) -> None:
    work.hear(0)
    work.edit("words", first=0, count=1, text="Where")
    work.edit("mark", start=0.5, end=2.0)
    again = Jobs(Database(folder.database), folder)
    again.recover()
    results = Results(again.database, folder, again)
    transcript = results.transcript(again.get(work.identity))
    assert transcript.text == "Where is there?"
    assert len(transcript.marks) == 1


def test_by_hand_speakers_are_named_before_anybody_is_told_apart(work: Work) -> None:
    work.hear(0)
    work.edit("speaker", first=0, count=3, speaker="Anna")
    work.hear(1)
    shown = work.documents.get(work.job, 0)
    assert [row.segment.speaker for row in shown.rows] == ["Anna", None]
    assert [voice["speaker"] for voice in shown.state["diarization"]["voices"]] == ["Anna"]
    work.hear(2)
    work.finish(conversation())
    named = work.results.transcript(work.job)
    assert [segment.speaker for segment in named.segments] == ["Anna", SECOND, FIRST]
