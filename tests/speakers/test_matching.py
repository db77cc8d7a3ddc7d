import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.conversations import voice
from transcriber.speakers.matching import MIN_LIKENESS, MIN_MARGIN, match


def between(person: int, other: int, share: float) -> np.ndarray:
    mixed = (1 - share) * voice(person) + share * voice(other)
    return mixed / np.linalg.norm(mixed)


def test_voices_get_the_names_that_are_theirs():
    centres = np.stack([between(0, 9, 0.3), between(1, 9, 0.3), voice(2)])
    assert match(centres, {"Bob": voice(1), "Anna": voice(0), "Carla": voice(5)}) == ["Anna", "Bob", ""]


def test_a_voice_like_two_is_nobodys():
    assert match(between(0, 1, 0.5)[None], {"Anna": voice(0), "Bob": voice(1)}) == [""]
    assert match(between(0, 1, 0.5)[None], {"Anna": voice(0)}) == ["Anna"]


def test_a_name_that_two_could_have_is_given_to_neither():
    assert match(np.stack([between(0, 1, 0.3), between(0, 2, 0.3)]), {"Anna": voice(0)}) == ["", ""]


def test_a_voice_that_is_not_like_enough_is_nobodys():
    assert match(between(0, 1, 0.8)[None], {"Anna": voice(0)}) == [""]


def test_without_voices_or_names():
    assert match(None, {"Anna": voice(0)}) == []
    assert match(np.zeros((0, 192), np.float32), {"Anna": voice(0)}) == []
    assert match(voice(0)[None], {}) == [""]


@given(st.integers(0, 9999), st.integers(1, 6), st.integers(1, 6))
def test_nobody_has_two_names_and_no_name_is_given_twice(seed, people, known):
    random = np.random.default_rng(seed)
    common = voice(0)
    centres, named = (
        common + random.uniform(0, 0.1) * random.normal(size=(count, len(common))) for count in (people, known)
    )
    centres, named = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True) for vectors in (centres, named))
    names = match(centres, {f"name {number}": vector for number, vector in enumerate(named)})
    given_names = [name for name in names if name]
    assert len(names) == people and len(set(given_names)) == len(given_names)
    likeness = centres @ named.T
    for person, name in enumerate(names):
        if name:
            number = int(name.split()[1])
            others = np.delete(likeness[person], number), np.delete(likeness[:, number], person)
            assert likeness[person, number] >= MIN_LIKENESS
            assert all((likeness[person, number] - other >= MIN_MARGIN).all() for other in others)
