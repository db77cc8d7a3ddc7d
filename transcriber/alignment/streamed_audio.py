"""The audio of a recording that streams by, for a forced aligner that asks for pieces of it in their order."""

from collections.abc import Iterable, Sequence

import numpy as np

from transcriber.alignment.aligner import AlignWords
from transcriber.audio.samples import NOTHING, SAMPLE_RATE
from transcriber.engines.protocol import ForcedAligner
from transcriber.transcript import Word


class StreamedAudio:
    """`blocks` are the recording's samples at 16 kHz, arrays [N] that follow one another."""

    def __init__(self, blocks: Iterable[np.ndarray]) -> None:
        self._blocks = iter(blocks)
        self._held, self._first = NOTHING, 0
        """What was read last, and the number of its first sample in the recording."""

    def cut(self, start: float, end: float) -> tuple[np.ndarray, float]:
        """The samples between two seconds, as far as there are any, and the second at which they begin.

        `start` is never before that of the call before.
        """
        first, last = max(0, round(start * SAMPLE_RATE)), round(end * SAMPLE_RATE)
        parts, reached = [self._held], self._first + len(self._held)
        while reached < last and (block := next(self._blocks, None)) is not None:
            reached += len(block)
            parts = [*parts, block] if reached > first else [block[:0]]
        held = np.concatenate(parts)
        self._held, self._first = held[max(0, first - (reached - len(held))) :], max(first, reached - len(held))
        return self._held[: last - self._first], self._first / SAMPLE_RATE

    def aligned_by(self, aligner: ForcedAligner) -> AlignWords:
        """The aligner's forced alignment in this recording."""

        def align_words(words: Sequence[str], start: float, end: float) -> list[Word | None]:
            samples, begin = self.cut(start - aligner.context, end + aligner.context)
            aligned = aligner.align(samples, words, start - begin, end - begin)
            return [word and word.later(begin) for word in aligned]

        return align_words
