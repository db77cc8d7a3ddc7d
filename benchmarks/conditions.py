"""What happens to speech before it reaches a transcriber, made from clean recordings; the same every time.

A condition takes samples (float32, mono, 16 kHz, -1 to 1) and a random generator, and gives as many samples.
"""

import io
from collections.abc import Callable

import numpy as np
import soundfile
import soxr

RATE = 16_000
MU = 255
"""Of the companding of digital telephony, ITU-T G.711."""
TELEPHONE_BAND_HZ = (300, 3400)
REVERBERATION_SECONDS = 0.6
"""Until the sound of a room is 60 dB weaker: a bare office."""
DIRECT_RATIO = 1.0
"""Energy of the direct sound over that of the room: a speaker a few metres away."""
MP3_DELAY_SAMPLES = 576 + 529
"""Of LAME's encoder and of a decoder."""
CHORDS = ((57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62))
"""A minor, F, C, G as MIDI notes."""
CHORD_SECONDS = 2.0
LOUDEST = 0.99

Condition = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def clean(speech: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return speech


def telephone(speech: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """8 kHz, 300 to 3400 Hz, 8 bits of μ-law."""
    narrow = soxr.resample(_band(speech, *TELEPHONE_BAND_HZ), RATE, 8000)
    companded = np.sign(narrow) * np.log1p(MU * np.abs(narrow).clip(0, 1)) / np.log1p(MU)
    coarse = np.round(companded * 127) / 127
    expanded = np.sign(coarse) * np.expm1(np.abs(coarse) * np.log1p(MU)) / MU
    return _fit(soxr.resample(expanded.astype(np.float32), 8000, RATE), len(speech))


def white_noise(decibels: float) -> Condition:
    return lambda speech, rng: mixed(speech, rng.standard_normal(len(speech)), decibels)


def pink_noise(decibels: float) -> Condition:
    """Without anybody in it who could be transcribed."""
    return lambda speech, rng: mixed(speech, pink(len(speech), rng), decibels)


def reverberation(speech: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A direct sound and a decaying tail of noise, 5 ms behind it."""
    time = np.arange(int(RATE * REVERBERATION_SECONDS)) / RATE
    tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / REVERBERATION_SECONDS)
    tail[: RATE // 200] = 0
    response = tail / np.sqrt(np.sum(tail**2) * DIRECT_RATIO)
    response[0] = 1
    heard = _convolved(speech, response)
    return _limited(heard * _level(speech) / max(_level(heard), 1e-9))


def mp3(kilobits: int) -> Condition:
    """Encoded at a constant rate and decoded again, by libsndfile's LAME and mpg123."""
    least, most = 8, 160  # of MPEG-2, kbit/s: soundfile knows them as compression 1 and 0

    def coded(speech: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        file = io.BytesIO()
        compression = (most - kilobits) / (most - least)
        settings = {"format": "MP3", "compression_level": compression, "bitrate_mode": "CONSTANT"}
        soundfile.write(file, np.pad(speech, (0, MP3_DELAY_SAMPLES)), RATE, **settings)
        file.seek(0)
        return _fit(soundfile.read(file, dtype="float32")[0][MP3_DELAY_SAMPLES:], len(speech))

    return coded


def music(decibels: float) -> Condition:
    """Chords and their bass, each note struck anew and dying away, below the speech."""
    return lambda speech, rng: mixed(speech, chords(len(speech), rng), decibels)


CONDITIONS: dict[str, Condition] = {
    "clean": clean,
    "telephone": telephone,
    "noise10": white_noise(10),
    "noise5": white_noise(5),
    "pink10": pink_noise(10),
    "pink5": pink_noise(5),
    "reverb": reverberation,
    "mp3-32k": mp3(32),
    "music": music(10),
}


def mixed(speech: np.ndarray, other: np.ndarray, decibels: float) -> np.ndarray:
    """`other` so many decibels below the speech where somebody speaks; as loud as it is where nobody ever does."""
    level = _level(speech[_is_loud(speech)]) if np.any(speech) else 10 ** (-30 / 20)
    return _limited(speech + other * level / _level(other) * 10 ** (-decibels / 20))


def pink(count: int, rng: np.random.Generator) -> np.ndarray:
    """Noise whose power falls by 3 dB an octave, from 20 Hz on."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(np.fft.rfftfreq(count, 1 / RATE), 20)), count)


def chords(count: int, rng: np.random.Generator) -> np.ndarray:
    """Each chord for two seconds, broken into eight notes, with its bass on the first."""
    made = np.zeros(count + 2 * RATE)
    step = CHORD_SECONDS / 8
    for at in range(int(count / RATE / step) + 1):
        chord = CHORDS[int(at * step / CHORD_SECONDS) % len(CHORDS)]
        notes = [chord[0] - 12] if at % 8 == 0 else []
        for note in [*notes, int(rng.choice(chord)) + 12 * int(rng.integers(2))]:
            start = int(at * step * RATE)
            struck = _note(440 * 2 ** ((note - 69) / 12))
            made[start : start + len(struck)] += struck[: len(made) - start]
    return made[:count]


def _note(frequency: float) -> np.ndarray:
    """Struck, with four overtones, for a second and a half."""
    time = np.arange(3 * RATE // 2) / RATE
    tones = sum(np.sin(2 * np.pi * frequency * over * time) / over**1.5 for over in range(1, 5))
    return tones * np.exp(-time / 0.5) * np.minimum(1, time / 0.01)


def _is_loud(speech: np.ndarray) -> np.ndarray:
    """Which samples lie in 20 ms that are within 30 dB of the loudest: pauses are no measure of how loud speech is."""
    size = RATE // 50
    padded = np.pad(speech, (0, -len(speech) % size)).reshape(-1, size)
    energy = np.mean(padded.astype(np.float64) ** 2, axis=1)
    return np.repeat(energy > np.quantile(energy, 0.99) / 1000, size)[: len(speech)]


def _band(samples: np.ndarray, low: float, high: float) -> np.ndarray:
    spectrum = np.fft.rfft(samples)
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    return np.fft.irfft(spectrum * ((frequencies >= low) & (frequencies <= high)), len(samples))


def _convolved(samples: np.ndarray, response: np.ndarray) -> np.ndarray:
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: len(samples)]


def _level(samples: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def _limited(samples: np.ndarray) -> np.ndarray:
    """Quieter as a whole where something would be cut off."""
    return (samples * min(1, LOUDEST / max(float(np.abs(samples).max()), 1e-9))).astype(np.float32)


def _fit(samples: np.ndarray, count: int) -> np.ndarray:
    return np.pad(samples[:count], (0, max(0, count - len(samples))))
