"""When the new words of a correction are said: among the words around them, whose times are known.

A model that can say where given words are hears the new ones together with those around them. What it says is held
against the speech, as everywhere (word_times/plausible.py). A stretch that is longer than such a model hears at once it
first transcribes by itself: the words that agree are anchors (alignment/aligner.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from transcriber.alignment.aligner import align, forced_aligner_of
from transcriber.audio.quiet_places import quietest
from transcriber.audio.samples import NOTHING, SAMPLE_RATE
from transcriber.engines.protocol import Engine
from transcriber.options import TranscribeOptions
from transcriber.pipeline import vad
from transcriber.pipeline.voice_track import open_at_voice
from transcriber.transcript import Word
from transcriber.word_times.plausible import plausible
from transcriber.word_times.spans import Span, length, within

CUT_FRACTIONS = 0.6, 1.0
"""Of the sound that a model takes at once: between these two a window of a longer stretch ends, where it is quiet."""
MIN_KNOWN_WORDS = 3
"""That tell whether a model finds words late."""
MAX_DEVIATION_SECONDS = 0.25
"""Of the known words from where they are found, but for the lag of all: the median."""


def realign(
    engine: Engine, path: Path, words: Sequence[Word], span: Span, options: TranscribeOptions
) -> list[Span | None]:
    """When each of the words without times is said; None where it is not found.

    `words` follow one another between the seconds `span` of the recording, and those with times are known: no time goes
    back or reaches into them. `options` are those of the transcription that they are from. Raises AudioError, and
    UnsupportedOptionError for an engine that cannot say where given words are.
    """
    context = forced_aligner_of(engine).context
    begin = max(0.0, span[0] - context)
    with open_at_voice(path, options) as recording:
        samples = np.concatenate([NOTHING, *recording.blocks(begin, span[1] + context)])
    sound = _Sound(engine, samples, begin)
    found = plausible(_found(sound, words, span, options), *sound.speech)
    return [time for run in _new(words) for time in _between(found[run], _room(words, run, span))]


@dataclass(frozen=True)
class _Sound:
    """Part of a recording, and who hears it. Times are the recording's."""

    engine: Engine
    samples: np.ndarray
    """[N] at 16 kHz."""
    begin: float

    @property
    def speech(self) -> tuple[list[Span], float, float]:
        """Where somebody speaks; the part's beginning and end."""
        speech = vad.spans(vad.speech_probs(self.samples), self.begin)
        return speech, self.begin, self.begin + len(self.samples) / SAMPLE_RATE

    def align(self, texts: Sequence[str], start: float, end: float) -> list[Word | None]:
        found = forced_aligner_of(self.engine).align(self.samples, texts, start - self.begin, end - self.begin)
        return [word and word.later(self.begin) for word in found]

    def transcribe(self, start: float, end: float, language: str) -> Iterator[Word]:
        """What the model writes by itself between two seconds."""
        at, last = (round((second - self.begin) * SAMPLE_RATE) for second in (start, end))
        size = int(self.engine.max_audio_seconds * SAMPLE_RATE)
        while at < min(last, len(self.samples)):
            window = self.samples[at : min(at + size, last)]
            if at + size < last:
                window = window[: quietest(window, *CUT_FRACTIONS)]
            (hypothesis,) = self.engine.transcribe([window], TranscribeOptions(language=language, beam_size=1))
            yield from hypothesis.later(self.begin + at / SAMPLE_RATE).words
            at += len(window)


def _found(sound: _Sound, words: Sequence[Word], span: Span, options: TranscribeOptions) -> list[Word]:
    """The words with the times that the model gives them, as far as it does."""
    texts, longest = [word.text for word in words], forced_aligner_of(sound.engine).max_seconds
    if length(span) <= longest:
        found = sound.align(texts, *span)
        lag = _lag(found, words)
        if lag is None:
            return list(words)
        return [placed.later(-lag) if placed else word for placed, word in zip(found, words, strict=True)]
    anchors = [word for word in words if word.start is not None]
    for run in _new(words):
        if length(room := _room(words, run, span)) > longest:
            anchors += sound.transcribe(*room, options.language)
    anchors.sort(key=lambda word: word.span)
    return list(align(texts, anchors, sound.align, span[1], span[0]).words)


def _lag(found: Sequence[Word | None], words: Sequence[Word]) -> float | None:
    """Seconds by which words are found later than those of them that are known are said; None where they are found now
    earlier, now later, so that the others cannot be where they are found either.

    Models differ: Whisper tiny.en has words 0.14 s later than Whisper base, which is right.
    """
    lags = [place.middle - word.middle for place, word in zip(found, words) if place and word.start is not None]
    if len(lags) < MIN_KNOWN_WORDS:
        return 0.0
    lag = float(np.median(lags))
    return lag if np.median(np.abs(np.array(lags) - lag)) <= MAX_DEVIATION_SECONDS else None


def _new(words: Sequence[Word]) -> Iterator[slice]:
    """The runs of words without times."""
    for is_new, run in groupby(range(len(words)), lambda number: words[number].start is None):
        if is_new:
            numbers = list(run)
            yield slice(numbers[0], numbers[-1] + 1)


def _room(words: Sequence[Word], run: slice, span: Span) -> Span:
    """The time between the known words around a run."""
    start = words[run.start - 1].span[1] if run.start else span[0]
    return start, words[run.stop].span[0] if run.stop < len(words) else span[1]


def _between(words: Sequence[Word], room: Span) -> list[Span | None]:
    """The times of words, as far as they lie in the room for them; None for all where next to nothing does."""
    times = [within(word.span, *room) if word.start is not None else None for word in words]
    return times if sum(length(time) for time in times if time) > 0 else [None] * len(times)
