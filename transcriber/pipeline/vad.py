"""Voice activity detection by Silero VAD (silero.py): how likely speech is in each frame of 32 ms.

The probability of a frame depends on the two seconds before it and on the half minute around it alone, so that a
recording that is read from its middle on gives the same.
"""

import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from transcriber.audio.samples import NOTHING, SAMPLE_RATE
from transcriber.models.devices import torch_threads
from transcriber.pipeline.prefetch import parallel_map

FRAME_SAMPLES = 512
"""32 ms."""
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE
BLOCK_FRAMES = 900
"""Frames of a block, 28.8 s; a block begins at a multiple of them."""
WARM_UP_FRAMES = 64
"""Frames before a block that the network is given first: it is recurrent."""
CONTEXT_SAMPLES = 64
"""Samples of the frame before that belong to the network's input."""
LOUDNESS_QUANTILE, TARGET_LOUDNESS, MAX_GAIN = 0.99, 0.4, 1000.0
"""Each block is amplified until this quantile of its samples has the target loudness, at most MAX_GAIN times: of 500
quiet recordings of a spoken digit, 25 were missed as they were, and none was missed so."""
RUMBLE_HZ, VOICE_HZ = 60.0, 100.0
"""Up to the one nothing passes, from the other on everything; a deep voice begins at about 80 Hz, and its overtones
carry it."""
MIRRORED_SAMPLES = 15_360
"""With them a block and its warm-up are 2 ** 19 samples, whose Fourier transform is quick."""
DROWNED_RATIO = 2.0
"""Rumble is most of a block that is so many times as loud with it as without."""
ONSET_PROB, OFFSET_PROB = 0.5, 0.35
"""Speech begins with a frame of the one probability and lasts until one below the other; Silero's own defaults."""
SILENCE_PROB = 0.15
"""Below it nobody speaks: 94 of 100 recordings of noise stay there throughout, and of 2,000 spoken words 7 that are
cut off."""
MIN_SPEECH_FRAMES = 3
"""Speech that is shorter is a click, a note of music, or a drop of rain."""


@dataclass(frozen=True)
class SpeechBlock:
    """A block of a recording, with the probabilities of speech in it."""

    samples: np.ndarray
    """[N] float32 at 16 kHz."""
    speech_probs: np.ndarray
    """[N / FRAME_SAMPLES, rounded up] float32, 0 to 1: how likely speech is in each frame."""


