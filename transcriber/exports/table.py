"""The rows of the formats that are tables: a segment a row."""

from collections.abc import Iterator

from transcriber.exports.timing import utterances
from transcriber.transcript import Transcript

COLUMNS = ("start", "end", "speaker", "text")


def rows(transcript: Transcript) -> Iterator[tuple[str, str, str, str]]:
    """COLUMNS, then each segment: seconds to the millisecond, the speaker or nothing, the words."""
    yield COLUMNS
    for segment in utterances(transcript):
        yield f"{segment.start:.3f}", f"{segment.end:.3f}", segment.speaker or "", segment.text
