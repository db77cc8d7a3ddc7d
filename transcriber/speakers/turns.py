"""Who speaks in each frame → the turns and voices of a transcript, with names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count as numbers
from itertools import zip_longest

import numpy as np

from transcriber.speaker_count import AUTO
from transcriber.speakers.matching import match
from transcriber.speakers.protocol import Activity
from transcriber.speakers.remembered import RememberedVoices
from transcriber.speakers.stitching import spans
from transcriber.transcript import Diarization, Turn, Voice

MAX_PAUSE_SECONDS = 0.3
"""Within a turn."""


def names(activity: Activity, known: Mapping[str, np.ndarray] | None = None) -> list[str]:
    """The name of each person, in the order of their first words: that of the `known` voice (name → vector) that is
    plainly theirs, else "Speaker 1" and so on."""
    given = match(activity.centres, known or {}) or [""] * activity.active.shape[1]
    taken = set(given)
    for person, name in enumerate(given):
        if not name:
            given[person] = next(free for free in map(usual_name, numbers(person + 1)) if free not in taken)
            taken.add(given[person])
    return given


def usual_name(number: int) -> str:
    """Of somebody whom nobody has named yet; `number` from 1."""
    return f"Speaker {number}"


def diarization(
    activity: Activity,
    model: str,
    count: str = AUTO,
    known: Mapping[str, np.ndarray] | None = None,
    remembered: RememberedVoices | None = None,
) -> Diarization:
    """Who spoke when, with a voice for each person in their order. `known`: voices that are called so where they are
    heard; `remembered`: those to be suggested. `model` told them apart, `count` people were asked for."""
    people = names(activity, known)
    found = turns(activity, people)
    suggestions = remembered.suggest(activity.centres) if remembered else []
    voices = (
        Voice(name, spoken_seconds(found, name), round(float(quality), 3), "" if suggestion in people else suggestion)
        for name, quality, suggestion in zip_longest(people, activity.quality, suggestions, fillvalue="")
    )
    return Diarization(model, tuple(voices), found, count)


def in_order_of_words(active: np.ndarray, exclusive: np.ndarray) -> np.ndarray:
    """The numbers [people] of those who speak at all, in the order of their first words; last who speaks in overlap
    alone. `active` [frames, people] bool, `exclusive` [frames]: as Activity has them."""
    speaks = active.max(0, initial=False)
    first = np.full(len(speaks), len(exclusive))
    for person in np.flatnonzero(speaks):
        own = exclusive == person
        first[person] = own.argmax() if own.any() else len(own)
    order = np.argsort(first, kind="stable")
    return order[speaks[order]]


def spoken_seconds(turns: Iterable[Turn], name: str) -> float:
    """How long somebody speaks in all, together with others or alone."""
    return round(sum(turn.end - turn.start for turn in turns if turn.speaker == name), 3)


def turns(activity: Activity, people: Sequence[str]) -> tuple[Turn, ...]:
    """The turns of the people, in the order of their starts; pauses within them are bridged."""
    stretches = (
        Turn(start, end, name)
        for column, name in zip(activity.active.T, people)
        for start, end in bridged(_seconds(column, activity))
    )
    return tuple(sorted(stretches, key=lambda turn: (turn.start, turn.end)))


def bridged(stretches: Iterable[tuple[float, float]], pause: float = MAX_PAUSE_SECONDS) -> list[tuple[float, float]]:
    """Stretches (start, end) in the order of their starts, where no more than a pause lies between them joined up."""
    whole: list[tuple[float, float]] = []
    for start, end in stretches:
        if whole and start - whole[-1][1] <= pause:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def _seconds(speaks: np.ndarray, activity: Activity) -> Iterator[tuple[float, float]]:
    """(start, end) of the runs of true in a mask [frames], to the millisecond, within the recording."""
    for begin, end in spans(speaks):
        start, stop = (activity.first_seconds + frame * activity.frame_seconds for frame in (begin, end))
        if start < activity.duration:
            yield round(start, 3), round(min(stop, activity.duration), 3)
