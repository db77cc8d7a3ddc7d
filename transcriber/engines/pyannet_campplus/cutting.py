"""The pieces of voices in a window: what a local speaker says alone, cut at pauses."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from transcriber.speakers.windows import FRAME_SECONDS, LOCALS

LEAST_FRAMES = 12
"""0.2 s: less says nothing about a voice."""
SHORT_FRAMES, LONG_FRAMES = round(1.5 / FRAME_SECONDS), round(3.5 / FRAME_SECONDS)
"""A piece is at least as long as the first where there is so much, and hardly longer than the second.

Of longer pieces, more are of two people who follow each other: where they have up to 5 s, 5.7 % of what is said in
sixteen mixtures of readers is another's, with these 5.3 %.
"""
MEAN_FRAMES = round(2.5 / FRAME_SECONDS)
"""Of the pieces of what is longer than LONG_FRAMES: from 2 s on they may found a person (people.py)."""
PAUSE_FRAMES = round(0.25 / FRAME_SECONDS)
"""More of them end a piece."""


@dataclass(frozen=True)
class Piece:
    """A piece of the voice of a local speaker."""

    local: int
    frames: np.ndarray
    """Those of the window in which it is heard, ascending."""
    alone: int
    """How many of them nobody else speaks in."""


def cut(active: np.ndarray) -> Iterator[Piece]:
    """The pieces of each local speaker, by who speaks in a window [FRAMES, LOCALS] bool.

    Where a local speaker is hardly ever alone, of all that is said. Two people who follow each other closely may be one
    local speaker to the network: in pieces they can be told apart.
    """
    alone = active & (active.sum(1, keepdims=True) == 1)
    for local in range(LOCALS):
        is_clear = alone[:, local] if alone[:, local].sum() >= 2 * LEAST_FRAMES else active[:, local]
        for frames in _split(np.flatnonzero(is_clear)):
            yield Piece(local, frames, int(alone[frames, local].sum()))


def _split(frames: np.ndarray) -> Iterator[np.ndarray]:
    """Frames at pauses; what is too short goes with what is before it, or behind it at the beginning."""
    runs: list[np.ndarray] = []
    for run in np.split(frames, np.flatnonzero(np.diff(frames) > PAUSE_FRAMES) + 1):
        if runs and len(runs[-1]) < SHORT_FRAMES:
            runs[-1] = np.concatenate([runs[-1], run])
        else:
            runs.append(run)
    if len(runs) > 1 and len(runs[-1]) < SHORT_FRAMES:
        runs[-2:] = [np.concatenate(runs[-2:])]
    for run in runs:
        parts = round(len(run) / MEAN_FRAMES) if len(run) > LONG_FRAMES else 1
        yield from (part for part in np.array_split(run, parts) if len(part) >= LEAST_FRAMES)
