"""Voices through a telephone, on vectors: the published networks' are in the benchmarks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.conversations import alternating, heard, voice
from transcriber.speakers.clustered import ClusteredVoices
from transcriber.speakers.matching import match
from transcriber.speakers.people import SAME_PERSON_DISTANCE
from transcriber.speakers.protocol import VECTOR_SIZE
from transcriber.speakers.telephone import (
    OFFSET,
    TELEPHONE_DISTANCE,
    same_person_distance,
    telephone_ratio,
    without_telephone,
)
from transcriber.speakers.windows import WindowVoices


def through_a_telephone(vectors: np.ndarray) -> np.ndarray:
    moved = vectors + 1.8 * OFFSET  # those of `voice()` are less alike than people's are
    return (moved / np.linalg.norm(moved, axis=-1, keepdims=True)).astype(np.float32)


def direct_voices(count: int) -> np.ndarray:
    return np.stack([voice(person) for person in range(count)])


def call(people: int) -> WindowVoices:
    said = heard(alternating(people, 4 * people), noise=0.045)
    return WindowVoices(said.starts, said.active, said.pieces, through_a_telephone(said.vectors), said.duration)


def test_strangers_in_a_telephone_are_as_unlike_as_others():
    def likeness(vectors: np.ndarray) -> float:
        return float((vectors @ vectors.T)[np.triu_indices(len(vectors), 1)].mean())

    direct = direct_voices(20)
    heard_so = through_a_telephone(direct)
    assert likeness(heard_so) > 0.35
    assert likeness(without_telephone(heard_so)) < likeness(direct) + 0.15


def test_a_direct_voice_stays_what_it_is():
    direct = direct_voices(20)
    direct = direct[telephone_ratio(direct) == 0]
    assert len(direct) >= 18
    assert without_telephone(direct) == pytest.approx(direct, abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.floats(0, 3))
def test_voices_keep_their_length_and_are_never_moved_towards_a_telephone(seed: int, strength: float):
    vectors = np.random.default_rng(seed).normal(size=(5, VECTOR_SIZE)) / np.sqrt(VECTOR_SIZE) + strength * OFFSET
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    once = without_telephone(vectors)
    assert np.linalg.norm(once, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert np.all(telephone_ratio(once) <= telephone_ratio(vectors) + 1e-6)


def test_the_distance_is_that_of_what_is_heard_longest():
    direct = direct_voices(1)
    both = np.concatenate([direct, through_a_telephone(direct)])
    assert same_person_distance(direct, np.ones(1)) == pytest.approx(SAME_PERSON_DISTANCE)
    assert same_person_distance(both[1:], np.ones(1)) == pytest.approx(TELEPHONE_DISTANCE, abs=0.01)
    assert TELEPHONE_DISTANCE < same_person_distance(both, np.ones(2)) < SAME_PERSON_DISTANCE
    assert same_person_distance(np.empty((0, VECTOR_SIZE)), np.empty(0)) == SAME_PERSON_DISTANCE


@pytest.mark.parametrize("people", [1, 2, 5])
def test_people_in_a_telephone_call_are_counted(people: int):
    assert ClusteredVoices(call(people)).people().active.shape[1] == people


def test_who_is_known_from_a_call_is_known_in_the_next():
    first, second = through_a_telephone(direct_voices(4)), through_a_telephone(direct_voices(3))
    known = dict(zip(["Anna", "Ben", "Cleo", "Dan"], first))
    assert match(ClusteredVoices(call(3)).people().centres, known) == ["Anna", "Ben", "Cleo"]
    assert match(second, known) == ["Anna", "Ben", "Cleo"]
