"""What is transcribed a second time, because the first text of it cannot be right as it is.

Speech without words, with more or less context; words that were written before, which may be a loop of the model's; the
words on both sides of a cut; and the speech of models without word times, in parts.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf

import numpy as np

from transcriber.engines.protocol import Engine
from transcriber.joining import chained, continued, woven
from transcriber.options import TranscribeOptions
from transcriber.pipeline import coverage, hallucinations
from transcriber.pipeline.chunk_result import ChunkResult
from transcriber.pipeline.chunking import Chunk
from transcriber.pipeline.excerpts import Excerpt, around, transcribe_excerpts
from transcriber.pipeline.seams import doubled, says_twice, without_doubles
from transcriber.transcript import Hypothesis, Word, normal
from transcriber.word_times.spans import Span, total_length

WIDE_CONTEXT_SECONDS = 1.5
"""Context kept on both sides when a gap is transcribed again for the first time."""
NARROW_CONTEXT_SECONDS = 0.25
"""The same, where speech is to be transcribed on its own."""
CUT_CONTEXT_SECONDS = 3.0
"""On either side of a cut at which a word seems to be doubled."""
MIN_CONFIDENCE = 0.5
"""Of a word that is found in a gap, where the model says how sure it is."""
MIN_WORDS_PER_SECOND, MAX_WORDS_PER_SECOND = 0.4, 6.0
"""Of speech: a model without word times that writes fewer left something out, one that writes more made something
up."""


def retranscribe_gaps(
    engine: Engine, results: Sequence[ChunkResult], options: TranscribeOptions, context_seconds: float
) -> list[ChunkResult]:
    """The results with the words that the engine finds in their gaps, each transcribed with so much context."""
    excerpts = [around(result.chunk, gap, context_seconds) for result in results for gap in result.missing]
    written = zip(excerpts, transcribe_excerpts(engine, excerpts, options))
    return [_filled(result, written) for result in results]


def _filled(result: ChunkResult, written: Iterator[tuple[Excerpt, Hypothesis]]) -> ChunkResult:
    """A result with what was written for its gaps, which are next in `written`."""
    for (start, end), (excerpt, hypothesis) in zip(result.missing, written):
        found = excerpt.words(hypothesis)
        new = [word for word in found if is_sure(word) and start <= word.middle <= end]
        if new:
            result = result.doubting(hypothesis.doubtful)
        result = replace(result, words=woven(result.words, without_doubles(result.words, new, found)))
    return replace(result, missing=tuple(coverage.uncovered(result.missing, result.words)))


def is_sure(word: Word) -> bool:
    """Whether the model is sure enough of a word, as far as it says."""
    return word.confidence is None or word.confidence >= MIN_CONFIDENCE


def retranscribe_repetitions(
    engine: Engine, results: Sequence[ChunkResult], options: TranscribeOptions
) -> list[ChunkResult]:
    """The results without the words of loops.

    Each run of words that was written before is transcribed again on its own: what was really said twice is written
    again, a loop of the model's is not.
    """
    # Of a chunk the last run comes first, so that the places of the others stay.
    runs = [list(reversed(hallucinations.repetitions(result.words))) for result in results]
    excerpts = [
        around(result.chunk, (result.words[first].span[0], result.words[end - 1].span[1]), NARROW_CONTEXT_SECONDS)
        for result, own in zip(results, runs)
        for first, end in own
    ]
    written = zip(excerpts, transcribe_excerpts(engine, excerpts, options))
    return [_without_loops(result, own, written) for result, own in zip(results, runs)]


def _without_loops(
    result: ChunkResult, runs: Sequence[tuple[int, int]], written: Iterator[tuple[Excerpt, Hypothesis]]
) -> ChunkResult:
    """A result with its runs checked by what was written for them, which is next in `written`."""
    for (first, end), (excerpt, hypothesis) in zip(runs, written):
        result = _without_loop(result, first, end, excerpt.words(hypothesis)).doubting(hypothesis.doubtful)
    return result


def _without_loop(result: ChunkResult, first: int, end: int, again: Sequence[Word]) -> ChunkResult:
    """Words number `first` to `end`, which were written before, stay if `again`, their second text, has half of them.

    Else those of `again` take their place, as far as they lie between their neighbours.
    """
    run, rest = result.words[first:end], result.words[end:]
    if _count_common(run, again) >= len(run) / 2:
        return result
    before, until = result.words[first - 1], rest[0].span[0] if rest else inf
    between = [word for word in again if before.span[1] <= word.middle <= until and not _is_same(before, word)]
    new = continued(before, between)
    return result.dropping(run, [*result.words[:first], *new, *continued((new or [before])[-1], rest)])


def _count_common(words: Sequence[Word], others: Sequence[Word]) -> int:
    texts, other_texts = (Counter(normal(word.text) for word in group) for group in (words, others))
    return (texts & other_texts).total()


def _is_same(word: Word, other: Word) -> bool:
    """Whether they are one word, written twice."""
    return normal(word.text) == normal(other.text) and other.span[0] < word.span[1]


def count_doubled_at_cut(
    engine: Engine, before: Chunk, words: Sequence[Word], after: ChunkResult, options: TranscribeOptions
) -> int:
    """How many of a chunk's first words only repeat the last ones of `words`, those of the chunk before it.

    A cut is where nobody speaks, yet a model may write a word on either side. What is around it is transcribed again.
    """
    count = doubled(words, after.words)
    if not count:
        return 0
    cut = after.chunk.start
    pieces = before.piece(cut - CUT_CONTEXT_SECONDS, cut), after.chunk.piece(cut, cut + CUT_CONTEXT_SECONDS)
    (hypothesis,) = engine.transcribe([np.concatenate(pieces)], options)
    phrase = [normal(word.text) for word in after.words[:count]]
    return 0 if says_twice(hypothesis.words, phrase) else count


def retranscribe_parts(engine: Engine, result: ChunkResult, options: TranscribeOptions) -> ChunkResult:
    """The result of a model without word times, with its speech transcribed part by part where that is better.

    The model may have left something out if it wrote little, and made something up if it repeats itself.
    """
    spans, chunk = result.chunk.spans, result.chunk
    speech = total_length(spans)
    enough = MIN_WORDS_PER_SECOND * speech
    is_scanty = len(result.words) < enough
    repeated = [word for first, end in hallucinations.repetitions(result.words) for word in result.words[first:end]]
    if speech < coverage.MIN_GAP_SECONDS or not (is_scanty or repeated):
        return result
    result = replace(result, retried=int(is_scanty))
    parts = _parts(spans)
    excerpts = [around(chunk, (part[0][0], part[-1][1]), NARROW_CONTEXT_SECONDS) for part in parts]
    written = zip(transcribe_excerpts(engine, excerpts, options), parts)
    words = chained(_possible(hypothesis.words, total_length(part)) for hypothesis, part in written)
    if repeated and len(result.words) - len(words) > len(repeated) / 2:
        result = result.dropping((replace(word, start=chunk.start, end=chunk.end) for word in repeated), words)
    elif len(words) > len(result.words):
        result = replace(result, words=words)
    return replace(result, missing=((spans[0][0], spans[-1][1]),)) if len(result.words) < enough else result


def _possible(words: Sequence[Word], seconds: float) -> list[Word]:
    """Without repetitions, where nobody could say so many words in so many seconds."""
    if len(words) <= MAX_WORDS_PER_SECOND * seconds:
        return list(words)
    repeated = {number for first, end in hallucinations.repetitions(words) for number in range(first, end)}
    return [word for number, word in enumerate(words) if number not in repeated]


def _parts(spans: list[Span]) -> list[list[Span]]:
    """Spans in two parts, divided at the longest pause."""
    if len(spans) < 2:
        return [spans]
    pauses = [following[0] - span[1] for span, following in pairwise(spans)]
    cut = int(np.argmax(pauses)) + 1
    return [spans[:cut], spans[cut:]]
