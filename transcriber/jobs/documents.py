"""Transcripts as the page shows and changes them: edited, undone, redone, and what of it is new to the page."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from transcriber import vocabulary
from transcriber.errors import EditConflictError, StorageError, UnsupportedOptionError
from transcriber.jobs import doubts, edits, offers
from transcriber.jobs.edits import replacing
from transcriber.jobs.edits.edited import known
from transcriber.jobs.edits.log import TIMES, Edit, History, Target
from transcriber.jobs.results import Results
from transcriber.jobs.rows import Row, alike, rows
from transcriber.jobs.store import Job
from transcriber.readable import json_text
from transcriber.transcript import Diarization, Mark, Segment, Transcript, Word, joined

KEPT = 4
"""Transcripts of which the rows are kept."""
MAX_PREVIEWED = 200
"""Places that a preview shows."""
NOTHING = "there is no such transcript"


@dataclass(frozen=True)
class Document:
    """A transcript as it is after some edits, as the page shows it."""

    number: int
    """Of the transcript; 0 of an unfinished one."""
    transcript: Transcript
    history: History
    rows: tuple[Row, ...]
    """Its segments."""
    diarization: dict[str, Any] | None
    """Who spoke when, with suggestions only of people whose voices are still remembered."""
    first_rows: tuple[Row, ...]
    """As they were at this revision before more times of words became known: a page may still show them."""

    @cached_property
    def state(self) -> dict[str, Any]:
        """What the page shows besides the segments; as plain lists, strings and numbers."""
        transcript, history = self.transcript, self.history
        return {
            "number": self.number,
            "revision": history.revision,
            "can_undo": bool(known(history.standing)),
            "can_redo": bool(known(history.undone)),
            "edits": transcript.edits,
            "edited_at": transcript.edited_at,
            "marks": [_mark(transcript, mark) for mark in transcript.marks],
            "checks": [asdict(check) for check in doubts.checks(transcript, self._doubtful())],
            "diarization": self.diarization,
        }

    def segments(self, first: int = 0, end: int | None = None) -> str:
        """As a list in JSON."""
        return f"[{', '.join(row.text for row in self.rows[first:end])}]"

    def _doubtful(self) -> Iterator[tuple[int, Segment, Word]]:
        """Words with their numbers and segments."""
        begin = 0
        for row in self.rows:
            for at in row.doubtful:
                yield begin + at, row.segment, row.segment.words[at]
            begin += len(row.segment.words)


@dataclass(frozen=True)
class Change:
    """What an edit, an undo or a redo did."""

    before: Document
    after: Document
    edit: Edit | None = None
    """None where nothing was to be changed, and of an undo."""
    offer: tuple[str, ...] = ()
    """Terms that the user may want in the vocabulary."""

    @property
    def answer(self) -> str:
        """As JSON: Document.state, with the segments that are others now."""
        old, new = self.before.first_rows, self.after.rows
        first, behind = alike(old, new)
        segments = self.after.segments(first, len(new) - behind)
        splice = f'{{"first": {first}, "removed": {len(old) - first - behind}, "segments": {segments}}}'
        state = json_text({**self.after.state, "offer": list(self.offer)})
        return f'{state[:-1]}, "splice": {splice}}}'


class Documents:
    """Of all jobs. Every method may be called from any thread; all may raise StorageError, and UnsupportedOptionError
    for what cannot be done. Those that change a transcript leave its files to be written again."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self._lock = threading.RLock()
        self._kept: dict[Target, Document] = {}

    def get(self, job: Job, number: int | None = None) -> Document:
        """A transcript of the job, with number_of()."""
        with self._lock:
            number = self.results.number_of(job, number)
            if number is None:
                raise UnsupportedOptionError(NOTHING, "wait until the recording is transcribed")
            target = self.results.target(job, number)
            history, transcript = self.results.edits.history(target), self.results.edited(job, number)
            kept = self._kept.pop(target, None)
            diarization = _still_suggested(transcript.diarization, self.results.folder.remembered_voices)
            if kept and kept.transcript.segments is transcript.segments:
                shown = kept.rows
            else:
                shown = rows(transcript, kept.rows if kept else ())
            is_as_it_was = kept and kept.history.revision == history.revision and len(kept.rows) == len(shown)
            first_rows = kept.first_rows if kept and is_as_it_was else shown
            document = Document(number, transcript, history, shown, diarization, first_rows)
            self._kept[target] = document
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
            return document

    def original(self, job: Job, number: int | None = None) -> Document:
        """The same as it was transcribed, without any edit."""
        transcript, number = self.results.original(job, number), self.results.number_of(job, number)
        if transcript is None or number is None:
            raise UnsupportedOptionError(NOTHING, "wait until the recording is transcribed")
        diarization = _still_suggested(transcript.diarization, self.results.folder.remembered_voices)
        shown = rows(transcript)
        return Document(number, transcript, History(), shown, diarization, shown)

    def edit(self, job: Job, number: int | None, revision: int, kind: str, asked: Mapping[str, Any]) -> Change:
        """Change a transcript, if it is at that revision. Raises EditConflictError if it is not."""

        def made(transcript: Transcript) -> tuple[str, dict[str, Any] | None]:
            return kind, edits.make(transcript, kind, asked, lambda other: self._other(job, other))

        return self.change(job, number, made, revision)

    def change(
        self,
        job: Job,
        number: int | None,
        make: Callable[[Transcript], tuple[str, dict[str, Any] | None]],
        revision: int | None = None,
    ) -> Change:
        """Change a transcript by the edit (kind, content) that is made for it; content None: there is nothing to do."""
        with self._lock:
            before = self.get(job, number)
            if revision is not None and revision != before.history.revision:
                raise EditConflictError(
                    "this transcript was changed meanwhile, perhaps in another window", "look at it again, then repeat"
                )
            kind, content = make(before.transcript)
            if content is None:
                return Change(before, before)
            return self._changed(job, before, lambda target: self.results.edits.add(target, kind, content))

    def undo(self, job: Job, number: int | None) -> Change:
        """Take back the last change."""
        with self._lock:
            before = self.get(job, number)
            if not known(before.history.standing):
                raise UnsupportedOptionError("there is nothing to undo")
            return self._changed(job, before, lambda target: self.results.edits.undo(target, edits.KINDS))

    def redo(self, job: Job, number: int | None) -> Change:
        """Bring back the change that was undone last."""
        with self._lock:
            before = self.get(job, number)
            if not known(before.history.undone):
                raise UnsupportedOptionError("there is nothing to redo")
            return self._changed(job, before, lambda target: self.results.edits.redo(target, edits.KINDS))

    def _changed(self, job: Job, before: Document, log: Callable[[Target], object]) -> Change:
        with self.results.database.transaction():
            log(self.results.target(job, before.number))
            if before.number:
                self.results.files.write_again(before.number)
                self.results.versions.choose_first(job.id, before.number)
        after = self.get(job, before.number)
        edit = next((edit for edit in after.history.standing if edit.id == after.history.revision), None)
        return Change(before, after, edit, self._offer(after, edit))

    def preview(self, job: Job, number: int | None, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Where "replace" would replace what: how often, and the first places with the text around them."""
        hits = replacing.preview(self.get(job, number).transcript, edits.request_of("replace", {"with": "", **asked}))
        return {"count": len(hits), "hits": hits[:MAX_PREVIEWED]}

    def refine(self, job: Job, number: int, edit: int, times: Sequence[tuple[float, float]]) -> None:
        """When the new words of an edit are said, (start, end) of each: found later than it was made, and part of it.

        They are in the order of splicing.own_words().
        """
        with self._lock, self.results.database.transaction():
            self.results.edits.add(self.results.target(job, number), TIMES, {"edit": edit, "words": times})
            if number:
                self.results.files.write_again(number)

    def _offer(self, after: Document, edit: Edit | None) -> tuple[str, ...]:
        """Terms that an edit wrote and the vocabulary does not have; none of one that cannot be read."""
        if edit is None:
            return ()
        try:
            known_terms = self._vocabulary()
        except (StorageError, UnsupportedOptionError):
            return ()
        return tuple(offers.terms(after.transcript, edit, known_terms))

    def _vocabulary(self) -> tuple[str, ...]:
        path = self.results.folder.vocabulary
        return vocabulary.read(path) if path.exists() else ()

    def _other(self, job: Job, number: int) -> Transcript:
        transcript = self.results.transcript(job, number)
        if transcript is None:
            raise UnsupportedOptionError(NOTHING, "reload the page")
        return transcript


def _mark(transcript: Transcript, mark: Mark) -> dict[str, Any]:
    """With the words that are said in it."""
    words = (
        word
        for segment in transcript.segments
        if segment.end > mark.start and segment.start < mark.end
        for word in segment.words
        if word.start is None or word.end is None or mark.start <= word.middle < mark.end
    )
    return {**asdict(mark), "text": joined(words)}


def _still_suggested(diarization: Diarization | None, remembered: Path) -> dict[str, Any] | None:
    """Without suggestions of people whose voices are not in the file `remembered` any more."""
    if diarization is None or not any(voice.suggestion for voice in diarization.voices):
        return asdict(diarization) if diarization else None
    from transcriber.speakers.remembered import RememberedVoices

    names: list[str] = []
    with suppress(StorageError):  # one that cannot be read is told where voices are remembered
        names = RememberedVoices(remembered).names()
    voices = (voice if voice.suggestion in names else replace(voice, suggestion="") for voice in diarization.voices)
    return asdict(replace(diarization, voices=tuple(voices)))
