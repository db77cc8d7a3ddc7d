"""Recordings side by side: what each gets is what it would get alone."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.places import RATE
from transcriber.engines.fallback import SMALLER_BATCHES, FallbackEngine
from transcriber.engines.protocol import BaseEngine
from transcriber.errors import AudioDecodeError, EngineCrashError, UnexpectedError
from transcriber.models.capabilities import Capabilities
from transcriber.options import TranscribeOptions
from transcriber.pipeline.batching import BatchTranscriber
from transcriber.pipeline.events import Progress, Started, TranscriptionEvent
from transcriber.pipeline.recording_models import RecordingModels
from transcriber.pipeline.transcriber import Transcriber
from transcriber.transcript import Hypothesis, Transcript, Word

OPTIONS = TranscribeOptions("parakeet", "cpu")


class Counting(BaseEngine):
    """Hears nine words in each piece, and keeps how many it was given at once; `most` is all it has memory for, and one
    of `broken_by` samples breaks it."""

    capabilities = Capabilities(("en",))

    def __init__(self, most: int = 99, broken_by: int = 0) -> None:
        super().__init__(None, "cpu", "float32", batch_size=4)
        self.most, self.broken_by = most, broken_by
        self.batches: list[int] = []
        self.lengths: list[int] = []

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions) -> list[Hypothesis]:
        if len(batch) > self.most:
            raise MemoryError
        if self.broken_by in map(len, batch):
            raise KeyError("nobody foresaw this")
        self.batches.append(len(batch))
        self.lengths += map(len, batch)
        return [Hypothesis(tuple(map(Word, "one two three four five six seven eight nine".split())))] * len(batch)


@pytest.fixture
def clips(tmp_path: Path, sample_audio: np.ndarray, sample_words: list[dict]) -> list[Path]:
    """Six recordings of different words, one of them longer than a batch, and one that is none."""
    paths = []
    for number in range(6):
        start, end = sample_words[number]["start"] - 0.1, sample_words[number + 2]["end"] + 0.1
        paths.append(tmp_path / f"{number}.wav")
        soundfile.write(paths[-1], sample_audio[int(start * RATE) : int(end * RATE)], RATE)
    paths[2].write_text("no sound")
    soundfile.write(paths[3], np.tile(sample_audio, 8), RATE)
    return paths


def group_of(engine: Counting, paths: list[Path], options: TranscribeOptions = OPTIONS) -> BatchTranscriber:
    group = BatchTranscriber(options, lambda options: RecordingModels(FallbackEngine(lambda options: engine, options)))
    for number, path in enumerate(paths):
        group.add(number, path)
    return group


def told(group: BatchTranscriber) -> Iterator[tuple[int, TranscriptionEvent]]:
    while group:
        yield from group.step()


def test_together_as_alone(transcriber: Transcriber, clips: list[Path]) -> None:
    """The same words and times, each recording's own, in the order that was asked for."""
    together = list(transcriber.transcribe_all(clips, OPTIONS))
    assert [type(one) for one in together] == [Transcript, Transcript, AudioDecodeError, *[Transcript] * 3]
    for path, one in zip(clips, together, strict=True):
        if isinstance(one, Transcript):
            alone = transcriber.transcribe(path, OPTIONS)
            assert [word.text for segment in one.segments for word in segment.words]
            assert _timed(one) == _timed(alone)
            assert replace(one, segments=(), elapsed=0.0) == replace(alone, segments=(), elapsed=0.0)


def _timed(transcript: Transcript) -> list[tuple[str, float | None, float | None]]:
    return [(word.text, word.start, word.end) for segment in transcript.segments for word in segment.words]


def test_short_recordings_share_a_batch(clips: list[Path]) -> None:
    engine = Counting()
    del clips[3]
    ends = [(number, one) for number, one in told(group_of(engine, clips)) if not isinstance(one, Started)]
    assert engine.batches == [4]
    transcripts = {number: one for number, one in ends if isinstance(one, Transcript)}
    assert sorted(transcripts) == [0, 1, 3, 4]
    assert isinstance(dict(ends)[2], AudioDecodeError)
    assert len({one.source.sha256 for one in transcripts.values() if one.source}) == 4


