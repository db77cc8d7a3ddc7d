"""Captions of one recording that is still going on: sound in, words out, of which those that are settled stay.

The model hears a window again and again as it grows. What two hearings in a row write alike is settled, and all that
was said before a pause (agreement.py). Behind a pause a new window begins; in a speech without one, behind words that
are settled. Where nobody speaks, no model is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from transcriber.languages import AUTO
from transcriber.live.agreement import agreed, continuation
from transcriber.live.window import Window
from transcriber.options import TranscribeOptions
from transcriber.pipeline import recognition
from transcriber.pipeline.recording_models import RecordingModels
from transcriber.transcript import Word, joined
from transcriber.word_times.spans import Span

STEP_SECONDS = 0.4
"""Of new sound before the window is heard again."""
PAUSE_SECONDS = 0.6
"""Behind which what was said is over."""
TAIL_SECONDS = 0.2
"""Behind the last speech that must have been heard with it."""
MARGIN_SECONDS = 0.3
"""Before speech with which a window begins."""
IDLE_SECONDS = 2.0
"""Of a window in which nobody speaks: a voice that begins softly is in it."""
LONG_SECONDS, LONGEST_SECONDS = 12.0, 24.0
"""From the one on a window is cut where somebody breathes, from the other on between any two words that are settled."""
BREATH_SECONDS = 0.15
BEHIND_SECONDS = 1.5
"""Of speech behind the last word."""
ENOUGH_SPEECH_SECONDS = 5.0
"""After which the language that was heard is kept."""


@dataclass(frozen=True)
class Captions:
    """What is new. Times are seconds of the recording."""

    settled: tuple[Word, ...]
    """Words behind all that were settled before; they never change."""
    unsettled: tuple[Word, ...]
    """What seems to follow them, in the place of what seemed to before."""
    end: float
    """Up to which second it was listened."""


class CaptionSession:
    """One recording that goes on: add() its sound, then step() as long as it is_due."""

    def __init__(self, models: RecordingModels, options: TranscribeOptions, start: float = 0.0) -> None:
        """`start`: the second of the recording with which the sound begins."""
        self.models, self.options = models, options
        self.window = Window(start)
        self.is_over = False
        """Whether no more sound comes."""
        self._settled: list[Word] = []
        """Those of the window."""
        self._unsettled: tuple[Word, ...] = ()
        self._earlier: tuple[tuple[Word, ...], tuple[Word, ...]] = ((), ())
        """What the last two hearings had behind the settled words."""
        self._goes_on = True
        """Whether the model goes on from the settled words; where it then writes nothing, it hears the window anew."""
        self._heard = start
        """Up to which second the model has heard the window."""
        self._looked = start
        self._spoken = 0.0
        """Seconds of speech in windows that are over."""
        self._language: str | None = None

    def add(self, samples: np.ndarray) -> None:
        """The next samples [N] at 16 kHz."""
        self.window.add(samples)

    def finish(self) -> None:
        """No more sound comes: the next step settles all."""
        self.is_over = True

    @property
    def is_due(self) -> bool:
        """Whether there is something to do."""
        return self.is_over or self.window.end - self._looked >= STEP_SECONDS

    def step(self) -> Captions:
        """Hear what has come. Raises TranscriberError."""
        window = self.window
        self._looked = window.end
        if not window.speech:
            return self._idle()
        said_until = window.speech[-1][1]
        is_pause = self.is_over or window.end - said_until >= PAUSE_SECONDS
        if not is_pause or self._heard < min(window.end, said_until + TAIL_SECONDS):
            self._hear(is_pause)
        return self._settle_all(said_until) if is_pause else self._settle_agreed()

    def _idle(self) -> Captions:
        """Nobody speaks, or nobody goes on."""
        self._move(self.window.end - IDLE_SECONDS)
        self._unsettled = ()
        return self._captions(())

    def _hear(self, is_pause: bool) -> None:
        """What the model writes for the window; `self._unsettled` is what of it is new."""
        said = joined(self._settled) if self._goes_on else ""
        result = recognition.draft(self.models, self.window.chunk, self.options, said)
        self._heard, self._language = self.window.end, result.language or self._language
        words = result.words[continuation(self._settled, result.words) :]
        self._agreed = 0 if result.doubtful else max(agreed(earlier, words) for earlier in self._earlier)
        self._earlier = self._unsettled, tuple(words)
        self._unsettled = tuple(words)
        reached = (words or self._settled or [Word("", self.window.start, self.window.start)])[-1].span[1]
        self._goes_on &= self.window.speech[-1][1] - reached <= BEHIND_SECONDS

    def _settle_all(self, said_until: float) -> Captions:
        settled, self._unsettled = self._unsettled, ()
        self._spoken += sum(end - start for start, end in self.window.speech)
        if self._language and self.options.language == AUTO and self._spoken >= ENOUGH_SPEECH_SECONDS:
            self.options = replace(self.options, language=self._language)
        self._move(max(said_until + TAIL_SECONDS, self.window.end - MARGIN_SECONDS))
        return self._captions(settled)

    def _settle_agreed(self) -> Captions:
        settled, self._unsettled = self._unsettled[: self._agreed], self._unsettled[self._agreed :]
        self._settled += settled
        self._earlier = tuple(earlier[len(settled):] for earlier in self._earlier)
        if self.window.seconds >= LONG_SECONDS and (cut := self._cut()):
            self._move(cut)
        return self._captions(settled)

    def _captions(self, settled: Sequence[Word]) -> Captions:
        return Captions(tuple(settled), self._unsettled, self._looked)

    def _cut(self) -> float | None:
        """The second at which the window can be cut: behind a settled word, in the last breath that is long enough."""
        if not self._settled:
            return self.window.end - LONG_SECONDS if self.window.seconds >= LONGEST_SECONDS else None
        settled_until = self._settled[-1].span[1]
        breaths = [span for span in self._breaths() if span[1] <= settled_until + BREATH_SECONDS]
        if breaths:
            return sum(breaths[-1]) / 2
        return settled_until if self.window.seconds >= LONGEST_SECONDS else None

    def _breaths(self) -> list[Span]:
        """(start, end) of the silences between stretches of speech."""
        speech = self.window.speech
        between = [(end, start) for (_, end), (start, _) in zip(speech, speech[1:])]
        return [(start, end) for start, end in between if end - start >= BREATH_SECONDS]

    def _move(self, start: float) -> None:
        """Begin a window at this second, of which the settled words before it are no part."""
        before = self.window.start
        self.window.move(start)
        self._goes_on |= self.window.start > before
        self._settled = [word for word in self._settled if word.middle >= self.window.start]
