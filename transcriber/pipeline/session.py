"""The transcription of one recording: what of it was heard, and what it has so far."""

import itertools
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from transcriber.audio.recording import Recording
from transcriber.audio.samples import NOTHING
from transcriber.audio.waveform import Waveform
from transcriber.engines.fallback import FallbackEngine
from transcriber.engines.protocol import Engine
from transcriber.errors import AudioNotFoundError
from transcriber.joining import continued
from transcriber.languages import NAMES
from transcriber.models.manifest import Manifest
from transcriber.options import TranscribeOptions
from transcriber.pipeline import seams
from transcriber.pipeline.chunking import OVERLAP, Chunk, chunks
from transcriber.pipeline.coverage import sentences
from transcriber.pipeline.prefetch import Ahead
from transcriber.pipeline.provenance import source_of, versions
from transcriber.pipeline.recognition import ChunkResult, doubled_at_cut
from transcriber.pipeline.resume import ChunkState, ResumeState
from transcriber.pipeline.vad import FRAME, FRAME_SECONDS, SpeechBlock, detect_speech, warm_up_start
from transcriber.pipeline.voice_track import find_voice
from transcriber.segmentation import finished, segments
from transcriber.transcript import Segment, Source, Transcript, Word
from transcriber.word_times import in_order

NO_WORD_TIMES = "This model gives no times for single words: each segment carries those of its stretch of speech."
ALIGNED = "This model gives no times for words: {} found where each of them is said."
NO_CUDA = "There is no graphics card that can be used: the processor was."
STRAYED = "Parts of the text seem to be in {}: this model could not be held to {}."
ENOUGH_SPEECH = 5.0
"""Seconds after which the spoken language is settled."""


@dataclass(frozen=True)
class Models:
    """What hears a recording."""

    engine: FallbackEngine
    second: Callable[[], Engine] | None = None
    """Loads another model, which may help out."""
    aligner: Engine | None = None
    """Gives the engine's words times."""
    aligner_title: str = ""
    manifest: Manifest | None = None
    """The engine's model's."""
    notes: tuple[str, ...] = ()
    """What is to be known of the frozen file."""


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
    carried: ChunkState = field(default_factory=ChunkState)


