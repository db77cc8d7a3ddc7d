"""Two texts are matched as cheaply as can be, however they are cut."""

import random
from itertools import pairwise

import numpy as np
import pytest

from transcriber.alignment import matching
from transcriber.alignment.matching import GAP_COST, OTHER_COST, match, similarity
from transcriber.transcript import normal


@pytest.mark.parametrize(
    ("written", "heard"),
    [("Colour,", "color"), ("walk", "walked"), ("Don't", "dont"), ("CAFÉ!", "cafe"), ("Straße", "strasse")],
)
def test_spellings_of_a_word_are_one_word(written: str, heard: str) -> None:
    ((place, alike),) = filter(None, match([written], [heard]))
    assert (place, alike == 1) == (0, normal(written) == normal(heard))


@pytest.mark.parametrize(("written", "heard"), [("five", "nine"), ("on", "one"), ("–", "a"), ("–", "…"), ("two", "")])
def test_other_words_are_not(written: str, heard: str) -> None:
    assert match([written], [heard]) == [None]


def test_words_that_are_missing_wrong_or_too_many() -> None:
    heard = "it was the best of times it was the worst of times".split()
    written = "It was the very best times; it was a worst of times!".split()
    pairs = match(written, heard)
    assert [pair and pair[0] for pair in pairs] == [0, 1, 2, None, 3, 5, 6, 7, None, 9, 10, 11]


@pytest.mark.parametrize("whole_table", [0, 50, 1 << 24])
def test_the_cheapest_alignment(monkeypatch: pytest.MonkeyPatch, whole_table: int) -> None:
    """The cost of the pairs is the least there is, by the plain table, whether the table is cut in two or not."""
    monkeypatch.setattr(matching, "MAX_TABLE_BYTES", whole_table)
    rng = random.Random(whole_table)
    for _ in range(30):
        texts = [rng.choices(["one", "on", "two", "three", "tree", "–"], k=rng.randint(0, 25)) for _ in range(2)]
        (first, rows), (second, columns) = map(matching._numbered, texts)
        costs = np.round(OTHER_COST * (1 - similarity(first, second))).astype(np.uint8)
        pairs = sorted(matching._aligned(costs, rows, columns))
        assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))
        cost = sum(int(costs[rows[i], columns[j]]) for i, j in pairs) + GAP_COST * (
            len(rows) + len(columns) - 2 * len(pairs)
        )
        assert cost == least_cost(costs, rows, columns)


def least_cost(costs: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> int:
    table = np.zeros((len(rows) + 1, len(columns) + 1), int)
    table[:, 0], table[0] = GAP_COST * np.arange(len(rows) + 1), GAP_COST * np.arange(len(columns) + 1)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            table[i + 1, j + 1] = min(
                table[i, j] + costs[row, column], table[i, j + 1] + GAP_COST, table[i + 1, j] + GAP_COST
            )
    return table[-1, -1]


def test_long_texts() -> None:
    """Six thousand words, of which every tenth is another one: the rest find themselves."""
    rng = random.Random(1)
    vocabulary = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 8))) for _ in range(800)]
    heard = rng.choices(vocabulary, k=6000)
    written = [word if number % 10 else "§§" for number, word in enumerate(heard)]
    assert match(written, heard) == [(number, 1.0) if number % 10 else None for number in range(6000)]
