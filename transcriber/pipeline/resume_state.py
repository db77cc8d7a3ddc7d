"""What an interrupted transcription goes on from: kept after each chunk, as JSON in the database."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from transcriber.transcript import Coverage, Segment, Word
from transcriber.transcript_json import adapter, segments_from_dicts, upgraded_words


@dataclass(frozen=True)
class ChunkState:
    """What a transcription takes along from one chunk to the next. Kept as JSON: its fields are names of keys."""

    tail: tuple[Word, ...] = ()
    """The last words, which are in no segment yet: the next ones decide where that ends."""
    overlap: int | None = None
    """Frames that the last chunk had behind its end, which the next one begins with; None before the first chunk."""
    language: str | None = None
    """ISO 639 code of the spoken language, once it is known."""
    coverage: Coverage = field(default_factory=Coverage)


@dataclass(frozen=True)
class ResumeState:
    """What a transcription had when it was interrupted, from which it goes on."""

    segments: tuple[Segment, ...] = ()
    done: float = 0.0
    """Seconds of the recording that are transcribed: the end of the last finished chunk."""
    elapsed: float = 0.0
    """Seconds of work."""
    carried: ChunkState = field(default_factory=ChunkState)
    voices: bytes = b""
    """What was heard of the speakers' voices: all that Progress said, joined."""


def chunk_state_from_dict(fields: dict[str, Any], segments: Sequence[Segment] = ()) -> ChunkState:
    """What was taken along behind these segments, as this version or an older one wrote it."""
    latest = next((segment.words[-1].text for segment in reversed(segments) if segment.words), "")
    tail = adapter(tuple[Word, ...]).validate_python(list(upgraded_words(fields.get("tail", ()), latest)))
    coverage = adapter(Coverage).validate_python(fields.get("coverage", {}))
    return ChunkState(**{**fields, "tail": tail, "coverage": coverage})


def resume_state_from_dict(fields: dict[str, Any]) -> ResumeState:
    """As JSON has it: bytes in base64."""
    segments = segments_from_dicts(fields["segments"])
    carried, voices = chunk_state_from_dict(fields["carried"], segments), b64decode(fields.get("voices", ""))
    return ResumeState(**{**fields, "segments": segments, "carried": carried, "voices": voices})
