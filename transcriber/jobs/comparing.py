"""Two transcripts of one recording, compared word by word.

What counts is what is said: words that differ in case, accents or punctuation are the same (transcript.normal()), and
so are two that are written as one elsewhere. Words are only paired with such as are said at about the same time, so
that hours are compared in a second: edit distance (Levenshtein, 1966) in a band about the diagonal.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from transcriber.exports.timing import with_times
from transcriber.transcript import Transcript, Word, joined, normal

BAND_SECONDS = 3.0
"""How far apart two models may have the same word …"""
UNTIMED_BAND_SECONDS = 10.0
"""… and where one of them gives no times for words."""
SAME, OTHER, LEFT_ONLY, RIGHT_ONLY, ONE_TO_TWO, TWO_TO_ONE = range(6)
"""How the least cost of a place in the table comes about …"""
MOVES = ((1, 1), (1, 1), (1, 0), (0, 1), (1, 2), (2, 1))
"""… and how many words of each side that takes."""
EQUAL = (SAME, ONE_TO_TWO, TWO_TO_ONE)
FAR = 1 << 30
"""The cost of what lies outside the band."""


@dataclass(frozen=True)
class Span:
    """Words that follow one another in the one transcript, and what the other has in their place."""

    kind: str
    """ "equal", "changed", or "left" or "right" where only that one has words."""
    left: tuple[int, int]
    """(first, count): the number of the first word, counted from the transcript's beginning, and how many there are."""
    right: tuple[int, int]
    left_text: str
    right_text: str
    start: float
    """Seconds: where the first of these words is said."""
    end: float


@dataclass(frozen=True)
class Comparison:
    """What two transcripts of one recording, or of one part of it, have in common."""

    disagreement: float
    """The edit distance of their words, as a part of those of the longer one: 0 to 1.

    It is no word error rate, for which one must know what was said, but it bounds two of them: edit distance is a
    metric, so the error rates of both together are at least the disagreement, and one of them at least is half of it.
    What both have wrong in the same way is not in it: models that learnt from the same data err alike. Where errors are
    independent and rare, it is about the sum of both (Platanios, Blum, Mitchell: Estimating Accuracy from Unlabeled
    Data, UAI 2014; more is found out by Ali, Renals: Word Error Rate Estimation for Speech Recognition, ACL 2018).
    """
    error_rate: float
    """What the word error rates of both have on average at least: half of the disagreement."""
    words: tuple[int, int]
    """How many were compared of each; what nobody says, such as a dash, does not count."""
    spans: tuple[Span, ...]
    """All words of both, in order; those that are not equal are worth a listen."""


def compare(left: Transcript, right: Transcript, start: float = 0.0, end: float = float("inf")) -> Comparison:
    """Of what is said between these seconds."""
    one, other = _Side(left, start, end), _Side(right, start, end)
    band = BAND_SECONDS if one.is_timed and other.is_timed else UNTIMED_BAND_SECONDS
    runs = _runs(list(_steps(one, other, band)))
    count = max(1, len(one.keys), len(other.keys))
    disagreement = sum(run.edits for run in runs) / count
    return Comparison(disagreement, disagreement / 2, (len(one.keys), len(other.keys)), tuple(_spans(one, other, runs)))


class _Side:
    """The words of one transcript that are said between two seconds."""

    def __init__(self, transcript: Transcript, start: float, end: float) -> None:
        words: list[Word] = []
        self.is_timed = True
        for segment in transcript.segments:
            self.is_timed = self.is_timed and all(word.start is not None for word in segment.words)
            words += with_times(segment.words, segment.start, segment.end)
        inside = [number for number, word in enumerate(words) if start <= word.middle <= end]
        self.first = inside[0] if inside else bisect_left(list(accumulate((word.middle for word in words), max)), start)
        """The number of the first word in the transcript."""
        self.words = words[self.first : inside[-1] + 1] if inside else []
        keys = [normal(word.text) for word in self.words]
        self.spoken = [number for number, key in enumerate(keys) if key]
        """The words that are compared, by their places in `words`."""
        self._edges = [0, *self.spoken[1:], len(self.words)] if self.spoken else [0, len(self.words)]
        self.keys = [keys[number] for number in self.spoken]
        self.times = list(accumulate((self.words[number].middle for number in self.spoken), max))

    def range(self, begin: int, until: int) -> tuple[int, int]:
        """(first, behind) in `words` of the spoken words from `begin` to before `until`, with what nobody says behind
        them."""
        return self._edges[begin], self._edges[until if self.spoken else 1]


