"""Paragraphs for the formats that people read: by speaker, where speakers are known, else a segment each.

All that one person says until another speaks is a turn. A long turn is divided, so that a reader finds the place and an
editor the time: where somebody is silent for long, and then at the ends of sentences until each part is short enough.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from transcriber.exports.subtitles.breaking import CLOSING, width
from transcriber.exports.timing import UNKNOWN_SPEAKER, utterances
from transcriber.segmentation import SENTENCE_END
from transcriber.transcript import Transcript, Word, joined

MAX_COLUMNS = 720
"""Of a paragraph's text, as breaking.width() counts: about 120 words of English."""
MAX_SECONDS = 60.0
LONG_PAUSE_SECONDS = 5.0
"""A pause at which a paragraph ends, however short it is."""


@dataclass(frozen=True)
class Paragraph:
    """Words that follow one another, with times, said by one person."""

    words: tuple[Word, ...]
    speaker: str = ""
    """Who begins to speak here; "" where the one before goes on, or no speaker is known of the whole recording."""

    @property
    def text(self) -> str:
        return joined(self.words)

    @property
    def start(self) -> float:
        """Seconds."""
        return self.words[0].span[0]


def paragraphs(transcript: Transcript) -> Iterator[Paragraph]:
    """All words, in their order."""
    spoken = list(utterances(transcript))
    if not any(segment.speaker for segment in spoken):
        yield from (Paragraph(segment.words) for segment in spoken)
        return
    for speaker, segments in groupby(spoken, lambda segment: segment.speaker):
        shown = speaker or UNKNOWN_SPEAKER
        for part in _parts([word for segment in segments for word in segment.words]):
            yield Paragraph(tuple(part), shown)
            shown = ""


def _parts(turn: Sequence[Word]) -> Iterator[Sequence[Word]]:
    begin = 0
    for number, (before, word) in enumerate(pairwise(turn), start=1):
        if word.span[0] - before.span[1] >= LONG_PAUSE_SECONDS:
            yield from _divided(turn[begin:number])
            begin = number
    yield from _divided(turn[begin:])


def _divided(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The words in parts that are short enough: cut in the middle third, so that no part is a few words alone."""
    third = max(1, len(words) // 3)
    if len(words) == 1 or _is_short(words):
        yield words
        return
    cut = max(range(third, len(words) - third + 1), key=lambda place: _fitness(words, place))
    yield from _divided(words[:cut])
    yield from _divided(words[cut:])


def _is_short(words: Sequence[Word]) -> bool:
    return words[-1].span[1] - words[0].span[0] <= MAX_SECONDS and width(joined(words)) <= MAX_COLUMNS


def _fitness(words: Sequence[Word], place: int) -> tuple[bool, bool, float, int]:
    """How good a paragraph begins with the word of this index: best behind a sentence, a blank, a long pause; then in
    the middle."""
    before, word = words[place - 1], words[place]
    ends_sentence = before.text.rstrip(CLOSING).endswith(SENTENCE_END)
    return ends_sentence, word.space_before, word.span[0] - before.span[1], -abs(2 * place - len(words))
