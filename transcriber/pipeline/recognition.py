"""Chunks → their words, with nothing left out and nothing made up.

What the model wrote is held against what the voice detector heard. Speech without words is heard again: with some more
of the recording around it, then on its own, then by another model where there is one. Words where nobody speaks, known
hallucinations, and repetitions that a second hearing does not confirm are dropped.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.protocol import Engine
from transcriber.joining import chained, continued, woven
from transcriber.options import TranscribeOptions
from transcriber.pipeline import coverage
from transcriber.pipeline.chunking import Chunk
from transcriber.pipeline.coverage import Span
from transcriber.pipeline.seams import doubled, says_twice, without_doubles
from transcriber.transcript import Coverage, Hypothesis, Word, normal
from transcriber.word_times.plausible import plausible

WIDE_CONTEXT_SECONDS = 1.5
"""Seconds before and behind it that are heard with what is heard again; at first."""
NARROW_CONTEXT_SECONDS = 0.25
"""The same, when it is heard on its own."""
ACROSS_SECONDS = 3.0
"""On either side of a cut at which a word seems to be doubled, heard once more."""
MIN_CONFIDENCE = 0.5
"""What is found so must be as likely as this, where the model says."""
MIN_WORDS_PER_SECOND, MAX_WORDS_PER_SECOND = 0.4, 6.0
"""Words a second of speech; a model without word times that writes fewer left something out, one that writes more made
something up."""


@dataclass
class ChunkResult:
    """A chunk and what is known of it; words of models that have times are timed in seconds of the recording."""

    chunk: Chunk
    words: list[Word] = field(default_factory=list)
    language: str | None = None
    missing: list[Span] = field(default_factory=list)
    dropped: list[Word] = field(default_factory=list)
    doubtful: list[Span] = field(default_factory=list)
    retried: int = 0

    @property
    def coverage(self) -> Coverage:
        speech = _seconds(self.chunk.spans)
        found = max(0, self.retried - len(self.missing))
        return Coverage(speech, tuple(self.missing), self.retried, found, tuple(self.dropped), self._doubted)

    def doubt(self, hypothesis: Hypothesis, audio_start: float) -> None:
        """Keep what is doubtful of what was heard from that second on."""
        self.doubtful += [(audio_start + start, audio_start + end) for start, end in hypothesis.doubtful]

    @property
    def _doubted(self) -> tuple[Span, ...]:
        """What is doubtful and was not dropped."""
        kept = [word.middle for word in self.words if word.start is not None]
        return tuple(sorted({span for span in self.doubtful if any(span[0] <= at <= span[1] for at in kept)}))


def transcribe_chunks(
    engine: Engine,
    batch: Sequence[Chunk],
    options: TranscribeOptions,
    second: Callable[[], Engine] | None = None,
    aligner: Engine | None = None,
) -> list[ChunkResult]:
    """The words of each chunk.

    `second` loads another model, if one may help out. `aligner` is one that gives words times which have none.
    """
    made = [ChunkResult(chunk) for chunk in batch]
    spoken = [one for one in made if not one.chunk.is_silent]
    for one, hypothesis in zip(spoken, _hear(engine, [one.chunk.samples for one in spoken], options), strict=True):
        one.language = hypothesis.language
        one.doubt(hypothesis, one.chunk.audio_start)
        one.words = _placed(engine, hypothesis, one.chunk, one.chunk.samples, one.chunk.audio_start)
        if engine.has_word_times:
            # Mended times lie where somebody speaks: that a word was made up shows in those that the model gave it.
            _drop_hallucinations(one, [word.later(one.chunk.audio_start) for word in hypothesis.words])
    if engine.has_word_times:
        _check_repetitions(engine, spoken, options)
        for one in spoken:
            one.missing = coverage.uncovered(one.chunk.spans, one.words)
            one.retried = len(one.missing)
        _retranscribe_gaps(engine, spoken, options, WIDE_CONTEXT_SECONDS)
        _retranscribe_gaps(engine, spoken, options, NARROW_CONTEXT_SECONDS)
        if second and any(one.missing for one in spoken):
            other = second()
            if other.has_word_times:
                _retranscribe_gaps(other, spoken, options, NARROW_CONTEXT_SECONDS)
    else:
        _hear_parts(engine, spoken, options)
        if aligner:
            _time(aligner, spoken)
    return made


def _hear(engine: Engine, pieces: list[np.ndarray], options: TranscribeOptions) -> Iterator[Hypothesis]:
    for at in range(0, len(pieces), engine.batch_size):
        yield from engine.transcribe(pieces[at : at + engine.batch_size], options)


def _placed(engine: Engine, hypothesis: Hypothesis, chunk: Chunk, samples: np.ndarray, start: float) -> list[Word]:
    """Its words in the recording's time, with times that can be true; it heard `samples` [N] from second `start` on.

    None where no letter was written: Whisper writes a lone “.” for music.
    """
    if not any(normal(word.text) for word in hypothesis.words):
        return []
    if not engine.has_word_times:
        return list(hypothesis.words)
    return _plausible(
        [word.later(start) for word in hypothesis.words], chunk, start, start + len(samples) / SAMPLE_RATE
    )


def _plausible(words: Sequence[Word], chunk: Chunk, start: float, end: float) -> list[Word]:
    """Words heard between two seconds, held against the chunk's speech; what is beyond the chunk may be speech, too."""
    return plausible(words, [(start, chunk.start), *chunk.spans, (chunk.end, end)], start, end)


