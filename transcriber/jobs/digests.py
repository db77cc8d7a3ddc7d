"""Digests: what a row of the list shows of a recording's transcript, kept with the job, so that for the list no
transcript is read."""

import json
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from transcriber.jobs import doubts
from transcriber.transcript import Transcript, joined
from transcriber.transcript_json import adapter

EXCERPT_CHARACTERS = 160


@dataclass(frozen=True)
class Digest:
    """Of the transcript that is shown."""

    has_transcript: bool = False
    excerpt: str = ""
    """Its first words."""
    speakers: tuple[str, ...] = ()
    """In the order in which they first speak."""
    to_check: int = 0
    """Places that are worth a listen."""
    language: str | None = None


def digest_of(transcript: Transcript) -> Digest:
    """What the list shows of a transcript."""
    return Digest(
        has_transcript=True,
        excerpt=_excerpt(transcript),
        speakers=tuple(dict.fromkeys(segment.speaker for segment in transcript.segments if segment.speaker)),
        to_check=len(doubts.checks(transcript, doubts.doubtful_words(transcript))),
        language=transcript.language,
    )


def written(digest: Digest) -> str:
    """As it is kept; read() reverses it."""
    return json.dumps(asdict(digest), ensure_ascii=False)


def read(kept: str) -> dict[str, Any]:
    """The fields of a digest as it is kept; those of an empty one where it cannot be read."""
    try:
        return dict(vars(adapter(Digest).validate_json(kept)))
    except ValueError:
        return dict(vars(Digest()))


def _excerpt(transcript: Transcript) -> str:
    words = (word for segment in transcript.segments for word in segment.words)
    excerpt = joined(islice(words, EXCERPT_CHARACTERS))
    cut = excerpt[:EXCERPT_CHARACTERS]
    return cut if cut == excerpt else f"{cut.rpartition(' ')[0] or cut}…"
