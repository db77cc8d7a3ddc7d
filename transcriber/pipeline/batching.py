"""Recordings that are transcribed side by side: what is short shares a batch with others."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from transcriber.engines.fallback import map_errors
from transcriber.errors import TranscriberError
from transcriber.options import TranscribeOptions
from transcriber.pipeline.chunking import Chunk
from transcriber.pipeline.recognition import ChunkResult, transcribe_chunks
from transcriber.pipeline.resume import ResumeState
from transcriber.pipeline.session import Models, Progress, RecordingSession
from transcriber.transcript import Transcript


@dataclass(frozen=True)
class Started:
    """A recording was opened, and its model is loaded."""

    device: str


TranscriptionEvent = Started | Progress | Transcript | TranscriberError
"""What becomes of a recording; the last two end it."""


class BatchTranscriber:
    """Recordings for which the same was asked, each under a number.

    A batch is filled from the first of them, then from the next where there is room, and one more is read meanwhile.
    All of them are heard by one engine. When that had to fall back, what was not heard yet gets a fresh one.
    """

    def __init__(
        self,
        options: TranscribeOptions,
        load: Callable[[], Models],
        on_work: Callable[[list[int]], None] = lambda numbers: None,
    ) -> None:
        self.options, self.load = options, load
        self.on_work = on_work
        """Is told the numbers of those that are begun, whenever others are."""
        self._waiting: dict[int, tuple[Path, ResumeState]] = {}
        self._begun: dict[int, RecordingSession] = {}
        self._is_used = False
        """Whether a batch was heard since the models were loaded."""
        self._models: Models | None = None

    def __bool__(self) -> bool:
        return bool(self._waiting or self._begun)

    @property
    def numbers(self) -> list[int]:
        """Of all that are in it."""
        return [*self._begun, *self._waiting]

    def add(self, number: int, path: Path, partial: ResumeState = ResumeState()) -> None:
        """One more, at the end. `partial` is what an interrupted transcription of it has."""
        self._waiting[number] = path, partial

    def drop(self, number: int) -> bool:
        """End the work at a recording between two steps; False where there is none."""
        if one := self._begun.pop(number, None):
            one.close()
            self.on_work(list(self._begun))
        return bool(one) or self._waiting.pop(number, None) is not None

    def close(self) -> None:
        """Drop them all."""
        for number in self.numbers:
            self.drop(number)

    def step(self) -> Iterator[tuple[int, TranscriptionEvent]]:
        """Hear one batch; what becomes of which recording. Has to be read to its end."""
        batch: list[tuple[int, Chunk]] = []
        touched: list[int] = []
        for number in self._next():
            if number in self._waiting:
                yield number, self._begin(number)
            one = self._begun.get(number)
            if not one:
                continue
            try:
                with map_errors():
                    if not self._fits(one, touched):
                        continue
                    chunks = one.next_chunks(one.engine.batch_size - len(batch))
            except TranscriberError as error:
                self.drop(number)
                yield number, error
                continue
            batch += [(number, chunk) for chunk in chunks]
            touched.append(number)
            if not one.is_read or len(batch) == one.engine.batch_size:
                break
        if touched:
            yield from self._read_ahead()
            yield from self._hear(batch, touched)

    def _next(self) -> Iterator[int]:
        """Whose turn it is: as many as can share a batch."""
        yield from tuple(self._begun)
        for number in tuple(self._waiting):
            if not self._models or len(self._begun) < self._models.engine.batch_size:
                yield number

    def _begin(self, number: int) -> Started | TranscriberError:
        path, partial = self._waiting.pop(number)
        self.on_work([*self._begun, number])
        try:
            with map_errors():
                if not self._models:
                    self._models = self.load()
                self._begun[number] = RecordingSession(path, self.options, self._models, partial)
                return Started(self._models.engine.device)
        except TranscriberError as error:
            return error

    def _read_ahead(self) -> Iterator[tuple[int, TranscriptionEvent]]:
        """The next recording is opened and read while these are heard."""
        number = next(iter(self._waiting), None)
        if number is not None and all(one.is_read for one in self._begun.values()):
            yield number, self._begin(number)

    def _fits(self, one: RecordingSession, touched: list[int]) -> bool:
        """Whether a recording can be heard with those of which the batch has chunks already."""
        if one.is_fresh and self._has_fallen_back:
            if not all(other.is_fresh for other in self._begun.values()):
                return False
            self._models, self._is_used = self.load(), False
        if one.is_fresh and self._models:
            one.models = self._models
        return not touched or one.options == self._begun[touched[0]].options

    @property
    def _has_fallen_back(self) -> bool:
        return bool(self._is_used and self._models and self._models.engine.notes)

    def _hear(self, batch: list[tuple[int, Chunk]], touched: list[int]) -> Iterator[tuple[int, TranscriptionEvent]]:
        first = self._begun[touched[0]]
        models, began = first.models, time.perf_counter()
        self._is_used = True
        try:
            with map_errors():
                chunks = [chunk for _, chunk in batch]
                heard = transcribe_chunks(models.engine, chunks, first.options, models.second, models.aligner)
        except TranscriberError as error:
            if len(touched) > 1:  # one of them may be to blame: each once more, alone
                for number in touched:
                    yield from self._hear([(owner, chunk) for owner, chunk in batch if owner == number], [number])
                return
            self.drop(touched[0])
            yield touched[0], error
            return
        share = (time.perf_counter() - began) / max(1, len(batch))
        for number in touched:
            own = [recognised for (owner, _), recognised in zip(batch, heard, strict=True) if owner == number]
            yield from self._take(number, own, share * len(own))

    def _take(self, number: int, heard: list[ChunkResult], seconds: float) -> Iterator[tuple[int, TranscriptionEvent]]:
        one = self._begun[number]
        try:
            with map_errors():
                one.take(heard, seconds)
                progress, transcript = one.progress(), one.finish() if one.is_read else None
        except TranscriberError as error:
            self.drop(number)
            yield number, error
            return
        yield number, progress
        if transcript:
            yield number, transcript
            self.drop(number)
