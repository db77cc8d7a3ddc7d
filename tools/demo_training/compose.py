"""Strings of words put together on the fly, spoilt as real recordings are, with the true time of each word."""

import random
from collections import defaultdict
from dataclasses import dataclass

import numba
import numpy as np
from scipy.signal import fftconvolve, lfilter, resample_poly

from tools.demo_training.corpora import Clip, Corpora
from tools.demo_training.words import SAMPLE_RATE, WORDS

# How many words an utterance of one batch has: lengths of one batch are alike, so that little is padding.
LENGTHS = ((1, 1), (1, 2), (1, 3), (3, 6), (5, 9), (8, 14), (12, 20))


@dataclass(frozen=True)
class Utterance:
    """float32 samples at 16 kHz, the words, and their starts and ends in seconds."""

    audio: np.ndarray
    words: tuple[str, ...] = ()
    starts: tuple[float, ...] = ()
    ends: tuple[float, ...] = ()

    @property
    def duration(self) -> float:
        return len(self.audio) / SAMPLE_RATE


@numba.njit(cache=True, fastmath=True)
def change_tempo(audio, rate):
    """Faster (rate > 1) or slower at the same pitch: WSOLA (Verhelst and Roelands, 1993), 30 ms windows."""
    window, search = 480, 160
    hop = window // 2
    length = int(len(audio) / rate)
    out = np.zeros(length + window, np.float32)
    fade = np.empty(window, np.float32)
    for i in range(window):
        fade[i] = 0.5 - 0.5 * np.cos(2 * np.pi * (i + 0.5) / window)
    previous = 0
    for k in range(length // hop + 1):
        centre = int(k * hop * rate)
        best, place = -1e30, centre
        if k > 0:
            follow = previous + hop
            for offset in range(max(0, centre - search), min(len(audio) - window, centre + search), 4):
                likeness = np.float32(0)
                for i in range(0, hop, 2):
                    if follow + i < len(audio):
                        likeness += audio[follow + i] * audio[offset + i]
                if likeness > best:
                    best, place = likeness, offset
        for i in range(window):
            if place + i < len(audio) and k * hop + i < len(out):
                out[k * hop + i] += audio[place + i] * fade[i]
        previous = place
    return out[:length]


def change_pitch(audio: np.ndarray, factor: float) -> np.ndarray:
    """Pitch and formants up (factor > 1) and the clip shorter, by resampling."""
    return np.interp(np.arange(int(len(audio) / factor)) * factor, np.arange(len(audio)), audio).astype(np.float32)


class Composer:
    """Utterances without end from `corpora`. Not thread-safe."""

    def __init__(
        self,
        corpora: Corpora,
        seed: int = 0,
        crowd_share: float = 0.6,
        synthetic_share: float = 0.35,
        speechless_share: float = 0.1,
    ):
        self.rng, self.noise_rng = random.Random(seed), np.random.default_rng(seed)
        self.crowd_share, self.synthetic_share, self.speechless_share = crowd_share, synthetic_share, speechless_share
        self.background = corpora.background
        self.is_clean = False
        """Leave strings as they were recorded: a beginner learns sooner."""
        self.sources = {"studio": corpora.studio, "synthetic": corpora.synthetic, "crowd": corpora.crowd}
        self.by_word: dict[str, list[Clip]] = defaultdict(list)
        for voices in (corpora.studio, corpora.crowd):
            for clips in voices.values():
                for clip in clips:
                    self.by_word[clip.word].append(clip)
        if not corpora.studio:
            self.synthetic_share = 1.0

    def batch(self, seconds: float, longest: float = 30.0, lengths=LENGTHS, most: int = 1000) -> list[Utterance]:
        """At most `most` utterances of like length, which padded to the longest make about `seconds`."""
        low, high = self.rng.choice(lengths)
        batch: list[Utterance] = []
        while len(batch) < most:
            if self.rng.random() < self.speechless_share:
                utterance = self.without_speech(self.rng.uniform(0.5, 2 + high * 0.5))
            else:
                utterance = self.string(self.rng.randint(low, high), longest)
            widest = max(u.duration for u in (*batch, utterance))
            if batch and widest * (len(batch) + 1) > seconds:
                return batch
            batch.append(utterance)
        return batch

    def string(self, count: int, longest: float) -> Utterance:
        """`count` words of one voice (sometimes a few), or fewer if they would last longer than `longest` seconds."""
        rng = self.rng
        source = (
            "crowd"
            if rng.random() < self.crowd_share
            else "synthetic"
            if rng.random() < self.synthetic_share
            else "studio"
        )
        clips = self._voice(source)
        whole = source == "crowd" and rng.random() < (0.75 if count == 1 else 0.6)
        pause = rng.choice((0, 0, 0.05, 0.2, 0.5)) if whole else rng.choice((0.03, 0.12, 0.3, 0.8))
        bare = count == 1 and rng.random() < 0.5
        pitch, tempo = (
            (2 ** rng.uniform(-0.17, 0.17), 2 ** rng.uniform(-0.3, 0.3)) if rng.random() < 0.5 else (1.0, 1.0)
        )
        parts = [self._margin(bare)]
        at = len(parts[0])
        words, starts, ends = [], [], []
        for _ in range(count):
            clip = rng.choice(clips) if rng.random() > 0.15 else rng.choice(self.by_word[rng.choice(WORDS)] or clips)
            audio, start, end = self._cut(clip, whole)
            audio, start, end = self._vary(audio, start, end, pitch, tempo)
            if words and at + len(audio) > longest * SAMPLE_RATE:
                break
            words.append(clip.word)
            starts.append((at + start) / SAMPLE_RATE)
            ends.append((at + end) / SAMPLE_RATE)
            gap = self._gap(pause)
            parts += [audio, np.zeros(gap, np.float32)]
            at += len(audio) + gap
        parts[-1] = self._margin(bare)
        audio = np.concatenate(parts)[: int(longest * SAMPLE_RATE)]
        audio, shift = self._pad_short(self._spoil(audio, gently=bare or source == "crowd"))
        return Utterance(audio, tuple(words), tuple(s + shift for s in starts), tuple(e + shift for e in ends))

    def without_speech(self, seconds: float) -> Utterance:
        """Silence, noise, tones, clicks or recorded background: nothing is to be written."""
        rng, length = self.rng, int(seconds * SAMPLE_RATE)
        kind = rng.random()
        if kind < 0.15:
            audio = np.zeros(length, np.float32)
        elif kind < 0.25:
            audio = self._normal(length) * 10 ** rng.uniform(-6, -3)
        elif self.background and kind < 0.45:
            audio = rng.choice(self.background)
        else:
            recorded = self.background and rng.random() < 0.5
            audio = (self._recorded(length) if recorded else self._noise(length)) * 10 ** rng.uniform(-3, -0.5)
            if rng.random() < 0.3:
                audio *= np.repeat(self.noise_rng.random(length // 4000 + 1) ** 2, 4000)[:length]
            if rng.random() < 0.15:
                for _ in range(rng.randint(1, 8)):
                    at = rng.randrange(length - 200)
                    audio[at : at + 100] += self._normal(100) * 0.5
        return Utterance(audio.astype(np.float32))

    def _voice(self, source: str) -> list[Clip]:
        voices = self.sources[source]
        count = self.rng.choice((1, 1, 1, 2, 3)) if source == "crowd" else 1 if self.rng.random() < 0.85 else 2
        return [clip for name in self.rng.sample(sorted(voices), count) for clip in voices[name]]

    def _cut(self, clip: Clip, whole: bool) -> tuple[np.ndarray, int, int]:
        """Its samples as float32 with the word's span; cut out with a little of what is around it unless `whole`."""
        audio = clip.audio.astype(np.float32) * 10 ** self.rng.uniform(-0.3, 0)
        if whole or len(audio) == clip.end - clip.start:
            return audio, clip.start, clip.end
        before, after = (int(SAMPLE_RATE * self.rng.uniform(0, 0.12)) for _ in range(2))
        first = max(0, clip.start - before)
        audio = audio[first : clip.end + after]
        fade = np.linspace(0, 1, 80, dtype=np.float32)
        audio[:80] *= fade
        audio[-80:] *= fade[::-1]
        return audio, clip.start - first, clip.end - first

    def _vary(self, audio, start, end, pitch, tempo):
        """The utterance's change of voice and pace, and a small one of this word's own."""
        pitch *= 2 ** self.rng.uniform(-0.06, 0.06)
        changed = change_pitch(audio, pitch)
        if abs(tempo / pitch - 1) > 0.03 and len(changed) > 1600:
            changed = change_tempo(changed, tempo / pitch)
        scale = len(changed) / len(audio)
        return changed, int(start * scale), min(len(changed), int(end * scale))

    def _margin(self, bare: bool) -> np.ndarray:
        seconds = 0.0 if bare or self.rng.random() < 0.2 else self.rng.uniform(0, self.rng.choice((0.3, 1.2)))
        return np.zeros(int(seconds * SAMPLE_RATE), np.float32)

    def _gap(self, pause: float) -> int:
        if not pause:
            return 0
        seconds = self.rng.expovariate(1 / pause) if self.rng.random() < 0.92 else self.rng.uniform(0.5, 2.5)
        return int(min(seconds, 3.0) * SAMPLE_RATE)

    def _pad_short(self, audio: np.ndarray) -> tuple[np.ndarray, float]:
        """NeMo pads clips under a second on both sides when they come as arrays, and not when as files: learn both."""
        missing = SAMPLE_RATE - len(audio)
        if missing <= 0 or self.rng.random() < 0.5:
            return audio, 0.0
        return np.pad(audio, (missing // 2, missing - missing // 2)), missing // 2 / SAMPLE_RATE

    def _spoil(self, audio: np.ndarray, gently: bool) -> np.ndarray:
        """Tilt, room, noise, band limit, clipping and gain, each now and then."""
        rng, length = self.rng, len(audio)
        if self.is_clean:
            return (audio / (np.abs(audio).max() + 1e-6) * 0.7).astype(np.float32)
        if rng.random() < 0.6:
            audio = lfilter([1, rng.uniform(-0.5, 0.4)], [1], audio).astype(np.float32)
        if rng.random() < 0.2:
            audio = fftconvolve(audio, self._room())[:length].astype(np.float32)
        if rng.random() < (0.35 if gently else 0.6):
            level = np.sqrt(np.mean(audio * audio)) + 1e-6
            audio = audio + self._noise(length) * level * 10 ** (-rng.uniform(6, 50) / 20)
        if rng.random() < 0.25:
            up, down = rng.choice(((3, 4), (1, 2), (3, 5), (2, 3)))
            audio = resample_poly(resample_poly(audio, up, down), down, up)[:length].astype(np.float32)
            audio = np.pad(audio, (0, length - len(audio)))
        if rng.random() < 0.08:
            limit = np.abs(audio).max() * rng.uniform(0.3, 0.8)
            audio = np.clip(audio, -limit, limit)
        gain = rng.uniform(0.02, 0.98) if rng.random() < 0.6 else 0.7
        audio = audio * (gain / (np.abs(audio).max() + 1e-6))
        return (np.round(audio * 32767) / 32767 if rng.random() < 0.3 else audio).astype(np.float32)

    def _room(self) -> np.ndarray:
        seconds, decay = self.rng.uniform(0.05, 0.35), self.rng.uniform(0.04, 0.3)
        times = np.arange(int(SAMPLE_RATE * seconds)) / SAMPLE_RATE
        response = self._normal(len(times)) * np.exp(-6.9 * times / decay)
        response[:8] = 0
        response *= self.rng.uniform(0.2, 1) / (np.sqrt((response**2).sum()) + 1e-6)
        response[0] = 1
        return response

    def _noise(self, length: int) -> np.ndarray:
        """Noise of some colour, hum, or recorded background, of unit power."""
        rng, kind = self.rng, self.rng.random()
        if self.background and kind < 0.4:
            audio = self._recorded(length)
        elif kind < 0.6:
            audio = self._normal(length)
        elif kind < 0.85:
            pole = rng.uniform(0.5, 0.995)
            audio = lfilter([1 - pole], [1, -pole], self._normal(length)).astype(np.float32)
        else:
            audio = self._hum(length)
        return (audio / (np.sqrt(np.mean(audio * audio)) + 1e-6)).astype(np.float32)

    def _hum(self, length: int) -> np.ndarray:
        rng = self.rng
        pitch = rng.choice((50, 60, 100, 120, 220, 440, 880, 1000, rng.uniform(60, 3500)))
        phase = 2 * np.pi * pitch / SAMPLE_RATE * np.arange(length, dtype=np.float32)
        tones = sum(np.sin(phase * k + rng.uniform(0, 6)) / k for k in range(1, rng.choice((2, 2, 4, 6))))
        return tones + rng.choice((0, 0.001, 0.02)) * self._normal(length)

    def _recorded(self, length: int) -> np.ndarray:
        """Clips without speech end to end, cross-faded."""
        fade = np.linspace(0, 1, 320, dtype=np.float32)
        only = self.rng.choice(self.background) if self.rng.random() < 0.5 else None
        out, at = np.zeros(length + 2 * SAMPLE_RATE, np.float32), 0
        while at < length:
            clip = (self.rng.choice(self.background) if only is None else only).copy()
            clip /= np.sqrt(np.mean(clip * clip)) + 1e-6
            clip[:320] *= fade
            clip[-320:] *= fade[::-1]
            out[at : at + len(clip)] += clip
            at += len(clip) - 320
        return out[:length]

    def _normal(self, length: int) -> np.ndarray:
        return self.noise_rng.standard_normal(length, dtype=np.float32)
