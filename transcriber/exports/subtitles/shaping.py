"""Subtitle shaping: segments → cues within limits, with labels of speakers. violations() says what is not kept."""

from itertools import pairwise
from math import inf

from transcriber.exports.subtitles.cues import Cue, violations
from transcriber.exports.subtitles.fixing import Piece, apart, fixed_cue, pieces
from transcriber.exports.subtitles.limits import PRESETS, Limits
from transcriber.exports.subtitles.mending import MIN_CUE_SECONDS, Voice, lay_out_cues, mend, retime
from transcriber.exports.subtitles.speaker_labels import speaker_label
from transcriber.transcript import Transcript

__all__ = ["PRESETS", "Cue", "Limits", "mend", "shape", "violations"]


def shape(transcript: Transcript, limits: Limits = PRESETS["netflix"], *, labels: bool = False) -> list[Cue]:
    """The words as cues, none of which overlaps another.

    Cues are cut from segments, by the words' times. The limits of length and of the longest time hold for every cue of
    more than one word; those of speed, of the shortest time and of the gap where there is room for them. Cues whose
    times were given by hand stay as they are. `labels`: each cue in which another speaker begins is labelled with the
    name in capitals, which counts as text.
    """
    language = (transcript.language or "en").partition("-")[0]
    spoken = list(pieces(transcript))
    cues: list[Cue] = []
    speaker, start = None, 0.0
    for piece, following in zip(spoken, [*(later.start for later in spoken[1:]), inf]):
        label = speaker_label(piece.speaker, speaker) if labels else ""
        voice = Voice(piece.speaker, label, language, transcript.duration, labels)
        cues += _laid_out(piece, voice, limits, start, following)
        speaker, start = piece.last_speaker, cues[-1].start + limits.min_gap_seconds + MIN_CUE_SECONDS
    timed = [retime(cue, after.start, limits) for cue, after in pairwise(cues)]
    mended = mend([*timed, *cues[-1:]], limits, language)
    return apart(mended) if transcript.cues else mended


def _laid_out(piece: Piece, voice: Voice, limits: Limits, start: float, following: float) -> list[Cue]:
    if piece.time is None:
        return lay_out_cues(piece.words, voice, limits, start, following)
    return [fixed_cue(piece, voice, limits)]
