"""Words and a text that is to stand in their place → which of them stay: items of a place (splicing.py).

Words and text are compared by the parts that a text may be broken at (joining.parts): what stands between blanks, or a
character where a script has none. A word of which all parts stay is the same word, also where only its case, accents or
punctuation are others.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from transcriber.joining import continued, parts, split
from transcriber.readable import encodable
from transcriber.transcript import Word, normal

MAX_COMPARED = 1_000_000
"""Pairs of parts up to which each is compared with each; beyond, those that are there once part the texts first."""


@dataclass(frozen=True)
class _Part:
    text: str
    has_blank: bool
    """Before it."""
    key: str
    """What it is compared by."""


def rewritten(old: Sequence[Word], text: str, before: Word | None) -> list[Any]:
    """The items that stand for the `old` words, behind the word `before`, once they read as the text."""
    cut = _cut(text, old, before)
    new = [_part(part, word.space_before and not at) for word in cut for at, part in _numbered(word)]
    places = [(number, at, _part(part, False)) for number, word in enumerate(old) for at, part in _numbered(word)]
    partner = dict(_pairs([part.key for *_, part in places], [part.key for part in new]))
    items: list[Any] = []
    at = 0
    while at < len(new):
        count = _same_word(places, partner, new, at)
        run = new[at : at + max(1, count)]
        items.append(_item(old, places[partner[at]][0] if count else None, run))
        at += len(run)
    return items


def is_same(items: Sequence[Any], old: Sequence[Word]) -> bool:
    """Whether nothing is changed."""
    return list(items) == list(range(len(old)))


def _cut(text: str, old: Sequence[Word], before: Word | None) -> list[Word]:
    """The words of the text; a blank stands before the first where one stood before."""
    words = split(encodable(text))
    if not words or not old:
        return continued(before, words)
    return [Word(words[0].text, space_before=old[0].space_before), *words[1:]]


def _numbered(word: Word) -> Iterator[tuple[int, str]]:
    return enumerate(parts(word.text))


def _part(text: str, has_blank: bool) -> _Part:
    return _Part(text, has_blank, normal(text) or text)


def _same_word(places: Sequence[tuple[int, int, _Part]], partner: dict[int, int], new: Sequence[_Part], at: int) -> int:
    """How many parts from number `at` on are all those of one old word; 0 where they are not."""
    place = partner.get(at)
    if place is None or places[place][1]:
        return 0
    word = places[place][0]
    count = 1
    while place + count < len(places) and places[place + count][0] == word:
        if partner.get(at + count) != place + count or new[at + count].has_blank:
            return 0
        count += 1
    return count


def _item(old: Sequence[Word], number: int | None, run: Sequence[_Part]) -> Any:
    text = "".join(part.text for part in run)
    if number is None:
        return {"text": text, "space_before": run[0].has_blank}
    word = old[number]
    if word.text == text and word.space_before == run[0].has_blank:
        return number
    item: dict[str, Any] = {"of": number, "text": text, "space_before": run[0].has_blank}
    if _letters(text) != _letters(word.text):  # corrected by hand: nothing is doubtful about it
        item["confidence"] = None
    return item


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The numbers (in `new`, in `old`) of what is the same in both, in order."""
    todo = [(0, len(old), 0, len(new))]
    while todo:
        left, right, top, bottom = todo.pop()
        while left < right and top < bottom and old[left] == new[top]:
            yield top, left
            left, top = left + 1, top + 1
        while left < right and top < bottom and old[right - 1] == new[bottom - 1]:
            right, bottom = right - 1, bottom - 1
            yield bottom, right
        a, b = old[left:right], new[top:bottom]
        if len(a) * len(b) <= MAX_COMPARED:
            for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
                yield from ((top + block.b + at, left + block.a + at) for at in range(block.size))
        elif anchors := _anchors(a, b):
            places = [(left + row, top + column) for row, column in anchors]
            edges = [(left, top), *((row + 1, column + 1) for row, column in places)]
            for (begin, above), (end, below) in zip(edges, [*places, (right, bottom)]):
                todo.append((begin, end, above, below))
            yield from ((column, row) for row, column in places)


def _anchors(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """What is there once in each, in the order of both: the longest such row (patience sorting)."""
    once = {key for keys in (Counter(a).items() & Counter(b).items(),) for key, count in keys if count == 1}
    row_of = {key: row for row, key in enumerate(a) if key in once}
    best: list[tuple[int, int]] = []
    before: dict[tuple[int, int], tuple[int, int] | None] = {}
    for column, key in enumerate(b):
        if key not in once:
            continue
        pair = row_of[key], column
        low, high = 0, len(best)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if best[middle][0] < pair[0] else (low, middle)
        before[pair] = best[low - 1] if low else None
        best[low : low + 1] = [pair]
    row: list[tuple[int, int]] = []
    last = best[-1] if best else None
    while last is not None:
        row.append(last)
        last = before[last]
    return row[::-1]
