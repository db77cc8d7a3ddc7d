"""Chunks → their words, with nothing left out and nothing made up.

What the model wrote is held against the speech that the voice detector found (coverage.py). Speech without words is
transcribed again: with some more of the recording around it, then on its own, then by another model where there is one.
Words where nobody speaks, known hallucinations, and repetitions that a second text does not confirm are dropped.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from transcriber.engines.protocol import Engine
from transcriber.options import TranscribeOptions
from transcriber.pipeline import coverage, hallucinations
from transcriber.pipeline.chunk_result import ChunkResult
from transcriber.pipeline.chunking import Chunk
from transcriber.pipeline.excerpts import Excerpt, transcribe_excerpts, whole
from transcriber.pipeline.recording_models import RecordingModels
from transcriber.pipeline.retranscription import (
    NARROW_CONTEXT_SECONDS,
    WIDE_CONTEXT_SECONDS,
    is_sure,
    retranscribe_gaps,
    retranscribe_parts,
    retranscribe_repetitions,
)
from transcriber.transcript import Hypothesis, Word


def transcribe_chunks(
    engine: Engine,
    batch: Sequence[Chunk],
    options: TranscribeOptions,
    second: Callable[[], Engine] | None = None,
    aligner: Engine | None = None,
) -> list[ChunkResult]:
    """The words of each chunk, in the order of `batch`.

    `second` loads another model, which transcribes what the first one left without words. `aligner`: a model that finds
    the times of words, where the engine gives none.
    """
    spoken = [whole(chunk) for chunk in batch if not chunk.is_silent]
    written = zip(spoken, transcribe_excerpts(engine, spoken, options), strict=True)
    if engine.capabilities.times_words(options):
        results = [_without_hallucinations(excerpt, hypothesis) for excerpt, hypothesis in written]
        results = _with_gaps_filled(engine, retranscribe_repetitions(engine, results, options), options, second)
    else:
        results = [retranscribe_parts(engine, _result(*pair), options) for pair in written]
        results = [_aligned(aligner, result) for result in results] if aligner else results
    rest = iter(results)
    return [ChunkResult(chunk, []) if chunk.is_silent else next(rest) for chunk in batch]


def draft(models: RecordingModels, chunk: Chunk, options: TranscribeOptions, said: str) -> ChunkResult:
    """What is said in a chunk that begins with `said`, as far as it can be told at once: nothing is heard again."""
    engine, excerpt = models.engine, whole(chunk)
    hypothesis = engine.draft(excerpt.samples, options, said).later(excerpt.start)
    if engine.capabilities.times_words(options):
        return _without_hallucinations(excerpt, hypothesis)
    result = _result(excerpt, hypothesis)
    return _aligned(models.aligner, result) if models.aligner else result


def _result(excerpt: Excerpt, hypothesis: Hypothesis) -> ChunkResult:
    words = excerpt.words(hypothesis)
    return ChunkResult(excerpt.chunk, words, hypothesis.language, doubtful=hypothesis.doubtful)


def _without_hallucinations(excerpt: Excerpt, hypothesis: Hypothesis) -> ChunkResult:
    result, chunk = _result(excerpt, hypothesis), excerpt.chunk
    # Mended times lie where somebody speaks: that a word was made up shows in those that the model gave it.
    known = hallucinations.known_hallucinations(hypothesis.words, chunk.spans)
    numbers = {number for first, end in known for number in range(first, end)}
    dropped = [word for number, word in enumerate(result.words) if number in numbers or _is_on_silence(word, chunk)]
    return result.dropping(dropped, [word for word in result.words if word not in dropped])


def _is_on_silence(word: Word, chunk: Chunk) -> bool:
    """Whether nobody says a word that is the chunk's own: what lies beyond a seam is the other chunk's to judge."""
    if not chunk.start <= word.span[0] < chunk.end:
        return False
    is_made_up = not chunk.spans and not is_sure(word)
    return is_made_up or hallucinations.is_on_silence(word, chunk.speech_probs, chunk.start)


def _with_gaps_filled(
    engine: Engine,
    results: Sequence[ChunkResult],
    options: TranscribeOptions,
    second: Callable[[], Engine] | None,
) -> list[ChunkResult]:
    gaps = [tuple(coverage.uncovered(result.chunk.spans, result.words)) for result in results]
    filled = [replace(result, missing=own, retried=len(own)) for result, own in zip(results, gaps)]
    for context_seconds in (WIDE_CONTEXT_SECONDS, NARROW_CONTEXT_SECONDS):
        filled = retranscribe_gaps(engine, filled, options, context_seconds)
    if second and any(result.missing for result in filled):
        other = second()
        if other.capabilities.times_words(options):
            filled = retranscribe_gaps(other, filled, options, NARROW_CONTEXT_SECONDS)
    return filled


def _aligned(aligner: Engine, result: ChunkResult) -> ChunkResult:
    """The result with times for its words, and the speech that has none near it."""
    from transcriber.alignment.aligner import align_chunk, timed  # with numba, which most recordings do not need

    chunk, texts = result.chunk, [word.text for word in result.words]
    words = [word.later(chunk.audio_start) for word in timed(result.words, align_chunk(aligner, chunk.samples, texts))]
    words = whole(chunk).plausible(words)
    return replace(result, words=words, missing=tuple(coverage.uncovered(chunk.spans, words)))
