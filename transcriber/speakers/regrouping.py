"""Who spoke, told otherwise: a finished transcript with other names, fewer or more people, without listening again.

Speakers are meant by their number in `Diarization.voices`, from 1, or by name. Whoever is not there is refused with
UnsupportedOptionError. What needs voices takes those that were kept beside the transcript (voices.py).
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count as numbers

import numpy as np

from transcriber import speaker_count
from transcriber.errors import StorageError, UnsupportedOptionError
from transcriber.speaker_count import SpeakerCount
from transcriber.speakers import turns
from transcriber.speakers.protocol import Activity, Voices
from transcriber.speakers.remembered import RememberedVoices
from transcriber.speakers.stitching import nearest_speaker, spans
from transcriber.speakers.words import parted, rejoined, with_speakers
from transcriber.transcript import Diarization, Transcript, Turn, Voice

USUAL_NAME = re.compile(re.escape(turns.usual_name(0)).replace("0", r"\d+"))
END_SECONDS = 1.0
"""By which turns may seem to end behind the recording."""
SAME_VOICE_RATIO = 0.6
"""Of the time of both, more must be common to a voice before and a voice now, so that the name of the one is the
other's."""


def rename(transcript: Transcript, names: Mapping[int | str, str]) -> Transcript:
    """Speakers by other names; suggestions for them are settled. Raises UnsupportedOptionError for two of one name."""
    voices = _diarization(transcript).voices
    new = {voice_of(transcript, speaker).speaker: " ".join(name.split()) for speaker, name in names.items()}
    if not all(new.values()):
        raise UnsupportedOptionError("a speaker cannot be called nothing", "give a name")
    taken: set[str] = set()
    for voice in voices:
        name = new.get(voice.speaker, voice.speaker)
        if name in taken:
            raise UnsupportedOptionError(f"two speakers cannot both be called “{name}”", "merge them if they are one")
        taken.add(name)
    renamed = _called(transcript, new)
    settled = [
        replace(voice, suggestion="") if old.speaker in new or voice.suggestion in taken else voice
        for old, voice in zip(voices, _diarization(renamed).voices)
    ]
    return _with_voices(renamed, settled)


def merge(transcript: Transcript, speakers: Sequence[int | str]) -> Transcript:
    """Speakers who are one person, by the first name among them that somebody gave, or else the first."""
    merged = list(dict.fromkeys(voice_of(transcript, speaker) for speaker in speakers))
    names = [voice.speaker for voice in merged]
    kept = next(filter(_is_given, names), names[0])
    together = _called(transcript, dict.fromkeys(names, kept))
    diarization = _diarization(together)
    own = turns.bridged((turn.start, turn.end) for turn in diarization.turns if turn.speaker == kept)
    others = [turn for turn in diarization.turns if turn.speaker != kept]
    found = _in_order([*others, *(Turn(start, end, kept) for start, end in own)])
    one = Voice(kept, turns.spoken_seconds(found, kept), _mean_quality(merged), _only_suggestion(merged, kept))
    voices = dict.fromkeys(one if voice.speaker == kept else voice for voice in diarization.voices)
    segments = rejoined(transcript.segments, together.segments)
    return _with_voices(replace(together, segments=segments, diarization=replace(diarization, turns=found)), voices)


def recount(
    transcript: Transcript, voices: Voices, count: str, remembered: RememberedVoices | None = None
) -> Transcript:
    """As many people as `count` says (speaker_count.py). Names that somebody gave stay with a voice that is plainly the
    same; `remembered`: voices to be suggested for others."""
    before = _diarization(transcript)
    activity = _later(voices.people(speaker_count.parse(count) or SpeakerCount()), _start(transcript))
    _check_recording(before, activity)
    now = turns.diarization(activity, before.model, count, remembered=_readable(remembered))
    now = replace(now, revision=before.revision, model_sha256=before.model_sha256)
    whole = rejoined(transcript.segments, [replace(segment, speaker=None) for segment in transcript.segments])
    segments = with_speakers(whole, activity, [voice.speaker for voice in now.voices])
    again = replace(transcript, segments=segments, diarization=now)
    kept = _kept_names(before, activity)
    return rename(again, kept) if kept else again


