"""Captions of what the microphone brings: the engine gets every sample once, and again where it died."""

import wave
from dataclasses import replace

import numpy as np
import pytest

from tests.support.fakes import SilentEngine, crash
from tests.support.stored_jobs import PARAKEET
from transcriber.audio.samples import BYTES_PER_SECOND
from transcriber.errors import UnsupportedOptionError
from transcriber.jobs import caption_stream as module
from transcriber.jobs.captioning import NOTE, Captioning, GrowingSound
from transcriber.jobs.results import Results
from transcriber.jobs.store import Job, Jobs
from transcriber.live.captions import Captions
from transcriber.server.uploads import HEADER_SIZE, Receiver
from transcriber.transcript import Word
from transcriber.worker.blame import Blame
from transcriber.worker.protocol import Failed

SECOND = bytes(range(200)) * (BYTES_PER_SECOND // 200)


def word(text: str, start: float) -> Word:
    return Word(text, start, start + 0.4)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "later", lambda seconds, work: work())


@pytest.fixture
def captioning(results: Results, engine: SilentEngine) -> Captioning:
    return Captioning(results, engine)


@pytest.fixture
def receiver(captioning: Captioning) -> Receiver:
    return Receiver(on_growth=captioning.grown)


@pytest.fixture
def job(jobs: Jobs, receiver: Receiver) -> Job:
    job = jobs.add("Microphone.wav", "microphone")
    receiver.begin(job)
    return job


def say(engine: SilentEngine, number: int, *settled: Word, unsettled: tuple[Word, ...] = (), end: float = 1.0) -> None:
    engine.captions[number][2](Captions(settled, unsettled, end, language="en"))


def test_what_comes_is_heard_once(captioning: Captioning, receiver: Receiver, job: Job, engine: SilentEngine) -> None:
    receiver.write(job, HEADER_SIZE, SECOND)
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE))
    receiver.write(job, HEADER_SIZE + len(SECOND), SECOND[::-1])
    receiver.write(job, HEADER_SIZE, SECOND)  # the page sends it again
    assert bytes(engine.sound[1]) == SECOND + SECOND[::-1]
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE))
    assert list(engine.captions) == [1]


def test_of_two_channels_the_mean_is_heard(
    captioning: Captioning, receiver: Receiver, jobs: Jobs, engine: SilentEngine
) -> None:
    job = jobs.add("Conversation.wav", "microphone")
    receiver.begin(job, channels=2)
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE, receiver.channels(job)))
    frames = np.array([(100, 300), (-7, -9), (0, 2)] * 16_000, "<i2").tobytes()
    for begin, end in ((0, 7), (7, 4_000), (4_000, len(frames))):  # cut within a frame
        receiver.write(job, HEADER_SIZE + begin, frames[begin:end])
    assert np.array_equal(np.frombuffer(engine.sound[1], "<i2"), [200, -8, 1] * 16_000)
    with wave.open(str(job.path)) as file:
        assert (file.getnchannels(), file.readframes(48_000)) == (2, frames)
    engine.captions[1][2](crash(Blame.SUSPECT))
    assert engine.sound[2] == engine.sound[1]


def test_what_is_new_is_told_to_each_reader(captioning: Captioning, job: Job, engine: SilentEngine) -> None:
    assert captioning.told(job.id, 0) is None
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE))
    news: list[str] = []
    leave = captioning.read(job.id, lambda: news.append("news"))
    say(engine, 1, word("Ask", 0.0), word("not", 0.5), unsettled=(word("what", 1.0),))
    told = captioning.told(job.id, 0)
    assert told
    assert (told.known, told.settled, told.unsettled, told.is_over) == (2, "Ask not", " what", False)
    say(engine, 1, word("what", 1.0))
    told = captioning.told(job.id, 2)
    assert told
    assert (told.known, told.settled, told.unsettled) == (3, " what", "")
    leave()
    say(engine, 1, word("your", 1.5))
    assert news == ["news"] * 2


