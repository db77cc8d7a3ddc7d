"""Chunks: nothing is lost or doubled, none is too long, and cuts are where it is quiet."""

import numpy as np
import pytest

from tests.conftest import RATE
from transcriber.chunking import Chunk, chunks, heard_span

RNG = np.random.default_rng(0)


def blocks_of(audio: np.ndarray, size: int) -> list[np.ndarray]:
    return [audio[at : at + size] for at in range(0, len(audio), size)]


@pytest.mark.parametrize("seconds", [0.01, 5, 29.99, 30, 30.01, 95.3])
@pytest.mark.parametrize("block", [1600, 44_100, 10 * RATE])
def test_chunks_together_are_the_recording(seconds: float, block: int) -> None:
    audio = RNG.standard_normal(int(seconds * RATE), dtype=np.float32)
    made = list(chunks(blocks_of(audio, block), 30.0))
    assert np.array_equal(np.concatenate([chunk.samples for chunk in made]), audio)
    assert all(chunk.duration <= 30 for chunk in made)
    starts = np.cumsum([0, *(len(chunk.samples) for chunk in made[:-1])]) / RATE
    assert [chunk.start for chunk in made] == pytest.approx(starts)


def test_a_short_recording_stays_whole() -> None:
    audio = RNG.standard_normal(30 * RATE, dtype=np.float32)
    assert len(list(chunks([audio], 30.0))) == 1


def test_cuts_lie_in_pauses() -> None:
    """Speech of 25 s, a pause of half a second, and so on: each cut falls into a pause."""
    audio = RNG.standard_normal(120 * RATE, dtype=np.float32)
    pauses = [25.0, 50.0, 75.0, 100.0]
    for at in pauses:
        audio[int(at * RATE) : int((at + 0.5) * RATE)] *= 0.001
    cuts = [chunk.end for chunk in chunks(blocks_of(audio, 30 * RATE), 30.0)][:-1]
    assert len(cuts) == 4
    assert all(at < cut < at + 0.5 for at, cut in zip(pauses, cuts))


def test_no_recording_makes_no_chunk() -> None:
    assert list(chunks([], 30.0)) == []
    assert list(chunks([np.zeros(0, np.float32)], 30.0)) == []


def test_where_a_chunk_is_heard() -> None:
    audio = RNG.standard_normal(10 * RATE, dtype=np.float32) * 1e-4
    audio[3 * RATE : 5 * RATE] += 0.3
    start, end = heard_span(Chunk(audio, 100.0))
    assert start == pytest.approx(103, abs=0.05)
    assert end == pytest.approx(105, abs=0.05)
    assert heard_span(Chunk(audio[:100], 7.0))[0] == 7.0
