"""Times for words of which a model gives none, as good as captions need them: the speech is shared out among them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from transcriber.transcript import Word
from transcriber.word_times.lengths import usual_seconds
from transcriber.word_times.spans import Span


def with_times(words: Sequence[Word], speech: Sequence[Span]) -> Sequence[Word]:
    """The same words; where they have no times, each gets of the speech what saying it usually takes of them all."""
    if not words or not speech or all(word.start is not None for word in words):
        return words
    ends = np.cumsum([0.0, *(usual_seconds(word.text) for word in words)])
    lengths = np.cumsum([0.0, *(end - start for start, end in speech)])
    shares = ends / ends[-1] * lengths[-1]
    number = np.clip(np.searchsorted(lengths, shares, "right") - 1, 0, len(speech) - 1)
    moments = np.array([start for start, _ in speech])[number] + shares - lengths[number]
    return [replace(word, start=float(start), end=float(end)) for word, start, end in zip(words, moments, moments[1:])]
