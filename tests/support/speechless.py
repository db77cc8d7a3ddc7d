"""Recordings in which nobody speaks, made from formulas: what a recogniser hears in a room, outdoors, on the telephone.

Each is a function of its length in seconds and a seed, and gives float32 [N] at 16 kHz, within ±1. The same seed gives
the same samples. They are meant to be mistaken for speech: bursts in its rhythm, tones in its pitch and formants in its
band, at the levels at which microphones record them.
"""

from collections.abc import Callable

import numpy as np

from tests.support import synthesis
from tests.support.places import RATE
from tests.support.synthesis import Sound

Maker = Callable[[float, int], Sound]


def digital_silence(seconds: float, seed: int = 0) -> Sound:
    return np.zeros(synthesis.length(seconds), np.float32)


def quiet_room(seconds: float, seed: int = 0) -> Sound:
    """The hiss of a microphone at about -62 dBFS, a little mains hum, and a radiator that ticks now and then."""
    chance = np.random.default_rng(seed)
    hiss = synthesis.lowpass(synthesis.pink(seconds, chance), 3000) + 0.3 * chance.standard_normal(
        synthesis.length(seconds)
    )
    at = synthesis.times(seconds)
    hum = sum(level * np.sin(2 * np.pi * 50 * k * at + k) for k, level in ((1, 1.0), (2, 0.5), (3, 0.3), (6, 0.1)))
    ticks = synthesis.scatter(
        seconds, synthesis.poisson(seconds, 0.15, chance), lambda: synthesis.burst(0.01, 2500, 900, chance)
    )
    return synthesis.clipped(synthesis.at_level(hiss, -64) + synthesis.at_level(hum, -70) + 0.004 * ticks)


def white_noise(seconds: float, seed: int = 0) -> Sound:
    return synthesis.at_level(np.random.default_rng(seed).standard_normal(synthesis.length(seconds)), -26)


def pink_noise(seconds: float, seed: int = 0) -> Sound:
    return synthesis.at_level(synthesis.pink(seconds, np.random.default_rng(seed)), -26)


def rain(seconds: float, seed: int = 0) -> Sound:
    """A steady rush that swells and falls, and single drops on a window sill."""
    chance = np.random.default_rng(seed)
    rush = synthesis.highpass(synthesis.pink(seconds, chance), 700) * (1 + 0.4 * synthesis.wander(seconds, 0.3, chance))
    drops = synthesis.scatter(
        seconds,
        synthesis.poisson(seconds, 18, chance),
        lambda: synthesis.burst(0.03, chance.uniform(900, 5000), 600, chance),
    )
    return synthesis.clipped(synthesis.at_level(rush, -32) + 0.12 * drops)


def engine(seconds: float, seed: int = 0) -> Sound:
    """A car from inside: its speed of rotation changes, each firing is a little different, the road rumbles."""
    chance = np.random.default_rng(seed)
    firings_hz = 55 * np.exp(0.5 * synthesis.wander(seconds, 0.15, chance))
    phase = 2 * np.pi * np.cumsum(firings_hz) / RATE
    unrest = 1 + 0.3 * synthesis.wander(seconds, 25, chance)
    tones = sum(np.sin(k * phase + k * k) / k**0.8 for k in (0.5, *range(1, 16)))
    return synthesis.clipped(
        synthesis.at_level(tones * unrest, -24)
        + synthesis.at_level(synthesis.lowpass(synthesis.pink(seconds, chance), 400), -26)
    )


