"""The new words of an edit get the times at which they are spoken, once the engine has said them."""

import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from tests.support.conversation import conversation, said
from tests.support.fakes import EchoEngine, crash
from tests.support.stored_jobs import add
from transcriber.errors import EditConflictError
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.edit_times import MAX_STRETCHES, stretches
from transcriber.jobs.edits.splicing import Words
from transcriber.jobs.results import Results
from transcriber.jobs.store import Job, Jobs
from transcriber.models.store import ModelStore
from transcriber.transcript import Segment, Transcript, Word
from transcriber.worker.blame import Blame
from transcriber.worker.client import EngineClient


class Engine(EchoEngine):
    """Tells what it finds when a test says so."""

    def __init__(self) -> None:
        super().__init__(conversation())
        self.listeners: list = []

    def align(self, path, words, span, options, on_event) -> int:
        self.listeners.append(on_event)
        return super().align(path, words, span, options, lambda event: None)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def dispatcher(jobs: Jobs, results: Results, engine: Engine, tmp_path: Path) -> Dispatcher:
    return Dispatcher(jobs, results, engine, ModelStore(tmp_path / "models"))  # type: ignore[arg-type]


@pytest.fixture
def job(dispatcher: Dispatcher) -> Job:
    """Of which the conversation is the transcript."""
    return done(dispatcher, conversation())


def done(dispatcher: Dispatcher, transcript: Transcript) -> Job:
    job = add(dispatcher.jobs)
    dispatcher.results.finish(job.id, transcript)
    return dispatcher.jobs.get(job.id)  # type: ignore[return-value]


def edited(dispatcher: Dispatcher, job: Job, first: int, count: int, text: str) -> None:
    """As the page's request does it."""
    documents = dispatcher.documents
    revision = documents.get(job).history.revision
    change = documents.edit(job, None, revision, "words", {"first": first, "count": count, "text": text})
    dispatcher.edit_times.find(job, change)


def words(dispatcher: Dispatcher, job: Job) -> list[Word]:
    return [word for segment in dispatcher.documents.get(job).transcript.segments for word in segment.words]


def aligned(*times: tuple[float, float] | None):
    from transcriber.worker.protocol import Aligned

    return Aligned(times)


def test_times_become_part_of_the_edit(dispatcher: Dispatcher, engine: Engine, job: Job) -> None:
    """It is undone and redone with them; nothing else is undone by that."""
    edited(dispatcher, job, 1, 1, "was")
    assert words(dispatcher, job)[1].span == (1.0, 1.4)
    engine.listeners[0](aligned((0.95, 1.25)))
    assert words(dispatcher, job)[1] == Word("was", 0.95, 1.25, None, "Speaker 1")
    documents = dispatcher.documents
    assert words(dispatcher, job)[0::2] == [word for at, word in enumerate(flat(conversation())) if at % 2 == 0]
    documents.undo(job, None)
    assert words(dispatcher, job) == flat(conversation())
    documents.redo(job, None)
    assert words(dispatcher, job)[1].span == (0.95, 1.25)
    documents.undo(job, None)
    assert not documents.get(job).state["can_undo"]


def flat(transcript: Transcript) -> list[Word]:
    return [word for segment in transcript.segments for word in segment.words]


def test_what_is_asked(dispatcher: Dispatcher, engine: Engine, job: Job) -> None:
    """The new words without times, those around them with theirs."""
    edited(dispatcher, job, 3, 1, "That")
    (path, asked, span, options), old = engine.aligned[0], flat(conversation())
    around = [Word(word.text, word.start, word.end) for word in old]
    assert asked == (*around[:3], Word("That"), *around[4:6])
    assert span == (0.0, old[6].start)
    assert (path, options.model, options.language) == (job.path, "parakeet", "auto")


