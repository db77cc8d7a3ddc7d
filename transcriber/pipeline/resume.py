"""What an interrupted transcription goes on from: kept after each chunk, as JSON in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from transcriber.transcript import Coverage, Segment, Word, adapter, segments_from_dicts, upgraded_words


@dataclass(frozen=True)
class ChunkState:
    """What a transcription takes along from one chunk to the next."""

    tail: tuple[Word, ...] = ()
    """Words that are in no segment yet: what is said next decides."""
    overlap: int | None = None
    """Frames that were heard beyond the last chunk's end and are heard again; None before the first chunk."""
    language: str | None = None
    """The spoken language, once it is known."""
    coverage: Coverage = field(default_factory=Coverage)


@dataclass(frozen=True)
class ResumeState:
    """What a transcription had when it was interrupted: it can go on from there."""

    segments: tuple[Segment, ...] = ()
    done: float = 0.0
    """Seconds of the recording that are transcribed: the end of the last finished chunk."""
    elapsed: float = 0.0
    """Seconds of work."""
    carried: ChunkState = field(default_factory=ChunkState)


def chunk_state_from_dict(fields: dict[str, Any], segments: Sequence[Segment] = ()) -> ChunkState:
    """What was taken along behind these segments."""
    latest = next((segment.words[-1].text for segment in reversed(segments) if segment.words), "")
    tail = adapter(tuple[Word, ...]).validate_python(list(upgraded_words(fields.get("tail", ()), latest)))
    coverage = adapter(Coverage).validate_python(fields.get("coverage", {}))
    return ChunkState(**{**fields, "tail": tail, "coverage": coverage})


def resume_state_from_dict(fields: dict[str, Any]) -> ResumeState:
    segments = segments_from_dicts(fields["segments"])
    return ResumeState(
        **{**fields, "segments": segments, "carried": chunk_state_from_dict(fields["carried"], segments)}
    )