def music(seconds: float, seed: int = 0) -> Sound:
    """A small band at 96 beats a minute: bass, plucked chords, a bowed melody with vibrato, and drums."""
    chance = np.random.default_rng(seed)
    beat = 60 / 96
    bars = int(seconds / (4 * beat)) + 1
    chords = [((57, 60, 64), 45), ((53, 57, 60), 41), ((48, 52, 55), 48), ((55, 59, 62), 43)]
    scale = np.array([57, 60, 62, 64, 67, 69, 72, 74, 76])
    parts: dict[str, list[tuple[float, Sound]]] = {"bass": [], "chords": [], "melody": [], "drums": []}
    place = 4
    for bar in range(bars):
        notes, root = chords[bar % len(chords)]
        for half in range(8):
            at = (4 * bar + half / 2) * beat
            parts["chords"].append(
                (at, synthesis.plucked(synthesis.hertz(notes[half % 3] + 12 * (half % 2)), 1.2, chance))
            )
            parts["drums"].append((at, 0.25 * synthesis.highpass(synthesis.burst(0.06, 7000, 4000, chance), 4000)))
            if half in (0, 3, 4):
                parts["bass"].append(
                    (at, synthesis.tones(0.5, {k: 1 / k**2 for k in (1, 2, 3)}, synthesis.hertz(root), 4))
                )
            if half in (0, 4, 5):
                parts["drums"].append((at, synthesis.drum(chance)))
            if half in (2, 6):
                parts["drums"].append((at, 0.6 * synthesis.burst(0.15, 1800, 1500, chance)))
        at = 4 * bar * beat
        while at < 4 * (bar + 1) * beat - 1e-6:
            length = float(chance.choice([0.5, 0.5, 1, 1.5])) * beat
            place = int(np.clip(place + chance.integers(-2, 3), 0, len(scale) - 1))
            if chance.random() < 0.85:
                parts["melody"].append((at, synthesis.bowed(synthesis.hertz(scale[place]), length, chance)))
            at += length
    levels = {"bass": -24, "chords": -27, "melody": -24, "drums": -26}
    return synthesis.clipped(
        sum(synthesis.at_level(synthesis.placed(seconds, sounds), levels[name]) for name, sounds in parts.items())
    )


def humming(seconds: float, seed: int = 0) -> Sound:
    """A melody on one vowel without words, as an instrument sings it: a bowed tone through the formants of “mm” and
    “ah”.
    """
    chance = np.random.default_rng(seed)
    notes = synthesis.hertz(np.array([55, 57, 60, 62, 64, 62, 60, 57]))
    sounds, at, step = [], 0.2, 0
    while at < seconds:
        length = float(chance.uniform(0.4, 1.1))
        sounds.append((at, synthesis.bowed(float(notes[step % len(notes)]), length, chance)))
        at, step = at + length + (0.6 if step % 8 == 7 else 0.02), step + int(chance.integers(1, 3))
    tone = synthesis.placed(seconds, sounds)
    return synthesis.at_level(synthesis.resonance(tone, 350, 80) + 0.5 * synthesis.resonance(tone, 900, 120), -24)


def applause(seconds: float, seed: int = 0) -> Sound:
    """A hall: some three hundred claps a second, each somebody's own, swelling and fading, with the room's echo."""
    chance = np.random.default_rng(seed)
    claps = [synthesis.burst(0.02, chance.uniform(700, 2500), chance.uniform(400, 1500), chance) for _ in range(40)]
    hands = synthesis.scatter(
        seconds, synthesis.poisson(seconds, 300, chance), lambda: claps[int(chance.integers(len(claps)))]
    )
    swell = np.clip(0.6 + 0.4 * synthesis.wander(seconds, 0.2, chance), 0.05, None)
    return synthesis.at_level(synthesis.echo(hands * swell, 0.8, chance), -22)


def telephone_bell(seconds: float, seed: int = 0) -> Sound:
    """An old telephone on a table: two bells struck in turn, 25 times a second, one second in four."""
    chance = np.random.default_rng(seed)
    strikes = [
        (at + k / 25, synthesis.tones(0.3, {1: 1, 2.1: 0.5, 3.4: 0.4, 5.2: 0.1}, 1150 + 260 * (k % 2), 18))
        for at in np.arange(0.5, seconds, 4)
        for k in range(25)
    ]
    return synthesis.at_level(synthesis.echo(synthesis.placed(seconds, strikes), 0.3, chance), -24)


