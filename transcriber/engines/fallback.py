"""What is done when memory runs out or a graphics card fails: smaller batches and chunks, and at last the processor.

The steps are taken one after another, and each is noted once a recording. What is transcribed already is kept; the next
recording begins without any of them.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np

from transcriber.audio.quiet_places import quietest
from transcriber.audio.samples import SAMPLE_RATE
from transcriber.engines.library_failures import Failure, failure_of
from transcriber.engines.loading import models_cache
from transcriber.engines.model_cache import release
from transcriber.engines.protocol import Engine, ForcedAligner
from transcriber.errors import EngineCrashError, TranscriberError
from transcriber.joining import chained
from transcriber.models.capabilities import Capabilities
from transcriber.options import TranscribeOptions
from transcriber.transcript import Hypothesis
from transcriber.unexpected import map_error

T = TypeVar("T")

MIN_DIVIDED_SECONDS = 4.0
"""Seconds below which a chunk is not divided again."""
PLAIN_DECODER = "The graphics card's quick decoder failed: the plain one was used."
OTHER_MODELS = "Memory ran out: other models were let go."
SMALLER_BATCHES = "Memory ran out: fewer chunks were transcribed at once."
SMALLER_CHUNKS = "Memory ran out: shorter chunks were transcribed."
PROCESSOR = "The graphics card's memory ran out: the processor went on."
NO_CARD = "The graphics card failed: the processor went on. What it said: {}"

LESS = "close other programs, or choose a smaller model"


@contextmanager
def map_errors() -> Iterator[None]:
    """Raises TranscriberError for all that is raised: EngineCrashError where memory runs out, UnexpectedError for what
    nobody foresaw, so that it ends one recording and not the program."""
    try:
        yield
    except TranscriberError:
        raise
    except (Exception, SystemExit) as error:  # no library ends this program
        is_memory = isinstance(error, Exception) and failure_of(error) is Failure.MEMORY
        raise (_out_of_memory() if is_memory else map_error(error)) from error


def _out_of_memory() -> EngineCrashError:
    return EngineCrashError("the computer ran out of memory", LESS)


@dataclass(frozen=True)
class Piece:
    """Part of one recording of a batch."""

    number: int
    """The recording's place in the batch, from 0."""
    start: float
    """Seconds from the recording's first sample."""
    samples: np.ndarray
    """[N] at 16 kHz."""


class FallbackEngine:
    """An Engine for one recording, around one that is loaded: where that fails, it takes a step and goes on.

    `notes` has the steps that were taken, as sentences.
    """

    def __init__(self, load: Callable[[TranscribeOptions], Engine], options: TranscribeOptions) -> None:
        self.load, self.options = load, options
        self.notes: list[str] = []
        self.batch_limit, self.max_piece_samples = sys.maxsize, sys.maxsize
        self.engine = self._loaded()

    @property
    def device(self) -> str:
        return self.engine.device

    @property
    def compute_type(self) -> str:
        return self.engine.compute_type

    @property
    def max_audio_seconds(self) -> float:
        return self.engine.max_audio_seconds

    @property
    def capabilities(self) -> Capabilities:
        return self.engine.capabilities

    @property
    def batch_size(self) -> int:
        return min(self.engine.batch_size, self.batch_limit)

    @property
    def forced_aligner(self) -> ForcedAligner | None:
        return self.engine.forced_aligner

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        """As Engine.transcribe(). Raises EngineCrashError when no step is left."""
        waiting = deque(Piece(number, 0.0, samples) for number, samples in enumerate(batch))
        hypotheses: list[list[tuple[Piece, Hypothesis]]] = [[] for _ in batch]
        while waiting:
            waiting = deque(part for piece in waiting for part in self._parts(piece))
            group = [waiting[at] for at in range(min(self.batch_size, len(waiting)))]
            work = partial(self.engine.transcribe, [piece.samples for piece in group], options)
            for piece, hypothesis in zip(group, self._try(work, group) or ()):
                hypotheses[piece.number].append((piece, hypothesis))
                waiting.popleft()
        return [_whole(parts) for parts in hypotheses]

    def draft(self, samples: np.ndarray, options: TranscribeOptions, said: str = "") -> Hypothesis:
        """As Engine.draft(); where that fails, it is transcribed. Raises EngineCrashError when no step is left."""
        drafted = self._try(partial(self.engine.draft, samples, options, said), [Piece(0, 0.0, samples)])
        return self.transcribe([samples], options)[0] if drafted is None else drafted

    def notices(self, options: TranscribeOptions) -> list[str]:
        return self.engine.notices(options)

    def use_plain_decoder(self) -> bool:
        return self.engine.use_plain_decoder()

    def _loaded(self) -> Engine:
        while True:
            if engine := self._try(lambda: self.load(self.options), []):
                return engine

    def _try(self, work: Callable[[], T], group: list[Piece]) -> T | None:
        """What `work` gives; or None, after a step was taken for its failure."""
        try:
            return work()
        except Exception as error:
            failure, text = failure_of(error), str(error)
            if failure is None:
                raise
        # The exception is gone here, and with it what its frames held of the memory.
        release()
        self._step(failure, text, group)
        return None

    def _step(self, failure: Failure, text: str, group: list[Piece]) -> None:
        """Take the next step against a failure. Raises EngineCrashError when there is none left.

        `group`: what was being transcribed; empty while the engine is loaded.
        """
        is_memory = failure is Failure.MEMORY
        device = self.engine.device if group else self.options.device
        if failure is Failure.GRAPHS and group and self.use_plain_decoder():
            self._note(PLAIN_DECODER)
        elif is_memory and not group and models_cache.forget_all():
            self._note(OTHER_MODELS)
        elif is_memory and len(group) > 1:
            self.batch_limit = len(group) // 2
            self._note(SMALLER_BATCHES)
        elif is_memory and group and len(group[0].samples) > MIN_DIVIDED_SECONDS * SAMPLE_RATE:
            self.max_piece_samples = len(group[0].samples) // 2 + 1
            self._note(SMALLER_CHUNKS)
        elif device != "cpu":
            self._note(PROCESSOR if is_memory else NO_CARD.format(text.strip().splitlines()[0]))
            self.options = replace(self.options, device="cpu", compute_type="auto")
            self.batch_limit, self.max_piece_samples = sys.maxsize, sys.maxsize
            if group:
                self.engine = self._loaded()
        else:
            raise _out_of_memory() if is_memory else EngineCrashError(f"the model failed ({text.strip()})", LESS)

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _parts(self, piece: Piece) -> list[Piece]:
        """A piece as it is, or cut into halves where it is quiet."""
        if len(piece.samples) <= self.max_piece_samples:
            return [piece]
        cut = quietest(piece.samples, 0.4, 0.6)
        halves = (
            replace(piece, samples=piece.samples[:cut]),
            replace(piece, samples=piece.samples[cut:], start=piece.start + cut / SAMPLE_RATE),
        )
        return [part for half in halves for part in self._parts(half)]


def _whole(parts: list[tuple[Piece, Hypothesis]]) -> Hypothesis:
    """The hypothesis of a recording that was transcribed in pieces."""
    hypotheses = [hypothesis.later(piece.start) for piece, hypothesis in parts]
    words = chained(hypothesis.words for hypothesis in hypotheses)
    language = next((hypothesis.language for hypothesis in hypotheses if hypothesis.language), None)
    return Hypothesis(tuple(words), language, tuple(span for hypothesis in hypotheses for span in hypothesis.doubtful))
