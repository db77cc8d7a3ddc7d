"""Rich Transcription Time Marked: who spoke when, as programs that measure diarization read it.

Source: NIST, The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan, appendix A: ten fields between
blanks. A SPEAKER line has six (type, file, channel, start and duration in seconds, name), and <NA> for the
others. No field holds a blank. Turns of several people may overlap. `;;` begins a comment.
"""

from collections.abc import Iterable, Iterator

from transcriber.exports.origin import corrected, title
from transcriber.exports.timing import one_line, utterances
from transcriber.transcript import Diarization, Transcript, Turn

NOTHING = "<NA>"


def render(transcript: Transcript) -> str:
    """The turns as they were heard; where only words have speakers, theirs. Empty where nobody is known."""
    name = title(transcript)
    lines = rttm_lines(transcript.diarization, name) if transcript.diarization else _lines(_turns(transcript), name)
    remark = f";; Corrected by hand: {corrected(transcript)}\n" if transcript.edits else ""
    return remark + "".join(f"{line}\n" for line in lines)


def rttm_lines(diarization: Diarization, name: str) -> Iterator[str]:
    """A line a turn, without its end; `name` is the recording's, without its extension."""
    return _lines(diarization.turns, name)


def _lines(turns: Iterable[Turn], name: str) -> Iterator[str]:
    file, names = _field(name), dict[str, str]()
    for turn in turns:
        if turn.speaker not in names:
            names[turn.speaker] = _distinct(_field(turn.speaker), set(names.values()))
        start, end = round(max(0.0, turn.start), 3), round(turn.end, 3)
        yield f"SPEAKER {file} 1 {start:.3f} {max(0.0, end - start):.3f} <NA> <NA> {names[turn.speaker]} <NA> <NA>"


def _turns(transcript: Transcript) -> Iterator[Turn]:
    for segment in utterances(transcript):
        if segment.speaker:
            yield Turn(segment.start, segment.end, segment.speaker)


def _field(text: str) -> str:
    return "_".join(one_line(text).split()) or NOTHING


def _distinct(name: str, taken: set[str]) -> str:
    """The name, with a number where another person's is the same without blanks."""
    number, free = 1, name
    while free in taken:
        number, free = number + 1, f"{name}_{number + 1}"
    return free
