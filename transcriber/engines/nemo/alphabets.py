"""Which tokens a language can be written with: by its script, or by its alphabet."""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

BASIC = "abcdefghijklmnopqrstuvwxyz"
# fmt: off
LETTERS = {
    "bg": "абвгдежзийклмнопрстуфхцчшщъьюя", "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "el": "αάβγδεέζηήθιίϊΐκλμνξοόπρσςτυύϋΰφχψωώ",
    "cs": "áčďéěíňóřšťúůýž", "da": "æøåé", "de": "äöüß", "en": "", "es": "áéíñóúü", "et": "šžõäöü", "fi": "åäöšž",
    "fr": "àâæçéèêëîïôœùûüÿ", "hr": "čćđšž", "hu": "áéíóöőúüű", "it": "àéèìíîóòùú", "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž", "mt": "ċġħżàèìòù", "nl": "áäéèëíïóöúü", "pl": "ąćęłńóśźż", "pt": "áàâãçéêíòóôõúü",
    "ro": "ăâîșțşţ", "sk": "áäčďéíĺľňóôŕšťúýž", "sl": "čšž", "sv": "åäöéà",
}
# fmt: on
"""The letters of each of Parakeet's languages, from Unicode's CLDR (exemplar characters); Latin ones besides a to z."""


@cache
def script(letter: str) -> str:
    """ "LATIN", "CYRILLIC", "GREEK" …: the first word of a letter's name in Unicode."""
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]


def is_special(piece: str) -> bool:
    """Whether a token stands for no text, such as <unk> or <|en|>."""
    return piece.startswith("<") and piece.endswith(">")


def allowed(pieces: Sequence[str], language: str, by_alphabet: bool = False) -> list[bool]:
    """Of each token, whether `language` can be written with it.

    By script: its letters are Latin, Cyrillic or Greek as the language is. By alphabet: they are among the language's
    own and, in the Latin script, a to z. Digits, punctuation and spaces are allowed, marks of other languages are not.
    """
    own = set(LETTERS[language])
    wanted = "LATIN" if language not in ("bg", "ru", "uk", "el") else script(LETTERS[language][0])
    alphabet = own | set(BASIC if wanted == "LATIN" else "")

    def fits(piece: str) -> bool:
        if is_special(piece):
            return piece[2:-2] not in LETTERS or piece[2:-2] == language
        if by_alphabet:
            return alphabet.issuperset(_letters(piece))
        return all(script(letter) == wanted for letter in _letters(piece))

    return [fits(piece) for piece in pieces]


def scripts(pieces: Iterable[str]) -> set[str]:
    """The scripts of a tokenizer's letters."""
    return {script(letter) for piece in pieces if not is_special(piece) for letter in _letters(piece)}


def _letters(piece: str) -> list[str]:
    return [letter for letter in unicodedata.normalize("NFC", piece).lower() if letter.isalpha()]
