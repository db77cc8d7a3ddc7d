"""The best path through a small lattice is the best of all that there are."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from transcriber.engines.nemo.viterbi import Scores, best_path

DURATIONS = (0, 1, 2)
PRICE = 2.0


def paths(
    scores: Scores, firsts: list[int], t: int = 0, u: int = 0
) -> Iterator[tuple[float, dict[int, tuple[int, int]]]]:
    """Every path from (t, u) to the end: its logarithm, and the frames of each token that it writes."""
    frames, tokens = scores.label.shape
    if (t, u) == (frames, tokens):
        yield 0.0, {}
    if u in firsts[:-1]:
        after = firsts[firsts.index(u) + 1]
        for value, written in paths(scores, firsts, t, after):
            yield value - PRICE * (after - u), written
    for kind, duration in enumerate(DURATIONS if t < frames else ()):
        cost, arrival = scores.duration[t, u, kind], min(t + duration, frames)
        if duration:
            for value, written in paths(scores, firsts, arrival, u):
                yield value + cost + scores.blank[t, u], written
        if u < tokens:
            for value, written in paths(scores, firsts, arrival, u + 1):
                yield value + cost + scores.label[t, u], {**written, u: (t, arrival)}


@pytest.mark.parametrize("seed", range(20))
def test_no_path_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    firsts = [[0, 1, 3], [0, 2], [0]][seed % 3]
    frames, tokens = int(rng.integers(1, 5)), firsts[-1]
    shapes = (frames, tokens + 1), (frames, tokens), (frames, tokens + 1, len(DURATIONS))
    scores = Scores(*(np.log(rng.random(shape, np.float32)) for shape in shapes), DURATIONS)
    best, written = max(paths(scores, firsts), key=lambda path: path[0])
    total, places = best_path(scores, firsts, PRICE)
    assert total == pytest.approx(best, abs=1e-4)
    for place, (first, last) in zip(places, pairwise(firsts), strict=True):
        assert (place is None) == (first not in written)
        if place:
            assert (place.start, place.end) == (written[first][0], written[last - 1][1])
            expected = np.mean([scores.label[written[token][0], token] for token in range(first, last)])
            assert place.confidence == pytest.approx(np.exp(expected), rel=1e-4)


def test_no_time_at_all() -> None:
    """Every word is left out."""
    nothing = Scores(*(np.zeros(shape, np.float32) for shape in ((0, 3), (0, 2), (0, 3, 3))), DURATIONS)
    assert best_path(nothing, [0, 1, 2], PRICE) == (-2 * PRICE, [None, None])
