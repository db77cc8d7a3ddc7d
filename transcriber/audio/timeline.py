"""Decoded frames → whole seconds, each sample at its time in the recording.

A container gives each frame its time. Where it leaves a hole (lost packets, a pause, a track that starts after the
pictures), a player is silent, and so are these seconds: later words keep their times.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

TOLERANCE_SECONDS = 0.05
"""By which a frame's time may miss the end of the frame before it: containers round, recorders waver."""
MAX_OVERLAP_SECONDS = 1.0
"""Dropped where a frame starts before the end of the last one; if it is more, the clock was set back."""
MAX_SILENCE_SECONDS = 6 * 3600.0
"""Filled in the holes of one recording; what asks for more has damaged times."""


class Frame(NamedTuple):
    """Some decoded samples."""

    time: float | None
    """Seconds since the recording's start, where the file says."""
    samples: np.ndarray
    """[channels, N], as they are stored."""
    rate: int
    """Samples a second."""


def whole_seconds(
    frames: Iterable[Frame],
    begin: int = 0,
    longest_hole: float = MAX_SILENCE_SECONDS,
    found_hole: Callable[[float], None] = lambda time: None,
) -> Iterator[tuple[np.ndarray, int]]:
    """Samples [channels, N] with their rate, from second `begin` on, without a hole.

    Each piece ends at a whole second of the recording, or where rate, channels or format of the samples change. A
    jump of more than `longest_hole` seconds is no hole: the clock was set. `found_hole` is told where one begins.
    """
    held: list[np.ndarray] = []
    kind: tuple = ()
    position, correction, filled = 0, 0.0, 0.0
    for frame in frames:
        new_kind = (frame.rate, len(frame.samples), frame.samples.dtype)
        if first := not kind:
            position = begin * frame.rate
        elif kind != new_kind:
            if held:
                yield np.concatenate(held, 1), kind[0]
                held = []
            position = round(position * frame.rate / kind[0])
        kind = new_kind
        rate, samples = frame.rate, frame.samples
        gap = 0.0 if frame.time is None else frame.time + correction - position / rate
        if first or abs(gap) > TOLERANCE_SECONDS:
            shortest = -np.inf if first else -MAX_OVERLAP_SECONDS
            if not shortest <= gap <= min(longest_hole, MAX_SILENCE_SECONDS - filled):
                correction -= gap
            elif gap < 0:
                samples = samples[:, round(-gap * rate) :]
            else:
                filled += gap
                if not first:
                    found_hole(position / rate)
                for silence in _silence(round(gap * rate), samples, rate):
                    position = yield from _append(held, silence, position, rate)
        position = yield from _append(held, samples, position, rate)
    if held:
        yield np.concatenate(held, 1), kind[0]


def _append(held: list[np.ndarray], samples: np.ndarray, position: int, rate: int):
    """Add to what is held, give out each second that is full; returns the new position."""
    while (room := rate - position % rate) <= samples.shape[1]:
        held.append(samples[:, :room])
        yield np.concatenate(held, 1), rate
        held.clear()
        samples, position = samples[:, room:], position + room
    if samples.shape[1]:
        held.append(samples)
    return position + samples.shape[1]


def _silence(length: int, like: np.ndarray, rate: int) -> Iterator[np.ndarray]:
    for at in range(0, length, rate):
        shape = (len(like), min(rate, length - at))
        yield np.full(shape, 128 if like.dtype == np.uint8 else 0, like.dtype)