def _drop_hallucinations(one: ChunkResult, given: Sequence[Word]) -> None:
    """`given`: the same words with the times that the model gave them."""
    chunk = one.chunk
    invented = {at for first, end in coverage.hallucinations(given, chunk.spans) for at in range(first, end)}
    for at, word in enumerate(one.words):
        # What is heard beyond a seam is the other chunk's to judge.
        is_own = chunk.start <= word.span[0] < chunk.end
        is_silence = not chunk.spans and not _is_sure(word)
        if at in invented or (is_own and (is_silence or coverage.is_on_silence(word, chunk.speech_probs, chunk.start))):
            one.dropped.append(word)
    one.words = [word for word in one.words if word not in one.dropped]


def _check_repetitions(engine: Engine, spoken: list[ChunkResult], options: TranscribeOptions) -> None:
    """Each is heard again on its own: what was really said twice is written again, a loop of the model's is not."""
    found = [(one, first, end) for one in spoken for first, end in reversed(coverage.repetitions(one.words))]
    spans = [(one.words[first].span[0], one.words[end - 1].span[1]) for one, first, end in found]
    pieces = [_around(one.chunk, span, NARROW_CONTEXT_SECONDS) for (one, _, _), span in zip(found, spans)]
    heard = _hear(engine, [samples for samples, _ in pieces], options)
    for (one, first, end), (samples, start), hypothesis in zip(found, pieces, heard, strict=True):
        again = _placed(engine, hypothesis, one.chunk, samples, start)
        if _in_common(one.words[first:end], again) < (end - first) / 2:
            one.dropped += one.words[first:end]
            kept, until = one.words[first - 1], one.words[end].span[0] if end < len(one.words) else np.inf
            between = [word for word in again if kept.span[1] <= word.middle <= until]
            rest = one.words[end:]
            again = continued(kept, [word for word in between if not _is_same(kept, word)])
            one.words[first:] = [*again, *continued((again or [kept])[-1], rest)]
        one.doubt(hypothesis, start)


def _is_same(word: Word, other: Word) -> bool:
    """Whether they are one word, heard twice."""
    return normal(word.text) == normal(other.text) and other.span[0] < word.span[1]


def doubled_at_cut(
    engine: Engine, before: Chunk, words: Sequence[Word], after: ChunkResult, options: TranscribeOptions
) -> int:
    """How many of a chunk's first words only repeat the last ones of `words`, those of the chunk before it.

    A cut is where nobody speaks, yet a model may write a word on either side. What is around it is heard again.
    """
    count = doubled(words, after.words)
    if not count:
        return 0
    cut = after.chunk.start
    pieces = before.piece(cut - ACROSS_SECONDS, cut), after.chunk.piece(cut, cut + ACROSS_SECONDS)
    (hypothesis,) = engine.transcribe([np.concatenate(pieces)], options)
    phrase = [normal(word.text) for word in after.words[:count]]
    return 0 if says_twice(hypothesis.words, phrase) else count


def _in_common(words: Sequence[Word], others: Sequence[Word]) -> int:
    one, other = (Counter(normal(word.text) for word in some) for some in (words, others))
    return (one & other).total()


