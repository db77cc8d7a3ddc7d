"""Plain text: the words alone."""

from transcriber.transcript import Transcript


def render(transcript: Transcript) -> str:
    return transcript.text + "\n"