def test_a_page_edits_on_while_times_become_known(dispatcher: Dispatcher, engine: Engine, job: Job) -> None:
    """What it is sent then has the times, too; another page that edits at once is still found out."""
    documents, request = dispatcher.documents, {"first": 7, "count": 1, "text": "out"}
    edited(dispatcher, job, 1, 1, "was")
    page = documents.get(job)
    engine.listeners[0](aligned((0.95, 1.25)))
    change = documents.edit(job, None, page.history.revision, "words", request)
    splice, shown = json.loads(change.answer)["splice"], json.loads(page.segments())
    shown[splice["first"] : splice["first"] + splice["removed"]] = splice["segments"]
    assert shown == json.loads(documents.get(job).segments())
    assert (shown[0]["words"][1]["start"], shown[2]["words"][1]["text"]) == (0.95, "out")
    with pytest.raises(EditConflictError):
        documents.edit(job, None, page.history.revision, "words", request)


def test_later_edits_stay_what_they_are(dispatcher: Dispatcher, engine: Engine, job: Job) -> None:
    """Also where the word whose time becomes known is not there any more."""
    edited(dispatcher, job, 1, 1, "was")
    edited(dispatcher, job, 0, 3, "Nobody here")
    before = words(dispatcher, job)
    engine.listeners[0](aligned((0.95, 1.25)))
    assert words(dispatcher, job) == before
    dispatcher.documents.undo(job, None)
    assert words(dispatcher, job)[1].span == (0.95, 1.25)


def test_times_stay_between_their_neighbours(dispatcher: Dispatcher, engine: Engine, job: Job) -> None:
    edited(dispatcher, job, 1, 1, "was")
    engine.listeners[0](aligned((-3.0, 99.0)))
    assert words(dispatcher, job)[1].span == (0.9, 1.5)


def test_several_places_are_one_answer(dispatcher: Dispatcher, engine: Engine) -> None:
    """Each is asked for by itself; what is not found in one stays as it is."""
    job = done(dispatcher, replace(conversation(), segments=tuple(said("A", 100 * at, "one two") for at in range(3))))
    documents = dispatcher.documents
    asked = {"find": "two", "with": "three", "match_case": True, "whole_words": True}
    change = documents.edit(job, None, documents.get(job).history.revision, "replace", asked)
    dispatcher.edit_times.find(job, change)
    for listener, time in zip(engine.listeners, [(0.6, 0.8), None, (200.6, 200.8)], strict=True):
        assert [word.span for word in words(dispatcher, job)[1::2]] == [(at + 0.5, at + 0.9) for at in (0, 100, 200)]
        listener(aligned(time))
    assert [word.span for word in words(dispatcher, job)[1::2]] == [(0.6, 0.8), (100.5, 100.9), (200.6, 200.8)]


def test_a_dead_engine_is_asked_again_unless_it_died_of_this(dispatcher: Dispatcher, engine: Engine, job: Job) -> None:
    edited(dispatcher, job, 1, 1, "was")
    engine.listeners[0](crash(Blame.NONE))
    engine.listeners[1](crash(Blame.CULPRIT))
    assert len(engine.listeners) == 2
    assert words(dispatcher, job)[1].span == (1.0, 1.4)
    history = dispatcher.documents.get(job).history
    assert history.last == history.revision


@pytest.mark.parametrize("change", ["translation", "no times", "kind"])
def test_nothing_is_asked(dispatcher: Dispatcher, engine: Engine, change: str) -> None:
    """Where the words are nobody's, have no times at all, or are others'."""
    transcript = conversation()
    if change == "translation":
        transcript = replace(transcript, language="de", options={"model": "parakeet", "translate_to": "en"})
    if change == "no times":
        bare = tuple(Word(word.text) for word in flat(transcript))
        transcript = replace(transcript, segments=(Segment(bare, 0.0, 10.0),))
    job = done(dispatcher, transcript)
    if change == "kind":
        documents = dispatcher.documents
        revision = documents.get(job).history.revision
        dispatcher.edit_times.find(job, documents.edit(job, None, revision, "mark", {"start": 0.5, "end": 2.0}))
    else:
        edited(dispatcher, job, 1, 1, "was")
    assert not engine.listeners


def test_an_edit_in_very_many_places_is_left_as_it_is(dispatcher: Dispatcher, engine: Engine) -> None:
    segments = tuple(said("A", 100 * at, "one two") for at in range(MAX_STRETCHES + 1))
    job = done(dispatcher, replace(conversation(), segments=segments))
    asked = {"find": "two", "with": "three", "match_case": True, "whole_words": True}
    documents = dispatcher.documents
    change = documents.edit(job, None, documents.get(job).history.revision, "replace", asked)
    dispatcher.edit_times.find(job, change)
    assert not engine.listeners


