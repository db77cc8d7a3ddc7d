"""The pieces of text that a model writes → words that give the same text again (transcript.joined()).

Models write pieces with or without a blank in front: " state", "-of", "-the", "-art". In scripts that are written with
blanks a word is what stands between two of them. Scripts without blanks, such as Han, kana, Thai, Lao, Khmer, Burmese
and Tibetan, show no words: there each piece is one, unless it is torn off what it belongs to, such as a vowel sign off
its letter, or a letter off the Latin word that it is part of. Line breaks (exports/subtitles/breaking.py) follow the
same rule.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, pairwise

from transcriber.transcript import Word

_BLANKS = re.compile("[ \t\n\v\f\r]+")
"""What parts words. Blanks that may not be broken at, and the full-width one, are characters of the text."""
_EAST_ASIAN = re.compile(
    "[\u3000-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff0f"
    "\uff1a-\uff20\uff3b-\uff40\uff5b-\uff9f\U00016fe0-\U00016fff\U0001aff0-\U0001b16f\U00020000-\U0003ffff]"
)
"""Han, kana, bopomofo and their punctuation, but not full-width Latin. Source: Unicode's blocks."""
_SOUTH_EAST_ASIAN = re.compile(
    "[\u0e00-\u0e3e\u0e40-\u0fff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f\u1780-\u17ff\u19e0-\u19ff]"
)
"""Thai (without the sign of its currency), Lao, Tibetan, Burmese, Khmer."""
_NOT_FIRST = frozenset(
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯ"  # small kana
    "\u0e2f\u0e30\u0e32\u0e33\u0e45"  # Thai: vowels and signs that follow their letter, and are letters in Unicode
    "\u0eaf\u0eb0\u0eb2\u0eb3\u0ebd"  # Lao: likewise
)
_NOT_LAST = frozenset(
    "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4"  # Thai, Lao: vowels that stand before their letter
    "\u1039\u17d2"  # Burmese and Khmer: the next letter stands below this one
    "\u200d\u2060"
)
_TORN = re.compile(
    "[\u0e01-\u0e2e][\u0e34-\u0e3a]?\u0e4c|\u0e25\u0e2f"  # Thai: letters that are not spoken; “and so on”
    "|[\u1000-\u102a\u103f\u104e]\u1037?[\u1039\u103a]"  # Burmese: those that close a syllable
)
"""What belongs to the letters before it, although it begins with a letter."""
_TIBETAN = re.compile("[\u0f00-\u0fff]")
_TIBETAN_ENDS = frozenset("\u0f0b\u0f0d\u0f0e\u0f0f\u0f10\u0f11\u0f14")
"""The marks that end a syllable or a clause."""


@dataclass(frozen=True)
class Piece:
    """Text that a model wrote at once, one token or several, with its blanks, times in seconds and probability."""

    text: str
    start: float | None = None
    end: float | None = None
    confidence: float | None = None


def words_of(pieces: Iterable[Piece]) -> list[Word]:
    """The words of a text that a model wrote in pieces.

    joined() gives the text again, without blanks around it, and with single ones inside.

    A word begins where its first piece does and ends where its last one does; its confidence is the least of theirs.
    A first word that is written without a blank says nothing of how it follows on other text: see continued().
    """
    words: list[Word] = []
    run: list[Piece] = []
    is_apart = False
    for has_blank, piece in _fragments(pieces):
        if run and has_blank:
            words += _words_of_run(run, is_apart)
            run = []
        if not run:
            is_apart = has_blank
        run.append(piece)
    return _stripped([*words, *_words_of_run(run, is_apart)])


def split(text: str) -> list[Word]:
    """The words of a text, without times: in scripts with blanks, what stands between them."""
    return words_of([Piece(text)])


def continued(before: Word | None, words: Sequence[Word]) -> list[Word]:
    """The words as they follow `before`, which the model wrote in another window or another chunk.

    There is a blank between them, unless both are of scripts without blanks and the model wrote none.
    """
    if not before or not words or words[0].space_before:
        return list(words)
    is_unspaced = _ends_unspaced(before.text) and _begins_unspaced(words[0].text)
    return [replace(words[0], space_before=not is_unspaced), *words[1:]]


def chained(hypotheses: Iterable[Sequence[Word]]) -> list[Word]:
    """The words of texts that follow one another, each of which the model wrote by itself."""
    words: list[Word] = []
    for following in hypotheses:
        words += continued(words[-1] if words else None, following)
    return words


def woven(words: Sequence[Word], others: Sequence[Word]) -> list[Word]:
    """The words of two texts, merged by their times; a word is joined as it was where its neighbour stays the same.

    Raises ValueError if a word has no times.
    """
    texts = (words, others)
    order = sorted((word.span, side, at) for side, text in enumerate(texts) for at, word in enumerate(text))
    merged: list[Word] = []
    latest = 0, -1
    for _, side, at in order:
        word = texts[side][at]
        merged += [word] if (side, at - 1) == latest else continued(merged[-1] if merged else None, [word])
        latest = side, at
    return merged