def telephone_warble(seconds: float, seed: int = 0) -> Sound:
    """A desk telephone with an electronic bell: two tones in turn, 16 times a second."""
    at = synthesis.times(seconds)
    tone = np.where(at * 16 % 1 < 0.5, np.sin(2 * np.pi * 1400 * at), np.sin(2 * np.pi * 1750 * at))
    shaped = np.tanh(3 * tone) * synthesis.cadence(seconds, (1.2, 2.8))
    return synthesis.at_level(synthesis.echo(shaped, 0.3, np.random.default_rng(seed)), -24)


def mobile_tune(seconds: float, seed: int = 0) -> Sound:
    """A mobile telephone that plays a tune of twelve notes again and again, on a vibrating table."""
    chance = np.random.default_rng(seed)
    tune = np.array([76, 74, 66, 68, 73, 71, 62, 64, 71, 69, 61, 64]) + 5
    notes = [
        (start + 0.16 * k, synthesis.tones(0.15, {1: 1, 2: 0.3, 3: 0.4}, synthesis.hertz(int(note)), 6))
        for start in np.arange(0.3, seconds, 2.6)
        for k, note in enumerate(tune)
    ]
    buzz = np.sign(np.sin(2 * np.pi * 140 * synthesis.times(seconds))) * synthesis.cadence(seconds, (0.9, 1.7))
    return synthesis.at_level(synthesis.placed(seconds, notes), -22) + synthesis.at_level(
        synthesis.echo(synthesis.lowpass(buzz, 900), 0.1, chance), -34
    )


def ringing_tone(seconds: float, seed: int = 0) -> Sound:
    """What a caller hears in Great Britain while it rings: 400 and 450 Hz, twice, then a pause, on a telephone line."""
    return synthesis.line(seconds, (400, 450), (0.4, 0.2, 0.4, 2.0), seed)


def ringing_tone_long(seconds: float, seed: int = 0) -> Sound:
    """The same in North America: 440 and 480 Hz, two seconds in six."""
    return synthesis.line(seconds, (440, 480), (2.0, 4.0), seed)


def dial_tone(seconds: float, seed: int = 0) -> Sound:
    return synthesis.line(seconds, (350, 440), (1.0,), seed)


def busy_tone(seconds: float, seed: int = 0) -> Sound:
    return synthesis.line(seconds, (480, 620), (0.5, 0.5), seed)


def busy_tone_one(seconds: float, seed: int = 0) -> Sound:
    """Busy in most of Europe: 425 Hz."""
    return synthesis.line(seconds, (425,), (0.48, 0.48), seed)


def breathing(seconds: float, seed: int = 0) -> Sound:
    """Somebody close to a microphone who only breathes: in through the nose, out through the mouth."""
    chance = np.random.default_rng(seed)
    sounds, at = [], 0.4
    while at < seconds:
        for length, formants, level in ((1.2, (1100, 2900), 0.5), (1.6, (600, 1500), 1.0)):
            rush = synthesis.pink(length * chance.uniform(0.8, 1.25), chance)
            voiceless = sum(synthesis.resonance(rush, formant, 500) for formant in formants) + 0.2 * rush
            sounds.append((at, level * voiceless * np.sin(np.pi * np.linspace(0, 1, len(rush)) ** 0.7) ** 1.5))
            at += len(rush) / RATE + chance.uniform(0.1, 0.4)
        at += chance.uniform(0.3, 1.0)
    return synthesis.at_level(synthesis.placed(seconds, sounds), -34) + quiet_room(seconds, seed + 1)


def typing(seconds: float, seed: int = 0) -> Sound:
    """A keyboard: each key goes down and comes up, words and pauses, now and then the broad space bar."""
    chance = np.random.default_rng(seed)
    strokes, at = [], 0.3
    while at < seconds:
        for _ in range(int(chance.integers(2, 9))):
            pitch, level = chance.uniform(1800, 4500), chance.uniform(0.5, 1)
            strokes.append((at, level * synthesis.burst(0.012, pitch, 1500, chance)))
            strokes.append((at + 0.09, 0.4 * level * synthesis.burst(0.01, pitch * 1.3, 1500, chance)))
            at += float(chance.uniform(0.09, 0.28))
        strokes.append((at, synthesis.burst(0.04, 700, 500, chance) + 0.1 * synthesis.burst(0.04, 3000, 900, chance)))
        at += float(chance.choice([0.2, 0.3, 1.5]))
    return synthesis.clipped(
        0.2 * synthesis.echo(synthesis.placed(seconds, strokes), 0.15, chance) + quiet_room(seconds, seed + 1)
    )


