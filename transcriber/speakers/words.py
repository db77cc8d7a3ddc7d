"""The speaker of each word."""

from collections.abc import Iterable, Iterator, Sequence

from transcriber.speakers.protocol import Activity
from transcriber.transcript import Segment


def with_speakers(segments: Iterable[Segment], activity: Activity, names: Sequence[str]) -> Iterator[Segment]:
    """The segments with the speaker of each word by name, cut where another one speaks."""
    raise NotImplementedError  # helper GROUPING is writing it
