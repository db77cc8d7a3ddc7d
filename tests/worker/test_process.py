"""The two processes: work, errors and deaths. The engine here is the real one, with the demo models."""

import os
import queue
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import soundfile

from tests.support.media import write_media
from tests.support.places import DEMO_MODELS, PROJECT, RATE, SAMPLE
from transcriber.errors import (
    AudioDecodeError,
    AudioNotFoundError,
    EngineCrashError,
    ModelCorruptError,
    ModelNotFrozenError,
    UnexpectedError,
)
from transcriber.live.captions import PAUSE_SECONDS, Captions
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume_state import ResumeState
from transcriber.transcript import Word
from transcriber.worker.blame import Blame
from transcriber.worker.client import EngineClient, Listener
from transcriber.worker.protocol import (
    Aligned,
    Cancel,
    Cancelled,
    Captioned,
    Copied,
    End,
    Event,
    Loaded,
    Probed,
    Progress,
    Started,
    Transcribed,
)
from transcriber.worker.scheduling import LONG, SHORT

OPTIONS = TranscribeOptions("parakeet", "cpu", compute_type="float32")  # in which a model lies mapped


E = TypeVar("E", bound=Event)


class Answers:
    """The events of one request, as they come."""

    def __init__(self, on_event: Listener = lambda event: None) -> None:
        self.queue: queue.Queue[Event] = queue.Queue()
        self.on_event = on_event
        self.all: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.on_event(event)
        self.queue.put(event)

    def until(self, kind: type[E]) -> E:
        while not self.all or not isinstance(self.all[-1], kind):
            self.all.append(self.queue.get(timeout=200))
        return self.all[-1]

    def until_next(self, kind: type[E]) -> E:
        self.all.append(self.queue.get(timeout=200))
        return self.until(kind)

    def last(self) -> End:
        return self.until(End)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    engine = EngineClient(DEMO_MODELS, tmp_path_factory.mktemp("engine") / "engine.log")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory, sample_audio: np.ndarray) -> Path:
    """Eight minutes."""
    path = tmp_path_factory.mktemp("long") / "long.flac"
    soundfile.write(path, np.tile(sample_audio, 24), RATE)
    return path


def when_loaded(client: EngineClient, how: signal.Signals) -> Listener:
    """Sends a signal to the engine as soon as the model is loaded."""
    return lambda event: os.kill(client._running.process.pid, how) if isinstance(event, Started) else None


def transcribed(client: EngineClient, path: Path = SAMPLE, **more: object) -> Answers:
    answers = Answers()
    client.transcribe(path, OPTIONS, SHORT, answers, **more)
    answers.last()
    return answers


def test_transcribes_and_tells_how_far_it_is(client: EngineClient, sample_words: list[dict]) -> None:
    answers = transcribed(client)
    transcript = answers.all[-1].transcript
    assert transcript.text.split() == [word["text"] for word in sample_words]
    assert [type(event) for event in answers.all] == [Started, Progress, Transcribed]
    progress = answers.all[1]
    assert progress.done == pytest.approx(progress.duration)
    assert len(progress.segments) == len(transcript.segments)
    assert progress.peaks


def test_a_probe_tells_length_and_pictures(client: EngineClient, tmp_path: Path, sample_audio: np.ndarray) -> None:
    sound = write_media(tmp_path / "a.m4a", sample_audio, "aac")
    for path, seconds in ((sound, 20.3), (SAMPLE, 20.3)):
        answers = Answers()
        client.probe(path, 0, answers)
        event = answers.last()
        assert isinstance(event, Probed)
        assert event.duration == pytest.approx(seconds, abs=0.2)
        assert event.has_video is False


def test_a_copy_for_the_player_where_it_is_needed(client: EngineClient, tmp_path: Path) -> None:
    for always in (False, True):
        answers = Answers()
        client.copy(SAMPLE, None, tmp_path / "copy.wav", always, answers)
        assert answers.last() == Copied(always)
        assert (tmp_path / "copy.wav").exists() is always
    answers = Answers()
    client.copy(tmp_path / "nowhere.wav", None, tmp_path / "copy.wav", True, answers)
    assert "there is no such file" in str(answers.last().error)