def _retranscribe_gaps(engine: Engine, spoken: list[ChunkResult], options: TranscribeOptions, around: float) -> None:
    """Hear again what is missing, with so many seconds around it."""
    gaps = [(one, span) for one in spoken for span in one.missing]
    pieces = [_around(one.chunk, span, around) for one, span in gaps]
    heard = _hear(engine, [samples for samples, _ in pieces], options)
    for (one, span), (samples, start), hypothesis in zip(gaps, pieces, heard, strict=True):
        placed = _placed(engine, hypothesis, one.chunk, samples, start)
        words = [word for word in placed if _belongs(word, span)]
        if words:
            one.doubt(hypothesis, start)
        one.words = woven(one.words, without_doubles(one.words, words, placed))
    for one in spoken:
        one.missing = coverage.uncovered(one.missing, one.words)


def _around(chunk: Chunk, span: Span, around: float) -> tuple[np.ndarray, float]:
    """The samples of a span and so many seconds on either side, and the second at which they begin."""
    start = max(chunk.audio_start, span[0] - around)
    return chunk.piece(start, span[1] + around), start


def _belongs(word: Word, span: Span) -> bool:
    """Whether a word that was found is one of those that were missing."""
    return _is_sure(word) and span[0] <= word.middle <= span[1]


def _is_sure(word: Word) -> bool:
    return word.confidence is None or word.confidence >= MIN_CONFIDENCE


def _hear_parts(engine: Engine, spoken: list[ChunkResult], options: TranscribeOptions) -> None:
    """A model without word times may have left something out if it wrote little, and made something up if it repeats
    itself: its speech is heard part by part.
    """
    for one in spoken:
        spans = one.chunk.spans
        speech = _seconds(spans)
        is_scanty = len(one.words) < MIN_WORDS_PER_SECOND * speech
        repeated = [word for first, end in coverage.repetitions(one.words) for word in one.words[first:end]]
        if speech < coverage.MIN_GAP_SECONDS or not (is_scanty or repeated):
            continue
        one.retried = int(is_scanty)
        parts = _parts(spans)
        pieces = [_around(one.chunk, (part[0][0], part[-1][1]), NARROW_CONTEXT_SECONDS)[0] for part in parts]
        heard = zip(_hear(engine, pieces, options), parts, strict=True)
        words = chained(_possible(hypothesis.words, _seconds(part)) for hypothesis, part in heard)
        if repeated and len(one.words) - len(words) > len(repeated) / 2:
            one.dropped += [replace(word, start=one.chunk.start, end=one.chunk.end) for word in repeated]
            one.words = words
        elif len(words) > len(one.words):
            one.words = words
        if len(one.words) < MIN_WORDS_PER_SECOND * speech:
            one.missing = [(spans[0][0], spans[-1][1])]


def _possible(words: Sequence[Word], seconds: float) -> list[Word]:
    """Without repetitions, where nobody could say so many words in so many seconds."""
    if len(words) <= MAX_WORDS_PER_SECOND * seconds:
        return list(words)
    repeated = {at for first, end in coverage.repetitions(words) for at in range(first, end)}
    return [word for at, word in enumerate(words) if at not in repeated]


def _time(aligner: Engine, spoken: list[ChunkResult]) -> None:
    """Give words times, and see which speech has none near it."""
    from transcriber.alignment.aligner import align_chunk, timed

    for one in spoken:
        words = timed(one.words, align_chunk(aligner, one.chunk.samples, [word.text for word in one.words]))
        chunk, start = one.chunk, one.chunk.audio_start
        end = start + len(chunk.samples) / SAMPLE_RATE
        one.words = _plausible([word.later(start) for word in words], chunk, start, end)
        one.missing = coverage.uncovered(chunk.spans, one.words)


def _parts(spans: list[Span]) -> list[list[Span]]:
    """Spans in about two parts, divided at the longest pause."""
    if len(spans) < 2:
        return [spans]
    pauses = [following[0] - span[1] for span, following in pairwise(spans)]
    cut = int(np.argmax(pauses)) + 1
    return [spans[:cut], spans[cut:]]


def _seconds(spans: Sequence[Span]) -> float:
    return sum(end - start for start, end in spans)
