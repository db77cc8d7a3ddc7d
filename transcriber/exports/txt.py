"""Plain text: the words alone, in UTF-8. With speakers, a paragraph for each time that another one speaks."""

from itertools import groupby

from transcriber.exports.timing import utterances
from transcriber.transcript import Transcript, joined


def render(transcript: Transcript) -> str:
    turns = [
        (speaker, joined(word for segment in segments for word in segment.words))
        for speaker, segments in groupby(utterances(transcript), lambda segment: segment.speaker)
    ]
    return "\n".join(f"{speaker}: {text}\n" if speaker else f"{text}\n" for speaker, text in turns) or "\n"
