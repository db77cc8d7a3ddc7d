"""Several channels → one, as float32."""

import numpy as np

CANCELLATION_RATIO = 0.1
"""Channels cancel each other out where their mean has less than this share of what one channel alone would leave."""
MAX_AMPLITUDE = 1e6
"""Where full scale is 1, a sample beyond this is damage."""


def as_float(samples: np.ndarray) -> np.ndarray:
    """Samples as they are stored, [channels, N] → float32, full scale ±1. What is no number becomes 0."""
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - 128) / 128
    if samples.dtype.kind == "i":
        return np.multiply(samples, 2.0 ** (1 - 8 * samples.itemsize), dtype=np.float32)
    valid = np.abs(samples) < MAX_AMPLITUDE  # false for what is not a number
    return (samples if valid.all() else np.where(valid, samples, 0)).astype(np.float32, copy=False)


def mono(samples: np.ndarray) -> tuple[np.ndarray, bool]:
    """[channels, N] → [N]: the mean, and False; or, where that cancels the sound out, the loudest channel and True.

    A microphone with one wire swapped gives two channels that are each other's negative: their mean is silence. One
    channel alone among C leaves 1/C² of its energy in the mean, so much less than that is cancellation. A constant
    offset is no sound.
    """
    if len(samples) == 1:
        return samples[0], False
    mean = samples.sum(0) * np.float32(1 / len(samples))
    energy = _energies(samples)
    if _energies(mean) >= CANCELLATION_RATIO * energy.max() / len(samples) ** 2:
        return mean, False
    return samples[int(np.argmax(energy > energy.max() / 2))], True  # the first that is loud: the same one every second


def _energies(samples: np.ndarray) -> np.ndarray:
    """Of what swings, [..., N] → [...]. Not np.var(), which takes five times as long; no BLAS, which wakes threads."""
    swings = samples - samples.mean(-1, keepdims=True)
    return np.einsum("...i,...i->...", swings, swings)