class RecordingSession:
    """One recording, which is opened at once; close() it. Raises AudioError and UnsupportedOptionError.

    `partial` is what an earlier, interrupted transcription of this recording has: it goes on from there, with the same
    words as if it had never been interrupted.
    """

    def __init__(self, path: Path, options: TranscribeOptions, models: Models, partial: ResumeState) -> None:
        self.asked = self.options = options
        self.models = models
        """Those that hear it may be others of the same kind, as long as it is fresh."""
        self.is_fresh = True
        """Whether none of its chunks was taken yet."""
        self.recording = Recording(path, options.stream)
        self.has_word_times = self.engine.has_word_times or models.aligner is not None
        self.segments, self.carried = list(partial.segments), partial.carried
        self.origin = int(options.start / FRAME_SECONDS)
        """The frame of the recording with which it begins."""
        self.done = max(partial.done, self.origin * FRAME_SECONDS)
        self.elapsed = partial.elapsed
        self.waveform = Waveform(self.origin * FRAME_SECONDS)
        self.is_read = False
        """Whether next_chunks() has given all there are."""
        self._told = len(self.segments)
        self._latest: Chunk | None = None
        self._strayed: set[str] = set()
        """Languages that its text is in against what was asked for."""
        self._pieces = self._read()
        self._chunks = Ahead(self._pieces, self.engine.batch_size)
        self._settle_language()

    @property
    def engine(self) -> FallbackEngine:
        return self.models.engine

    def close(self) -> None:
        self._chunks.close()
        self._pieces.close()
        self.recording.close()

    def next_chunks(self, count: int) -> list[Chunk]:
        """At most so many; fewer at the end, and while it passes over what was transcribed before.

        Raises AudioError.
        """
        began = time.perf_counter()
        taken: list[Chunk] = []
        self.is_fresh = False
        try:
            while len(taken) < count and (chunk := next(self._chunks)):
                taken.append(chunk)
        except StopIteration:
            self.is_read = True
        else:
            self.is_read = self._chunks.is_over
        self.elapsed += time.perf_counter() - began
        return taken

    def take(self, heard: Sequence[ChunkResult], seconds: float) -> None:
        """Add what was recognised in the next chunks, with so many seconds of work."""
        for one in heard:
            self._take(one)
        self.elapsed += seconds

    def progress(self) -> Progress:
        """With what is new since it was asked for last."""
        new, self._told = tuple(self.segments[self._told :]), len(self.segments)
        ends = [end for end in (self.asked.end, self.recording.duration) if end is not None]
        return Progress(self.done, min(ends, default=None), self.elapsed, new, self.waveform.take(), self.carried)

    def finish(self) -> Transcript:
        """All of it, once every chunk was taken."""
        manifest, options = self.models.manifest, self.asked
        return Transcript(
            segments=(*self.segments, *segments(self.carried.tail)),
            duration=self.done,
            model=options.model,
            device=self.engine.device,
            compute_type=self.engine.compute_type,
            elapsed=self.elapsed,
            language=self.carried.language if options.language == "auto" else options.language,
            revision=manifest.revision if manifest else None,
            model_sha256=manifest.sha256 if manifest else None,
            source=_source(self.recording.path),
            start=self.recording.start,
            options={**asdict(options), "vocabulary": list(options.vocabulary)},
            versions=versions(),
            coverage=self.carried.coverage,
            notes=(*self.models.notes, *self._notes()),
        )

    def _read(self) -> Generator[Chunk | None, None, None]:
        """The chunks; None after each block that is passed over, because it was transcribed before or has no voice."""
        overlap = self.carried.overlap
        first = round(self.done / FRAME_SECONDS) - (overlap or 0)
        warm = max(self.origin, warm_up_start(first))
        start = self.origin * FRAME_SECONDS
        if self.asked.stream is None and len(self.recording.tracks) > 1:
            self.recording = yield from find_voice(self.recording, start, self.asked.end)
        blocks = self.waveform.watch(self.recording.blocks(start, self.asked.end))
        passed, rest = self.origin * FRAME, NOTHING
        while passed < warm * FRAME and (block := next(blocks, None)) is not None:
            passed += len(block)
            rest = block[len(block) - max(0, passed - warm * FRAME) :]
            yield None
        stretches = _from_frame(detect_speech(itertools.chain([rest], blocks), warm), first - warm)
        seam = OVERLAP if self.engine.has_word_times else 0
        yield from chunks(stretches, self._longest, first, seam, overlap)

    @property
    def _longest(self) -> float:
        """Seconds that the model hears at once."""
        manifest = self.models.manifest
        return min(self.engine.max_audio_seconds, (manifest and manifest.longest) or self.engine.max_audio_seconds)

    def _notes(self) -> Iterator[str]:
        """What the reader should know."""
        if self.asked.device.startswith("cuda") and self.engine.device == "cpu" and not self.engine.notes:
            yield NO_CUDA
        if not self.engine.has_word_times:
            yield ALIGNED.format(self.models.aligner_title) if self.models.aligner else NO_WORD_TIMES
        yield from self.engine.notes
        yield from self.engine.notices(self.asked)
        for code in sorted(self._strayed):
            yield STRAYED.format(NAMES[code], NAMES[self.asked.language])
        yield from self.recording.notes
        yield from sentences(self.carried.coverage)

    def _take(self, one: ChunkResult) -> None:
        chunk, tail = one.chunk, self.carried.tail
        heard = continued(self._latest_word(), one.words[self._doubled(one) :])
        self._latest = chunk
        if self.has_word_times:
            overlap = chunk.left_overlap_frames * FRAME_SECONDS
            words = seams.join(tail, heard, chunk.start, overlap) if overlap else [*tail, *heard]
            beyond = chunk.right_overlap_frames * FRAME_SECONDS
            new, tail = finished(in_order(words, chunk.end + beyond), chunk.end - beyond)
            self.segments += new
        elif heard:
            spans = chunk.spans or [(chunk.start, chunk.end)]
            self.segments.append(Segment(tuple(heard), spans[0][0], spans[-1][1]))
        self.done = chunk.end
        language = self.carried.language
        if self.options.language == "auto":
            language = one.language or language
        elif one.language and self.asked.language not in ("auto", one.language):
            self._strayed.add(one.language)
        self.carried = ChunkState(tail, chunk.right_overlap_frames, language, self.carried.coverage + one.coverage)
        self._settle_language()

    def _latest_words(self) -> tuple[Word, ...]:
        """The last words so far, as many as the last segment has, and more."""
        latest = self.segments[-1].words if self.segments else ()
        return (*latest, *self.carried.tail)

    def _latest_word(self) -> Word | None:
        return next(reversed(self._latest_words()), None)

    def _doubled(self, one: ChunkResult) -> int:
        """How many words at the beginning of a chunk were written at the end of the one before it already."""
        if not self._latest or one.chunk.left_overlap_frames or not self.has_word_times:
            return 0
        return doubled_at_cut(self.engine, self._latest, self._latest_words(), one, self.options)

    def _settle_language(self) -> None:
        """Once enough was heard of a recording, all of it is taken to be in the language of its beginning."""
        able, known, speech = self.engine.capabilities, self.carried.language, self.carried.coverage.speech
        if known and self.asked.language == "auto" and able.keeps_language and speech >= ENOUGH_SPEECH:
            self.options = replace(self.options, language=known)


def _source(path: Path) -> Source | None:
    """None if the recording is gone by now: its words are not lost for that."""
    try:
        return source_of(path)
    except AudioNotFoundError:
        return None


def _from_frame(stretches: Iterable[SpeechBlock], skipped: int) -> Iterator[SpeechBlock]:
    """The stretches without their first frames."""
    for stretch in stretches:
        cut = min(skipped, len(stretch.speech_probs))
        skipped -= cut
        yield SpeechBlock(stretch.samples[cut * FRAME :], stretch.speech_probs[cut:])