def is_unspaced(character: str) -> bool:
    """Whether a character is of a script that is written without blanks between words."""
    return is_east_asian(character) or is_south_east_asian(character)


def is_east_asian(character: str) -> bool:
    return bool(_EAST_ASIAN.match(character))


def is_south_east_asian(character: str) -> bool:
    return bool(_SOUTH_EAST_ASIAN.match(character))


def may_part(text: str, at: int) -> bool:
    """Whether words or lines may be parted before character number `at` of a text that has no blank there."""
    before, after = text[at - 1], text[at]
    if before.isascii() and after.isascii():
        return False
    if not (is_unspaced(before) or is_unspaced(after)) or not (_may_end(before) and _may_begin(after)):
        return False
    if before.isdecimal() and after.isdecimal():
        return False
    if _TIBETAN.match(before) and _TIBETAN.match(after):
        return before in _TIBETAN_ENDS
    return not _TORN.match(text, at) and not (text[0].isspace() and text[:at].isspace())


def parts(text: str) -> list[str]:
    """The parts of a text without blanks between which it may be broken."""
    if text.isascii():
        return [text]
    places = [0, *(at for at in range(1, len(text)) if may_part(text, at)), len(text)]
    return [text[first:end] for first, end in pairwise(places)]


@lru_cache(8192)
def _may_begin(character: str) -> bool:
    """Whether a word or line may begin with it: a letter, a digit, or what opens, such as a bracket."""
    category = unicodedata.category(character)
    if character in _NOT_FIRST or category == "Lm":
        return False
    return category[0] in "LN" or category in ("Ps", "Pi", "Sc")


@lru_cache(8192)
def _may_end(character: str) -> bool:
    return character not in _NOT_LAST and unicodedata.category(character) not in ("Ps", "Pi", "Sc")


def _fragments(pieces: Iterable[Piece]) -> Iterator[tuple[bool, Piece]]:
    """The parts of the pieces between blanks, each with whether a blank stands before it."""
    has_blank = False
    for piece in pieces:
        texts = _BLANKS.split(piece.text)
        timed = _divided(piece, texts) if len(list(filter(None, texts))) > 1 else None
        for number, text in enumerate(texts):
            has_blank = has_blank or number > 0
            if text:
                yield has_blank, timed[number] if timed else replace(piece, text=text)
                has_blank = False


def _divided(piece: Piece, texts: Sequence[str]) -> list[Piece]:
    """The parts of a piece that has several words: they share its time by their length."""
    if piece.start is None or piece.end is None:
        return [replace(piece, text=text) for text in texts]
    places = [0, *accumulate(map(len, texts))]
    each = (piece.end - piece.start) / places[-1]
    return [
        replace(piece, text=text, start=piece.start + each * at, end=piece.start + each * until)
        for text, at, until in zip(texts, places, places[1:])
    ]


def _words_of_run(run: Sequence[Piece], is_apart: bool) -> Iterator[Word]:
    """The words of pieces without a blank between them; `is_apart`: there is one before the first."""
    text = "".join(piece.text for piece in run)
    begins = list(accumulate((len(piece.text) for piece in run), initial=0))
    first = 0
    for number in range(1, len(run) + 1):
        if number == len(run) or may_part(text, begins[number]):
            yield _word(run[first:number], is_apart and first == 0)
            first = number


def _word(pieces: Sequence[Piece], has_blank: bool) -> Word:
    known = [piece.confidence for piece in pieces if piece.confidence is not None]
    text = "".join(piece.text for piece in pieces)
    return Word(text, pieces[0].start, pieces[-1].end, min(known, default=None), space_before=has_blank)


def _stripped(words: list[Word]) -> list[Word]:
    """Without the blanks of any kind around the text; the first word's own says whether a blank stood before it, or
    would by its script.
    """
    if not words:
        return []
    words[0] = replace(words[0], text=words[0].text.lstrip())
    words[-1] = replace(words[-1], text=words[-1].text.rstrip())
    kept = [word for word in words if word.text]
    if kept and not kept[0].space_before:
        kept[0] = replace(kept[0], space_before=not _begins_unspaced(kept[0].text))
    return kept


def _begins_unspaced(text: str) -> bool:
    """Whether a word begins in a script without blanks: by its first character, or its first letter."""
    return bool(text) and (is_unspaced(text[0]) or is_unspaced(next(filter(str.isalnum, text), " ")))


def _ends_unspaced(text: str) -> bool:
    return _begins_unspaced(text[::-1])
