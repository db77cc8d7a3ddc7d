"""What conditions do to sound, measured."""

import numpy as np
import pytest

from benchmarks.conditions import CONDITIONS, RATE, chords, mixed, pink

SECONDS = 4


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """Half of the time a sweep from 100 to 7,000 Hz, half of it nothing."""
    time = np.arange(SECONDS * RATE) / RATE
    sweep = 0.3 * np.sin(2 * np.pi * (100 * time + 6900 * time**2 / (2 * SECONDS)))
    return (sweep * (np.arange(len(time)) % RATE < RATE // 2)).astype(np.float32)


def power(samples: np.ndarray, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    return float(spectrum[(frequencies >= low) & (frequencies < high)].sum())


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_keeps_length_and_range_and_is_the_same_every_time(name: str, speech: np.ndarray):
    first, again = (CONDITIONS[name](speech, np.random.default_rng(7)) for _ in range(2))
    assert first.dtype == np.float32
    assert first.shape == speech.shape
    assert np.abs(first).max() <= 1
    assert np.array_equal(first, again)
    assert (name == "clean") == np.array_equal(first, speech)


@pytest.mark.parametrize("name", CONDITIONS)
def test_what_is_said_stays_where_it_is(name: str, speech: np.ndarray):
    """A shift would be an error of word times."""
    made = CONDITIONS[name](speech, np.random.default_rng(7))
    size = 2 * len(speech)
    likeness = np.fft.irfft(np.fft.rfft(made, size) * np.conj(np.fft.rfft(speech, size)), size)
    shift = (int(np.argmax(likeness)) + len(speech)) % size - len(speech)
    assert abs(shift) <= RATE // 1000


@pytest.mark.parametrize(
    ("name", "decibels"), [("noise10", 10), ("noise5", 5), ("pink10", 10), ("pink5", 5), ("music", 10)]
)
def test_what_is_below_the_speech_is_so_many_decibels_below_it(name: str, decibels: float, speech: np.ndarray):
    made = CONDITIONS[name](speech, np.random.default_rng(7))
    gain = np.dot(made, speech) / np.dot(speech, speech)
    below = made - gain * speech
    spoken = np.abs(speech) > 0
    ratio = np.sqrt(np.mean((gain * speech[spoken]) ** 2) / np.mean(below**2))
    assert 20 * np.log10(ratio) == pytest.approx(decibels, abs=0.6)


def test_a_telephone_has_no_bass_and_no_treble(speech: np.ndarray):
    made = CONDITIONS["telephone"](speech, np.random.default_rng(7))
    outside = power(made, 0, 250) + power(made, 3600, 8001)
    assert outside < 0.01 * power(made, 300, 3400)
    assert power(speech, 3600, 8001) > 0.3 * power(speech, 300, 3400)


def test_a_room_sounds_on_when_nobody_speaks(speech: np.ndarray):
    made = CONDITIONS["reverb"](speech, np.random.default_rng(7))
    pause = slice(RATE * 6 // 10, RATE * 7 // 10)
    later = slice(RATE * 9 // 10, RATE)
    assert not np.any(speech[pause])
    assert np.mean(made[pause] ** 2) > 10 * np.mean(made[later] ** 2) > 0


def test_pink_noise_falls_by_three_decibels_an_octave():
    noise = pink(20 * RATE, np.random.default_rng(7))
    assert power(noise, 200, 400) == pytest.approx(power(noise, 1600, 3200), rel=0.1)


def test_chords_go_on_to_the_end():
    made = chords(SECONDS * RATE, np.random.default_rng(7))
    assert len(made) == SECONDS * RATE
    assert all(np.any(part) for part in np.split(made, SECONDS * 4))


def test_noise_where_nobody_ever_speaks_has_a_level_of_its_own():
    silent = np.zeros(RATE, np.float32)
    made = mixed(silent, np.random.default_rng(7).standard_normal(RATE), 10)
    assert 20 * np.log10(np.sqrt(np.mean(made**2))) == pytest.approx(-40, abs=0.1)
