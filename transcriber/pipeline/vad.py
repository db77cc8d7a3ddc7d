"""Where somebody speaks, by Silero VAD (silero.py): how likely it is, for each frame of 32 ms.

What it gives for a frame depends on the two seconds before it and the half minute around it alone: a recording that is
heard from its middle on gives the same.
"""

import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from transcriber.audio.samples import NOTHING, SAMPLE_RATE
from transcriber.models.devices import torch_threads
from transcriber.pipeline.prefetch import side_by_side

FRAME = 512
"""Samples."""
FRAME_SECONDS = FRAME / SAMPLE_RATE
STRETCH = 900
"""Frames that are heard at once, 28.8 s, from a multiple of as many frames of the recording on."""
WARM_UP = 64
"""Frames before them that are heard too: the model remembers."""
CONTEXT = 64
"""Samples of the frame before that belong to its input."""
LEVEL, LOUDEST, GAIN = 0.99, 0.4, 1000.0
"""Each stretch is amplified until this quantile of its samples is so loud, at most so many times: of 500 quiet
recordings of a spoken digit, 25 were not heard as they were, and none was missed so."""
RUMBLE, VOICE = 60.0, 100.0
"""Hz: up to the one nothing is heard, from the other on everything; a deep voice begins at about 80, and its overtones
carry it."""
BEYOND = 15_360
"""Samples: with them a stretch and its warm-up are 2 ** 19, of which a spectrum is quick."""
DROWNED = 2.0
"""What is below speech is most of a stretch that is so many times as loud with it."""
ONSET, OFFSET = 0.5, 0.35
"""Speech begins with a frame of the one likelihood and lasts until one below the other; Silero's own defaults."""
SILENCE = 0.15
"""Below it nobody speaks: 94 of 100 recordings of noise stay there throughout, and of 2,000 spoken words 7 that are
cut off."""
SHORTEST_FRAMES = 3
"""Speech that is shorter is a click, a note of music, or a drop of rain."""


@dataclass(frozen=True)
class SpeechBlock:
    """Samples [N], and how likely speech is in each of their frames [N / 512, rounded up]."""

    samples: np.ndarray
    speech_probs: np.ndarray


def detect_speech(blocks: Iterable[np.ndarray], first: int = 0) -> Generator[SpeechBlock, None, None]:
    """A stream of samples in stretches, each with its likelihoods of speech.

    A stretch is given without what is below speech where that is most of it: a model would hear little else.
    `first`: the frame of the recording at which the blocks begin.
    """
    threads = max(1, (os.cpu_count() or 1) // 2)
    yield from side_by_side(lambda part: _heard(*part), _stretches(blocks, first), threads)


def _heard(samples: np.ndarray, before: np.ndarray) -> SpeechBlock:
    both = above_rumble(np.concatenate([before, samples]))
    speech = _likelihoods(both, len(before))
    audible = both[len(before) :]
    is_drowned = _level(samples) > DROWNED * _level(audible)
    return SpeechBlock(audible if is_drowned else samples, speech)


def _stretches(blocks: Iterable[np.ndarray], first: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The samples of each stretch, and those before it that the model hears to warm up."""
    end = (first // STRETCH + 1) * STRETCH
    before = held = NOTHING
    for block in blocks:
        held = np.concatenate([held, block])
        while len(held) >= (wanted := (end - first) * FRAME):
            stretch, held = held[:wanted], held[wanted:]
            yield stretch, before
            before = np.concatenate([before, stretch])[-WARM_UP * FRAME :]
            first, end = end, end + STRETCH
    if len(held):
        yield held, before


def warm_up_start(frame: int) -> int:
    """The frame from which on a recording must be heard so that from `frame` on everything is as in the whole one."""
    return max(0, frame // STRETCH * STRETCH - WARM_UP)


def likelihoods(samples: np.ndarray, before: np.ndarray = NOTHING) -> np.ndarray:
    """How likely speech is in each frame of `samples` [N], which follow whole frames `before`: float32 in 0 to 1."""
    return _likelihoods(above_rumble(np.concatenate([before, samples])), len(before)) if len(samples) else NOTHING


def above_rumble(samples: np.ndarray) -> np.ndarray:
    """The samples [N] without what is lower than any voice: a constant offset, its drift, rumble, the hum of mains.

    A cheap sound card's offset may be larger than the speech on it. As a whole and without a delay, by the spectrum of
    the samples. They go on at both ends turned around the last one, so that there they make no step and no bend.
    """
    beyond = min(len(samples) - 1, BEYOND)
    if beyond < 1:
        return np.zeros_like(samples)
    first, last = 2 * samples[0] - samples[beyond:0:-1], 2 * samples[-1] - samples[-2 : -beyond - 2 : -1]
    wide = np.concatenate([first, samples, last])
    spectrum = np.fft.rfft(wide)
    pitches = np.fft.rfftfreq(len(wide), 1 / SAMPLE_RATE)
    passed = np.clip((pitches - RUMBLE) / (VOICE - RUMBLE), 0, 1)
    heard = np.fft.irfft(spectrum * np.sin(passed * np.pi / 2) ** 2, len(wide))[beyond : beyond + len(samples)]
    return heard.astype(np.float32)


def _level(samples: np.ndarray) -> float:
    return float(np.quantile(np.abs(samples), LEVEL))


def _likelihoods(both: np.ndarray, warm_up: int) -> np.ndarray:
    """Of the frames behind the first `warm_up` samples."""
    frames = np.zeros((-(-len(both) // FRAME), FRAME), np.float32)
    frames.reshape(-1)[: len(both)] = both * min(GAIN, LOUDEST / max(_level(both[warm_up:]), 1e-9))
    contexts = np.zeros((len(frames), CONTEXT), np.float32)
    contexts[1:] = frames[:-1, -CONTEXT:]
    return _speech(np.concatenate([contexts, frames], axis=1))[warm_up // FRAME :]


def spans(speech: np.ndarray, start: float = 0.0) -> list[tuple[float, float]]:
    """(start, end) in seconds of each stretch of speech; the first frame of `speech` begins at second `start`."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(speech):
        if speech[at] < ONSET:
            at += 1
            continue
        quiet = np.flatnonzero(speech[at:] < OFFSET)
        end = at + int(quiet[0]) if len(quiet) else len(speech)
        if end - at >= SHORTEST_FRAMES:
            found.append((at, end))
        at = end
    return [(start + begin * FRAME_SECONDS, start + end * FRAME_SECONDS) for begin, end in found]


def is_silent(speech: np.ndarray) -> bool:
    """Whether nobody speaks in frames with these likelihoods of speech: too few of them might be speech."""
    return int((speech >= SILENCE).sum()) < min(SHORTEST_FRAMES, max(1, len(speech)))


def _speech(frames: np.ndarray) -> np.ndarray:
    import torch

    from transcriber.pipeline.silero import silero

    with torch_threads(1), torch.inference_mode():  # of this thread: the model computes beside it
        return silero()(torch.from_numpy(frames)).numpy()