@pytest.mark.parametrize("seed", range(40))
def test_laws_of_stretches(seed: int) -> None:
    """Each new word is in one of them, at most; around them are words with times, which the span holds."""
    rng = random.Random(seed)
    at, spoken = 0.0, list[Word]()
    for _ in range(rng.randint(1, 60)):
        at += rng.choice([0.0, 0.2, 1.0, 9.0])
        spoken.append(Word("word", at, at + rng.random()) if rng.random() < 0.95 else Word("word"))
        at = spoken[-1].end or at
    numbers = sorted(rng.sample(range(len(spoken)), rng.randint(1, len(spoken))))
    found = list(stretches(Words([Segment(tuple(spoken), 0.0, at)]), numbers, at + 1))
    taken = [number for stretch in found for number in stretch.new]
    assert taken == sorted(set(taken)) and set(taken) <= set(numbers)
    for stretch in found:
        new = [word for word in stretch.words if word.start is None]
        known = [word for word in stretch.words if word.start is not None]
        assert len(new) == len(stretch.new)
        assert all(stretch.span[0] <= word.span[0] <= word.span[1] <= stretch.span[1] for word in known)
        spans = [spoken[number].span for number in stretch.new]
        assert stretch.span[0] <= spans[0][0] and spans[-1][1] <= stretch.span[1]
    if all(word.start is not None for word in spoken):
        assert taken == numbers


READING = (
    "He 0.58 0.64 hoped 0.64 0.94 there 0.94 1.12 would 1.12 1.26 be 1.26 1.44 stew 1.44 1.74 for 1.74 1.96 "
    "dinner, 1.96 2.24 turnips 2.66 2.98 and 2.98 3.2 carrots 3.2 3.54 and 3.54 3.92 bruised 3.92 4.36"
)
"""As Whisper base times a sentence. The sound of “turnips” begins at 2.63 s, with the burst of its first letter."""


@pytest.fixture
def real(real_models: Path, tmp_path: Path) -> Iterator[EngineClient]:
    client = EngineClient(real_models, tmp_path / "engine.log")
    yield client
    client.close()


def test_a_wrong_word_of_a_real_reading(
    shared_data: Path, real: EngineClient, jobs: Jobs, results: Results, tmp_path: Path
) -> None:
    """Through the engine process; and that of a recording that is gone keeps what it has."""
    dispatcher = Dispatcher(jobs, results, real, ModelStore(tmp_path))
    fields = READING.split()
    timed = [
        Word(text, float(a), float(b), 0.9) for text, a, b in zip(*(fields[at::3] for at in range(3)), strict=True)
    ]
    timed[8:9] = [Word("turn", 2.66, 2.7, 0.4), Word("it", 2.7, 2.75, 0.4)]
    transcript = Transcript((Segment(tuple(timed), 0.58, 4.36),), 10.435, "whisper-base", "cpu", language="en")
    job = done(dispatcher, transcript)
    samples, rate = soundfile.read(shared_data / "librispeech-test-clean" / "1089-134686-0000.flac")
    soundfile.write(job.path, samples, rate, format="WAV")
    edited(dispatcher, job, 8, 2, "turnips")
    wait_for(lambda: words(dispatcher, job)[8].span != (2.66, 2.75))
    assert words(dispatcher, job)[8].span == pytest.approx((2.63, 2.99), abs=0.15)
    answers: list[object] = []
    shutil.move(job.path, tmp_path / "elsewhere")
    take = dispatcher.edit_times._take
    dispatcher.edit_times._take = lambda *given: (take(*given), answers.append(given[-1]))  # type: ignore[method-assign]
    edited(dispatcher, job, 9, 1, "or")
    wait_for(lambda: bool(answers))
    assert words(dispatcher, job)[9].span == (2.98, 3.2)


def wait_for(condition) -> None:
    import time

    until = time.monotonic() + 200
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
