"""Transcripts that somebody corrects."""

from transcriber.jobs.edits import apply, make
from transcriber.transcript import Segment, Transcript, Word


def edited(transcript: Transcript, kind: str, **asked: object) -> Transcript:
    content = make(transcript, kind, asked, lambda number: transcript)
    return transcript if content is None else changed(transcript, kind, content)


def changed(transcript: Transcript, kind: str, content: dict) -> Transcript:
    applied = apply(transcript, kind, content)
    assert applied is not None
    return applied


def words(transcript: Transcript) -> list[Word]:
    return [word for segment in transcript.segments for word in segment.words]


def spoken(*texts: str, each: float = 1.0, speaker: str | None = None) -> Transcript:
    """A segment of words that last a second each."""
    said = [Word(text, at * each, at * each + 0.8 * each, 0.9, speaker) for at, text in enumerate(texts)]
    return Transcript((Segment(tuple(said), 0.0, len(said) * each, speaker),), 100.0, "whisper", "cpu")
