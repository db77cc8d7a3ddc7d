"""Where text may be broken, and how well: the same for the lines of a cue and for the cues of a sentence.

The rules are those on which the guidelines in limits.py agree: after punctuation, before a conjunction, never behind an
article or a preposition; lines of about the same length; no word alone.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from math import inf

from transcriber.segmentation import SENTENCE_END
from transcriber.transcript import UNSPACED, Word, joined

CLAUSE_END = tuple(",;:–—、，；：")
CLOSING = "\"'”’»)]}」』）】》"
SENTENCE, CLAUSE, CONJUNCTION, PREPOSITION, ANYWHERE, TORN = 0.0, 1.0, 2.0, 4.0, 7.0, 10.0
"""What a break costs, by where it is."""


def _sets(**lists: str) -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in lists.items()}


CONJUNCTIONS = _sets(
    en="and but or nor so because that which who when while where if although though since until unless than",
    de="und aber oder sondern denn weil dass daß wenn als ob obwohl während bis bevor nachdem damit sodass",
    fr="et mais ou donc car que qui quand lorsque si comme parce puisque quoique",
    es="y e pero o u sino porque que quien cuando donde si como aunque mientras pues",
)
"""By language: a break is good before them, and bad behind them."""
PREPOSITIONS = _sets(
    en="of to in on at by for with from as into about over under before after between through against without",
    de="zu zum zur in im an am auf bei beim für mit von vom aus nach über unter vor gegen ohne durch um",
    fr="de du d' à au aux en dans sur par pour avec sans chez entre vers",
    es="de del a al en con por para sin sobre entre hasta desde",
)
"""By language: likewise."""
CLINGING = _sets(
    en="a an the my your his her its our their this these those is are was were be been have has had not no very i we "
    "you he she they",
    de="ein eine einen einem einer eines der die das den dem des mein dein sein ihr unser ist sind war nicht kein sehr "
    "ich wir du er sie es",
    fr="un une des le la les l' mon ma ton son sa notre votre leur est sont a ont ne pas très je tu il elle nous vous "
    "ils elles on",
    es="un una unos unas el la los las su mi tu nuestro es son era no muy yo",
)
"""By language: articles, pronouns and the like, which belong to the next word."""
# Japanese typesetting (JIS X 4051): what closes does not begin a line, what opens does not end one.
_NOT_FIRST = "、。，．・：；？！ー々〜…」』）】》〉］｝ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
_NOT_LAST = "「『（【《〈［｛"
_BETWEEN = re.compile(f"(?<=[{UNSPACED}])(?<![{_NOT_LAST}])(?=[{UNSPACED}])(?![{_NOT_FIRST}])")


def width(text: str) -> int:
    """Columns that a text takes: two for a wide or full-width character, none for a combining one.

    Source: Unicode's East Asian Width. So a limit for Latin letters gives about half as many Han or kana, as the
    guidelines for these have it.
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else
        2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )  # fmt: skip


def pieces(word: Word) -> list[Word]:
    """The parts of a word between which a break is allowed: several only in scripts that are written without blanks.

    joined() makes the word of them again. Times are divided by the parts' width.
    """
    parts = _BETWEEN.split(word.text)
    if len(parts) == 1:
        return [word]
    start, end = word.span
    places = [0, *accumulate(width(part) for part in parts)]
    seconds = (end - start) / places[-1]
    return [
        replace(word, text=part, start=start + seconds * at, end=start + seconds * until)
        for part, at, until in zip(parts, places, places[1:])
    ]


def break_cost(word: Word, following: Word, language: str) -> float:
    """What a break between two words costs: from SENTENCE to TORN."""
    ending = word.text.rstrip(CLOSING)
    if ending.endswith(SENTENCE_END):
        return SENTENCE
    if ending.endswith(CLAUSE_END):
        return CLAUSE
    text, after = word.text.lower(), following.text.lower()
    if any(text in words.get(language, ()) for words in (CONJUNCTIONS, PREPOSITIONS, CLINGING)):
        return TORN
    if after in CONJUNCTIONS.get(language, ()):
        return CONJUNCTION
    return PREPOSITION if after in PREPOSITIONS.get(language, ()) else ANYWHERE


def lines_needed(words: Sequence[Word], line: float, indent: int = 0) -> int:
    """How many lines of at most `line` columns the words take, the first `indent` columns being taken already."""
    count, held = 1, indent
    for before, word in zip((None, *words), words):
        wider = held + width(word.text) + (blank(before, word) if before else 0)
        if before and wider > line:
            count, held = count + 1, width(word.text)
        else:
            held = wider
    return count


def broken(words: Sequence[Word], line: float, indent: int = 0, language: str = "en") -> tuple[tuple[Word, ...], ...]:
    """The words in as few lines of at most `line` columns as they need, broken where it costs least.

    A single word that is wider has a line of its own.
    """
    count = lines_needed(words, line, indent)
    if count == 1:
        return (tuple(words),)
    total = indent + width(joined(word.text for word in words))
    # best[n][j]: the cost of the first j words in n lines, and where the last of these lines begins.
    best: list[list[tuple[float, int]]] = [[(0.0, 0)] + [(inf, 0)] * len(words)]
    for number in range(count):
        row = [(inf, 0)] * (len(words) + 1)
        for start in range(len(words)):
            sofar = best[number][start][0]
            if sofar == inf:
                continue
            if start:
                sofar += break_cost(words[start - 1], words[start], language)
            taken = indent if start == 0 else 0
            for stop in range(start + 1, len(words) + 1):
                taken += width(words[stop - 1].text) + (
                    blank(words[stop - 2], words[stop - 1]) if stop > start + 1 else 0
                )
                if taken > line and stop > start + 1:
                    break
                lonely = CONJUNCTION if stop == start + 1 and len(words) > count else 0.0
                uneven = 10 * ((taken - total / count) / total) ** 2
                row[stop] = min(row[stop], (sofar + lonely + uneven, start))
        best.append(row)
    stops = [len(words)]
    for number in range(count, 0, -1):
        stops.append(best[number][stops[-1]][1])
    return tuple(tuple(words[start:stop]) for start, stop in zip(stops[:0:-1], stops[-2::-1]))


def blank(before: Word, word: Word) -> int:
    """Columns of the blank between two words."""
    last = before.text[-1:]
    return 1 if last.isascii() else joined((last, word.text[:1])).count(" ")
