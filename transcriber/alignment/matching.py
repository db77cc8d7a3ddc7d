"""Which word of one text is which of another: a global alignment by edit distance, in linear memory.

Needleman and Wunsch's alignment in Hirschberg's way (Communications of the ACM 18, 1975): the table of costs is kept
only where it is small, so that the words of many hours can be matched.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from transcriber.patches.numba_cache import numba
from transcriber.transcript import normal

GAP_COST = 6
OTHER_COST = 10
"""Of a word without a partner, and of a pair of words that have nothing in common: two gaps cost more."""
MIN_SIMILARITY = 0.6
"""Words that are at least so similar are one word in two spellings: colour and color, walk and walked."""
PAIR, UP, LEFT = 0, 1, 2
"""How the least cost of a place in the table comes about: by a pair, or by a gap in the second or the first text."""
MAX_TABLE_BYTES = 1 << 24
"""Up to which a table is kept whole."""


def similarity(first: Sequence[str], second: Sequence[str]) -> np.ndarray:
    """[len(first), len(second)] float32, 0 to 1: how similar each word of the one list is to each of the other.

    Dice's coefficient (Ecology 26, 1945) of the words' pairs of letters, those with the word's beginning and end among
    them. The words are as normal() gives them.
    """
    pairs: dict[str, int] = {}
    rows = [
        [[pairs.setdefault(pair, len(pairs)) for pair in _pairs(word)] for word in words] for words in (first, second)
    ]
    has_pair = [np.zeros((len(words), len(pairs)), np.float32) for words in rows]
    for table, words in zip(has_pair, rows):
        for row, own in zip(table, words):
            row[own] = 1
    shared = has_pair[0] @ has_pair[1].T
    return 2 * shared / np.maximum(1, has_pair[0].sum(1)[:, None] + has_pair[1].sum(1)[None])


def _pairs(word: str) -> set[str]:
    return {a + b for a, b in zip(f"^{word}", f"{word}$")} if word else set()


def match(words: Sequence[str], others: Sequence[str]) -> list[tuple[int, float] | None]:
    """For each word the number of the one in `others` that it is, and their similarity (MIN_SIMILARITY to 1), or None.

    Both are words as written. The pairs are in order: those of the cheapest alignment of the two texts.
    """
    (first, rows), (second, columns) = _numbered(words), _numbered(others)
    similarities = similarity(first, second)
    costs = np.round(OTHER_COST * (1 - similarities)).astype(np.uint8)
    partners: list[tuple[int, float] | None] = [None] * len(words)
    for row, column in _aligned(costs, rows, columns):
        if (value := similarities[rows[row], columns[column]]) >= MIN_SIMILARITY:
            partners[row] = column, float(value)
    return partners


def _numbered(words: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The different words, as normal() gives them, and the number of each word among them, [len(words)] int32."""
    numbers: dict[str, int] = {}
    indices = [numbers.setdefault(normal(word), len(numbers)) for word in words]
    return list(numbers), np.array(indices, np.int32)


def _aligned(costs: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> Iterator[tuple[int, int]]:
    """The pairs (row, column) of the cheapest alignment: the table of least costs is cut in two until it is small.

    `costs`: [different words, different others] uint8; `rows` and `columns` say which of them each word is.
    """
    todo = [(0, len(rows), 0, len(columns))]
    while todo:
        top, bottom, left, right = todo.pop()
        if (bottom - top) * (right - left) <= MAX_TABLE_BYTES or bottom - top == 1:
            for row, column in _pairs_of(_table(costs, rows[top:bottom], columns[left:right])):
                yield top + row, left + column
            continue
        middle = (top + bottom) // 2
        above = _least(costs, rows[top:middle], columns[left:right])
        below = _least(costs, rows[middle:bottom][::-1], columns[left:right][::-1])[::-1]
        cut = left + int(np.argmin(above + below))
        todo += [(top, middle, left, cut), (middle, bottom, cut, right)]


def _pairs_of(steps: np.ndarray) -> Iterator[tuple[int, int]]:
    """The pairs of the cheapest alignment, from the last one on, by how each place of the table came about."""
    row, column = steps.shape[0] - 1, steps.shape[1] - 1
    while row and column:
        step = steps[row, column]
        row, column = row - (step != LEFT), column - (step != UP)
        if step == PAIR:
            yield row, column


@numba.njit(cache=True)
def _least(costs, rows, columns):
    """The last row of the table: the least cost of all rows with the first columns, [columns + 1]."""
    least = (GAP_COST * np.arange(len(columns) + 1)).astype(np.int32)
    for row in rows:
        pair, diagonal, left = costs[row], least[0], least[0] + GAP_COST
        least[0] = left
        for j, column in enumerate(columns):
            up = least[j + 1]
            left = min(diagonal + pair[column], min(left, up) + GAP_COST)
            least[j + 1], diagonal = left, up
    return least


@numba.njit(cache=True)
def _table(costs, rows, columns):
    """How the least cost of each place of the table comes about: [rows + 1, columns + 1]."""
    steps = np.zeros((len(rows) + 1, len(columns) + 1), np.uint8)
    least = GAP_COST * np.arange(len(columns) + 1)
    for i in range(len(rows)):
        diagonal = least[0]
        least[0] += GAP_COST
        for j in range(len(columns)):
            pair, left, up = diagonal + costs[rows[i], columns[j]], least[j] + GAP_COST, least[j + 1] + GAP_COST
            steps[i + 1, j + 1] = PAIR if pair <= min(left, up) else UP if up <= left else LEFT
            diagonal, least[j + 1] = least[j + 1], min(pair, left, up)
    return steps
