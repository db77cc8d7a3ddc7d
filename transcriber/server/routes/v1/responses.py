"""Transcripts as OpenAI's API answers with them. Source: its API reference, “Audio”."""

import json
import math
import zlib
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from itertools import product
from string import ascii_uppercase
from typing import Any, Literal

from fastapi import Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel

from transcriber import exports
from transcriber.exports.timing import utterances
from transcriber.languages import NAMES
from transcriber.transcript import Segment, Transcript, joined
from transcriber.worker.protocol import Event, Progress, Transcribed

UNKNOWN = "unknown"
"""Who speaks where nobody can be told apart."""


class Usage(BaseModel):
    type: Literal["duration"] = "duration"
    seconds: float
    """Of the recording."""


class Json(BaseModel):
    text: str
    usage: Usage
    notes: list[str] | None = None
    """What a reader should know, such as which sound track was transcribed; not OpenAI's, and not there where there is
    nothing."""


class VerboseWord(BaseModel):
    word: str
    start: float
    end: float
    speaker: str | None = None
    """Not OpenAI's, as that of a segment; not there where nobody was told apart."""


class VerboseSegment(BaseModel):
    """What only Whisper's own decoder has is 0 or empty: `seek`, `tokens`, `temperature`, `no_speech_prob`."""

    id: int
    seek: int = 0
    start: float
    end: float
    text: str
    tokens: list[int] = []
    temperature: float = 0.0
    avg_logprob: float
    """Of its words: the mean logarithm of their confidence, 0 where the model gives none."""
    compression_ratio: float
    """Bytes of its text to bytes of the same, compressed: high where a phrase is repeated."""
    no_speech_prob: float = 0.0
    speaker: str | None = None


class VerboseJson(Json):
    task: Literal["transcribe", "translate"]
    language: str
    """The English name of the spoken language, in lower case."""
    duration: float
    """Seconds."""
    segments: list[VerboseSegment] | None = None
    words: list[VerboseWord] | None = None


class DiarizedSegment(BaseModel):
    """What one person says."""

    type: Literal["transcript.text.segment"] = "transcript.text.segment"
    id: str
    start: float
    end: float
    text: str
    speaker: str
    """A known speaker's name; others are A, B and so on, in the order in which they first speak."""


class DiarizedJson(Json):
    task: Literal["transcribe"] = "transcribe"
    duration: float
    """Seconds."""
    segments: list[DiarizedSegment]


AnyJson = DiarizedJson | VerboseJson | Json
"""What a transcription's answer may be."""


def transcript_response(
    transcript: Transcript, response_format: str, granularities: list[str], language: str
) -> Response:
    """A transcript in one of the API's formats; `language` is what is spoken, as far as it is known beforehand."""
    usage, notes = Usage(seconds=transcript.duration), list(transcript.notes) or None
    if response_format == "json":
        return _json(Json(text=transcript.text, usage=usage, notes=notes))
    if response_format == "verbose_json":
        spoken = transcript.language or language
        return _json(
            VerboseJson(
                text=transcript.text,
                usage=usage,
                notes=notes,
                task="translate" if transcript.options.get("translate_to") else "transcribe",
                language=NAMES.get(spoken, "unknown").lower(),
                duration=transcript.duration,
                segments=_segments(transcript) if "segment" in granularities else None,
                words=_words(transcript) if "word" in granularities else None,
            )
        )
    if response_format == "text":
        return PlainTextResponse(f"{transcript.text}\n")
    export_format = exports.find(response_format)
    return Response(exports.render(transcript, response_format), media_type=export_format.media_type)


def diarized_response(transcript: Transcript, response_format: str, known: Collection[str]) -> Response:
    """A transcript with who speaks as JSON, or as text; `known`: the names of known speakers."""
    if response_format == "text":
        return PlainTextResponse(exports.render(transcript, "txt"))
    return _json(
        DiarizedJson(
            text=transcript.text,
            usage=Usage(seconds=transcript.duration),
            notes=list(transcript.notes) or None,
            duration=transcript.duration,
            segments=_diarized_segments(transcript, known),
        )
    )


async def deltas(events: AsyncIterator[Event], known: Collection[str] | None = None) -> AsyncIterator[bytes]:
    """The words of a transcription that is going on, as server-sent events; what follows a delta belongs behind it.

    Who speaks is known at the end only: then come the segments, unless `known` is None; else see diarized_response().
    """
    written = ""
    async for event in events:
        match event:
            case Transcribed():
                new = event.transcript.text[len(written) :]
            case Progress():
                new = _continued(written, event.segments)
            case _:
                continue
        if new:
            written += new
            yield server_sent({"type": "transcript.text.delta", "delta": new})
        if isinstance(event, Transcribed):
            for segment in _diarized_segments(event.transcript, known) if known is not None else ():
                yield server_sent(segment.model_dump())
            yield server_sent({"type": "transcript.text.done", "text": event.transcript.text})
    yield b"data: [DONE]\n\n"


def server_sent(fields: dict[str, Any]) -> bytes:
    """An event. Source: HTML's living standard, “Server-sent events”."""
    return f"data: {json.dumps(fields, ensure_ascii=False)}\n\n".encode()


def _continued(written: str, segments: Iterable[Segment]) -> str:
    """What has to be written behind the text of some segments to have that of these, too."""
    words = [word for segment in segments for word in segment.words]
    return f" {joined(words)}" if written and words and words[0].space_before else joined(words)


def _json(content: BaseModel) -> Response:
    return JSONResponse(content.model_dump(exclude_none=True))


def _segments(transcript: Transcript) -> list[VerboseSegment]:
    return [
        VerboseSegment(
            id=number,
            start=segment.start,
            end=segment.end,
            text=f" {segment.text}" if segment.words[0].space_before else segment.text,
            avg_logprob=_mean_log_probability(segment),
            compression_ratio=_compression_ratio(segment.text),
            speaker=segment.speaker,
        )
        for number, segment in enumerate(transcript.segments)
    ]


def _diarized_segments(transcript: Transcript, known: Collection[str]) -> list[DiarizedSegment]:
    labels = _labels(transcript, known)
    return [
        DiarizedSegment(
            id=f"seg_{number:03}",
            start=segment.start,
            end=segment.end,
            text=segment.text,
            speaker=labels.get(segment.speaker or "", UNKNOWN),
        )
        for number, segment in enumerate(utterances(transcript), 1)
    ]


def _labels(transcript: Transcript, known: Collection[str]) -> dict[str, str]:
    """What each speaker is called here: A, B and so on, unless known."""
    voices = transcript.diarization.voices if transcript.diarization else ()
    letters = (label for label in _letters() if label not in known)
    return {voice.speaker: voice.speaker if voice.speaker in known else next(letters) for voice in voices}


def _letters() -> Iterator[str]:
    """A to Z, AA to ZZ."""
    yield from ascii_uppercase
    yield from map("".join, product(ascii_uppercase, repeat=2))


def _words(transcript: Transcript) -> list[VerboseWord]:
    """All of them; those that came without times share their segment's."""
    return [
        VerboseWord(word=word.text, start=word.span[0], end=word.span[1], speaker=word.speaker)
        for segment in utterances(transcript)
        for word in segment.words
    ]


def _mean_log_probability(segment: Segment) -> float:
    known = [word.confidence for word in segment.words if word.confidence]
    return sum(map(math.log, known)) / len(known) if known else 0.0


def _compression_ratio(text: str) -> float:
    content = text.encode()
    return len(content) / len(zlib.compress(content))
