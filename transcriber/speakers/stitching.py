"""Windows → frames: the local speakers of each window are given to people, and windows that overlap are added up.

A window counts most in its middle: at its edges it lacks what is before and after. It is done in blocks of time: only
who speaks in each frame grows with the recording.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from transcriber.speakers.windows import FRAME_SECONDS, FRAMES, LOCALS, WindowVoices

SAME_TWICE_COST = 0.2
"""Likeness given up rather than take two local speakers of a window for the same person."""
NEVER = 9.0
"""The same of two who speak at once for TOGETHER_SECONDS: no likeness is worth it."""
TOGETHER_SECONDS = 0.2
OTHER_PERSON_MARGIN = 0.2
"""Likeness by which a piece must be nearer to another person than its local speaker to be that person's."""
SURE_SECONDS = 1.0
"""Speech alone below which a piece is never another person's than its local speaker."""
CANDIDATES = 3
"""People whom a local speaker may be: the likeliest."""
BLOCK_FRAMES = 32_768
"""That are stitched at a time: nine minutes."""
WEIGHTS = (1 - 0.9 * np.abs(np.linspace(-1, 1, FRAMES))).astype(np.float32)
"""Of the frames of a window."""
MAX_TOGETHER = 2
"""People who speak at once, at most: segmentation-3.0 knows no more."""


@dataclass(frozen=True)
class Stitched:
    """Who speaks in each frame of a recording."""

    active: np.ndarray
    """[frames, people] bool"""
    exclusive: np.ndarray
    """[frames] int16: the one person who speaks, or speaks most surely; -1 where nobody does."""


def assign(voices: WindowVoices, centres: np.ndarray) -> np.ndarray:
    """The person [pieces] that each piece belongs to; `centres` [people, vector size], one at least.

    In a window the best of all combinations of the likeliest people; two local speakers are two people unless both
    are clearly like one. Then a piece that is clearly like somebody else is somebody else's.
    """
    likeness = voices.vectors @ centres.T
    own = _best_combinations(voices.pieces, voices.active, likeness)
    nearest, rows = likeness.argmax(1), np.arange(len(own))
    is_other = likeness[rows, nearest] > likeness[rows, own] + OTHER_PERSON_MARGIN
    return np.where(is_other & (voices.pieces["alone"] >= SURE_SECONDS), nearest, own)


def _best_combinations(pieces: np.ndarray, active: np.ndarray, likeness: np.ndarray) -> np.ndarray:
    """The person [pieces] of each piece's local speaker; `likeness` [pieces, people]."""
    key = pieces["window"].astype(int) * LOCALS + pieces["local"]
    mean, is_there = _means(key, len(active) * LOCALS, likeness, pieces["alone"] + 0.05)
    mean, is_there = mean.reshape(len(active), LOCALS, -1), is_there.reshape(len(active), LOCALS)
    likeliest = np.argsort(-mean, axis=2, kind="stable")[:, :, :CANDIDATES]
    choices = np.indices((likeliest.shape[2],) * LOCALS).reshape(LOCALS, -1)  # [locals, combinations]
    of_local = np.arange(LOCALS)[:, None]
    person = likeliest[:, of_local, choices]  # [windows, locals, combinations]
    worth = np.take_along_axis(mean, likeliest, 2)[:, of_local, choices].sum(1)
    for one, other in combinations(range(LOCALS), 2):
        together = (active[:, :, one] & active[:, :, other]).sum(1) * FRAME_SECONDS
        cost = np.where(together < TOGETHER_SECONDS, SAME_TWICE_COST, NEVER) * (is_there[:, one] & is_there[:, other])
        worth -= (person[:, one] == person[:, other]) * cost[:, None]
    best = np.take_along_axis(person, worth.argmax(1)[:, None, None], 2)[:, :, 0]
    return best.reshape(-1)[key]