def detect_speech(samples: Iterable[np.ndarray], first_frame: int = 0) -> Generator[SpeechBlock, None, None]:
    """A stream of samples, arrays [N] at 16 kHz of any lengths, as blocks with their probabilities of speech.

    A block that is mostly rumble is given without it: a model would hear little else. `first_frame`: the frame of the
    recording at which the stream begins.
    """
    threads = max(1, (os.cpu_count() or 1) // 2)
    yield from parallel_map(lambda block: _detect(*block), _blocks(samples, first_frame), threads)


def _detect(samples: np.ndarray, before: np.ndarray) -> SpeechBlock:
    both = above_rumble(np.concatenate([before, samples]))
    audible = both[len(before) :]
    is_drowned = _loudness(samples) > DROWNED_RATIO * _loudness(audible)
    return SpeechBlock(audible if is_drowned else samples, _speech_probs(both, len(before)))


def _blocks(stream: Iterable[np.ndarray], first_frame: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The samples of each block, and those before it that the network is given first."""
    end = (first_frame // BLOCK_FRAMES + 1) * BLOCK_FRAMES
    before = held = NOTHING
    for samples in stream:
        held = np.concatenate([held, samples])
        while len(held) >= (wanted := (end - first_frame) * FRAME_SAMPLES):
            block, held = held[:wanted], held[wanted:]
            yield block, before
            before = np.concatenate([before, block])[-WARM_UP_FRAMES * FRAME_SAMPLES :]
            first_frame, end = end, end + BLOCK_FRAMES
    if len(held):
        yield held, before


def warm_up_start(frame: int) -> int:
    """The frame from which on a recording must be read so that from `frame` on everything is as in the whole one."""
    return max(0, frame // BLOCK_FRAMES * BLOCK_FRAMES - WARM_UP_FRAMES)


def speech_probs(samples: np.ndarray, before: np.ndarray = NOTHING) -> np.ndarray:
    """How likely speech is in each frame of `samples` [N], which follow the whole frames `before`: float32, 0 to 1."""
    return _speech_probs(above_rumble(np.concatenate([before, samples])), len(before)) if len(samples) else NOTHING


def above_rumble(samples: np.ndarray) -> np.ndarray:
    """The samples [N] without what is lower than any voice: a constant offset, its drift, rumble, the hum of mains.

    A cheap sound card's offset may be larger than the speech on it. A high pass without a delay: the samples' Fourier
    transform is multiplied by a raised cosine between RUMBLE_HZ and VOICE_HZ. Before it they are continued at both ends
    by point reflection, which makes no step and no bend there.
    """
    margin = min(len(samples) - 1, MIRRORED_SAMPLES)
    if margin < 1:
        return np.zeros_like(samples)
    first, last = 2 * samples[0] - samples[margin:0:-1], 2 * samples[-1] - samples[-2 : -margin - 2 : -1]
    wide = np.concatenate([first, samples, last])
    spectrum = np.fft.rfft(wide)
    frequencies = np.fft.rfftfreq(len(wide), 1 / SAMPLE_RATE)
    passed = np.clip((frequencies - RUMBLE_HZ) / (VOICE_HZ - RUMBLE_HZ), 0, 1)
    filtered = np.fft.irfft(spectrum * np.sin(passed * np.pi / 2) ** 2, len(wide))[margin : margin + len(samples)]
    return filtered.astype(np.float32)


def _loudness(samples: np.ndarray) -> float:
    return float(np.quantile(np.abs(samples), LOUDNESS_QUANTILE))


def _speech_probs(both: np.ndarray, warm_up: int) -> np.ndarray:
    """Of the frames behind the first `warm_up` samples, which are whole frames."""
    frames = np.zeros((-(-len(both) // FRAME_SAMPLES), FRAME_SAMPLES), np.float32)
    frames.reshape(-1)[: len(both)] = both * min(MAX_GAIN, TARGET_LOUDNESS / max(_loudness(both[warm_up:]), 1e-9))
    contexts = np.zeros((len(frames), CONTEXT_SAMPLES), np.float32)
    contexts[1:] = frames[:-1, -CONTEXT_SAMPLES:]
    return _network_output(np.concatenate([contexts, frames], axis=1))[warm_up // FRAME_SAMPLES :]


def spans(probs: np.ndarray, start: float = 0.0) -> list[tuple[float, float]]:
    """(start, end) in seconds of each stretch of speech; the first frame of `probs` begins at second `start`."""
    frames: list[tuple[int, int]] = []
    at = 0
    while at < len(probs):
        if probs[at] < ONSET_PROB:
            at += 1
            continue
        quiet = np.flatnonzero(probs[at:] < OFFSET_PROB)
        end = at + int(quiet[0]) if len(quiet) else len(probs)
        if end - at >= MIN_SPEECH_FRAMES:
            frames.append((at, end))
        at = end
    return [(start + begin * FRAME_SECONDS, start + end * FRAME_SECONDS) for begin, end in frames]


def is_silent(probs: np.ndarray) -> bool:
    """Whether nobody speaks in frames with these probabilities of speech: too few of them might be speech."""
    return int((probs >= SILENCE_PROB).sum()) < min(MIN_SPEECH_FRAMES, max(1, len(probs)))


def _network_output(frames: np.ndarray) -> np.ndarray:
    """[N, CONTEXT_SAMPLES + FRAME_SAMPLES] → [N], in 0 to 1."""
    import torch

    from transcriber.pipeline.silero import silero

    with torch_threads(1), torch.inference_mode():  # of this thread: the model computes beside it
        return silero()(torch.from_numpy(frames)).numpy()
