"""Words with times → segments: a sentence, or what was said between two pauses."""

from collections.abc import Iterable, Iterator, Sequence

from transcriber.transcript import Segment, Word

PAUSE_SECONDS = 0.8
"""Between two words, more ends a segment."""
MAX_SEGMENT_SECONDS = 12.0
SENTENCE_END = (".", "?", "!", "。", "？", "！", "…")


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
        if word.text.rstrip().endswith(SENTENCE_END):
            yield _segment(held)
            held = []
    if held:
        yield _segment(held)


def finished(words: Iterable[Word], known: float) -> tuple[list[Segment], tuple[Word, ...]]:
    """The segments that stay as they are whatever is said after second `known`, and the words behind them."""
    made = list(segments(words))
    count = 0
    for segment, following in zip(made, [*made[1:], None]):
        is_over = following is not None or segment.text.endswith(SENTENCE_END) or known - segment.end > PAUSE_SECONDS
        if not is_over or segment.end > known:
            break
        count += 1
    return made[:count], tuple(word for segment in made[count:] for word in segment.words)


def _segment(words: Sequence[Word]) -> Segment:
    return Segment(tuple(words), words[0].span[0], max(word.span[1] for word in words))


def _is_pause(word: Word, following: Word) -> bool:
    return following.span[0] - word.span[1] > PAUSE_SECONDS