def _means(key: np.ndarray, count: int, likeness: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The weighted mean [count, people] of the rows with each key, and which keys [count] there are."""
    sums, weights = np.zeros((count, likeness.shape[1]), np.float32), np.bincount(key, weight, count)
    np.add.at(sums, key, likeness * weight[:, None].astype(np.float32))
    return sums / np.maximum(weights, 1e-6)[:, None].astype(np.float32), weights > 0


def stitch(voices: WindowVoices, people: np.ndarray, count: int) -> Stitched:
    """Who speaks in each frame, where each piece belongs to the person in `people` [pieces]; `count` of them."""
    length = int(voices.starts[-1]) + FRAMES if len(voices.starts) else 0
    active, exclusive = np.zeros((length, count), bool), np.full(length, -1, np.int16)
    if not count:
        return Stitched(active, exclusive)
    edges = _edges(voices.pieces)
    for begin in range(0, length, BLOCK_FRAMES):
        block = slice(begin, min(begin + BLOCK_FRAMES, length))
        score, speaking = _scores(voices, people, count, edges, block)
        rank = (-score).argsort(1, kind="stable").argsort(1, kind="stable")
        active[block] = (rank < np.minimum(speaking, MAX_TOGETHER)[:, None]) & (score > 0)
        likeliest = score.argmax(1)
        exclusive[block] = np.where((speaking > 0) & (score.max(1) > 0), likeliest, -1)
    return Stitched(active, exclusive)


def _scores(
    voices: WindowVoices, people: np.ndarray, count: int, edges: np.ndarray, block: slice
) -> tuple[np.ndarray, np.ndarray]:
    """Of the frames of a block: the weights [frames, people] with which windows say that a person speaks, and how many
    speak [frames]."""
    frames = block.stop - block.start
    score = np.zeros((frames, count), np.float32)
    number, cover = np.zeros(frames, np.float32), np.full(frames, 1e-6, np.float32)
    first, last = np.searchsorted(voices.starts, (block.start - FRAMES + 1, block.stop))
    begin, end = np.searchsorted(voices.pieces["window"], (first, last))
    for window in range(first, last):
        within, here = _overlap(int(voices.starts[window]), 0, FRAMES, block)
        number[here] += voices.active[window, within].sum(1) * WEIGHTS[within]
        cover[here] += WEIGHTS[within]
    for piece, person, (left, right) in zip(voices.pieces[begin:end], people[begin:end], edges[begin:end].tolist()):
        within, here = _overlap(int(voices.starts[piece["window"]]), left, right, block)
        score[here, person] += voices.active[piece["window"], within, piece["local"]] * WEIGHTS[within]
    return score, np.rint(number / cover).astype(np.int8)


def _overlap(start: int, left: int, right: int, block: slice) -> tuple[slice, slice]:
    """Frames `left` to `right` of a window that begins at frame `start`, as far as they are in a block: their place in
    the window, and in the block."""
    begin = max(start + left, block.start)
    end = max(min(start + right, block.stop), begin)
    return slice(begin - start, end - start), slice(begin - block.start, end - block.start)


def _edges(pieces: np.ndarray) -> np.ndarray:
    """The frames of its window [pieces, 2] for which each piece stands: to the middle between it and the next."""
    follows = np.zeros(len(pieces) + 1, bool)
    follows[1:-1] = (np.diff(pieces["window"]) == 0) & (np.diff(pieces["local"].astype(int)) == 0)
    middles = np.zeros(len(pieces) + 1, int)
    middles[1:-1] = (pieces["end"][:-1].astype(int) + pieces["begin"][1:]) // 2
    return np.stack([np.where(follows[:-1], middles[:-1], 0), np.where(follows[1:], middles[1:], FRAMES)], 1)


def spans(mask: np.ndarray) -> Iterator[tuple[int, int]]:
    """(begin, end) of the runs of true in a mask [frames]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist())


def nearest_speaker(exclusive: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """Who speaks in the frame next to each in which somebody does; `exclusive` [frames] has -1 where nobody does."""
    spoken = np.flatnonzero(exclusive >= 0)
    after = np.searchsorted(spoken, frames).clip(0, len(spoken) - 1)
    before = (after - 1).clip(0)
    is_before = np.abs(spoken[before] - frames) <= np.abs(spoken[after] - frames)
    return exclusive[np.where(is_before, spoken[before], spoken[after])]
