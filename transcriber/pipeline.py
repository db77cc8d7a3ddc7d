"""The one way from a recording to its transcript; every door goes through here."""

import itertools
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from transcriber.audio import Recording
from transcriber.chunking import Chunk, chunks, heard_span
from transcriber.engines import Engine, load_engine
from transcriber.options import TranscribeOptions
from transcriber.samples import NOTHING, SAMPLE_RATE
from transcriber.segmentation import segments
from transcriber.store import ModelStore
from transcriber.transcript import Partial, Segment, Transcript
from transcriber.waveform import Waveform

NO_WORD_TIMES = "This model gives no times for single words: each segment carries those of its stretch of speech."
NO_CUDA = "There is no graphics card that can be used: the processor was."
DAMAGED = "The end of the recording is damaged: what could be read was transcribed."


@dataclass(frozen=True)
class Progress:
    """How far a transcription is; `segments` and `peaks` are those that are new."""

    done: float
    """Seconds of the recording that are transcribed."""
    duration: float | None
    """Seconds of the whole recording, where its file says."""
    elapsed: float
    """Seconds of work so far."""
    segments: tuple[Segment, ...] = ()
    peaks: bytes = b""
    """The recording's loudness, as Waveform gives it."""


class Transcriber:
    """Transcribes recordings with the frozen models of one folder. Models stay loaded. Not thread-safe."""

    def __init__(self, models_dir: Path | str = "local_models") -> None:
        self.store = ModelStore(Path(models_dir))

    def load(self, options: TranscribeOptions) -> Engine:
        """Load the model beforehand. Raises ModelError."""
        return load_engine(options, self.store.folder)

    def transcribe(
        self,
        path: Path | str,
        options: TranscribeOptions = TranscribeOptions(),
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> Transcript:
        """The transcript of one recording; `on_progress` is called after each batch. Raises ModelError, AudioError."""
        steps = self.steps(path, options)
        while True:
            try:
                on_progress(next(steps))
            except StopIteration as end:
                return end.value

    def steps(
        self, path: Path | str, options: TranscribeOptions, partial: Partial = Partial()
    ) -> Generator[Progress, None, Transcript]:
        """The same work batch by batch, so that something else can be done in between; closing it ends the work.

        `partial` is what an earlier, interrupted transcription of this recording has: it goes on from there, with the
        same words as if it had never been interrupted.
        """
        engine = self.load(options)
        began, elapsed, done = time.perf_counter(), partial.elapsed, partial.done
        found, waveform = list(partial.segments), Waveform()
        with Recording(Path(path)) as recording:
            blocks = waveform.watch(recording.blocks())
            start, passed, rest = round(done * SAMPLE_RATE), 0, NOTHING
            while passed < start and (block := next(blocks, None)) is not None:
                passed += len(block)
                rest = block[len(block) - max(0, passed - start) :]
                yield Progress(done, recording.duration, elapsed)
            began = time.perf_counter()  # what overtook this recording meanwhile is not its time
            stream = chunks(itertools.chain([rest], blocks), engine.longest, start)
            for batch in _batches(stream, engine.batch_size):
                new = tuple(_recognise(engine, batch, options))
                found += new
                done = batch[-1].end
                elapsed += time.perf_counter() - began
                yield Progress(done, recording.duration, elapsed, new, waveform.take())
                began = time.perf_counter()
        manifest = self.store.manifest(options.model)
        notes = self.store.notes(options.model)
        notes += [
            note
            for note, applies in (
                (NO_CUDA, options.device == "cuda" and engine.device == "cpu"),
                (NO_WORD_TIMES, not engine.has_word_times),
                (DAMAGED, recording.is_damaged),
            )
            if applies
        ]
        return Transcript(
            segments=tuple(found),
            duration=done,
            model=options.model,
            device=engine.device,
            elapsed=elapsed + time.perf_counter() - began,
            revision=manifest.revision if manifest else None,
            notes=tuple(notes),
        )


def _batches(stream: Iterator[Chunk], size: int) -> Iterator[list[Chunk]]:
    while batch := list(itertools.islice(stream, size)):
        yield batch


def _recognise(engine: Engine, batch: list[Chunk], options: TranscribeOptions) -> Iterator[Segment]:
    for chunk, heard in zip(batch, engine.transcribe([chunk.samples for chunk in batch], options), strict=True):
        if heard.words and engine.has_word_times:
            yield from segments(word.later(chunk.start) for word in heard.words)
        elif heard.words:
            yield Segment(heard.words, *heard_span(chunk))
