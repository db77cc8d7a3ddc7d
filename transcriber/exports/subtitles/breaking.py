"""Line breaking: where text may be broken, and at what cost; the same for lines of a cue and for cues of a sentence.

The rules are those on which the guidelines in limits.py agree: after punctuation, before a conjunction, never behind an
article or a preposition; lines of about the same length; no word alone.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate, pairwise
from math import inf

from transcriber.joining import is_east_asian, is_unspaced, may_part
from transcriber.segmentation import ends_sentence
from transcriber.transcript import Word, joined

CLAUSE_END = tuple(",;:–—、，；：")
CLOSING = "\"'”’»)]}」』）】》\u3000\u00a0"
# What a break costs, by where it is.
SENTENCE_COST = 0.0
CLAUSE_COST = 1.0
CONJUNCTION_COST = 2.0
"""Before one; also of a line of a single word."""
PREPOSITION_COST = 4.0
"""Before one."""
WORD_COST = 7.0
"""Between other words."""
SYLLABLE_COST = 9.0
"""In a script that shows no words, where these have several syllables."""
FORBIDDEN_COST = 10.0
"""Behind an article, a pronoun, a preposition or a conjunction."""


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
PROCLITICS = _sets(
    en="a an the my your his her its our their this these those is are was were be been have has had not no very i we "
    "you he she they",
    de="ein eine einen einem einer eines der die das den dem des mein dein sein ihr unser ist sind war nicht kein sehr "
    "ich wir du er sie es",
    fr="un une des le la les l' mon ma ton son sa notre votre leur est sont a ont ne pas très je tu il elle nous vous "
    "ils elles on",
    es="un una unos unas el la los las su mi tu nuestro es son era no muy yo",
)
"""By language: articles, pronouns and the like, which belong to the next word."""


def width(text: str) -> int:
    """Columns that a text takes: two for a wide or full-width character, none for a combining one.

    Source: Unicode's East Asian Width. So a limit for Latin letters gives about half as many Han or kana, as the
    guidelines for these have it.
    """
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


@cache
def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def units(words: Sequence[Word]) -> list[Word]:
    """Units that may not be broken: words, or parts of them in scripts without blanks; joined() gives the same text.

    Words without a blank between them are one where it may not be broken there either. The times of a word are divided
    by the width of its parts.
    """
    parts: list[Word] = []
    text, at = "", 0
    for number, word in enumerate(words):
        if not number or word.space_before:
            text, at = _unspaced_run(words, number), 0
        cuts = [] if text.isascii() else [cut for cut in range(1, len(word.text)) if may_part(text, at + cut)]
        first, *others = _split_word(word, cuts)
        if at and not may_part(text, at):
            parts[-1] = replace(parts[-1], text=parts[-1].text + first.text, end=first.end)
        else:
            parts.append(first)
        parts += others
        at += len(word.text)
    return parts


def _unspaced_run(words: Sequence[Word], first: int) -> str:
    """The text of the word with index `first` and of those that follow it without a blank."""
    end = next((at for at in range(first + 1, len(words)) if words[at].space_before), len(words))
    return "".join(word.text for word in words[first:end])


def _split_word(word: Word, cuts: Sequence[int]) -> list[Word]:
    """Parts of a word that has times, cut before its characters with these indices."""
    if not cuts:
        return [word]
    texts = [word.text[first:end] for first, end in pairwise((0, *cuts, len(word.text)))]
    start, end = word.span
    places = [0, *accumulate(width(text) for text in texts)]
    seconds = (end - start) / max(1, places[-1])
    first, *others = (
        replace(word, text=text, start=start + seconds * at, end=start + seconds * until)
        for text, at, until in zip(texts, places, places[1:])
    )
    return [first, *(replace(part, space_before=False) for part in others)]


def break_cost(word: Word, following: Word, language: str) -> float:
    """The cost of a break between two words, from SENTENCE_COST to FORBIDDEN_COST; `language` is an ISO 639 code.

    In scripts without blanks a blank is as good as a comma. Where they show no words, a break may divide one: words of
    Thai, Lao, Khmer and Burmese have several syllables, those in Han and kana few.
    """
    ending = word.text.rstrip(CLOSING)
    if ends_sentence(ending):
        return SENTENCE_COST
    if ending.endswith(CLAUSE_END):
        return CLAUSE_COST
    if is_unspaced(word.text[-1:]) and is_unspaced(following.text[:1]):
        return (
            CLAUSE_COST if following.space_before else WORD_COST if is_east_asian(following.text[:1]) else SYLLABLE_COST
        )
    text, after = word.text.lower(), following.text.lower()
    if any(text in words.get(language, ()) for words in (CONJUNCTIONS, PREPOSITIONS, PROCLITICS)):
        return FORBIDDEN_COST
    if after in CONJUNCTIONS.get(language, ()):
        return CONJUNCTION_COST
    return PREPOSITION_COST if after in PREPOSITIONS.get(language, ()) else WORD_COST


def count_lines(words: Sequence[Word], max_chars: float, indent: int = 0) -> int:
    """How many lines of at most `max_chars` columns the words take, the first `indent` columns being taken already."""
    count, taken = 1, indent
    for before, word in zip((None, *words), words):
        wider = taken + width(word.text) + (before is not None and word.space_before)
        if before and wider > max_chars:
            count, taken = count + 1, width(word.text)
        else:
            taken = wider
    return count


def break_lines(
    words: Sequence[Word], max_chars: float, indent: int = 0, language: str = "en"
) -> tuple[tuple[Word, ...], ...]:
    """The words in as few lines of at most `max_chars` columns as they need, broken where it costs least.

    `indent`: columns of the first line that are taken already. A single word that is wider has a line of its own. By
    dynamic programming over the possible breaks.
    """
    count = count_lines(words, max_chars, indent)
    if count == 1:
        return (tuple(words),)
    total = indent + width(joined(words))
    # best[n][j]: the cost of the first j words in n lines, and where the last of these lines begins.
    best: list[list[tuple[float, int]]] = [[(0.0, 0)] + [(inf, 0)] * len(words)]
    for number in range(count):
        row = [(inf, 0)] * (len(words) + 1)
        for start in range(len(words)):
            cost = best[number][start][0]
            if cost == inf:
                continue
            if start:
                cost += break_cost(words[start - 1], words[start], language)
            taken = indent if start == 0 else 0
            for stop in range(start + 1, len(words) + 1):
                taken += width(words[stop - 1].text) + (stop > start + 1 and words[stop - 1].space_before)
                if taken > max_chars and stop > start + 1:
                    break
                single = CONJUNCTION_COST if stop == start + 1 and len(words) > count else 0.0
                uneven = 10 * ((taken - total / count) / total) ** 2
                row[stop] = min(row[stop], (cost + single + uneven, start))
        best.append(row)
    stops = [len(words)]
    for number in range(count, 0, -1):
        stops.append(best[number][stops[-1]][1])
    return tuple(tuple(words[start:stop]) for start, stop in zip(stops[:0:-1], stops[-2::-1]))
