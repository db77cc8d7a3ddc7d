"""Cues whose times were given by hand: what is said, cut into pieces of which each of these is one."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from transcriber.exports.subtitles.breaking import break_lines, units, width
from transcriber.exports.subtitles.cues import Cue, Reply
from transcriber.exports.subtitles.limits import Limits
from transcriber.exports.subtitles.mending import MIN_CUE_SECONDS, Voice
from transcriber.exports.subtitles.speaker_labels import speaker_label
from transcriber.exports.timing import utterances
from transcriber.transcript import CueTime, Transcript, Word


@dataclass(frozen=True)
class Piece:
    """Words in a row: of one speaker and segment, or those of a cue whose times were given."""

    words: tuple[Word, ...]
    """Units that may not be broken; each knows its speaker."""
    time: CueTime | None = None

    @property
    def start(self) -> float:
        """The second at which its first cue begins."""
        return self.time.start if self.time else self.words[0].span[0]

    @property
    def speaker(self) -> str | None:
        return self.words[0].speaker

    @property
    def last_speaker(self) -> str | None:
        return self.words[-1].speaker


def pieces(transcript: Transcript) -> Iterator[Piece]:
    """All that is said, in order."""
    segments = [units(segment.words) for segment in utterances(transcript)]
    if not transcript.cues:
        yield from (Piece(tuple(words)) for words in segments)
        return
    owned = [(number, _time_of(word, transcript.cues), word) for number, words in enumerate(segments) for word in words]
    for (_, time), run in groupby(owned, lambda owner: (None if owner[1] else owner[0], owner[1])):
        yield Piece(tuple(word for _, _, word in run), time)


def _time_of(word: Word, times: Sequence[CueTime]) -> CueTime | None:
    """Of the cue that the word is in, of those whose times were given."""
    at = bisect_right(times, word.middle, key=lambda time: time.first) - 1
    return times[at] if at >= 0 and word.middle <= times[at].last else None


def fixed_cue(piece: Piece, voice: Voice, limits: Limits) -> Cue:
    """The cue of a piece that has times. Two people have a line each."""
    assert piece.time
    spoken = [tuple(run) for _, run in groupby(piece.words, lambda word: word.speaker)]
    reply = None
    lines = break_lines(piece.words, limits.max_line_chars, width(voice.label), voice.language)
    if len(spoken) == 2:
        second = spoken[1][0].speaker
        lines, reply = tuple(spoken), Reply(second, speaker_label(second, voice.speaker) if voice.has_labels else "")
    return Cue(
        piece.time.start,
        max(piece.time.end, piece.time.start + MIN_CUE_SECONDS),
        lines,
        voice.speaker,
        voice.label,
        reply,
        voice.recording_end,
        is_fixed=True,
        is_accepted=piece.time.accepted,
    )


def apart(cues: Sequence[Cue]) -> list[Cue]:
    """The same cues, each beginning after the one before it, and none staying when the next begins."""
    begun: list[Cue] = []
    for cue in cues:
        earliest = begun[-1].start + MIN_CUE_SECONDS if begun else 0.0
        start = max(cue.start, earliest)
        begun.append(replace(cue, start=start, end=max(cue.end, start + MIN_CUE_SECONDS)))
    following = [*(cue.start for cue in begun[1:]), float("inf")]
    return [replace(cue, end=min(cue.end, until)) for cue, until in zip(begun, following)]
