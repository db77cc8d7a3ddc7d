"""Voices that were heard in windows: any number of people, in recordings of any length."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from transcriber.speaker_count import SpeakerCount
from transcriber.speakers import turns
from transcriber.speakers.people import LEAST_SECONDS, find_people, halves, utterances
from transcriber.speakers.protocol import Activity
from transcriber.speakers.stitching import assign, stitch
from transcriber.speakers.telephone import same_person_distance, without_telephone
from transcriber.speakers.windows import FIRST_SECONDS, FRAME_SECONDS, FRAMES, WindowVoices

NO_OTHER_DISTANCE = 1.0
"""Cosine distance to the nearest other person where there is none: that of strangers."""


@dataclass(frozen=True)
class ClusteredVoices:
    """The people of a recording are clusters of pieces of voices (people.py), given back to windows (stitching.py)."""

    windows: WindowVoices
    most: int | None = None
    """People that can be told apart at most."""

    def people(self, count: SpeakerCount = SpeakerCount()) -> Activity:
        """Who the people are, and when each speaks."""
        windows = replace(self.windows, vectors=without_telephone(self.windows.vectors))
        distance = same_person_distance(self.windows.vectors, self.windows.pieces["alone"])
        return _activity(windows, find_people(*utterances(windows), windows.cover, count, distance), windows.cover)

    def split(self, stretches: Iterable[tuple[float, float]]) -> Activity:
        """Whoever speaks as one person in stretches (start, end) of seconds, as two people."""
        own = self._pieces_in(stretches)
        vectors = without_telephone(self.windows.vectors[own])
        windows = replace(self.windows, pieces=self.windows.pieces[own], vectors=vectors)
        return _activity(windows, halves(windows.vectors, windows.pieces["alone"]), self.windows.cover)

    def voice(self, stretches: Iterable[tuple[float, float]]) -> np.ndarray | None:
        """The voice [VECTOR_SIZE] of whoever speaks in stretches of seconds; None where nobody speaks alone."""
        own = self._pieces_in(stretches)
        total = self.windows.pieces["alone"][own] @ self.windows.vectors[own]
        length = np.linalg.norm(total)
        return (total / length).astype(np.float32) if length else None

    def _pieces_in(self, stretches: Iterable[tuple[float, float]]) -> np.ndarray:
        """Which pieces [pieces] lie in stretches of seconds for the greater part."""
        changes = np.zeros(_length(self.windows) + 2, int)
        for stretch in stretches:
            frames = (round((second - FIRST_SECONDS) / FRAME_SECONDS) for second in stretch)
            begin, end = (min(max(frame, 0), len(changes) - 1) for frame in frames)
            changes[begin] += 1
            changes[end] -= 1
        before = np.concatenate([[0], np.cumsum(np.cumsum(changes) > 0)])  # frames of the stretches before each frame
        pieces = self.windows.pieces
        starts = self.windows.starts[pieces["window"]]
        begins, ends = starts + pieces["begin"], starts + pieces["end"]
        return 2 * (before[ends] - before[begins]) > ends - begins


def _length(windows: WindowVoices) -> int:
    """Frames of a recording."""
    return int(windows.starts[-1]) + FRAMES if len(windows.starts) else 0


def _activity(windows: WindowVoices, centres: np.ndarray, cover: float) -> Activity:
    """Who speaks, of the people with these voices."""
    people = assign(windows, centres) if len(centres) else np.zeros(len(windows.pieces), int)
    stitched = stitch(windows, people, len(centres))
    order = turns.in_order_of_words(stitched.active, stitched.exclusive)
    renumbered = np.full(len(centres) + 1, -1, np.int16)  # the last one, found by -1, is nobody
    renumbered[order] = np.arange(len(order), dtype=np.int16)
    return Activity(
        stitched.active[:, order],
        renumbered[stitched.exclusive],
        centres[order],
        _quality(windows, centres[order], renumbered[people], cover),
        FRAME_SECONDS,
        FIRST_SECONDS,
        windows.duration,
    )


def _quality(windows: WindowVoices, centres: np.ndarray, people: np.ndarray, cover: float) -> np.ndarray:
    """How surely each is told from the others [people], 0 to 1.

    The simplified silhouette of a person's pieces (Hruschka et al., 2004), by cosine distance: 1 where they are as the
    person's voice, 0 where they are as much like somebody else's; less for those who say little: half of it for
    LEAST_SECONDS of speech. In mixtures of readers a voice has 0.7 to 0.85, two readers who are taken for one 0.6 to
    0.7, and the parts of one who is taken for two 0.3 to 0.6.
    """
    quality = np.zeros(len(centres))
    distance = 1 - windows.vectors @ centres.T
    for person in range(len(centres)):
        own = people == person
        seconds = windows.pieces["alone"][own]
        if not seconds.sum():
            continue
        within = distance[own, person]
        others = np.delete(distance[own], person, 1).min(1, initial=NO_OTHER_DISTANCE)
        silhouette = (others - within) / np.maximum(np.maximum(others, within), 1e-6)
        spoken = seconds.sum() / cover
        quality[person] = np.average(silhouette, weights=seconds).clip(0, 1) * spoken / (spoken + LEAST_SECONDS)
    return quality
