"""The one way from a recording to its transcript; every door goes through here."""

import itertools
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path

from transcriber import catalog, seams
from transcriber.audio import Recording
from transcriber.chunking import OVERLAP, Chunk, chunks
from transcriber.coverage import sentences
from transcriber.engines import Engine, load_engine
from transcriber.errors import AudioNotFoundError
from transcriber.fallback import FallbackEngine
from transcriber.options import TranscribeOptions
from transcriber.provenance import source_of, versions
from transcriber.recognition import Recognised, recognise
from transcriber.samples import NOTHING
from transcriber.segmentation import finished, orderly, segments
from transcriber.store import ModelStore
from transcriber.transcript import Carried, Partial, Segment, Source, Transcript
from transcriber.vad import FRAME, FRAME_SECONDS, Heard, heard, warm_up_start
from transcriber.waveform import Waveform

NO_WORD_TIMES = "This model gives no times for single words: each segment carries those of its stretch of speech."
ALIGNED = "This model gives no times for words: {} found where each of them is said."
NO_CUDA = "There is no graphics card that can be used: the processor was."
ENOUGH_SPEECH = 5.0
"""Seconds after which the spoken language is settled."""


@dataclass(frozen=True)
class Progress:
    """How far a transcription is; `segments` and `peaks` are those that are new."""

    done: float
    """Seconds of the recording that are transcribed."""
    duration: float | None
    """The second of the recording at which it will be done, where its file says how long it is."""
    elapsed: float
    """Seconds of work so far."""
    segments: tuple[Segment, ...] = ()
    peaks: bytes = b""
    """The recording's loudness, as Waveform gives it."""
    carried: Carried = field(default_factory=Carried)


class Transcriber:
    """Transcribes recordings with the frozen models of one folder. Models stay loaded. Not thread-safe."""

    def __init__(self, models_dir: Path | str = "local_models") -> None:
        self.store = ModelStore(Path(models_dir))

    def load(self, options: TranscribeOptions) -> FallbackEngine:
        """Load the model beforehand; what it says on the way is for one recording. Raises ModelError."""
        return FallbackEngine(lambda options: load_engine(options, self.store.folder), options)

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
        with Recording(Path(path), options.stream) as recording:
            is_spoken = not engine.capabilities.is_translation(options)
            aligner = self._aligner(options) if is_spoken and not engine.has_word_times else None
            work = _Work(recording, engine, options, partial, aligner)
            other = replace(options, model=options.second_model, engine="auto", compute_type="auto")
            yield from work.steps(cache(lambda: self.load(other)))
        manifest = self.store.manifest(options.model)
        return Transcript(
            segments=tuple(work.segments),
            duration=work.done,
            model=options.model,
            device=engine.device,
            elapsed=work.elapsed,
            language=work.carried.language if options.language == "auto" else options.language,
            revision=manifest.revision if manifest else None,
            model_sha256=manifest.sha256 if manifest else None,
            source=_source(Path(path)),
            options={**asdict(options), "vocabulary": list(options.vocabulary)},
            versions=versions(),
            coverage=work.carried.coverage,
            notes=(*self.store.notes(options.model), *work.notes()),
        )

    def _aligner(self, options: TranscribeOptions) -> "_Aligner | None":
        """A frozen model that can say where given words are spoken; None where there is none."""
        from transcriber.transducer import holds_transducer

        for name in self.store.present():
            spec = catalog.find(name)
            if options.language in ("auto", *spec.languages) and holds_transducer(self.store.path(name)):
                other = TranscribeOptions(name, options.device)
                return _Aligner(spec.title, load_engine(other, self.store.folder))
        return None


@dataclass(frozen=True)
class _Aligner:
    """A model that gives the words of another one times."""

    title: str
    engine: Engine


def _source(path: Path) -> Source | None:
    """None if the recording is gone by now: its words are not lost for that."""
    try:
        return source_of(path)
    except AudioNotFoundError:
        return None


