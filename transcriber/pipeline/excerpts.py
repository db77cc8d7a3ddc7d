"""Excerpts of chunks, and what models write for them: in seconds of the recording, with times that can be true."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.protocol import Engine
from transcriber.options import TranscribeOptions
from transcriber.pipeline.chunking import Chunk
from transcriber.transcript import Hypothesis, Word, normal
from transcriber.word_times.plausible import plausible
from transcriber.word_times.spans import Span


@dataclass(frozen=True)
class Excerpt:
    """Part of a chunk's audio."""

    chunk: Chunk
    samples: np.ndarray
    """[N] at 16 kHz."""
    start: float
    """The second of the recording at which they begin."""

    @property
    def end(self) -> float:
        return self.start + len(self.samples) / SAMPLE_RATE

    def plausible(self, words: Sequence[Word]) -> list[Word]:
        """Words of this excerpt with times that can be true; what is beyond the chunk itself may be speech, too."""
        chunk = self.chunk
        speech = [(self.start, chunk.start), *chunk.spans, (chunk.end, self.end)]
        return plausible(words, speech, self.start, self.end)

    def words(self, hypothesis: Hypothesis) -> list[Word]:
        """The words of what was written for this excerpt, with times that can be true, if they have any.

        None where no letter was written: Whisper writes a lone “.” for music.
        """
        return self.plausible(hypothesis.words) if any(normal(word.text) for word in hypothesis.words) else []


def whole(chunk: Chunk) -> Excerpt:
    return Excerpt(chunk, chunk.samples, chunk.audio_start)


def around(chunk: Chunk, span: Span, context_seconds: float) -> Excerpt:
    """A span of the recording with some context on either side, as far as the chunk's audio has it."""
    start = max(chunk.audio_start, span[0] - context_seconds)
    return Excerpt(chunk, chunk.piece(start, span[1] + context_seconds), start)


def transcribe_excerpts(engine: Engine, excerpts: Sequence[Excerpt], options: TranscribeOptions) -> list[Hypothesis]:
    """What the engine writes for each excerpt, in seconds of the recording, batch by batch."""
    hypotheses: list[Hypothesis] = []
    for at in range(0, len(excerpts), engine.batch_size):
        batch = excerpts[at : at + engine.batch_size]
        written = engine.transcribe([excerpt.samples for excerpt in batch], options)
        hypotheses += [hypothesis.later(excerpt.start) for excerpt, hypothesis in zip(batch, written, strict=True)]
    return hypotheses
