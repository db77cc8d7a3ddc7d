"""Words with times → segments: a sentence, or what was said between two pauses."""

import re
from collections.abc import Iterable, Iterator, Sequence

from transcriber.transcript import Segment, Word

PAUSE_SECONDS = 0.8
"""Between two words, more ends a segment."""
MAX_SEGMENT_SECONDS = 12.0
SENTENCE_END = (".", "?", "!", "。", "？", "！", "…")
ABBREVIATIONS = frozenset(
    "mr. mrs. ms. mx. dr. prof. st. mt. gen. col. sgt. capt. lt. rev. hon. sen. gov. messrs. vs. e.g. i.e. cf. approx. "
    "z.b. d.h. u.a. bzw. ca. nr. hr. fr. frl. sr. sra. srta. dra. d. mme. mlle. mgr. dott. sig. ing.".split()
)
"""What is hardly ever the last word of a sentence: titles, and what stands before an example or a number."""
INITIAL = re.compile(r"\W*[A-HJ-ZÄÖÜÉÁÍÓÚÑÇ]\.")


def segments(words: Iterable[Word]) -> Iterator[Segment]:
    """Words with times, in their order, as segments.

    A segment ends with a sentence, at a pause, or before it gets longer than a reader of subtitles can take.
    """
    held: list[Word] = []
    for word in words:
        if held and (_is_pause(held[-1], word) or word.span[1] - held[0].span[0] > MAX_SEGMENT_SECONDS):
            yield _segment(held)
            held = []
        held.append(word)
        if ends_sentence(word.text.rstrip()):
            yield _segment(held)
            held = []
    if held:
        yield _segment(held)


def ends_sentence(word: str) -> bool:
    """Whether a word ends its sentence: not the point of “St. Peter's” or “J. Smith”."""
    is_short = word.endswith(".") and (word.lstrip("“\"'«(").lower() in ABBREVIATIONS or INITIAL.fullmatch(word))
    return word.endswith(SENTENCE_END) and not is_short


def finished(words: Iterable[Word], known: float) -> tuple[list[Segment], tuple[Word, ...]]:
    """The segments that stay as they are whatever is said after second `known`, and the words behind them."""
    made = list(segments(words))
    count = 0
    for segment, following in zip(made, [*made[1:], None]):
        is_over = following is not None or ends_sentence(segment.words[-1].text) or known - segment.end > PAUSE_SECONDS
        if not is_over or segment.end > known:
            break
        count += 1
    return made[:count], tuple(word for segment in made[count:] for word in segment.words)


def _segment(words: Sequence[Word]) -> Segment:
    return Segment(tuple(words), words[0].span[0], max(word.span[1] for word in words))


def _is_pause(word: Word, following: Word) -> bool:
    return following.span[0] - word.span[1] > PAUSE_SECONDS