def wind(seconds: float, seed: int = 0) -> Sound:
    """Gusts that push the microphone, and a howl around the house whose pitch goes up and down with them."""
    chance = np.random.default_rng(seed)
    gusts = np.clip(0.5 + 0.5 * synthesis.wander(seconds, 0.4, chance), 0.03, None)
    push = synthesis.lowpass(synthesis.pink(seconds, chance), 250) * gusts**2
    phase = 2 * np.pi * np.cumsum(380 + 300 * gusts + 15 * synthesis.wander(seconds, 6, chance)) / RATE
    howl = np.sin(phase) * (1 + 0.6 * synthesis.wander(seconds, 30, chance)) * gusts**2
    rush = synthesis.highpass(synthesis.pink(seconds, chance), 400) * gusts**2
    return synthesis.clipped(
        synthesis.at_level(push, -22) + synthesis.at_level(howl, -36) + synthesis.at_level(rush, -34)
    )


def church_bell(seconds: float, seed: int = 0) -> Sound:
    """A bell of 220 Hz struck every two seconds: hum, prime, minor third, fifth, octave; pairs of them beat."""
    chance = np.random.default_rng(seed)
    ratios = (0.5, 1, 1.003, 1.19, 1.194, 1.5, 2, 2.005, 2.6, 3.01, 4.1)
    levels = (0.6, 0.8, 0.4, 1, 0.4, 0.4, 1, 0.5, 0.5, 0.4, 0.3)
    strikes = []
    for at in np.arange(0.4, seconds, 2.1):
        stroke = sum(
            synthesis.tones(6, {ratio: level}, 220, 0.35 + 0.5 * ratio, phase=chance.uniform(0, 6))
            for ratio, level in zip(ratios, levels, strict=True)
        )
        strikes.append((float(at + chance.uniform(-0.1, 0.1)), stroke * chance.uniform(0.8, 1)))
    return synthesis.at_level(synthesis.echo(synthesis.placed(seconds, strikes), 1.5, chance), -24)


def birds(seconds: float, seed: int = 0) -> Sound:
    """A garden in the morning: five birds with songs of their own, whistled notes that sweep, and trills."""
    chance = np.random.default_rng(seed)
    sounds = []
    for _ in range(5):
        pitch, level, at = chance.uniform(1800, 5500), chance.uniform(0.2, 1), chance.uniform(0, 3)
        motif = [(chance.uniform(0.04, 0.25), chance.uniform(0.7, 1.4), chance.uniform(0.7, 1.4)) for _ in range(5)]
        while at < seconds:
            for length, begin, end in motif:
                sweep = np.linspace(pitch * begin, pitch * end, synthesis.length(length)) * (
                    1 + 0.06 * np.sin(2 * np.pi * 35 * synthesis.times(length)) * (length > 0.15)
                )
                tone = np.sin(2 * np.pi * np.cumsum(np.clip(sweep, 0, 7500)) / RATE)
                sounds.append((at, level * tone * np.sin(np.pi * np.linspace(0, 1, len(tone)))))
                at += length + float(chance.uniform(0.02, 0.08))
            at += float(chance.exponential(2.5)) + 0.4
    return synthesis.at_level(synthesis.echo(synthesis.placed(seconds, sounds), 0.4, chance), -30) + quiet_room(
        seconds, seed + 1
    )


KINDS: dict[str, Maker] = {
    made.__name__: made
    for made in (
        digital_silence,
        quiet_room,
        white_noise,
        pink_noise,
        rain,
        engine,
        music,
        humming,
        applause,
        telephone_bell,
        telephone_warble,
        mobile_tune,
        ringing_tone,
        ringing_tone_long,
        dial_tone,
        busy_tone,
        busy_tone_one,
        breathing,
        typing,
        wind,
        church_bell,
        birds,
    )
}
"""Each kind by its name."""
