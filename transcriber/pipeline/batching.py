"""Several recordings transcribed side by side: short ones share a batch."""

import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from transcriber.engines.fallback import map_errors
from transcriber.errors import TranscriberError
from transcriber.options import TranscribeOptions
from transcriber.pipeline.chunk_result import ChunkResult
from transcriber.pipeline.chunking import Chunk
from transcriber.pipeline.events import NumberedEvent, Started
from transcriber.pipeline.recognition import transcribe_chunks
from transcriber.pipeline.recording_models import RecordingModels
from transcriber.pipeline.resume_state import ResumeState
from transcriber.pipeline.session import RecordingSession


class BatchTranscriber:
    """Recordings for which the same was asked, each under a number: add() them, then step() as long as it is true.

    A batch is filled from the first of them, then from the next where there is room, and one more is read meanwhile.
    One engine transcribes all of them. When that had to fall back, those that are still fresh get another one.
    """

    def __init__(
        self,
        options: TranscribeOptions,
        load: Callable[[TranscribeOptions], RecordingModels],
        on_work: Callable[[list[int]], None] = lambda numbers: None,
    ) -> None:
        self.options = options
        self._load = load
        self._on_work = on_work
        """Is told the numbers of the recordings that are open, whenever others are."""
        self._waiting: dict[int, tuple[Path, ResumeState]] = {}
        self._sessions: dict[int, RecordingSession] = {}
        """The open ones."""
        self._batch: dict[int, list[Chunk]] = {}
        """The chunks that each open recording has in the batch that is being filled, if it was asked for any."""
        self._models: RecordingModels | None = None
        self._is_used = False
        """Whether a batch was transcribed since the models were loaded."""

    def __bool__(self) -> bool:
        return bool(self._waiting or self._sessions)

    @property
    def numbers(self) -> list[int]:
        """Of all that are in it."""
        return [*self._sessions, *self._waiting]

    def add(self, number: int, path: Path, resume: ResumeState = ResumeState()) -> None:
        """One more, at the end. `resume`: what an interrupted transcription of it has."""
        self._waiting[number] = path, resume

    def drop(self, number: int) -> bool:
        """End the work at a recording between two steps; False where there is none."""
        self._batch.pop(number, None)
        session = self._sessions.pop(number, None)
        if session:
            session.close()
            self._on_work(list(self._sessions))
        return session is not None or self._waiting.pop(number, None) is not None

    def close(self) -> None:
        """Drop them all."""
        for number in self.numbers:
            self.drop(number)

    def step(self) -> list[NumberedEvent]:
        """Do the next piece of work: open a recording, or transcribe a batch. Returns what became of which recording.

        Raises TranscriberError for what is no single recording's.
        """
        if failure := self._fill_batch():
            return [failure]
        if self._may_open():
            return [self._open_next()]
        batch, self._batch = self._batch, {}
        return self._transcribe(batch)

    def _fill_batch(self) -> tuple[int, TranscriberError] | None:
        """Take chunks of the open recordings until the batch is full; the recording that failed, where one does."""
        for number in [number for number in self._sessions if number not in self._batch]:
            try:
                with map_errors():
                    session = self._session(number)
                    room = session.models.engine.batch_size - sum(map(len, self._batch.values()))
                    if not room:
                        return None
                    if not self._fits(session):
                        continue
                    self._batch[number] = session.next_chunks(room)
            except TranscriberError as error:
                self.drop(number)
                return number, error
            if not session.is_read:
                return None
        return None

    def _session(self, number: int) -> RecordingSession:
        """An open recording; opened anew, where it is fresh and other models were loaded meanwhile."""
        session, models = self._sessions[number], self._usable_models()
        if session.is_fresh and session.models is not models:
            session.close()
            session = RecordingSession(session.path, self.options, models, session.resume)
            self._sessions[number] = session
        return session

    def _usable_models(self) -> RecordingModels:
        """Loaded when they are needed first, and again after they fell back, once no recording depends on them."""
        is_free = all(session.is_fresh for session in self._sessions.values())
        if not self._models or (self._has_fallen_back and is_free):
            self._models, self._is_used = self._load(self.options), False
        return self._models

    def _fits(self, session: RecordingSession) -> bool:
        """Whether a recording can be transcribed together with those of which the batch has chunks already."""
        if session.is_fresh and self._has_fallen_back:
            return False
        return all(self._sessions[number].options == session.options for number in self._batch)

    @property
    def _has_fallen_back(self) -> bool:
        return bool(self._is_used and self._models and self._models.engine.notes)

    def _may_open(self) -> bool:
        """Whether the next recording is due: all open ones are read to their end, and there are no more of them than
        can share a batch.
        """
        if not self._waiting or not self._models:
            return bool(self._waiting)
        is_read = all(session.is_read for session in self._sessions.values())
        return is_read and len(self._sessions) <= self._models.engine.batch_size

    def _open_next(self) -> NumberedEvent:
        number = next(iter(self._waiting))
        path, resume = self._waiting.pop(number)
        self._on_work([*self._sessions, number])
        try:
            with map_errors():
                models = self._usable_models()
                self._sessions[number] = RecordingSession(path, self.options, models, resume)
                return number, Started(models.engine.device)
        except TranscriberError as error:
            return number, error

    def _transcribe(self, batch: dict[int, list[Chunk]]) -> list[NumberedEvent]:
        """Transcribe the chunks of each recording; where that fails, those of each by themselves."""
        if not batch:
            return []
        session = self._sessions[next(iter(batch))]
        models, began = session.models, time.perf_counter()
        chunks = [chunk for own in batch.values() for chunk in own]
        self._is_used = True
        try:
            with map_errors():
                results = transcribe_chunks(models.engine, chunks, session.options, models.second, models.aligner)
        except TranscriberError as error:
            if len(batch) > 1:  # one of them may be to blame
                return [event for number, own in batch.items() for event in self._transcribe({number: own})]
            (number,) = batch
            self.drop(number)
            return [(number, error)]
        share = (time.perf_counter() - began) / max(1, len(chunks))
        rest = iter(results)
        return [
            event
            for number, own in batch.items()
            for event in self._add(number, list(islice(rest, len(own))), share * len(own))
        ]

    def _add(self, number: int, results: list[ChunkResult], seconds: float) -> list[NumberedEvent]:
        """What becomes of a recording whose next chunks were transcribed, with so many seconds of work."""
        session = self._sessions[number]
        try:
            with map_errors():
                progress = session.add(results, seconds)
                transcript = session.transcript() if session.is_read else None
        except TranscriberError as error:
            self.drop(number)
            return [(number, error)]
        if transcript is None:
            return [(number, progress)]
        self.drop(number)
        return [(number, progress), (number, transcript)]