def split(transcript: Transcript, voices: Voices, speaker: int | str) -> Transcript:
    """One speaker as the two people who speak under this name; whoever of them speaks longer keeps it.

    Raises UnsupportedOptionError where there are no two voices to be told apart.
    """
    diarization, name = _diarization(transcript), voice_of(transcript, speaker).speaker
    start = _start(transcript)
    activity = _later(voices.split(_stretches(diarization, name, start)), start)
    if activity.active.shape[1] < 2:
        raise _one_voice(name)
    speaks = nearest_speaker(activity.exclusive, np.arange(len(activity.exclusive)))
    frames = np.bincount(activity.exclusive[activity.exclusive >= 0], minlength=2)
    names = [name, _free_name(diarization)] if frames[0] >= frames[1] else [_free_name(diarization), name]
    found = [
        part
        for turn in diarization.turns
        for part in (_parted(turn, activity, speaks, names) if turn.speaker == name else [turn])
    ]
    if not all(turns.spoken_seconds(found, each) for each in names):
        raise _one_voice(name)
    own = iter(parted([segment for segment in transcript.segments if segment.speaker == name], activity, names))
    segments = [
        part for segment in transcript.segments for part in (next(own) if segment.speaker == name else [segment])
    ]
    halves = [
        Voice(each, turns.spoken_seconds(found, each), round(float(quality), 3))
        for each, quality in zip(names, activity.quality)
    ]
    others = [voice for voice in diarization.voices if voice.speaker != name]
    in_order = _in_order(found)
    diarization = replace(diarization, turns=in_order, voices=tuple(_by_first_turn([*others, *halves], in_order)))
    return replace(transcript, segments=tuple(segments), diarization=diarization)


def renumbered(transcript: Transcript) -> Transcript:
    """The same, where whoever has no name yet has the number at which they are in `Diarization.voices`."""
    voices = enumerate(_diarization(transcript).voices, start=1)
    new = {voice.speaker: turns.usual_name(number) for number, voice in voices if not _is_given(voice.speaker)}
    return _called(transcript, {old: name for old, name in new.items() if old != name})


def _one_voice(name: str) -> UnsupportedOptionError:
    return UnsupportedOptionError(
        f"there are no two voices in what “{name}” says, or too little of it is said alone", "leave it as it is"
    )


def vector_of(transcript: Transcript, voices: Voices, speaker: int | str) -> np.ndarray | None:
    """A speaker's voice [VECTOR_SIZE], to be remembered; None where the model knows none of it."""
    name = voice_of(transcript, speaker).speaker
    return voices.voice(_stretches(_diarization(transcript), name, _start(transcript)))


def listed(transcript: Transcript) -> tuple[Voice, ...]:
    """The speakers, in the order of their numbers. Raises UnsupportedOptionError where nobody was told apart."""
    return _diarization(transcript).voices


def has_name(voice: Voice) -> bool:
    """Whether somebody called them so."""
    return _is_given(voice.speaker)


def voice_of(transcript: Transcript, speaker: int | str) -> Voice:
    """The voice of a speaker by number or name. Raises UnsupportedOptionError, with those there are, for any other."""
    voices = _diarization(transcript).voices
    for number, voice in enumerate(voices, start=1):
        if speaker in (number, voice.speaker):
            return voice
    known = ", ".join(f"{number} ({voice.speaker})" for number, voice in enumerate(voices, start=1))
    raise UnsupportedOptionError(f"there is no speaker “{speaker}”", f"those there are: {known or 'none'}")


def _check_recording(before: Diarization, activity: Activity) -> None:
    """Raises UnsupportedOptionError where the voices cannot be those of the recording in which turns were heard."""
    end = max((turn.end for turn in before.turns), default=0.0)
    if end > activity.duration + END_SECONDS or (before.turns and not activity.active.any()):
        raise UnsupportedOptionError(
            "the voices that were kept are of another recording", "transcribe it again with --speakers"
        )


def _readable(remembered: RememberedVoices | None) -> RememberedVoices | None:
    """None where they cannot be read: then nobody is suggested."""
    try:
        return remembered if remembered and remembered.voices() else None
    except StorageError:
        return None


def _diarization(transcript: Transcript) -> Diarization:
    if transcript.diarization is None:
        raise UnsupportedOptionError(
            "in this transcript nobody was told apart", "transcribe the recording again with --speakers auto"
        )
    return transcript.diarization


def _called(transcript: Transcript, new: Mapping[str, str]) -> Transcript:
    """The same with speakers by other names (old → new), wherever they stand."""

    def name(speaker: str | None) -> str | None:
        return speaker if speaker is None else new.get(speaker, speaker)

    diarization = _diarization(transcript)
    segments = (
        replace(
            segment,
            speaker=name(segment.speaker),
            words=tuple(
                replace(word, speaker=name(word.speaker)) if word.speaker in new else word for word in segment.words
            ),
        )
        for segment in transcript.segments
    )
    own_turns = (replace(turn, speaker=new.get(turn.speaker, turn.speaker)) for turn in diarization.turns)
    voices = (replace(voice, speaker=new.get(voice.speaker, voice.speaker)) for voice in diarization.voices)
    diarization = replace(diarization, voices=tuple(voices), turns=tuple(own_turns))
    return replace(transcript, segments=tuple(segments), diarization=diarization)


