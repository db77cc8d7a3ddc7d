"""The one way from a recording to its transcript; every door goes through here."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from transcriber.audio import Recording
from transcriber.chunking import Chunk, chunks, heard_span
from transcriber.engines import Engine, load_engine
from transcriber.options import TranscribeOptions
from transcriber.segmentation import segments
from transcriber.store import ModelStore
from transcriber.transcript import Segment, Transcript

NO_WORD_TIMES = "This model gives no times for single words: each segment carries those of its stretch of speech."
DAMAGED = "The end of the recording is damaged: what could be read was transcribed."


@dataclass(frozen=True)
class Progress:
    """How far a transcription is; `segments` are those that are new."""

    done: float
    """Seconds of the recording."""
    duration: float | None
    """Seconds of the whole recording, where its file says."""
    segments: tuple[Segment, ...]


class Transcriber:
    """Transcribes recordings with the frozen models of one folder. Models stay loaded. Not thread-safe."""

    def __init__(self, models_dir: Path | str = "local_models") -> None:
        self.store = ModelStore(Path(models_dir))

    def load(self, options: TranscribeOptions) -> Engine:
        """Load the model beforehand. Raises ModelError."""
        return load_engine(options.model, self.store.folder, options.device)

    def transcribe(
        self,
        path: Path | str,
        options: TranscribeOptions = TranscribeOptions(),
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> Transcript:
        """The transcript of one recording; `on_progress` is called after each batch. Raises ModelError, AudioError."""
        engine = self.load(options)
        began, done = time.perf_counter(), 0.0
        found: list[Segment] = []
        with Recording(Path(path)) as recording:
            for batch in _batches(chunks(recording.blocks(), engine.longest), engine.batch_size):
                new = tuple(_recognise(engine, batch))
                found += new
                done = batch[-1].end
                on_progress(Progress(done, recording.duration, new))
        manifest = self.store.manifest(options.model)
        notes = [
            note
            for note, applies in ((NO_WORD_TIMES, not engine.has_word_times), (DAMAGED, recording.is_damaged))
            if applies
        ]
        return Transcript(
            segments=tuple(found),
            duration=done,
            model=options.model,
            device=engine.device,
            elapsed=time.perf_counter() - began,
            revision=manifest.revision if manifest else None,
            notes=tuple(notes),
        )


def _batches(stream: Iterator[Chunk], size: int) -> Iterator[list[Chunk]]:
    while batch := list(itertools.islice(stream, size)):
        yield batch


def _recognise(engine: Engine, batch: list[Chunk]) -> Iterator[Segment]:
    for chunk, words in zip(batch, engine.transcribe([chunk.samples for chunk in batch]), strict=True):
        if words and engine.has_word_times:
            yield from segments(word.later(chunk.start) for word in words)
        elif words:
            yield Segment(tuple(words), *heard_span(chunk))
