"""One recording that is still going on: sound in, words out, of which those that are settled stay.

The model hears a window again and again as it grows. What two hearings of three write alike is settled, and all that
was said before a pause (agreement.py). Behind a pause a new window begins; in speech without one, behind words that are
settled. Where nobody speaks, no model is asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from transcriber.audio.samples import SAMPLE_RATE
from transcriber.languages import AUTO
from transcriber.live.agreement import agreed, continuation
from transcriber.live.captions import PAUSE_SECONDS, Captions
from transcriber.live.rough_times import with_times
from transcriber.live.window import Window
from transcriber.options import TranscribeOptions
from transcriber.pipeline import recognition
from transcriber.pipeline.recording_models import RecordingModels
from transcriber.transcript import Word, joined
from transcriber.word_times.spans import Span, total_length

STEP_SECONDS = 0.4
"""Of new sound before the window is heard again."""
MOST_SECONDS = 4.0
"""Of it at once, where more has come."""
TAIL_SECONDS = 0.2
"""Behind the last speech that must have been heard with it."""
MARGIN_SECONDS = 0.3
"""Before speech with which a window begins."""
IDLE_SECONDS = 2.0
"""Of a window in which nobody speaks: a voice that begins softly is in it."""
LONGEST_SECONDS = 24.0
"""Of a window, or what the model takes at once where that is less: then it is cut between any two settled words, and
from half of it on where somebody breathes."""
BREATH_SECONDS = 0.15
BEHIND_SECONDS = 1.5
"""Of speech behind the last word that was written: the model has lost its way."""
ENOUGH_SPEECH_SECONDS = 5.0
"""After which the language that was heard is kept."""


class CaptionSession:
    """add() the sound as it comes, and step() whenever it is_due, until all of it is_settled."""

    models: RecordingModels
    """From the first step on."""

    def __init__(
        self,
        load: Callable[[], RecordingModels],
        options: TranscribeOptions,
        start: float = 0.0,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        """`load` is called by the first step; `start`: the second of the recording with which the sound begins;
        `pause`: seconds of silence after which what was said is over."""
        self._load, self.options, self.pause = load, options, pause
        self._window = Window(start)
        self._waiting: list[np.ndarray] = []
        """Sound that has come and is not in the window yet."""
        self._is_last = self.is_settled = False
        self._settled: list[Word] = []
        """Those of the window."""
        self._hearings: tuple[tuple[Word, ...], ...] = ((), ())
        """What the model wrote behind the settled words, at the last times that it heard the window."""
        self._agreed = 0
        """With how many words of the last one another one begins."""
        self._heard = start
        """Up to which second the model has heard the window."""
        self._is_behind = False
        """Whether more of the window is to be heard, behind a pause or what was too long."""
        self._goes_on = True
        """Whether the model goes on from the settled words; where that leads nowhere, it hears the window anew."""
        self._spoken = 0.0
        """Seconds of speech in windows that are over."""
        self._began: float | None = None
        """The second at which somebody began to speak who has made no pause since."""
        self._ended: float | None = None
        self._language: str | None = None

    def add(self, samples: np.ndarray) -> None:
        """The next samples [N] at 16 kHz."""
        self._waiting.append(samples)

    def finish(self) -> None:
        """No more sound comes."""
        self._is_last = True

    @property
    def is_due(self) -> bool:
        """Whether there is something to do."""
        is_enough = self._is_behind or sum(map(len, self._waiting)) >= STEP_SECONDS * SAMPLE_RATE
        return is_enough or self._is_last or not hasattr(self, "models")

    def step(self) -> Captions:
        """Load the models, or hear what has come. Raises TranscriberError."""
        if self._ended is not None:
            self._began = self._ended = None
        if hasattr(self, "models"):
            self._take_in()
            is_end = self._is_last and not self._waiting
            settled = self._settle(is_end) if self._window.speech else self._rest()
            self.is_settled = is_end and not self._hearings[-1] and not self._window.speech
        else:
            settled, self.models = (), self._load()
        return Captions(
            settled=tuple(settled),
            unsettled=self._hearings[-1],
            end=self._window.end,
            start=self._window.start,
            began=self._began,
            ended=self._ended,
            language=self._language,
        )

    def _take_in(self) -> None:
        """What has come, but no more at once than can be settled as quickly as otherwise."""
        count = round((self._window.end - max(self._heard, self._window.start)) * SAMPLE_RATE)
        while self._waiting and count < MOST_SECONDS * SAMPLE_RATE:
            samples = self._waiting.pop(0)
            count += len(samples)
            self._window.add(samples)

    @property
    def _longest(self) -> float:
        return min(LONGEST_SECONDS, self.models.max_chunk_seconds)

    def _rest(self) -> tuple[Word, ...]:
        """Nobody speaks."""
        if self._began is not None:  # what sounded like a voice is none
            self._ended = max(self._began, self._window.start)
        self._is_behind = False
        self._move(self._window.end - IDLE_SECONDS)
        self._hearings = ((), ())
        return ()

    def _settle(self, is_end: bool) -> Sequence[Word]:
        """Hear the window, where it has something new; the words that are settled now."""
        window, (said_until, until) = self._window, self._said()
        self._began = window.speech[0][0] if self._began is None else self._began
        is_late = until - window.start > self._longest
        is_over = not is_late and (is_end or until - said_until >= self.pause)
        if not is_over or not min(until, said_until + TAIL_SECONDS) <= self._heard <= until:
            self._hear(until)
        self._is_behind = is_late or (is_over and until < window.end)
        if is_late:
            return self._settle_beginning()
        return self._settle_all(said_until, until) if is_over else self._settle_agreed()

    def _said(self) -> Span:
        """The second at which what is said now was over, and that up to which nothing else was said: more than one
        thing may have come since the last step."""
        settled_until = self._settled[-1].span[1] if self._settled else 0.0
        for (_, said_until), (start, _) in pairwise(self._window.speech):
            if start - said_until >= self.pause and start >= settled_until:
                return said_until, start
        return self._window.speech[-1][1], self._window.end

    def _hear(self, until: float) -> None:
        """What the model writes for the window now, up to a second of the recording."""
        chunk = self._window.chunk(min(self._longest, until - self._window.start))
        said = joined(self._settled) if self._goes_on else ""
        result = recognition.draft(self.models, chunk, self.options, said)
        self._heard, self._language = chunk.end, result.language or self._language
        written = with_times(result.words, chunk.spans)
        words = tuple(written[continuation(self._settled, written) :])
        self._agreed = 0 if result.doubtful else max(agreed(earlier, words) for earlier in self._hearings)
        self._hearings = self._hearings[-1], words
        reached = max([chunk.start, *(word.span[1] for word in (*self._settled[-1:], *words[-1:]))])
        self._goes_on &= not chunk.spans or chunk.spans[-1][1] - reached <= BEHIND_SECONDS

    def _settle_all(self, said_until: float, until: float) -> Sequence[Word]:
        """What was said before a pause, which lasts until another second or has not ended yet."""
        settled, self._hearings = self._take(len(self._hearings[-1])), ((), ())
        self._ended = said_until
        self._spoken += total_length([span for span in self._window.speech if span[1] <= said_until])
        if self._language and self.options.language == AUTO and self._spoken >= ENOUGH_SPEECH_SECONDS:
            self.options = replace(self.options, language=self._language)
        self._move(min(until, max(said_until + TAIL_SECONDS, until - MARGIN_SECONDS)))
        return settled

    def _settle_agreed(self) -> Sequence[Word]:
        settled = self._take(self._agreed)
        if self._window.seconds >= self._longest / 2 and (breath := self._last_breath()):
            self._move(breath)
        return settled

    def _settle_beginning(self) -> Sequence[Word]:
        """More sound has come than the model takes at once: its words stay, but for the last, which may be cut off."""
        settled = self._take(max(0, len(self._hearings[-1]) - 1))
        cut = self._settled[-1].span[1] if self._settled else self._heard
        self._move(max(cut, self._heard - self._longest / 2))
        return settled

    def _take(self, count: int) -> Sequence[Word]:
        """So many words of the last hearing, which are settled now."""
        settled = self._hearings[-1][:count]
        self._settled += settled
        self._hearings = tuple(hearing[count:] for hearing in self._hearings)
        return settled

    def _last_breath(self) -> float | None:
        """The middle of the last silence before the end of the settled words."""
        settled_until = self._settled[-1].span[1] if self._settled else 0.0
        speech = self._window.speech
        silences = [(end, start) for (_, end), (start, _) in pairwise(speech)]
        breaths = [sum(span) / 2 for span in silences if _is_breath(span) and span[1] <= settled_until + BREATH_SECONDS]
        return breaths[-1] if breaths else None

    def _move(self, start: float) -> None:
        """Begin a window at this second, of which the settled words before it are no part."""
        before = self._window.start
        self._window.move(start)
        self._goes_on |= self._window.start > before
        self._settled = [word for word in self._settled if word.middle >= self._window.start]


def _is_breath(silence: Span) -> bool:
    return silence[1] - silence[0] >= BREATH_SECONDS