def _with_voices(transcript: Transcript, voices: Iterable[Voice]) -> Transcript:
    return replace(transcript, diarization=replace(_diarization(transcript), voices=tuple(voices)))


def _by_first_turn(voices: Iterable[Voice], found: Iterable[Turn]) -> list[Voice]:
    """In the order in which they first speak."""
    first: dict[str, float] = {}
    for turn in found:
        first.setdefault(turn.speaker, turn.start)
    return sorted(voices, key=lambda voice: first.get(voice.speaker, math.inf))


def _in_order(found: Iterable[Turn]) -> tuple[Turn, ...]:
    return tuple(sorted(found, key=lambda turn: (turn.start, turn.end)))


def _mean_quality(voices: Sequence[Voice]) -> float | None:
    """By the seconds of each; None where one's is not known."""
    known = [(voice.seconds, voice.quality) for voice in voices if voice.quality is not None]
    total = sum(seconds for seconds, _ in known)
    if len(known) < len(voices) or not total:
        return None
    return round(sum(seconds * quality for seconds, quality in known) / total, 3)


def _only_suggestion(voices: Iterable[Voice], name: str) -> str:
    """What is suggested for a person with several voices: nothing where they have a name, or two are suggested."""
    suggestions = {voice.suggestion for voice in voices if voice.suggestion}
    return "" if _is_given(name) or len(suggestions) != 1 else suggestions.pop()


def _is_given(name: str) -> bool:
    """Whether somebody called them so."""
    return not USUAL_NAME.fullmatch(name)


def _free_name(diarization: Diarization) -> str:
    taken = {voice.speaker for voice in diarization.voices}
    return next(name for name in map(turns.usual_name, numbers(len(taken) + 1)) if name not in taken)


def _start(transcript: Transcript) -> float:
    """The second of the recording at which what was listened to begins."""
    return float(transcript.options.get("start", 0.0))


def _later(activity: Activity, seconds: float) -> Activity:
    return replace(activity, first_seconds=activity.first_seconds + seconds, duration=activity.duration + seconds)


def _stretches(diarization: Diarization, name: str, start: float) -> list[tuple[float, float]]:
    """When somebody speaks, in seconds of what was listened to from the second `start` on."""
    return [(turn.start - start, turn.end - start) for turn in diarization.turns if turn.speaker == name]


def _kept_names(before: Diarization, activity: Activity) -> dict[int | str, str]:
    """The names that somebody gave, for the numbers of those whose voice is plainly the same now."""
    kept: dict[int | str, str] = {}
    for name in (voice.speaker for voice in before.voices if _is_given(voice.speaker)):
        mask = np.zeros(len(activity.active), bool)
        for begin, end in (_frames(turn, activity) for turn in before.turns if turn.speaker == name):
            mask[begin:end] = True
        common = activity.active[mask].sum(0)
        both = np.maximum(activity.active.sum(0), mask.sum())
        plainly = np.flatnonzero(common > SAME_VOICE_RATIO * both)
        if len(plainly) == 1:
            kept.setdefault(int(plainly[0]) + 1, name)
    return kept


def _frames(turn: Turn, activity: Activity) -> tuple[int, int]:
    """The frames of a turn, from and to."""
    begin, end = (
        round((second - activity.first_seconds) / activity.frame_seconds) for second in (turn.start, turn.end)
    )
    return max(begin, 0), max(end, 0)


def _parted(turn: Turn, activity: Activity, speaks: np.ndarray, names: Sequence[str]) -> list[Turn]:
    """A turn as those of the people who are `names`; `speaks` [frames]: which of them, in each frame."""
    begin, end = _frames(turn, activity)
    own = speaks[begin:end]
    parts = sorted((*span, name) for half, name in enumerate(names) for span in spans(own == half))
    times = [round(activity.first_seconds + (begin + first) * activity.frame_seconds, 3) for first, _, _ in parts[1:]]
    return [
        Turn(start, stop, name) for start, stop, (_, _, name) in zip([turn.start, *times], [*times, turn.end], parts)
    ] or [replace(turn, speaker=names[0])]
