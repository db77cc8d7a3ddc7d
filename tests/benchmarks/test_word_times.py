"""Errors of word times, on sounds and words of which they are known."""

import random

import numpy as np
import pytest

from benchmarks.conditions import RATE
from benchmarks.word_times import Errors, Joined, Utterance, add, close_cut, distances, impossible, join, recordings
from transcriber.transcript import Word

JOINED = Joined(np.zeros(8 * RATE), ("good morning", "how are you"), ((1.0, 2.0), (4.0, 6.0)))
TRUE = (("Good", 1.0, 1.5), ("morning,", 1.5, 2.0), ("how", 4.0, 4.5), ("are", 4.5, 5.0), ("you?", 5.0, 6.0))


def tone(seconds: float) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def measured(*words: tuple[str, float, float]) -> Errors:
    errors = Errors()
    add(errors, JOINED, [Word(*word) for word in words])
    return errors


def test_an_utterance_is_cut_where_its_sound_begins_and_ends():
    hiss = 1e-3 * np.random.default_rng(0).standard_normal(RATE // 2, dtype=np.float32)
    click = np.zeros(RATE // 100, np.float32)
    click[80] = 0.5
    (cut,) = close_cut("la", np.concatenate([hiss, click, hiss, tone(1.0), hiss]))
    assert len(cut.samples) / RATE == pytest.approx(1.0, abs=0.02)


def test_an_utterance_whose_sound_goes_on_beyond_its_marks_is_left_out():
    hiss = 1e-3 * np.random.default_rng(0).standard_normal(RATE // 2, dtype=np.float32)
    assert not list(close_cut("la", np.concatenate([tone(1.0), hiss])))
    assert not list(close_cut("la", np.concatenate([hiss, tone(1.0)])))


def test_spans_are_where_the_sound_is():
    joined = join([Utterance("one", tone(1.0)), Utterance("two", tone(0.5))], random.Random(1))
    loud = np.convolve(np.abs(joined.samples) > 0.01, np.ones(200), "same") > 0
    edges = np.flatnonzero(np.diff(loud.astype(int))) / RATE
    assert edges == pytest.approx([edge for span in joined.spans for edge in span], abs=0.02)
    assert joined.texts == ("one", "two")
    assert 0.2 <= joined.spans[1][0] - joined.spans[0][1] <= 2.0


def test_every_utterance_is_in_one_recording():
    utterances = [Utterance(str(number), tone(25.0)) for number in range(12)]
    made = list(recordings(utterances, random.Random(1)))
    assert sorted(text for joined in made for text in joined.texts) == sorted(one.text for one in utterances)
    assert [len(joined.texts) for joined in made] == [5, 5, 2]


def test_true_times_have_no_errors():
    errors = measured(*TRUE)
    assert (errors.boundaries, errors.starts, errors.ends) == (4, [0.0, 0.0], [0.0, 0.0])
    assert (errors.in_silence, errors.impossible) == (0, 0)
    assert errors.cells() == ["4", "4", "0", "0", "+0", "0", "0", "+0", "0", "0", "–"]


def test_a_late_start_and_an_early_end_are_told():
    errors = measured(("Good", 1.25, 1.5), *TRUE[1:4], ("you?", 5.0, 5.5))
    assert errors.starts == [0.25, 0.0]
    assert errors.ends == [0.0, -0.5]


def test_a_word_that_is_wrong_or_missing_is_no_error_of_times():
    errors = measured(("Wood", 0.0, 1.5), *TRUE[1:4])
    assert (errors.boundaries, errors.starts, errors.ends) == (4, [0.0], [0.0])


def test_a_word_that_reaches_into_a_silence_is_told():
    assert measured(*TRUE[:1], ("morning,", 1.5, 3.0), *TRUE[2:]).in_silence == 1


@pytest.mark.parametrize(
    ("times", "count"),
    [([(0, 1), (1, 2)], 0), ([(0, 1), (0.5, 2)], 0), ([(1, 2), (0.5, 1)], 1), ([(1, 0.5), (1, 2)], 1), ([(0, 2.5)], 1)],
)
def test_times_that_cannot_be_are_counted(times: list[tuple[float, float]], count: int):
    assert impossible([Word("x", *span) for span in times]) == count


def test_distances_are_of_words_that_both_wrote():
    mine = [Word("Good", 1.0, 1.5), Word("morning", 1.5, 2.0)]
    others = [Word(" good", 1.25, 1.75), Word(" day", 1.75, 2.0)]
    assert distances(mine, others) == [0.25]