def test_a_long_recording_fills_its_batches_alone_and_shares_the_last(clips: list[Path]) -> None:
    engine = Counting()
    begun = [number for number, one in told(group_of(engine, [clips[3], clips[0]])) if isinstance(one, Started)]
    assert begun == [0, 1]
    assert set(engine.batches[:-1]) == {4}
    assert sum(engine.batches) > 6


def test_the_next_one_is_read_while_a_full_batch_is_heard(clips: list[Path]) -> None:
    short = [clips[0], clips[1], clips[4], clips[5], clips[0], clips[1]]
    group = group_of(Counting(), short)
    for number in range(4):  # what is short is read to its end before anybody asks for it
        assert group._open_next()[0] == number
        while not group._sessions[number]._reader._prefetch._waiting[1].done():
            time.sleep(0.01)
    events = (event for _ in range(2) for event in group.step())
    first = [(number, type(one)) for number, one in events if not isinstance(one, Progress)]
    assert first == [(4, Started), *[(number, Transcript) for number in range(4)]]


def test_a_step_is_done_whether_or_not_anybody_looks_at_its_events(clips: list[Path]) -> None:
    group = group_of(Counting(), clips[:2])
    for _ in range(3):  # two are opened, and a batch of both
        group.step()
    assert not group and group.step() == []


def test_one_is_dropped_and_the_others_go_on(clips: list[Path]) -> None:
    group = group_of(Counting(), [clips[3], clips[0], clips[1]])
    for _ in range(2):  # opened, and a batch
        group.step()
    assert [group.drop(number) for number in (0, 2, 2)] == [True, True, False]
    ended = [(number, type(one)) for number, one in told(group) if not isinstance(one, Started)]
    assert {number for number, _ in ended} == {1}
    assert ended[-1] == (1, Transcript)


def test_what_fell_back_is_not_what_the_next_begins_with(clips: list[Path]) -> None:
    """Those that shared the batch are told; the next ones have an engine that has not fallen back."""
    engine = Counting(most=2)
    short = [clips[0], clips[1], clips[4], clips[5], clips[0]]
    made = {number: one for number, one in told(group_of(engine, short)) if isinstance(one, Transcript)}
    assert engine.batches == [2, 2, 1]
    assert [SMALLER_BATCHES in made[number].notes for number in range(5)] == [True] * 4 + [False]


def test_memory_that_is_not_enough_for_one(clips: list[Path]) -> None:
    (error,) = [one for _, one in told(group_of(Counting(most=0), clips[:1])) if isinstance(one, Exception)]
    assert isinstance(error, EngineCrashError)
    assert "memory" in error.message


def test_what_nobody_foresaw_fails_one_recording_and_not_its_batch(clips: list[Path]) -> None:
    short, first = [clips[number] for number in (0, 1, 4, 5)], Counting()
    list(told(group_of(first, short)))
    ends = dict(told(group_of(Counting(broken_by=first.lengths[1]), short)))
    assert [type(ends[number]) for number in range(4)] == [Transcript, UnexpectedError, Transcript, Transcript]
    assert isinstance(ends[1].__cause__, KeyError)


def test_models_that_cannot_be_loaded_again_fail_one_recording(clips: list[Path]) -> None:
    """Loading fails while the recordings are worked at, because something fell back before."""
    engine, loads = Counting(most=2), iter([True, True])
    short = [clips[0], clips[1], clips[4], clips[5], clips[0]]

    def load(options: TranscribeOptions) -> RecordingModels:
        if not next(loads, False):
            raise RuntimeError("nobody foresaw this")
        return RecordingModels(FallbackEngine(lambda options: engine, OPTIONS))

    next(loads)
    group = BatchTranscriber(OPTIONS, load)
    for number, path in enumerate(short):
        group.add(number, path)
    ends = dict(told(group))
    assert [type(ends[number]) for number in range(5)] == [*[Transcript] * 4, UnexpectedError]
