"""The recordings that the demo models learn from: one word a clip, with the place of the word in it.

Three sources: the Free Spoken Digit Dataset (`fsdd/<digit>_<speaker>_<index>.wav`), Speech Commands
(`speech-commands/<word>/<word>_<speaker>_<take>.opus`, and `_silence_/` without speech), and what synthesize.py made.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from tools.demo_training.words import DIGITS, SAMPLE_RATE

HOP = SAMPLE_RATE // 100


@dataclass(frozen=True)
class Clip:
    """One spoken word: float16 samples at 16 kHz, and the samples between which the word is heard."""

    word: str
    audio: np.ndarray
    start: int
    end: int


@dataclass
class Corpora:
    """Clips by speaker: `studio` are cut close around the word, `crowd` are one second with their background."""

    studio: dict[str, list[Clip]] = field(default_factory=dict)
    synthetic: dict[str, list[Clip]] = field(default_factory=dict)
    crowd: dict[str, list[Clip]] = field(default_factory=dict)
    background: list[np.ndarray] = field(default_factory=list)


def read(path: Path) -> np.ndarray:
    """The first channel at 16 kHz, float32."""
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    audio = audio[:, 0]
    if rate == SAMPLE_RATE:
        return audio
    common = gcd(rate, SAMPLE_RATE)
    return resample_poly(audio, SAMPLE_RATE // common, rate // common).astype(np.float32)


def is_held_out(name: str) -> bool:
    """One in ten, by name, always the same: a crowd speaker, or a clip without speech."""
    return int(hashlib.md5(name.encode()).hexdigest(), 16) % 10 == 0


def frame_level(audio: np.ndarray) -> np.ndarray:
    """Level of each 10 ms in dB, with the treble raised so that s and f count."""
    raised = np.diff(audio, prepend=audio[:1]) + 0.03 * audio
    power = (raised[: len(raised) // HOP * HOP] ** 2).reshape(-1, HOP).mean(1)
    power = np.convolve(np.pad(power, 1, "edge"), (0.25, 0.5, 0.25), "valid")
    return 10 * np.log10(power + 1e-10)


def word_span(audio: np.ndarray) -> tuple[int, int, float]:
    """(start, end, how many dB it stands out) of the one word in a noisy second.

    The loudest island of energy; silences up to 150 ms (the stop in eight, six, right) do not part it.
    """
    level = frame_level(audio)
    top, floor = level.max(), np.percentile(level, 12)
    threshold = min(max(top - 32, floor + max(6, 0.22 * (top - floor))), top - 3)
    loud = np.flatnonzero(level > threshold)
    islands = np.split(loud, np.flatnonzero(np.diff(loud) > 15) + 1)
    best = max(islands, key=lambda island: (10 ** (level[island] / 10)).sum())
    return max(0, (best[0] - 2) * HOP), min(len(audio), (best[-1] + 3) * HOP), float(top - floor)


def close_cut(audio: np.ndarray, depth: float = 38.0) -> np.ndarray:
    """Without the parts at both ends that lie more than `depth` dB below the loudest 20 ms."""
    power = np.convolve(audio * audio, np.ones(2 * HOP) / (2 * HOP), "same")
    heard = np.flatnonzero(power > power.max() * 10 ** (-depth / 10))
    return audio[max(0, heard[0] - HOP) : heard[-1] + HOP]


def _studio_clip(word: str, audio: np.ndarray) -> Clip:
    audio = close_cut(audio / np.abs(audio).max() * 0.5)
    return Clip(word, audio.astype(np.float16), 0, len(audio))


def load_studio(folder: Path, leave_out: Iterable[str] = ()) -> dict[str, list[Clip]]:
    speakers = defaultdict(list)
    for path in sorted(folder.glob("*.wav")):
        digit, speaker, _ = path.stem.split("_")
        if speaker not in leave_out:
            speakers[speaker].append(_studio_clip(DIGITS[int(digit)], read(path)))
    return dict(speakers)


def load_synthetic(folder: Path) -> dict[str, list[Clip]]:
    voices = defaultdict(list)
    for path in sorted(folder.glob("*.wav")):
        word, voice, _ = path.stem.split("_")
        clip = _studio_clip(word, read(path))
        if 0.1 * SAMPLE_RATE < clip.end < 1.3 * SAMPLE_RATE:
            voices[voice].append(clip)
    return dict(voices)


def crowd_files(folder: Path, held_out: bool | None = None) -> list[Path]:
    """Speech of the crowd: of the held-out speakers, of the others, or (None) of all."""
    paths = [path for path in sorted(folder.glob("*/*.opus")) if path.parent.name != "_silence_"]
    return [path for path in paths if held_out is None or is_held_out(path.stem.split("_")[1]) == held_out]


def background_files(folder: Path, held_out: bool | None = None) -> list[Path]:
    paths = sorted(folder.glob("_silence_/*.opus"))
    return [path for path in paths if held_out is None or is_held_out(path.stem) == held_out]


def load_crowd(paths: Iterable[Path]) -> dict[str, list[Clip]]:
    """Clips in which no word stands out are left out: nothing honest can be said about their times."""
    speakers = defaultdict(list)
    for path in paths:
        audio = read(path)
        peak = np.abs(audio).max()
        if peak < 1e-4:
            continue
        start, end, prominence = word_span(audio)
        if prominence >= 6 and end - start >= 0.08 * SAMPLE_RATE:
            word, speaker, _ = path.stem.split("_")
            speakers[speaker].append(Clip(word, (audio / peak * 0.5).astype(np.float16), start, end))
    return dict(speakers)


def load(data: Path, synthetic: Path | None, leave_out: Iterable[str] = (), all_crowd: bool = False) -> Corpora:
    """Everything to train on. `leave_out`: FSDD speakers, or "all"; `all_crowd`: the held-out tenth as well."""
    held_out = None if all_crowd else False
    speech_commands = data / "speech-commands"
    return Corpora(
        studio={} if "all" in leave_out else load_studio(data / "fsdd", leave_out),
        synthetic=load_synthetic(synthetic) if synthetic else {},
        crowd=load_crowd(crowd_files(speech_commands, held_out)),
        background=[read(path) for path in background_files(speech_commands, held_out)],
    )
