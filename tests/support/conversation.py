"""A conversation of two people who were told apart, and a model that passes for the one that did."""

from pathlib import Path

from transcriber.models import catalog
from transcriber.models.store import ModelStore
from transcriber.transcript import Diarization, Segment, Source, Transcript, Turn, Voice, Word

FIRST, SECOND = "Speaker 1", "Speaker 2"


def said(speaker: str | None, start: float, text: str) -> Segment:
    """A segment whose words last half a second each."""
    words = [
        Word(word, start + place / 2, start + place / 2 + 0.4, 0.9, speaker) for place, word in enumerate(text.split())
    ]
    return Segment(tuple(words), words[0].span[0], words[-1].span[1], speaker)


def conversation() -> Transcript:
    """Three sentences in ten seconds."""
    segments = (said(FIRST, 0.5, "Who is there?"), said(SECOND, 3.0, "It is me."), said(FIRST, 6.0, "Come in."))
    diarization = Diarization(
        model="speakers",
        voices=(Voice(FIRST, 2.3, 0.9), Voice(SECOND, 1.5, 0.2, suggestion="Anna")),
        turns=tuple(Turn(segment.start, segment.end, segment.speaker or "") for segment in segments),
    )
    source = Source("talk.wav", 320_044, "ab" * 32)
    return Transcript(segments, 10.0, "parakeet", "cpu", elapsed=1.0, source=source, diarization=diarization)


def set_up_speakers(models: Path) -> str:
    """Let the models folder have the model that tells speakers apart, which nobody opens; its name."""
    spec = catalog.diarizing()[0]
    ModelStore(models).of(spec).path.write_bytes(b"a model")
    return spec.name
