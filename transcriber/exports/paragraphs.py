"""Paragraphs, for the page and for the formats that people read.

All that one person says until another speaks is a turn; where speakers are not known, the whole recording is one. A
long turn is divided, so that a reader finds the place and an editor the time: where somebody is silent for long, and
else at the end of a sentence, once enough was said. What follows never changes where a paragraph begins. Where somebody
decided that one begins or does not (Segment.starts_paragraph), that holds; one always begins where another one speaks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from transcriber.exports.subtitles.breaking import CLOSING, width
from transcriber.exports.timing import UNKNOWN_SPEAKER, utterances
from transcriber.segmentation import ends_sentence
from transcriber.transcript import Segment, Transcript, Word, joined

MAX_COLUMNS = 720
"""Of a paragraph's text, as breaking.width() counts: about 120 words of English."""
MAX_SECONDS = 60.0
LONG_PAUSE_SECONDS = 5.0
"""A pause at which a paragraph ends, however short it is."""
SENTENCE_PAUSE_SECONDS = 2.0
"""The same after a sentence, where speakers are not known: another one may speak then."""
USUAL_SIZE, FULL_SIZE = 0.5, 0.75
"""Parts of what a paragraph may have, from which it ends with a sentence that a pause follows, or with any."""
PAUSE_SECONDS = 0.5
"""Such a pause."""


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
    has_speakers = any(segment.speaker for segment in spoken)
    latest = ""
    for part in _grouped(spoken):
        speaker = (part[0].speaker or UNKNOWN_SPEAKER) if has_speakers else ""
        words = [word for segment in part for word in segment.words]
        for divided in _divided(words) if len(part) == 1 else [words]:
            yield Paragraph(tuple(divided), "" if speaker == latest else speaker)
            latest = speaker


def _grouped(segments: Sequence[Segment]) -> Iterator[Sequence[Segment]]:
    """The segments of each paragraph."""
    places = [number for number, begins in enumerate(starts(segments)) if begins]
    for begin, end in pairwise([*places, len(segments)]):
        yield segments[begin:end]


def starts(segments: Sequence[Segment]) -> list[bool]:
    """Whether a paragraph begins with each of these segments, which follow one another."""
    pause = LONG_PAUSE_SECONDS if any(segment.speaker for segment in segments) else SENTENCE_PAUSE_SECONDS
    begins: list[bool] = []
    start = columns = size = 0.0
    for before, segment in zip([None, *segments], segments):
        own = _columns(segment) if segment.starts_paragraph is None else 0
        grown = _size(segment.end - start, columns + own)
        begins.append(before is None or _must_begin(before, segment, pause) or _is_enough(before, segment, size, grown))
        if begins[-1]:
            start, columns = segment.start, 0.0
        columns += own
        size = _size(segment.end - start, columns)
    return begins


def _must_begin(before: Segment, segment: Segment, sentence_pause: float) -> bool:
    if before.speaker != segment.speaker:
        return True
    if segment.starts_paragraph is not None:
        return segment.starts_paragraph
    silence = segment.start - before.end
    return silence >= LONG_PAUSE_SECONDS or (silence >= sentence_pause and _ends_sentence(before))


def _is_enough(before: Segment, segment: Segment, size: float, new_size: float) -> bool:
    """Whether another paragraph begins rather with a segment than one grows from a size to a new one, parts of what it
    may have."""
    if segment.starts_paragraph is not None or new_size > 1:
        return segment.starts_paragraph is None
    is_pause = segment.start - before.end >= PAUSE_SECONDS
    return _ends_sentence(before) and size >= (USUAL_SIZE if is_pause else FULL_SIZE)


def _size(seconds: float, columns: float) -> float:
    return max(seconds / MAX_SECONDS, columns / MAX_COLUMNS)


def _ends_sentence(segment: Segment) -> bool:
    return bool(segment.words) and ends_sentence(segment.words[-1].text.rstrip(CLOSING))


def _columns(segment: Segment) -> int:
    """The width of its text, with the blank before it."""
    return width(" ".join([word.text for word in segment.words])) + 1


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
    is_end, pause = ends_sentence(before.text.rstrip(CLOSING)), word.span[0] - before.span[1]
    return is_end, word.space_before, pause, -abs(2 * place - len(words))
