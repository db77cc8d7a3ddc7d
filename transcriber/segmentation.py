"""Words with times → segments: a sentence, or what was said between two pauses."""

from collections.abc import Iterable, Iterator

from transcriber.transcript import Segment, Word

PAUSE_SECONDS = 0.8
LONGEST_SECONDS = 12.0
SENTENCE_END = (".", "?", "!", "。", "？", "！", "…")


def segments(words: Iterable[Word]) -> Iterator[Segment]:
    """A segment ends with a sentence, at a pause, or before it gets longer than a reader of subtitles can take."""
    held: list[Word] = []
    for word in words:
        if held:
            start, end = word.span
            if start - held[-1].span[1] > PAUSE_SECONDS or end - held[0].span[0] > LONGEST_SECONDS:
                yield _segment(held)
                held = []
        held.append(word)
        if word.text.endswith(SENTENCE_END):
            yield _segment(held)
            held = []
    if held:
        yield _segment(held)


def _segment(words: list[Word]) -> Segment:
    return Segment(tuple(words), words[0].span[0], words[-1].span[1])
