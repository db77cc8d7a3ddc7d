"""When the new words of an edit are spoken: the engine is asked once the edit is made, and what it says becomes part of
the edit (edits/log.py, TIMES).

Until then, and where no model can say it, the words have the times of those in whose place they stand. So it stays too
for an edit in very many places, for many minutes of new words, and for a translation, whose words nobody says.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any

from transcriber.errors import EngineCrashError, TranscriberError
from transcriber.jobs.backlog import Backlog
from transcriber.jobs.documents import Change, Documents
from transcriber.jobs.edits.splicing import Place, Words, own_words
from transcriber.jobs.store import Job
from transcriber.options import TranscribeOptions
from transcriber.transcript import Transcript, Word
from transcriber.word_times.spans import Span
from transcriber.worker.blame import Blame
from transcriber.worker.client import EngineClient
from transcriber.worker.protocol import Aligned, Event, Failed

CONTEXT_SECONDS = 3.0
"""Of words on either side that are aligned with the new ones: in a sentence a model finds words more surely."""
MAX_STRETCHES = 50
MAX_STRETCH_SECONDS = 300.0
LEEWAY_SECONDS = 5.0
"""So far from the words in whose place they stand new ones may be, where nothing is said beside them."""


@dataclass(frozen=True)
class Stretch:
    """New words, and some around them."""

    new: tuple[int, ...]
    """The numbers of the new ones in the transcript."""
    words: tuple[Word, ...]
    """All of them; the new ones have no times."""
    span: Span
    """Seconds between which all of them are."""


@dataclass
class _Asked:
    """What is known of the new words of an edit."""

    job: Job
    number: int
    """The transcript's; 0 of an unfinished one."""
    edit: int
    times: dict[int, Span]
    """By the words' numbers in the transcript; as they are, unless the engine has found better ones."""
    waiting: int
    """Stretches of which the engine has said nothing yet."""
    is_better: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class EditTimes:
    """Every method may be called from any thread."""

    def __init__(
        self, engine: EngineClient, documents: Documents, backlog: Backlog, stored: Callable[[], None]
    ) -> None:
        """`stored` is called when times were stored."""
        self.engine, self.documents, self._backlog, self._stored = engine, documents, backlog, stored

    def find(self, job: Job, change: Change) -> None:
        """Ask when the new words of a change are spoken."""
        transcript = change.after.transcript
        numbers = own_words(_places(change.edit.content)) if change.edit else []
        options = _options(transcript)
        if not (change.edit and numbers and options):
            return
        words = Words(transcript.segments)
        found = list(stretches(words, numbers, transcript.duration))
        if not found or len(found) > MAX_STRETCHES or any(words[number].start is None for number in numbers):
            return
        times = {number: words[number].span for number in numbers}
        asked = _Asked(job, change.after.number, change.edit.id, times, len(found))
        for stretch in found:
            self._ask(options, stretch, asked)

    def _ask(self, options: TranscribeOptions, stretch: Stretch, asked: _Asked) -> None:
        def on_event(event: Event) -> None:
            if isinstance(event, Failed) and event.blame is Blame.NONE:  # it died over something else
                self._ask(options, stretch, asked)
            else:
                self._take(stretch, asked, event)

        with suppress(EngineCrashError):  # it cannot be started: that is told to those who wait for a transcript
            self.engine.align(asked.job.path, stretch.words, stretch.span, options, on_event)

    def _take(self, stretch: Stretch, asked: _Asked, event: Event) -> None:
        with asked.lock:
            if isinstance(event, Aligned):
                better = {number: time for number, time in zip(stretch.new, event.times) if time}
                asked.times |= better
                asked.is_better |= bool(better)
            asked.waiting -= 1
            is_over = not asked.waiting and asked.is_better
        if is_over:
            self._backlog.do(partial(self._store, asked))

    def _store(self, asked: _Asked) -> None:
        times = [asked.times[number] for number in sorted(asked.times)]
        self.documents.refine(asked.job, asked.number, asked.edit, times)
        self._stored()


def stretches(words: Words, numbers: Sequence[int], duration: float) -> Iterator[Stretch]:
    """The new words with these numbers, those that are near one another together. Those where words without times are
    around, or that nobody can find, are left out."""
    ends = [at for at, (one, other) in enumerate(pairwise(numbers), start=1) if not _are_near(words[one], words[other])]
    for begin, end in pairwise((0, *ends, len(numbers))):
        new = numbers[begin:end]
        if any(words[number].start is None for number in new):
            continue
        first, last = _reach(words, new[0], -1), _reach(words, new[-1], 1)
        around = range(first, last + 1)
        if any(words[number].start is None for number in around):
            continue
        span = _edge(words, first, -1, 0.0), _edge(words, last, 1, duration)
        if 0 < span[1] - span[0] <= MAX_STRETCH_SECONDS:
            is_new = set(new)
            texts = (Word(words[number].text) for number in around)
            known = (Word(words[number].text, *words[number].span) for number in around)
            yield Stretch(
                tuple(new), tuple(a if n in is_new else b for n, a, b in zip(around, texts, known, strict=True)), span
            )


def _are_near(one: Word, other: Word) -> bool:
    """Whether what is around two new words is the same."""
    return one.start is None or other.start is None or other.span[0] - one.span[1] <= 2 * CONTEXT_SECONDS


def _reach(words: Words, number: int, step: int) -> int:
    """The number of the last word before a new one (`step` −1) or behind it (1) that is to be aligned with it."""
    at, side = number, 0 if step < 0 else 1
    while (word := words.get(at + step)) and word.start is not None:
        if step * (word.span[side] - words[number].span[side]) > CONTEXT_SECONDS:
            break
        at += step
    return at


def _edge(words: Words, reached: int, step: int, limit: float) -> float:
    """The second at which a stretch begins or ends whose first or last word is `reached`, in a recording from or to
    `limit`; words that are new may reach on into the silence there."""
    side = 0 if step < 0 else 1
    own, beside = words[reached].span[side], words.get(reached + step)
    nearest = limit if beside is None or beside.start is None else beside.span[1 - side]
    if step < 0:
        return min(own, max(nearest, own - LEEWAY_SECONDS))
    return max(own, min(nearest, own + LEEWAY_SECONDS))


def _places(content: Mapping[str, Any]) -> Sequence[Place]:
    """In which an edit puts words; none of one that puts none."""
    return content.get("places", [content] if "words" in content else [])


def _options(transcript: Transcript) -> TranscribeOptions | None:
    """Of its transcription; None where its words are no one's."""
    fields: dict[str, Any] = {**transcript.options, "model": transcript.model}
    try:
        options = TranscribeOptions(**{**fields, "language": transcript.language or fields.get("language", "auto")})
    except (TranscriberError, TypeError, ValueError):  # of another version of this program
        return None
    return None if options.translate_to not in ("", options.language) else options
