"""Readings by people of whom each is alone in them, and where in them there is speech."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.conditions import RATE
from benchmarks.real_speech import Recording
from transcriber.transcript import Word

READERS = {
    "7367": "long/7367-*.mp3",
    "1089": "librispeech-test-clean/1089-*",
    "1221": "librispeech-test-clean/1221-*",
    "1995": "librispeech-test-clean/1995-*",
    "61": "librispeech-test-clean/61-*",
    "jfk": "librispeech-test-clean/jfk.flac",
    "p001": "formats/p001.wav",
    **{language: f"fleurs-5lang/fleurs-{language}-000.ogg" for language in ("de", "en", "es", "fr", "pt")},
}
"""By name, their recordings. Of a language one recording: whether another is by the same person nobody says."""
FRAME = RATE // 100
SMOOTHED_FRAMES = 5
SPEECH_SHARE = 0.3
"""Of the way from a reader's quiet 5 % of frames to the loud 5 %, in decibels: where speech begins."""
MARGIN_FRAMES = 4
"""On either side of what is loud: how words begin and end."""
CLICK_SECONDS = 0.1
"""What is shorter is no speech."""
BREATH_FRAMES = 4
"""Of the pauses at which readings are cut, without the margins on either side."""


@dataclass(frozen=True)
class Reader:
    """A reading, and where in it there is speech."""

    samples: np.ndarray
    is_speech: np.ndarray
    """Of each FRAME samples."""
    breaths: tuple[int, ...]
    """Samples at which it can be cut: in the middle of pauses, and at its ends."""
    words: tuple[Word, ...] = ()


@cache
def reader(data: Path, name: str) -> Reader:
    paths = sorted(path for path in data.glob(READERS[name]) if path.suffix in (".flac", ".wav", ".mp3", ".ogg"))
    samples = np.concatenate([Recording(name, path, "", "").samples() for path in paths])
    is_speech = speech(samples)
    pauses = [(end, start) for (_, end), (start, _) in pairwise(stretches(is_speech))]
    cuts = [(end + start) // 2 * FRAME for end, start in pauses if start - end >= BREATH_FRAMES]
    return Reader(samples, is_speech, (0, *cuts, len(samples)))


def speech(samples: np.ndarray) -> np.ndarray:
    """Which frames of FRAME samples are louder than the pauses, with what is around them."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    power = np.convolve(np.mean(frames**2, axis=1), np.ones(SMOOTHED_FRAMES) / SMOOTHED_FRAMES, "same")
    decibels = 10 * np.log10(power + 1e-12)
    quiet, loud = np.quantile(decibels, [0.05, 0.95])
    is_loud = decibels > quiet + SPEECH_SHARE * (loud - quiet)
    is_speech = np.convolve(is_loud, np.ones(2 * MARGIN_FRAMES + 1), "same") > 0.5
    for start, end in stretches(is_speech):
        is_speech[start:end] &= end - start > CLICK_SECONDS * 100 + 2 * MARGIN_FRAMES
    return is_speech


def stretches(is_on: np.ndarray) -> list[tuple[int, int]]:
    """(start, end) of each run of True."""
    edges = np.flatnonzero(np.diff(np.r_[0, is_on.astype(np.int8), 0]))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
