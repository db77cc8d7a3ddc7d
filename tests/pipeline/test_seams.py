"""Both sides of a seam hear some of the other's words: each is taken once."""

import random

import pytest

from transcriber.pipeline.seams import doubled, join, without_doubles
from transcriber.transcript import Word


def spoken(count: int, chance: random.Random) -> list[Word]:
    """Words one after the other."""
    words, at = [], 0.0
    for number in range(count):
        at += chance.uniform(0.0, 0.4)
        end = at + chance.uniform(0.15, 0.6)
        words.append(Word(f"w{number}", at, end))
        at = end
    return words


def heard(words: list[Word], start: float, end: float, chance: random.Random) -> list[Word]:
    """Those that lie wholly within a part, with times as inexact as a model's."""
    found = []
    for word in words:
        first, last = word.span
        if start <= first and last <= end:
            shift = chance.uniform(-0.04, 0.04)
            found.append(Word(word.text, first + shift, last + shift))
    return found


def test_no_word_is_lost_or_doubled() -> None:
    for seed in range(300):
        chance = random.Random(seed)
        words = spoken(30, chance)
        seam = chance.uniform(3, words[-1].span[1] - 3)
        joined = join(heard(words, 0, seam + 2, chance), heard(words, seam - 2, 1e9, chance), seam, 2.0)
        assert [word.text for word in joined] == [word.text for word in words], seed


def test_half_a_word_at_an_edge_does_no_harm() -> None:
    """What either side hears of a word that its audio cuts off lies far from the seam."""
    first = [Word("one", 1.0, 1.5), Word("two", 8.0, 8.4), Word("three", 9.6, 10.1), Word("fo", 11.8, 12.0)]
    second = [Word("oo", 8.0, 8.2), Word("three", 9.6, 10.1), Word("four", 11.8, 12.3)]
    assert [word.text for word in join(first, second, 10.0, 2.0)] == ["one", "two", "three", "four"]


def test_one_word_on_both_sides_is_one() -> None:
    """Although the sides disagree about its time so much that no moment lies beside it."""
    first, second = [Word("a", 0.0, 9.7), Word("No,", 9.7, 10.05)], [Word("no", 9.9, 10.4), Word("b", 10.4, 12.0)]
    assert [word.text for word in join(first, second, 10.0, 2.0)] in (["a", "No,", "b"], ["a", "no", "b"])


def test_a_repeated_word_stays_twice() -> None:
    words = [Word("no", 9.0, 9.4), Word("no", 9.6, 9.9), Word("no", 10.1, 10.4), Word("no", 10.7, 11.0)]
    assert len(join(words, words, 10.0, 2.0)) == 4


def test_a_side_without_words() -> None:
    words = [Word("one", 9.0, 9.5), Word("two", 10.2, 10.6)]
    assert join(words, [], 10.0, 2.0) == words[:1]
    assert join([], words, 10.0, 2.0) == words[1:]


def said(text: str, start: float, each: float = 0.3) -> list[Word]:
    return [Word(word, start + at * each, start + (at + 1) * each) for at, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("before", "after", "heard", "count"),
    [
        ("by this", "This luck", [], 1),
        ("by this", "This luck", ["even by this luck"], 1),
        ("no, no", "no more", ["no, no, no more"], 0),
        ("a 4 %", "a 4 % rise", ["of a 4 % rise"], 3),
        ("bye", "bye", ["bye, bye", "bye"], 0),
        ("one two", "three two", [], 0),
        ("我 人", "人 都", [], 0),
        ("– –", "– one", [], 0),
    ],
    ids=[
        "at a pause",
        "confirmed once",
        "really said",
        "a phrase",
        "one side heard both",
        "others",
        "a syllable",
        "signs",
    ],
)
def test_a_word_is_doubled_unless_somebody_heard_it_twice(
    before: str, after: str, heard: list[str], count: int
) -> None:
    first = said(before, 1.0)
    second = said(after, first[-1].span[1])
    assert doubled(first, second, *(said(text, 0.0) for text in heard)) == count
    assert doubled(first, said(after, first[-1].span[1] + 1.5)) == 0


def test_what_is_found_in_a_gap_does_not_repeat_its_neighbours() -> None:
    known = [*said("the old", 1.0), *said("thought of him", 3.0)]
    found = said("old thing thought", 1.65, 0.4)
    assert [word.text for word in without_doubles(known, found, found)] == ["thing"]
    assert without_doubles(known, [], []) == []


def test_a_repetition_across_a_seam_stays() -> None:
    """Both sides heard “no no”, and the seam lies between them."""
    words = said("oh no no more", 9.0, 0.5)
    joined = join(words, [*words, *said("today", 11.0)], 10.0, 2.0)
    assert [word.text for word in joined] == ["oh", "no", "no", "more", "today"]
