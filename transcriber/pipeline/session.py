"""One recording that is being transcribed: the chunks still to come, and the words so far."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from transcriber.errors import AudioNotFoundError
from transcriber.joining import continued
from transcriber.languages import NAMES
from transcriber.options import TranscribeOptions
from transcriber.pipeline import seams
from transcriber.pipeline.chunk_reader import ChunkReader
from transcriber.pipeline.chunk_result import ChunkResult
from transcriber.pipeline.chunking import Chunk
from transcriber.pipeline.coverage import sentences
from transcriber.pipeline.events import Progress
from transcriber.pipeline.provenance import source_of, versions
from transcriber.pipeline.recording_models import RecordingModels
from transcriber.pipeline.resume_state import ChunkState, ResumeState
from transcriber.pipeline.retranscription import count_doubled_at_cut
from transcriber.pipeline.vad import FRAME_SECONDS
from transcriber.segmentation import finished, segments
from transcriber.transcript import Segment, Source, Transcript, Word
from transcriber.word_times.order import in_order

NO_WORD_TIMES = "This model gives no times for single words: each segment carries those of its stretch of speech."
ALIGNED = "This model gives no times for words: {} found where each of them is said."
NO_CUDA = "There is no graphics card that can be used: the processor was."
STRAYED = "Parts of the text seem to be in {}: this model could not be held to {}."
ENOUGH_SPEECH_SECONDS = 5.0
"""Speech after which the spoken language is settled."""


class RecordingSession:
    """One recording, which is opened at once; close() it. Raises AudioError and UnsupportedOptionError.

    next_chunks() gives what is to be transcribed, add() takes what was, transcript() is all of it in the end. It goes
    on from `resume`, what an earlier, interrupted transcription of the recording has, with the same words as if it had
    never been interrupted.
    """

    def __init__(self, path: Path, options: TranscribeOptions, models: RecordingModels, resume: ResumeState) -> None:
        self.path = path
        self.asked = self.options = options
        """`options` are as asked, but with the spoken language once that is settled."""
        self.models = models
        self.resume = resume
        self.is_fresh = True
        """Whether no chunk was asked for yet."""
        self.segments, self.carried = list(resume.segments), resume.carried
        self.elapsed = resume.elapsed
        self._reader = ChunkReader(path, options, models, resume)
        self.done = self._reader.start
        self._latest: Chunk | None = None
        self._strayed: set[str] = set()
        """Languages that its text is in against what was asked for."""
        self._settle_language()

    @property
    def is_read(self) -> bool:
        """Whether next_chunks() has given all there are."""
        return self._reader.is_over

    def close(self) -> None:
        self._reader.close()

    def next_chunks(self, count: int) -> list[Chunk]:
        """At most `count`; fewer at the end, and while what is transcribed already is passed over.

        Raises AudioError.
        """
        began = time.perf_counter()
        self.is_fresh = False
        chunks = self._reader.take(count)
        self.elapsed += time.perf_counter() - began
        return chunks

    def add(self, results: Sequence[ChunkResult], seconds: float) -> Progress:
        """Take what was transcribed of the next chunks, with so many seconds of work."""
        known, began = len(self.segments), time.perf_counter()
        for result in results:
            self._add(result)
        speakers, voices = self._reader.speakers, b""
        if speakers:
            if self.is_read:
                speakers.finish()
            voices = speakers.take()
        self.elapsed += seconds + time.perf_counter() - began
        new, peaks = tuple(self.segments[known:]), self._reader.waveform.take()
        return Progress(self.done, self._end(), self.elapsed, new, peaks, self.carried, voices)

    def transcript(self) -> Transcript:
        """All of it, once every chunk was added."""
        manifest, options, engine = self.models.manifest, self.asked, self.models.engine
        spoken: tuple[Segment, ...] = (*self.segments, *segments(self.carried.tail))
        diarization = None
        if speakers := self._reader.speakers:
            spoken, diarization = speakers.attributed(spoken)
        return Transcript(
            segments=spoken,
            duration=self.done,
            model=options.model,
            device=engine.device,
            compute_type=engine.compute_type,
            elapsed=self.elapsed,
            language=self.carried.language if options.language == "auto" else options.language,
            revision=manifest.revision if manifest else None,
            model_sha256=manifest.sha256 if manifest else None,
            source=_source(self.path),
            start=self._reader.recording.start,
            options=_as_json(options),
            versions=versions(),
            coverage=self.carried.coverage,
            diarization=diarization,
            notes=(*self.models.notes, *self._notes()),
        )

    def _end(self) -> float | None:
        """The second at which it will be done, as far as that is known."""
        ends = (self.asked.end, self._reader.recording.duration)
        return min((end for end in ends if end is not None), default=None)

    def _notes(self) -> Iterator[str]:
        """What the reader should know."""
        models, engine = self.models, self.models.engine
        if self.asked.device.startswith("cuda") and engine.device == "cpu" and not engine.notes:
            yield NO_CUDA
        if not engine.capabilities.times_words(self.asked):
            yield ALIGNED.format(models.aligner_title) if models.aligner else NO_WORD_TIMES
        yield from engine.notes
        yield from engine.notices(self.asked)
        for code in sorted(self._strayed):
            yield STRAYED.format(NAMES[code], NAMES[self.asked.language])
        yield from self._reader.recording.notes
        yield from sentences(self.carried.coverage)
        if self._reader.speakers:
            yield from self._reader.speakers.notes

    def _add(self, result: ChunkResult) -> None:
        chunk, tail = result.chunk, self.carried.tail
        latest = self._latest_words()
        words = continued(latest[-1] if latest else None, result.words[self._count_doubled(result) :])
        self._latest = chunk
        if self.models.times_words(self.asked):
            overlap = chunk.left_overlap_frames * FRAME_SECONDS
            words = seams.join(tail, words, chunk.start, overlap) if overlap else [*tail, *words]
            beyond = chunk.right_overlap_frames * FRAME_SECONDS
            new, tail = finished(in_order(words, chunk.end + beyond), chunk.end - beyond)
            self.segments += new
        elif words:
            spans = chunk.spans or [(chunk.start, chunk.end)]
            self.segments.append(Segment(tuple(words), spans[0][0], spans[-1][1]))
        self.done = chunk.end
        coverage = self.carried.coverage + result.coverage
        self.carried = ChunkState(tail, chunk.right_overlap_frames, self._language_after(result), coverage)
        self._settle_language()

    def _latest_words(self) -> tuple[Word, ...]:
        """The last words so far: those of the last segment, and those that are in none yet."""
        latest = self.segments[-1].words if self.segments else ()
        return (*latest, *self.carried.tail)

    def _count_doubled(self, result: ChunkResult) -> int:
        """How many words at the beginning of a chunk were written at the end of the one before it already."""
        if not self._latest or result.chunk.left_overlap_frames or not self.models.times_words(self.asked):
            return 0
        return count_doubled_at_cut(self.models.engine, self._latest, self._latest_words(), result, self.options)

    def _language_after(self, result: ChunkResult) -> str | None:
        """The spoken language, as far as it is found out; one that was not asked for is kept for the notes."""
        if self.options.language == "auto":
            return result.language or self.carried.language
        if result.language and self.asked.language not in ("auto", result.language):
            self._strayed.add(result.language)
        return self.carried.language

    def _settle_language(self) -> None:
        """After ENOUGH_SPEECH_SECONDS, all of a recording is taken to be in the language of its beginning."""
        able, known = self.models.engine.capabilities, self.carried.language
        is_enough = self.carried.coverage.speech >= ENOUGH_SPEECH_SECONDS
        if known and self.asked.language == "auto" and able.keeps_language and is_enough:
            self.options = replace(self.options, language=known)


def _as_json(options: TranscribeOptions) -> dict[str, Any]:
    """The fields as JSON would give them back: lists for tuples."""
    known = [list(pair) for pair in options.known_speakers]
    return {**asdict(options), "vocabulary": list(options.vocabulary), "known_speakers": known}


def _source(path: Path) -> Source | None:
    """None if the recording is gone by now: its words are not lost for that."""
    try:
        return source_of(path)
    except AudioNotFoundError:
        return None