class _Work:
    """The transcription of one recording: what it has so far."""

    def __init__(
        self,
        recording: Recording,
        engine: FallbackEngine,
        options: TranscribeOptions,
        partial: Partial,
        aligner: _Aligner | None,
    ) -> None:
        self.recording, self.engine, self.options, self.aligner = recording, engine, options, aligner
        self.has_word_times = engine.has_word_times or aligner is not None
        self.segments, self.carried = list(partial.segments), partial.carried
        self.origin = int(options.start / FRAME_SECONDS)
        """The frame of the recording with which it begins."""
        self.done = max(partial.done, self.origin * FRAME_SECONDS)
        self.elapsed = partial.elapsed
        self.waveform = Waveform(self.origin * FRAME_SECONDS)
        self._settle_language()

    def steps(self, second: Callable[[], Engine]) -> Iterator[Progress]:
        """Batch by batch; `second` loads the other model."""
        began = time.perf_counter()
        overlap = self.carried.overlap
        first = round(self.done / FRAME_SECONDS) - (overlap or 0)
        warm = max(self.origin, warm_up_start(first))
        blocks = self.waveform.watch(self.recording.blocks(self.origin * FRAME_SECONDS, self.options.end))
        passed, rest = self.origin * FRAME, NOTHING
        while passed < warm * FRAME and (block := next(blocks, None)) is not None:
            passed += len(block)
            rest = block[len(block) - max(0, passed - warm * FRAME) :]
            yield self._progress()
            began = time.perf_counter()  # what overtook this recording meanwhile is not its time
        stretches = _from_frame(heard(itertools.chain([rest], blocks), warm), first - warm)
        seam = OVERLAP if self.engine.has_word_times else 0
        stream = chunks(stretches, self.engine.longest, first, seam, overlap)
        helper = second if self.options.second_model else None
        aligner = self.aligner.engine if self.aligner else None
        for batch in _batches(stream, self.engine.batch_size):
            count = len(self.segments)
            for one in recognise(self.engine, batch, self.options, helper, aligner):
                self._take(one)
            self.elapsed += time.perf_counter() - began
            yield self._progress(count)
            began = time.perf_counter()
        self.segments += segments(self.carried.tail)
        self.elapsed += time.perf_counter() - began

    def notes(self) -> Iterator[str]:
        """What the reader should know."""
        if self.options.device.startswith("cuda") and self.engine.device == "cpu" and not self.engine.notes:
            yield NO_CUDA
        if not self.engine.has_word_times:
            yield ALIGNED.format(self.aligner.title) if self.aligner else NO_WORD_TIMES
        yield from self.engine.notes
        yield from self.engine.remarks(self.options)
        yield from self.recording.notes
        yield from sentences(self.carried.coverage)

    def _progress(self, since: int | None = None) -> Progress:
        """As it is now, with the segments from number `since` on."""
        new = () if since is None else tuple(self.segments[since:])
        ends = [end for end in (self.options.end, self.recording.duration) if end is not None]
        return Progress(self.done, min(ends, default=None), self.elapsed, new, self.waveform.take(), self.carried)

    def _take(self, one: Recognised) -> None:
        """Add what was recognised in the next chunk."""
        chunk, tail = one.chunk, self.carried.tail
        if self.has_word_times:
            overlap = chunk.before * FRAME_SECONDS
            words = seams.join(tail, one.words, chunk.start, overlap) if overlap else [*tail, *one.words]
            new, tail = finished(orderly(words), chunk.end - chunk.after * FRAME_SECONDS)
            self.segments += new
        elif one.words:
            spans = chunk.spans or [(chunk.start, chunk.end)]
            self.segments.append(Segment(tuple(one.words), spans[0][0], spans[-1][1]))
        self.done = chunk.end
        language = one.language if self.options.language == "auto" and one.language else self.carried.language
        self.carried = Carried(tail, chunk.after, language, self.carried.coverage + one.coverage)
        self._settle_language()

    def _settle_language(self) -> None:
        """Once enough was heard of a recording, all of it is taken to be in the language of its beginning."""
        able, known, speech = self.engine.capabilities, self.carried.language, self.carried.coverage.speech
        if known and self.options.language == "auto" and able.keeps_language and speech >= ENOUGH_SPEECH:
            self.options = replace(self.options, language=known)


def _from_frame(stretches: Iterable[Heard], skipped: int) -> Iterator[Heard]:
    """The stretches without their first frames."""
    for stretch in stretches:
        cut = min(skipped, len(stretch.speech))
        skipped -= cut
        yield Heard(stretch.samples[cut * FRAME :], stretch.speech[cut:])


def _batches(stream: Iterator[Chunk], size: int) -> Iterator[list[Chunk]]:
    while batch := list(itertools.islice(stream, size)):
        yield batch
