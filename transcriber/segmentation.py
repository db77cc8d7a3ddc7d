"""Words with times → segments: a sentence, or what was said between two pauses."""

from collections.abc import Iterable, Iterator, Sequence

from transcriber.transcript import Segment, Word

PAUSE_SECONDS = 0.8
MAX_SEGMENT_SECONDS = 12.0
SENTENCE_END = (".", "?", "!", "。", "？", "！", "…")


def segments(words: Iterable[Word]) -> Iterator[Segment]:
    """A segment ends with a sentence, at a pause, or before it gets longer than a reader of subtitles can take."""
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
    found = list(segments(words))
    count = 0
    for one, following in zip(found, [*found[1:], None]):
        is_over = following is not None or one.text.endswith(SENTENCE_END) or known - one.end > PAUSE_SECONDS
        if not is_over or one.end > known:
            break
        count += 1
    return found[:count], tuple(word for one in found[count:] for word in one.words)


def _segment(words: Sequence[Word]) -> Segment:
    return Segment(tuple(words), words[0].span[0], max(word.span[1] for word in words))


def _is_pause(word: Word, following: Word) -> bool:
    return following.span[0] - word.span[1] > PAUSE_SECONDS
