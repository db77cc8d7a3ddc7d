"""Texts as tokens that are compared: words without case and accents, and single characters of languages that put no
blanks between their words, so that every part of such a text is found.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from typing import NamedTuple

ALONE = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48f\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
"""Characters that are a token each: Thai, Lao, Tibetan, Burmese, Khmer, Han, kana, Yi; Korean, whose particles are
written onto the words."""
SPOKEN = "LNM"
"""Unicode's categories of what is in words: letters, numbers, marks."""
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
"""Letters that Unicode does not take apart, and people type without their strokes."""
LONGEST_CACHED = 40
"""Characters."""


class Token(NamedTuple):
    """One token, and where it stands in the text."""

    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text in their order. A text that is searched is in the normal form C."""
    for found in re.finditer(r"\S+", text):
        cut = _cut if len(found[0]) <= LONGEST_CACHED else _cut.__wrapped__
        for token in cut(found[0]):
            yield Token(token.text, found.start() + token.start, found.start() + token.end)


@lru_cache(50_000)
def _cut(text: str) -> tuple[Token, ...]:
    """Those of a text without blanks: in a recording most words come again and again."""
    cut, start = [], 0
    for kind, characters in groupby(text, _kind):
        length = len(list(characters))
        if kind == "word":
            cut.append(Token(_folded(text[start : start + length]), start, start + length))
        elif kind == "alone":
            cut += [Token(_folded(text[place]), place, place + 1) for place in range(start, start + length)]
        start += length
    return tuple(token for token in cut if token.text)


@cache
def _kind(character: str) -> str:
    if unicodedata.category(character)[0] not in SPOKEN:
        return ""
    return "alone" if ALONE.match(character) else "word"


def _folded(text: str) -> str:
    """Without case and accents."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if _kind(char) and not _is_accent(char))
    return unicodedata.normalize("NFC", plain.casefold().translate(LETTERS))


def _is_accent(character: str) -> bool:
    """Of a Latin, Greek or Cyrillic letter, or a point of Hebrew or Arabic, where people leave them out; not the vowels
    of Indic languages. Source: Unicode's canonical combining classes."""
    combining = unicodedata.combining(character)
    return 10 <= combining <= 36 or combining >= 200
