"""Where the words of two pieces of a recording meet: each word once.

Where a recording had to be cut although somebody spoke, the chunks overlap by some seconds, and so do their words.
Elsewhere a word may be written twice, too: at the end of one piece and at the beginning of the next.
"""

from collections.abc import Sequence

from transcriber.joining import is_unspaced
from transcriber.transcript import Word, normal

STEP_SECONDS = 0.04
"""Between the moments at which the words of two chunks may be joined."""
CROSSING_COST_SECONDS = 10.0
"""What a word that is cut costs, where a second of distance from the seam costs 1."""
MAX_DOUBLED_WORDS = 4
APART_SECONDS = 1.0
"""What is said again after such a pause is a repetition, not a double."""


def join(before: Sequence[Word], after: Sequence[Word], seam: float, overlap: float) -> list[Word]:
    """The words of the chunks before and after second `seam`, both of which go on `overlap` seconds beyond it.

    Words before some moment are the first chunk's, the others the second's. It is the moment next to the seam at which
    neither chunk is in the middle of a word.
    """
    steps = int(overlap / 2 / STEP_SECONDS)
    moments = [seam + step * STEP_SECONDS for step in range(-steps, steps + 1)]
    near = [word for word in (*before, *after) if word.span[1] > seam - overlap and word.span[0] < seam + overlap]
    costs = {at: CROSSING_COST_SECONDS * sum(_crosses(word, at) for word in near) + abs(at - seam) for at in moments}
    moment = min(moments, key=lambda at: (costs[at], at))
    first = [word for word in before if word.middle < moment]
    second = [word for word in after if word.middle >= moment]
    return first + second[doubled(first, second, before, after) :]


def doubled(before: Sequence[Word], after: Sequence[Word], *spanning: Sequence[Word]) -> int:
    """How many of the first words of `after` are the last of `before`, written a second time without having been said.

    `spanning`: what was transcribed of audio that spans both sides; a repetition that somebody said is in one of them.
    """
    if not before or not after or after[0].span[0] - before[-1].span[1] > APART_SECONDS:
        return 0
    for count in range(min(MAX_DOUBLED_WORDS, len(before), len(after)), 0, -1):
        phrase = [normal(word.text) for word in before[-count:]]
        is_same = phrase == [normal(word.text) for word in after[:count]]
        if is_same and _could_double(phrase) and not any(says_twice(words, phrase) for words in spanning):
            return count
    return 0


def without_doubles(words: Sequence[Word], others: Sequence[Word], spanning: Sequence[Word]) -> list[Word]:
    """Of `others`, which were found between `words`, those that do not repeat their neighbours.

    `spanning`: all that was transcribed of the audio in which they were found.
    """
    if not others:
        return []
    before = [word for word in words if word.middle < others[0].middle]
    after = [word for word in words if word.middle > others[-1].middle]
    first = doubled(before, others, spanning)
    return list(others[first : len(others) - doubled(others[first:], after, spanning)])


def says_twice(words: Sequence[Word], phrase: Sequence[str]) -> bool:
    """Whether a phrase, as normal() has it, stands twice in a row in some words."""
    texts, twice = [normal(word.text) for word in words], [*phrase, *phrase]
    return any(texts[at : at + len(twice)] == twice for at in range(len(texts) - len(twice) + 1))


def _could_double(phrase: Sequence[str]) -> bool:
    """Whether a repetition of it is strange: in scripts without blanks a word is a syllable, and many are doubled."""
    is_syllable = all(text and is_unspaced(text[0]) for text in phrase)
    return any(phrase) and (not is_syllable or len(phrase) > 2)


def _crosses(word: Word, moment: float) -> bool:
    start, end = word.span
    return start < moment < end
