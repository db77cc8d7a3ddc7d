"""Of which words of a transcript each cue is: by their numbers, counted from its beginning."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from transcriber.exports.subtitles.cues import Cue
from transcriber.exports.timing import one_line
from transcriber.transcript import Transcript


@dataclass(frozen=True)
class Place:
    """The `count` words from number `first` on. A cue of a script without blanks may begin or end within one."""

    first: int
    count: int
    before: str = ""
    """What of the first word is in the cue before."""
    after: str = ""
    """What of the last word is in the next one."""


def places(transcript: Transcript, cues: Sequence[Cue]) -> Iterator[Place]:
    """Of all cues that shape() made of the transcript, in their order. Counted by characters: shaping neither adds nor
    takes any."""
    texts = [one_line(word.text) for segment in transcript.segments for word in segment.words]
    numbers = [number for number, text in enumerate(texts) if text]  # what is empty is in no cue
    starts = list(accumulate((len(texts[number]) for number in numbers), initial=0))
    at = 0
    for cue in cues:
        end = at + sum(len(word.text) for word in cue.words)
        first, last = bisect_right(starts, at) - 1, bisect_right(starts, end - 1) - 1
        before = texts[numbers[first]][: at - starts[first]]
        after = texts[numbers[last]][end - starts[last] :]
        yield Place(numbers[first], numbers[last] - numbers[first] + 1, before, after)
        at = end
