"""Conversations as a diarizer hears them, made of turns: voices with known people, without sound or networks."""

from collections.abc import Sequence

import numpy as np

from transcriber.speakers.clustered import ClusteredVoices
from transcriber.speakers.protocol import VECTOR_SIZE
from transcriber.speakers.stitching import spans
from transcriber.speakers.windows import (
    FIRST_SECONDS,
    FRAME_SECONDS,
    FRAMES,
    LOCALS,
    PIECES,
    STEP_FRAMES,
    WindowVoices,
)

PIECE_FRAMES = 210
"""The longest piece: 3.5 s."""
SHORTEST_FRAMES = 12

Said = tuple[float, float, int]
"""start and end in seconds, and who speaks."""


def alternating(people: int, turns: int, seconds: float = 6.0, pause: float = 0.5) -> list[Said]:
    """Turns of the same length, one person after the other."""
    return [(at * (seconds + pause), at * (seconds + pause) + seconds, at % people) for at in range(turns)]


def voice(person: int) -> np.ndarray:
    """[VECTOR_SIZE] of length 1; those of two people are as unlike as strangers' are."""
    return _unit(np.random.default_rng(1000 + person).normal(size=VECTOR_SIZE))


def heard(said: Sequence[Said], duration: float | None = None, noise: float = 0.07) -> WindowVoices:
    """What a diarizer without faults hears of a conversation. A voice's pieces are about 0.7 alike."""
    seconds = duration or max((end for _, end, _ in said), default=0.0)
    length = max(FRAMES, round(seconds / FRAME_SECONDS))
    people = 1 + max((person for *_, person in said), default=0)
    speaks = np.zeros((length, people), bool)
    for start, end, person in said:
        begin, stop = (round((time - FIRST_SECONDS) / FRAME_SECONDS) for time in (start, end))
        speaks[max(begin, 0) : stop, person] = True
    starts = np.unique([*range(0, length - FRAMES, STEP_FRAMES), length - FRAMES])
    random = np.random.default_rng(len(said))
    active = np.zeros((len(starts), FRAMES, LOCALS), bool)
    pieces, vectors = [], []
    for window, start in enumerate(starts):
        within = speaks[start : start + FRAMES]
        for local, person in enumerate(np.flatnonzero(within.any(0))[:LOCALS]):
            active[window, :, local] = within[:, person]
            alone = within[:, person] & (within.sum(1) == 1)
            for begin, end in _pieces(alone):
                pieces.append((window, local, begin, end, (end - begin) * FRAME_SECONDS))
                vectors.append(_unit(voice(person) + noise * random.normal(size=VECTOR_SIZE)))
    return WindowVoices(
        starts,
        active,
        np.array(pieces, PIECES),
        np.array(vectors, np.float32).reshape(-1, VECTOR_SIZE),
        seconds,
    )


def voices(said: Sequence[Said], duration: float | None = None) -> ClusteredVoices:
    return ClusteredVoices(heard(said, duration))


def _pieces(alone: np.ndarray) -> list[tuple[int, int]]:
    return [
        (at, min(at + PIECE_FRAMES, end))
        for begin, end in spans(alone)
        for at in range(begin, end, PIECE_FRAMES)
        if min(at + PIECE_FRAMES, end) - at >= SHORTEST_FRAMES
    ]


def _unit(vector: np.ndarray) -> np.ndarray:
    return (vector / np.linalg.norm(vector)).astype(np.float32)
