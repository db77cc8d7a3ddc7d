"""Forced alignment of a text with a transducer's scores: Viterbi over the lattice of frames and tokens.

A token-and-duration transducer (Xu et al., "Efficient Sequence Transduction by Jointly Predicting Tokens and
Durations", ICML 2023) is at a frame and has written some tokens. It writes the next one or nothing (blank), and goes on
by a duration. Here a whole word may also be left out, for a penalty: a text is not always what was said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from transcriber.patches.numba_cache import numba

IMPOSSIBLE = -1e30
BLANK, LABEL, OMISSION = 0, 1, 2


@dataclass(frozen=True)
class Scores:
    """Logarithms of probabilities, float32, for T frames, a text of U tokens, and K durations."""

    blank: np.ndarray
    """[T, U + 1]: of writing nothing, once so many tokens are written."""
    label: np.ndarray
    """[T, U]: of writing the next token."""
    duration: np.ndarray
    """[T, U + 1, K]"""
    durations: tuple[int, ...]
    """The K durations, in frames."""


@dataclass(frozen=True)
class Place:
    """Where a word is: the frame of its first token, the frame behind its last, and the confidence in it."""

    start: int
    end: int
    confidence: float
    """The geometric mean of its tokens' probabilities."""


def best_path(
    scores: Scores, firsts: Sequence[int] | np.ndarray, omission_penalty: float
) -> tuple[float, list[Place | None]]:
    """The logarithm of the best path's probability, and the place of each word; None for one that it leaves out.

    `firsts`: the number of each word's first token, then U; no word is without tokens. `omission_penalty`: nats a
    token of a word that is left out. A path begins at the first frame and ends behind the last.
    """
    following = np.zeros(scores.blank.shape[1], np.int64)
    following[list(firsts[:-1])] = firsts[1:]
    total, starts, ends = _viterbi(
        scores.blank, scores.label, scores.duration, np.array(scores.durations, np.int64), following, omission_penalty
    )
    return total, [
        Place(int(starts[a]), int(ends[b - 1]), float(np.exp(np.mean(scores.label[starts[a:b], range(a, b)]))))
        if ends[a] >= 0
        else None
        for a, b in pairwise(firsts)
    ]


@numba.njit(cache=True)
def _viterbi(blank, label, duration, durations, following, omission_penalty):  # noqa: PLR0913, PLR0917  (arrays only, compiled)
    """The best path's logarithm, and the frame of each token and the one at which it is over; -1 where left out."""
    frames, tokens = label.shape
    best = np.full((frames + 1, tokens + 1), IMPOSSIBLE)
    origin = np.zeros((frames + 1, tokens + 1), np.int32)
    step = np.zeros((frames + 1, tokens + 1), np.int8)
    best[0, 0] = 0.0
    for t in range(frames + 1):
        for u in range(tokens + 1):
            here, after = best[t, u], following[u]
            if after > 0 and here - omission_penalty * (after - u) > best[t, after]:
                best[t, after], origin[t, after], step[t, after] = here - omission_penalty * (after - u), u, OMISSION
            for k in range(len(durations) if t < frames else 0):
                arrival = min(t + durations[k], frames)
                value = here + blank[t, u] + duration[t, u, k]
                if durations[k] > 0 and value > best[arrival, u]:
                    best[arrival, u], origin[arrival, u], step[arrival, u] = value, t, BLANK
                value = here + label[t, u] + duration[t, u, k] if u < tokens else IMPOSSIBLE
                if value > best[arrival, min(u + 1, tokens)]:
                    best[arrival, u + 1], origin[arrival, u + 1], step[arrival, u + 1] = value, t, LABEL
    starts, ends = _trace(origin, step)
    return best[frames, tokens], starts, ends


@numba.njit(cache=True)
def _trace(origin, step):
    """Back along the path: where each token was written, and where it led."""
    t, u = origin.shape[0] - 1, origin.shape[1] - 1
    starts, ends = np.full(u, -1), np.full(u, -1)
    while t > 0 or u > 0:
        source = origin[t, u]
        if step[t, u] == OMISSION:
            u = source
            continue
        if step[t, u] == LABEL:
            u -= 1
            starts[u], ends[u] = source, t
        t = source
    return starts, ends
