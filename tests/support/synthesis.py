"""What artificial sounds are made of: noises, tones, rooms and telephone lines; float arrays [N] at 16 kHz."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

from tests.support.places import RATE

Sound = np.ndarray


def length(seconds: float) -> int:
    """Samples."""
    return round(seconds * RATE)


def times(seconds: float) -> np.ndarray:
    return np.arange(length(seconds)) / RATE


def hertz(note: int | np.ndarray) -> float | np.ndarray:
    """The pitch of a MIDI note."""
    return 440.0 * 2.0 ** ((note - 69) / 12)


def at_level(sound: np.ndarray, dbfs: float) -> Sound:
    """As loud as this on average, in decibels below a full-scale constant."""
    level = float(np.sqrt(np.mean(np.square(sound)))) or 1.0
    return clipped(sound * (10 ** (dbfs / 20) / level))


def clipped(sound: np.ndarray) -> Sound:
    return np.clip(sound, -1, 1).astype(np.float32)


def pink(seconds: float, chance: np.random.Generator) -> np.ndarray:
    """Noise with as much power in each octave above 20 Hz, of unit variance."""
    samples = length(seconds)
    spectrum = np.fft.rfft(chance.standard_normal(samples))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(samples, 1 / RATE), 20))
    noise = np.fft.irfft(spectrum, samples)
    return noise / noise.std()


def wander(seconds: float, changes_hz: float, chance: np.random.Generator) -> np.ndarray:
    """A curve without a plan that turns about so many times a second, of unit variance."""
    points = chance.standard_normal(int(seconds * changes_hz * 2) + 4)
    curve = np.interp(np.linspace(0, len(points) - 1, length(seconds)), np.arange(len(points)), points)
    return curve / points.std()


def lowpass(sound: np.ndarray, hertz: float) -> np.ndarray:
    return sosfilt(butter(2, hertz, fs=RATE, output="sos"), sound)


def highpass(sound: np.ndarray, hertz: float) -> np.ndarray:
    return sosfilt(butter(2, hertz, "highpass", fs=RATE, output="sos"), sound)


def resonance(sound: np.ndarray, hertz: float, width_hertz: float) -> np.ndarray:
    radius = np.exp(-np.pi * width_hertz / RATE)
    return lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * hertz / RATE), radius**2], sound)


def echo(sound: np.ndarray, decay_seconds: float, chance: np.random.Generator) -> np.ndarray:
    """In a room in which a sound dies away (by 60 dB) in so many seconds."""
    tail = chance.standard_normal(length(decay_seconds)) * np.exp(-6.9 * times(decay_seconds) / decay_seconds)
    tail *= 0.3 / np.sqrt(np.sum(tail**2))
    tail[0] += 1
    return fftconvolve(sound, tail)[: len(sound)]


def poisson(seconds: float, per_second: float, chance: np.random.Generator) -> np.ndarray:
    """Times at which something happens by chance."""
    return chance.uniform(0, seconds, chance.poisson(per_second * seconds))


def scatter(seconds: float, times: np.ndarray, make: Callable[[], np.ndarray]) -> np.ndarray:
    return placed(seconds, ((at, make() * 10 ** (-abs(np.sin(at * 1e4)))) for at in times))


def placed(seconds: float, sounds: Iterator[tuple[float, np.ndarray]] | list[tuple[float, np.ndarray]]) -> np.ndarray:
    """Sounds, each from its second on, over one another."""
    whole = np.zeros(length(seconds))
    for at, sound in sounds:
        first = length(at)
        part = sound[: max(0, len(whole) - first)]
        whole[first : first + len(part)] += part
    return whole


def burst(decay_seconds: float, hertz: float, width_hertz: float, chance: np.random.Generator) -> np.ndarray:
    """A knock: noise about a pitch that dies away; its peak is 1."""
    at = times(4 * decay_seconds)
    knock = resonance(chance.standard_normal(len(at)) * np.exp(-at / decay_seconds), hertz, width_hertz)
    return knock / np.abs(knock).max()


def tones(seconds: float, partials: dict[float, float], hertz: float, decay: float, phase: float = 0.0) -> np.ndarray:
    """Partials (ratio to the pitch: level) that die away with e^(-decay t), begun without a click."""
    at = times(seconds)
    tone = sum(level * np.sin(2 * np.pi * hertz * ratio * at + phase) for ratio, level in partials.items())
    return tone * np.exp(-decay * at) * np.clip(at / 0.004, 0, 1)


def plucked(hertz: float, seconds: float, chance: np.random.Generator) -> np.ndarray:
    """A plucked string: higher partials die away sooner."""
    partials = range(1, min(12, int(7500 / hertz)) + 1)
    return sum(tones(seconds, {k: chance.uniform(0.6, 1) / k}, hertz, 2 + 1.2 * k) for k in partials)


def bowed(hertz: float, seconds: float, chance: np.random.Generator) -> np.ndarray:
    """A bowed string: a sawtooth with vibrato that sets in, through the body's resonances."""
    at = times(seconds)
    vibrato = 1 + 0.006 * np.sin(2 * np.pi * 5.5 * at + chance.uniform(0, 6)) * np.clip(at / 0.3, 0, 1)
    phase = np.cumsum(hertz * vibrato) / RATE
    saw = sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, int(7000 / hertz)))
    shape = np.clip(at / 0.06, 0, 1) * np.clip((seconds - at) / 0.08, 0, 1)
    return (0.3 * saw + resonance(saw, 450, 200) + 0.6 * resonance(saw, 1200, 300)) * shape


def drum(chance: np.random.Generator) -> np.ndarray:
    at = times(0.3)
    return np.sin(2 * np.pi * np.cumsum(50 + 90 * np.exp(-at / 0.03)) / RATE) * np.exp(-at / 0.09)


def cadence(seconds: float, on_and_off: tuple[float, ...]) -> np.ndarray:
    """1 in the first, third … of these lengths, 0 in between, over and over, with soft edges."""
    ends = np.cumsum(on_and_off)
    step = np.searchsorted(ends, times(seconds) % ends[-1], side="right")
    return lowpass((step % 2 == 0).astype(float), 200)


def line(seconds: float, pitches_hz: tuple[float, ...], on_and_off: tuple[float, ...], seed: int) -> Sound:
    """Tones on a telephone line, which hisses and carries 300 to 3,400 Hz."""
    tone = sum(np.sin(2 * np.pi * pitch * times(seconds)) for pitch in pitches_hz) * cadence(seconds, on_and_off)
    hiss = pink(seconds, np.random.default_rng(seed))
    return lowpass(highpass(at_level(tone, -20) + at_level(hiss, -54), 300), 3400).astype(np.float32)