def test_captions_are_kept_as_a_version(
    captioning: Captioning, receiver: Receiver, job: Job, engine: SilentEngine, results: Results
) -> None:
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE))
    receiver.write(job, HEADER_SIZE, SECOND)
    say(engine, 1, word("Ask", 0.0), word("not.", 0.5))
    captioning.end(job.id)
    captioning.end(job.id)
    told = captioning.told(job.id, 2)
    assert told
    assert (told.is_over, told.problem) == (True, "")
    (version,) = results.versions.of(job)
    assert (version.is_live, version.model, version.language, version.part) == (True, "parakeet", "en", None)
    transcript = results.transcript(job, version.id)
    assert transcript
    assert (transcript.text, transcript.notes) == ("Ask not.", (NOTE,))


def test_of_nothing_there_is_no_version(captioning: Captioning, job: Job, results: Results) -> None:
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE))
    captioning.end(job.id)
    assert not results.versions.of(job)


def test_an_engine_that_dies_is_told_again_from_the_last_settled_word(
    captioning: Captioning, receiver: Receiver, job: Job, engine: SilentEngine
) -> None:
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE))
    receiver.write(job, HEADER_SIZE, SECOND * 3)
    say(engine, 1, word("Ask", 0.1), unsettled=(word("nod", 0.6),))
    engine.captions[1][2](crash(Blame.SUSPECT))
    assert engine.captions[2][1] == pytest.approx(0.5)
    assert bytes(engine.sound[2]) == (SECOND * 3)[BYTES_PER_SECOND // 2 :]
    told = captioning.told(job.id, 1)
    assert told
    assert (told.settled, told.unsettled, told.is_over) == ("", "", False)
    say(engine, 2, word("not", 0.6))
    captioning.end(job.id)
    assert captioning.told(job.id, 0).settled == "Ask not"


def test_engines_that_die_again_and_again_are_given_up(
    captioning: Captioning, job: Job, engine: SilentEngine, results: Results
) -> None:
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE))
    say(engine, 1, word("Ask", 0.1))
    for number in range(1, module.MOST_DEATHS + 2):
        engine.captions[number][2](crash(Blame.SUSPECT))
    assert len(engine.captions) == module.MOST_DEATHS + 1
    told = captioning.told(job.id, 0)
    assert told
    assert told.is_over
    assert "the engine stopped" in told.problem
    assert len(results.versions.of(job)) == 1


def test_what_cannot_be_done_is_said(captioning: Captioning, job: Job, engine: SilentEngine) -> None:
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE))
    engine.captions[1][2](Failed(UnsupportedOptionError("no", "choose another model")))
    told = captioning.told(job.id, 0)
    assert told
    assert (told.is_over, told.problem) == (True, "no; choose another model")
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE))
    assert len(engine.captions) == 2


def test_captions_that_begin_later_are_of_a_part(
    captioning: Captioning, receiver: Receiver, job: Job, engine: SilentEngine, results: Results
) -> None:
    """The program was started anew, and the page knows the words before."""
    receiver.write(job, HEADER_SIZE, SECOND * 3)
    captioning.begin(job, replace(PARAKEET, start=2.0), GrowingSound(job.path, HEADER_SIZE))
    assert engine.captions[1][1] == pytest.approx(2.0)
    assert bytes(engine.sound[1]) == SECOND
    say(engine, 1, word("not", 2.5), end=3.0)
    captioning.end(job.id)
    assert results.versions.of(job)[0].part == (2.0, 3.0)


def test_a_recording_that_is_gone_ends_its_captions(
    captioning: Captioning, receiver: Receiver, job: Job, engine: SilentEngine
) -> None:
    receiver.write(job, HEADER_SIZE, SECOND)
    captioning.begin(job, PARAKEET, GrowingSound(job.path, HEADER_SIZE))
    job.path.unlink()
    captioning.grown(job.id)
    told = captioning.told(job.id, 0)
    assert told
    assert (told.is_over, told.problem[:38]) == (True, "the recording cannot be read again (No")
    assert engine.cancelled == {1}
