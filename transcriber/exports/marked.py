"""The marked passages alone: what a person chose to quote."""

from collections.abc import Iterator
from dataclasses import replace

from transcriber.exports.timing import with_times
from transcriber.transcript import Diarization, Segment, Transcript


def marked(transcript: Transcript) -> Transcript:
    """The same with only those words whose middle lies in a mark: a segment for each piece of one, a paragraph for each
    mark."""
    diarization = transcript.diarization and _within(transcript, transcript.diarization)
    return replace(transcript, segments=tuple(_segments(transcript)), diarization=diarization)


def _segments(transcript: Transcript) -> Iterator[Segment]:
    for mark in transcript.marks:
        is_first = True
        for segment in transcript.segments:
            if segment.end <= mark.start or segment.start >= mark.end:
                continue
            timed = with_times(segment.words, segment.start, segment.end)
            pairs = zip(segment.words, timed, strict=True)
            chosen = [(word, with_time) for word, with_time in pairs if mark.start <= with_time.middle < mark.end]
            if chosen:
                words = tuple(word for word, _ in chosen)
                start, end = chosen[0][1].span[0], chosen[-1][1].span[1]
                yield replace(segment, words=words, start=start, end=end, starts_paragraph=is_first)
                is_first = False


def _within(transcript: Transcript, diarization: Diarization) -> Diarization:
    """The turns that a mark touches, as far as it does."""
    turns = tuple(
        replace(turn, start=max(turn.start, mark.start), end=min(turn.end, mark.end))
        for mark in transcript.marks
        for turn in diarization.turns
        if turn.end > mark.start and turn.start < mark.end
    )
    return replace(diarization, turns=turns)
