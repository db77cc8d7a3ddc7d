"""Subtitle shaping: segments → cues within limits, with labels of speakers. violations() says what is not kept."""

from itertools import pairwise
from math import inf

from transcriber.exports.subtitles.breaking import units
from transcriber.exports.subtitles.cues import Cue, violations
from transcriber.exports.subtitles.limits import PRESETS, Limits
from transcriber.exports.subtitles.mending import MIN_CUE_SECONDS, Voice, lay_out_cues, mend, retime
from transcriber.exports.subtitles.speaker_labels import speaker_label
from transcriber.exports.timing import utterances
from transcriber.transcript import Transcript

__all__ = ["PRESETS", "Cue", "Limits", "mend", "shape", "violations"]


def shape(transcript: Transcript, limits: Limits = PRESETS["netflix"], *, labels: bool = False) -> list[Cue]:
    """The words as cues, none of which overlaps another.

    Cues are cut from segments, by the words' times. The limits of length and of the longest time hold for every cue of
    more than one word; those of speed, of the shortest time and of the gap where there is room for them. `labels`: each
    cue in which another speaker begins is labelled with the name in capitals, which counts as text.
    """
    language = (transcript.language or "en").partition("-")[0]
    segments = list(utterances(transcript))
    cues: list[Cue] = []
    speaker, start = None, 0.0
    for segment, following in zip(segments, [*(later.start for later in segments[1:]), inf]):
        label = speaker_label(segment.speaker, speaker) if labels else ""
        speaker = segment.speaker
        words = units(segment.words)
        cues += lay_out_cues(words, Voice(speaker, label, language, transcript.duration), limits, start, following)
        start = cues[-1].start + limits.min_gap_seconds + MIN_CUE_SECONDS
    apart = [retime(cue, after.start, limits) for cue, after in pairwise(cues)]
    return mend([*apart, *cues[-1:]], limits, language)