def test_an_error_comes_back_as_what_it_was(client: EngineClient, tmp_path: Path) -> None:
    (tmp_path / "diary.wav").write_text("not a sound")
    error = transcribed(client, tmp_path / "diary.wav").all[-1].error
    assert isinstance(error, AudioDecodeError)
    assert error.hint
    assert isinstance(transcribed(client).all[-1], Transcribed)


def test_a_short_recording_overtakes_a_long_one(client: EngineClient, long: Path) -> None:
    answers = Answers()
    client.transcribe(long, OPTIONS, LONG, answers)
    answers.until(Progress)
    assert isinstance(transcribed(client).all[-1], Transcribed)
    before = len(answers.all) + answers.queue.qsize()
    answers.last()
    assert isinstance(answers.all[-1], Transcribed)
    assert len(answers.all) > before + 1


def test_cancel_takes_effect_after_a_batch(client: EngineClient, long: Path) -> None:
    answers = Answers()
    number = client.transcribe(long, OPTIONS, LONG, answers)
    answers.until(Progress)
    client.cancel(number)
    assert answers.last() == Cancelled()
    assert answers.all[-2].done < 400
    client.cancel(number)
    assert isinstance(transcribed(client).all[-1], Transcribed)


def test_an_interrupted_recording_goes_on_with_the_same_words(client: EngineClient, long: Path) -> None:
    whole = Answers()
    client.transcribe(long, OPTIONS, LONG, whole)
    whole.last()
    part = [event for event in whole.all if isinstance(event, Progress)][:3]
    segments = tuple(segment for event in part for segment in event.segments)
    resume = ResumeState(segments, part[-1].done, part[-1].elapsed, part[-1].carried)
    answers = transcribed(client, long, resume=resume)
    assert answers.all[-1].transcript.segments == whole.all[-1].transcript.segments
    assert answers.all[-1].transcript.duration == whole.all[-1].transcript.duration
    fresh = [event for event in answers.all if isinstance(event, Progress) and event.segments]
    assert fresh[0].done > part[-1].done


def said(answers: Answers) -> str:
    """All that is settled."""
    return " ".join(word.text for event in answers.all if isinstance(event, Captions) for word in event.settled)


