"""Which word of one text is which of another: a global alignment by edit distance, in linear memory.

Needleman and Wunsch's alignment in Hirschberg's way (Communications of the ACM 18, 1975): the table of costs is kept
only where it is small, so that the words of many hours can be matched.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from transcriber.patches.numba_cache import numba
from transcriber.transcript import normal

GAP = 6
OTHER = 10
"""What a word without a partner, and a pair of words that have nothing in common, cost: two gaps are dearer."""
SIMILAR = 0.6
"""Words at least this much alike are one word in two spellings: colour and color, walk and walked."""
PAIR, UP, LEFT = 0, 1, 2
WHOLE_TABLE = 1 << 24
"""Bytes up to which a table is kept whole."""


def likeness(first: Sequence[str], second: Sequence[str]) -> np.ndarray:
    """[len(first), len(second)], 0 to 1: the share of letter pairs that two words have in common.

    Dice's coefficient of the pairs, those with the word's beginning and end among them; words of normal().
    """
    pairs: dict[str, int] = {}
    rows = [
        [[pairs.setdefault(pair, len(pairs)) for pair in _pairs(word)] for word in words] for words in (first, second)
    ]
    has_pair = [np.zeros((len(words), len(pairs)), np.float32) for words in rows]
    for table, words in zip(has_pair, rows):
        for row, found in zip(table, words):
            row[found] = 1
    shared = has_pair[0] @ has_pair[1].T
    return 2 * shared / np.maximum(1, has_pair[0].sum(1)[:, None] + has_pair[1].sum(1)[None])


def _pairs(word: str) -> set[str]:
    return {a + b for a, b in zip(f"^{word}", f"{word}$")} if word else set()


def match(words: Sequence[str], others: Sequence[str]) -> list[tuple[int, float] | None]:
    """For each word the place in `others` of the word that it is, and how alike they are (SIMILAR to 1); None for none.

    Both are words as written. The pairs are in order: the cheapest alignment of the two texts.
    """
    (first, rows), (second, columns) = _numbered(words), _numbered(others)
    alike = likeness(first, second)
    costs = np.round(OTHER * (1 - alike)).astype(np.uint8)
    partners: list[tuple[int, float] | None] = [None] * len(words)
    for row, column in _aligned(costs, rows, columns):
        if (share := alike[rows[row], columns[column]]) >= SIMILAR:
            partners[row] = column, float(share)
    return partners


def _numbered(words: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The different words, normal, and for each word the number of its own."""
    numbers: dict[str, int] = {}
    places = [numbers.setdefault(normal(word), len(numbers)) for word in words]
    return list(numbers), np.array(places, np.int32)


def _aligned(costs: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> Iterator[tuple[int, int]]:
    """The pairs of the cheapest alignment: the table of least costs is cut in two until it is small."""
    todo = [(0, len(rows), 0, len(columns))]
    while todo:
        top, bottom, left, right = todo.pop()
        if (bottom - top) * (right - left) <= WHOLE_TABLE or bottom - top == 1:
            for row, column in _pairs_of(_table(costs, rows[top:bottom], columns[left:right])):
                yield top + row, left + column
            continue
        middle = (top + bottom) // 2
        above = _least(costs, rows[top:middle], columns[left:right])
        below = _least(costs, rows[middle:bottom][::-1], columns[left:right][::-1])[::-1]
        cut = left + int(np.argmin(above + below))
        todo += [(top, middle, left, cut), (middle, bottom, cut, right)]


def _pairs_of(steps: np.ndarray) -> Iterator[tuple[int, int]]:
    row, column = steps.shape[0] - 1, steps.shape[1] - 1
    while row and column:
        step = steps[row, column]
        row, column = row - (step != LEFT), column - (step != UP)
        if step == PAIR:
            yield row, column


@numba.njit(cache=True)
def _least(costs, rows, columns):
    """The last row of the table: the least cost of all rows with the first columns, [columns + 1]."""
    least = (GAP * np.arange(len(columns) + 1)).astype(np.int32)
    for row in rows:
        pair, diagonal, left = costs[row], least[0], least[0] + GAP
        least[0] = left
        for j, column in enumerate(columns):
            up = least[j + 1]
            left = min(diagonal + pair[column], min(left, up) + GAP)
            least[j + 1], diagonal = left, up
    return least


@numba.njit(cache=True)
def _table(costs, rows, columns):
    """How the least cost of each place of the table comes about: [rows + 1, columns + 1]."""
    steps = np.zeros((len(rows) + 1, len(columns) + 1), np.uint8)
    least = GAP * np.arange(len(columns) + 1)
    for i in range(len(rows)):
        diagonal = least[0]
        least[0] += GAP
        for j in range(len(columns)):
            pair, left, up = diagonal + costs[rows[i], columns[j]], least[j] + GAP, least[j + 1] + GAP
            steps[i + 1, j + 1] = PAIR if pair <= min(left, up) else UP if up <= left else LEFT
            diagonal, least[j + 1] = least[j + 1], min(pair, left, up)
    return steps
