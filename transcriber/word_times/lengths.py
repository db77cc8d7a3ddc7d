"""How long it takes to say a word, by its letters."""

import unicodedata

MAX_WORD_SECONDS, MAX_LETTER_SECONDS = 1.0, 0.1
"""A word lasts at most the one, and the other for each of its letters. Of 2,500 digits said one at a time by five
people (Free Spoken Digit Dataset) the longest last 1.31 s (“three”; 1.5 s here), 1.30 s (“seven”; 1.5), 1.21 s (“two”;
1.3).
"""
USUAL_LETTER_SECONDS = 0.06
"""What a letter takes: the median of 4,392 words of a reading, as Whisper base times them."""
DIGIT_LETTERS, SYLLABLE_LETTERS, SIGN_LETTERS = 4, 3, 6
"""Letters that are said for a digit (the mean of zero to nine), for a character of Han, kana or Hangul or the name of a
letter, and for a sign such as % or &."""


def longest_seconds(text: str) -> float:
    """How long anybody takes to say a word."""
    return MAX_WORD_SECONDS + MAX_LETTER_SECONDS * _letters(text)


def usual_seconds(text: str) -> float:
    """How long it usually takes to say a word."""
    return USUAL_LETTER_SECONDS * max(1, _letters(text))


def _letters(text: str) -> int:
    """How many letters are said; each of an abbreviation such as BBC by its name."""
    is_spelled = text.isupper()
    return sum(_letters_of(character, is_spelled) for character in text)


def _letters_of(character: str, is_spelled: bool) -> int:
    kind = unicodedata.category(character)
    if kind[0] == "N":
        return DIGIT_LETTERS
    if kind[0] == "L":
        is_syllable = is_spelled or unicodedata.east_asian_width(character) in "WF"
        return SYLLABLE_LETTERS if is_syllable else 1
    return SIGN_LETTERS if kind[0] == "S" or character in "%&@#§" else 0