@dataclass
class _Run:
    """Steps that follow one another: whether the words are equal, and how many of each side there are."""

    is_equal: bool
    left: int
    right: int
    edits: int


def _steps(one: _Side, other: _Side, band: float) -> Iterator[int]:
    """The cheapest way through the table, from its end."""
    lows, highs = _band(one.times, other.times, band)
    rows = _table(one, other, lows, highs, band)
    row, column = len(one.keys), len(other.keys)
    while row or column:
        step = rows[row][column - lows[row]]
        row, column = row - MOVES[step][0], column - MOVES[step][1]
        yield step


def _band(times: Sequence[float], others: Sequence[float], band: float) -> tuple[list[int], list[int]]:
    """The first and the last column of each row: the words that are said at about the same time.

    Each row reaches as far as the next one, which may be a long pause away.
    """
    lows = [0, *(bisect_left(others, at - band) for at in times)]
    highs = [*(bisect_right(others, at + band) for at in times), len(others)]
    return lows, highs


def _table(one: _Side, other: _Side, lows: Sequence[int], highs: Sequence[int], band: float) -> list[bytearray]:
    """How the least cost of each place in the band comes about."""
    keys, others, times = one.keys, other.keys, other.times
    costs = list(range(highs[0] + 1))
    above: list[int] = []
    steps = [bytearray([RIGHT_ONLY]) * (highs[0] + 1)]
    single, double = _places(others), _places([a + b for a, b in pairwise(others)])
    for row, key in enumerate(keys, 1):
        low, high, before, two_above, above = lows[row], highs[row], lows[row - 1], above, costs
        wide = _between(double.get(key, ()), low - 1, high - 1)
        free = {column + 1: (above, column - 1 - before, ONE_TO_TWO) for column in wide}
        if row > 1:
            narrow = _between(single.get(keys[row - 2] + key, ()), low, high)
            free |= {column: (two_above, column - 1 - lows[row - 2], TWO_TO_ONE) for column in narrow}
        costs, step, now = [], bytearray(), one.times[row - 1]
        cost = FAR
        for column in range(low, high + 1):
            at = column - before
            up = above[at] + 1 if at < len(above) else FAR
            pair, is_same = FAR, False
            if 0 < at <= len(above):
                is_same = others[column - 1] == key and abs(times[column - 1] - now) <= band
                pair = above[at - 1] + (not is_same)
            cost, kind = cost + 1, RIGHT_ONLY
            if up < cost:
                cost, kind = up, LEFT_ONLY
            if pair <= cost:
                cost, kind = pair, SAME if is_same else OTHER
            if column in free:
                row_above, place, other_kind = free[column]
                if 0 <= place < len(row_above) and row_above[place] < cost:
                    cost, kind = row_above[place], other_kind
            costs.append(cost)
            step.append(kind)
        steps.append(step)
    return steps


def _places(keys: Iterable[str]) -> dict[str, list[int]]:
    """Where each is, counted from 1."""
    places: dict[str, list[int]] = {}
    for number, key in enumerate(keys, 1):
        places.setdefault(key, []).append(number)
    return places


def _between(numbers: Sequence[int], low: int, high: int) -> Sequence[int]:
    """Those of them, which are in order, from `low` to `high`."""
    return numbers[bisect_left(numbers, low) : bisect_right(numbers, high)]


def _runs(steps: Sequence[int]) -> list[_Run]:
    """The steps from the beginning, those of equal words and those of others each together."""
    runs: list[_Run] = []
    for is_equal, group in groupby(reversed(steps), lambda step: step in EQUAL):
        moves = [MOVES[step] for step in group]
        left, right = sum(move[0] for move in moves), sum(move[1] for move in moves)
        runs.append(_Run(is_equal, left, right, 0 if is_equal else len(moves)))
    return runs


def _spans(one: _Side, other: _Side, runs: Sequence[_Run]) -> Iterator[Span]:
    row = column = 0
    for run in runs:
        first, behind = one.range(row, row + run.left)
        begin, until = other.range(column, column + run.right)
        left, right = one.words[first:behind], other.words[begin:until]
        row, column = row + run.left, column + run.right
        both = [*left, *right]
        yield Span(
            "equal" if run.is_equal else "changed" if left and right else "left" if left else "right",
            (one.first + first, len(left)),
            (other.first + begin, len(right)),
            joined(left),
            joined(right),
            min(word.span[0] for word in both),
            max(word.span[1] for word in both),
        )