def speak(client: EngineClient, number: int, samples: np.ndarray, answers: Answers) -> None:
    """Half a second at a time, each once the one before was listened to; then no more comes."""
    pieces = np.array_split((samples * 32767).astype("<i2"), len(samples) // 8000)
    for piece in pieces:
        client.hear(number, piece.tobytes())
        answers.until_next(Captions)
    client.hear(number, b"", is_last=True)


def test_captions_of_a_recording_that_goes_on(
    client: EngineClient, sample_audio: np.ndarray, sample_words: list[dict]
) -> None:
    answers = Answers()
    number = client.caption(OPTIONS, 0.0, PAUSE_SECONDS, answers)
    speak(client, number, sample_audio, answers)
    assert answers.last() == Captioned()
    assert said(answers) == " ".join(word["text"] for word in sample_words)
    settled = [word for event in answers.all if isinstance(event, Captions) for word in event.settled]
    assert [word.start for word in settled] == pytest.approx([word["start"] for word in sample_words], abs=0.15)
    client.hear(number, b"\0\0")  # which nobody listens to any more


def test_captions_do_not_wait_for_a_long_recording(
    client: EngineClient, long: Path, sample_audio: np.ndarray, sample_words: list[dict]
) -> None:
    beside, answers = Answers(), Answers()
    client.transcribe(long, OPTIONS, LONG, beside)
    beside.until(Progress)
    speak(client, client.caption(OPTIONS, 0.0, PAUSE_SECONDS, answers), sample_audio, answers)
    answers.last()
    assert said(answers) == " ".join(word["text"] for word in sample_words)
    assert isinstance(beside.last(), Transcribed)
    assert len(beside.all[-1].transcript.text.split()) == 24 * len(sample_words)


def test_captions_that_nobody_wants_any_more_end(client: EngineClient, sample_audio: np.ndarray) -> None:
    answers = Answers()
    number = client.caption(OPTIONS, 0.0, PAUSE_SECONDS, answers)
    client.hear(number, (sample_audio[: 2 * RATE] * 32767).astype("<i2").tobytes())
    answers.until(Captions)
    client.cancel(number)
    assert answers.last() == Cancelled()
    assert isinstance(transcribed(client).all[-1], Transcribed)


def test_a_model_that_is_not_there_ends_captions(client: EngineClient) -> None:
    answers = Answers()
    number = client.caption(TranscribeOptions("whisper-small", "cpu"), 0.0, PAUSE_SECONDS, answers)
    client.hear(number, bytes(RATE))
    assert isinstance(answers.last().error, ModelNotFrozenError)


def test_a_killed_engine_blames_what_it_worked_at(client: EngineClient, long: Path) -> None:
    waiting = Answers()
    answers = Answers(when_loaded(client, signal.SIGKILL))
    client.transcribe(long, OPTIONS, SHORT, answers)
    client.transcribe(SAMPLE, OPTIONS, LONG, waiting)
    assert isinstance(answers.last().error, EngineCrashError)
    assert "memory" in answers.all[-1].error.message
    assert (answers.all[-1].blame, waiting.last().blame) == (Blame.CULPRIT, Blame.NONE)
    assert isinstance(transcribed(client).all[-1], Transcribed)


def test_recordings_that_were_both_begun_are_suspects(
    client: EngineClient, long: Path, sample_words: list[dict]
) -> None:
    """Which of them killed the engine nobody knows: each is to be tried alone."""
    first, third = Answers(), Answers()
    second = Answers(when_loaded(client, signal.SIGKILL))
    client.transcribe(long, OPTIONS, LONG, first)
    first.until(Progress)
    client.transcribe(SAMPLE, OPTIONS, LONG, third)
    client.transcribe(SAMPLE, OPTIONS, SHORT, second)
    for answers in (first, second):
        assert answers.last().blame is Blame.SUSPECT
    assert third.last().blame is Blame.NONE
    together = [Answers() for _ in range(3)]
    for answers in together:
        client.transcribe(SAMPLE, OPTIONS, SHORT, answers)
    for answers in together:
        assert answers.last().transcript.text.split() == [word["text"] for word in sample_words]


def test_an_engine_that_stops_in_another_way(client: EngineClient, long: Path) -> None:
    answers = Answers(when_loaded(client, signal.SIGABRT))
    client.transcribe(long, OPTIONS, SHORT, answers)
    error = answers.last().error
    assert "gets a new one" in error.message
    assert str(client.log) in error.hint
    assert isinstance(transcribed(client).all[-1], Transcribed)


def test_an_engine_that_cannot_start_blames_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    engine, answers = EngineClient(DEMO_MODELS, tmp_path / "engine.log"), Answers()
    engine.probe(SAMPLE, 0, answers)
    assert answers.last().blame is Blame.CULPRIT


def test_closing_ends_the_process_and_tells_nobody(tmp_path: Path) -> None:
    engine, answers = EngineClient(DEMO_MODELS, tmp_path / "engine.log"), Answers()
    engine.transcribe(SAMPLE, OPTIONS, SHORT, answers)
    process = engine._running.process
    time.sleep(0.5)
    engine.close()
    assert process.poll() is not None
    engine.transcribe(SAMPLE, OPTIONS, SHORT, answers)
    time.sleep(0.2)
    assert answers.queue.empty()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_engine_outlives_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    script = f"""
import time
from pathlib import Path
from typing import TypeVar
from transcriber.worker.client import EngineClient
engine = EngineClient(Path({str(DEMO_MODELS)!r}), Path({str(tmp_path / "engine.log")!r}))
print(engine._started().process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=PROJECT) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(how)
        parent.wait()
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and time.monotonic() < until:
        if "zombie" in Path(f"/proc/{child}/status").read_text():
            return
        time.sleep(0.1)
    assert not Path(f"/proc/{child}").exists()


def test_models_that_nobody_needs_leave_the_memory_if_that_is_wanted(tmp_path: Path) -> None:
    """Seen from outside: what the process maps of the model's file. The next recording loads it again."""
    engine = EngineClient(DEMO_MODELS, tmp_path / "engine.log", unload_after=1.0)
    try:
        assert isinstance(transcribed(engine).all[-1], Transcribed)
        maps = Path(f"/proc/{engine._running.process.pid}/maps")
        until = time.monotonic() + 30
        while "parakeet.nemo" in maps.read_text() and time.monotonic() < until:
            time.sleep(0.1)
        assert "parakeet.nemo" not in maps.read_text()
        assert isinstance(transcribed(engine).all[-1], Transcribed)
        assert "parakeet.nemo" in maps.read_text()
    finally:
        engine.close()


def test_a_model_that_vanished_or_broke(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    shutil.copy(DEMO_MODELS / "parakeet.nemo", models)
    engine = EngineClient(models, tmp_path / "engine.log")

    def loaded(name: str) -> Event:
        answers = Answers()
        engine.load(TranscribeOptions(name, "cpu"), 0, answers)
        return answers.last()

    try:
        assert isinstance(loaded("canary").error, ModelNotFrozenError)
        (models / "parakeet.nemo").write_bytes((models / "parakeet.nemo").read_bytes()[:100_000])
        assert isinstance(loaded("parakeet").error, ModelCorruptError)
        shutil.copy(DEMO_MODELS / "parakeet.nemo", models)
        assert loaded("parakeet") == Loaded("cpu")
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("resume", "what"), [(ResumeState(done="soon"), "TypeError"), (ResumeState(carried={"strange": 1}), "TypeError")]
)
def test_what_nobody_foresaw_fails_its_request_alone(
    client: EngineClient, long: Path, resume: ResumeState, what: str
) -> None:
    """Before it is begun, and while it is; the process stays, and the traceback is in a file."""
    others, answers = Answers(), Answers()
    client.transcribe(long, OPTIONS, LONG, others)
    others.until(Progress)
    process = client._running.process.pid
    client.transcribe(SAMPLE, OPTIONS, SHORT, answers, resume)
    error = answers.last().error
    assert isinstance(error, UnexpectedError)
    assert what in error.message
    log = client.log.with_name("errors.log")
    assert str(log) in error.hint
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert isinstance(others.last(), Transcribed)
    assert client._running.process.pid == process


def test_cancelling_what_is_over_ends_no_other_that_was_begun_with_it(client: EngineClient, long: Path) -> None:
    """It is too late: the engine has answered already."""
    first, second = Answers(), Answers()
    number = client.transcribe(SAMPLE, OPTIONS, LONG, first)
    client.transcribe(long, OPTIONS, LONG, second)
    first.last()
    client._write(number, Cancel())
    assert isinstance(second.last(), Transcribed)


def test_a_name_that_is_no_utf8(client: EngineClient, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.flac")
    try:
        shutil.copy(SAMPLE, path)
    except OSError:
        pytest.skip("this file system takes no such names")
    assert transcribed(client, path).all[-1].transcript.source.name == "caf\\xe9.flac"
    error = transcribed(client, path.with_name(os.fsdecode(b"\xe8.flac"))).all[-1].error
    assert error.message.isprintable()


def test_an_engine_for_which_there_is_no_room(tmp_path: Path) -> None:
    """Its log cannot be written."""
    (tmp_path / "full").write_text("a file where a folder should be")
    engine = EngineClient(DEMO_MODELS, tmp_path / "full" / "engine.log")
    with pytest.raises(EngineCrashError, match="cannot be started"):
        engine.probe(SAMPLE, 0, Answers())


def test_new_words_are_aligned(client: EngineClient, sample_words: list[dict], tmp_path: Path) -> None:
    """By the model that is loaded; of a recording that is gone it is said."""
    transcribed(client)
    words = [Word(word["text"], word["start"], word["end"]) for word in sample_words]
    new, span = (*words[:2], Word(words[2].text), *words[3:6]), (0.0, words[5].span[1])
    answers, gone = Answers(), Answers()
    client.align(SAMPLE, new, span, OPTIONS, answers)
    client.align(tmp_path / "nowhere.wav", new, span, OPTIONS, gone)
    event = answers.last()
    assert isinstance(event, Aligned)
    assert event.times == (pytest.approx(words[2].span, abs=0.15),)
    assert isinstance(gone.last().error, AudioNotFoundError)


def test_new_words_do_not_wait_for_a_long_recording(client: EngineClient, long: Path, sample_words: list[dict]) -> None:
    recording, answers = Answers(), Answers()
    client.transcribe(long, OPTIONS, SHORT, recording)
    recording.until(Progress)
    client.align(SAMPLE, (Word(sample_words[0]["text"]),), (0.0, sample_words[1]["start"]), OPTIONS, answers)
    answers.last()
    assert not any(isinstance(event, End) for event in list(recording.queue.queue))
    assert isinstance(recording.last(), Transcribed)
