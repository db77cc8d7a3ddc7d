"""Gives parts that are to be transcribed again to the engine, beside the jobs: one short and one long part at a time.

Nothing of the recording's job is changed by it: a finished part is one version more. Interrupted ones go on when the
program starts again; those of a recording in the bin wait until it is restored.
"""

import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from transcriber.errors import StorageError
from transcriber.jobs.backlog import Backlog
from transcriber.jobs.basis import basis_of
from transcriber.jobs.parts import Part, Parts
from transcriber.jobs.results import Results
from transcriber.jobs.store import Job, Jobs
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.pipeline.resume_state import ResumeState
from transcriber.unexpected import map_and_log_error
from transcriber.worker.blame import Blame
from transcriber.worker.client import EngineClient
from transcriber.worker.protocol import Cancelled, End, Event, Failed, Progress, Transcribed
from transcriber.worker.scheduling import LONG, SHORT, is_short


@dataclass
class PartRun:
    """A part that the engine has."""

    part: Part
    priority: int
    so_far: ResumeState
    request: int = 0
    """The engine's number of it."""
    goes_on: bool = False
    """Whether it waits again once it has stopped."""
    problem: str = ""
    """Why it is stopped, where nobody asked for that."""


class PartRuns:
    """Every method may be called from any thread."""

    def __init__(self, jobs: Jobs, results: Results, engine: EngineClient, store: ModelStore) -> None:
        self.jobs, self.results, self.engine, self.store = jobs, results, engine, store
        self.parts = Parts(jobs.database)
        self._runs: dict[int, PartRun] = {}
        self._lock = threading.RLock()
        self._backlog = Backlog(self._lock, jobs.folder.path)

    @property
    def problem(self) -> str:
        """Why something of them cannot be stored at the moment; a sentence for the user."""
        return self._backlog.problem

    @property
    def read_jobs(self) -> set[str]:
        """The ids of those whose recordings the engine reads."""
        return {run.part.job for run in list(self._runs.values())}

    def start(self) -> None:
        """Go on where the last run of the program ended."""
        self._backlog.do(self.parts.recover)
        self.dispatch()

    def transcribe(self, job: Job, options: TranscribeOptions) -> int:
        """The part that `options` name; in place of one that failed, where it is the same. Returns its number."""
        with self._lock:
            for part in self.parts.of(job.id):
                if part.state == "failed" and part.options and _span(part.options) == _span(options):
                    self.parts.delete(part.id)
            number = self.parts.add(job.id, options).id
            self.dispatch()
        return number

    def cancel(self, number: int) -> None:
        """Forget one that waits or failed; one that is worked at stops after its batch, and what it has is kept."""
        with self._lock:
            if run := self._runs.get(number):
                run.goes_on = False
                self.engine.cancel(run.request)
            else:
                self.parts.delete(number)

    def pause(self, job: str) -> None:
        """Stop those of a recording that is taken off the list; they wait until it is restored."""
        with self._lock:
            for run in self._runs.values():
                if run.part.job == job:
                    run.goes_on = True
                    self.engine.cancel(run.request)

    def dispatch(self) -> None:
        """Give the engine those whose turn it is."""
        self._backlog.do(self._begin_waiting)

    def of(self, job: Job) -> list[dict[str, Any]]:
        """Those of a recording, as the page shows them."""
        return [self.shown(job, part) for part in self.parts.of(job.id)]

    def shown(self, job: Job, part: Part) -> dict[str, Any]:
        """One of that recording, as the page shows it."""
        start, end = _span(part.options) if part.options else (0.0, None)
        end, run = job.duration if end is None else end, self._runs.get(part.id)
        done = run.so_far.done if run else 0.0
        return {
            "id": part.id,
            "start": start,
            "end": end,
            "model": part.options.model if part.options else "",
            "state": part.state,
            "error": part.error,
            "progress": max(0.0, min(1.0, (done - start) / (end - start))) if end and end > start else None,
        }

    def _begin_waiting(self) -> None:
        """The first waiting ones of each length."""
        busy = {run.priority for run in self._runs.values()}
        for part in self.parts.waiting():
            job = self.jobs.get(part.job)
            if job is None:
                continue
            seconds = part.options.seconds_of(job.duration) if part.options else 0.0
            priority = SHORT if is_short(seconds, job.arrived) else LONG
            if priority not in busy and self._begin(part, job, priority):
                busy.add(priority)

    def _begin(self, part: Part, job: Job, priority: int) -> bool:
        """Whether the engine has it now; what keeps it from being begun ends it. Raises StorageError."""
        try:
            if part.options is None:
                self.parts.update(part.id, state="failed", error="what was asked for cannot be read; ask anew")
                return False
            so_far = self.parts.begin(part, basis_of(self.store, job, part.options))
            run = self._runs[part.id] = PartRun(part, priority, so_far)
            run.request = self.engine.transcribe(
                job.path, part.options, priority, partial(self._on_event, part.id), so_far
            )
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the others have their turn)
            self._runs.pop(part.id, None)
            self._fail(part.id, str(map_and_log_error(error, self.jobs.folder.path)))
            return False
        return True

    def _on_event(self, number: int, event: Event) -> None:
        self._backlog.do(partial(self._note, number, event))

    def _note(self, number: int, event: Event) -> None:
        """Raises StorageError where that cannot be stored yet."""
        run = self._runs.get(number)
        if run is None:
            return
        if isinstance(event, Progress):
            self._note_progress(run, event)
        elif isinstance(event, End):
            try:
                self._end(run, event)
            except StorageError:
                raise
            except Exception as error:  # noqa: BLE001  (whatever it is, the part has an end)
                self._fail(number, str(map_and_log_error(error, self.jobs.folder.path)))
            del self._runs[number]
            self.dispatch()

    def _note_progress(self, run: PartRun, progress: Progress) -> None:
        run.so_far = _grown(run.so_far, progress)
        try:
            self.parts.keep(run.part.id, run.so_far)
        except StorageError as error:
            if error.is_temporary:
                return  # it is kept with the next batch
            run.problem = str(error)
            self.engine.cancel(run.request)

    def _end(self, run: PartRun, event: End) -> None:
        part = self.parts.get(run.part.id)  # as it is now: with its basis
        if part is None:
            return  # its recording was deleted
        match event:
            case Transcribed():
                self.results.finish_part(part, event.transcript, run.so_far.voices)
            case Cancelled() if run.goes_on or run.problem:
                state = "queued" if run.goes_on else "failed"
                self.parts.update(part.id, state=state, error=run.problem)
            case Cancelled():
                self.results.keep_part(part, run.so_far)
            case Failed(blame=Blame.NONE):  # the engine died over something else
                self.parts.update(part.id, state="queued")
            case Failed():
                self._fail(part.id, str(event.error))

    def _fail(self, number: int, why: str) -> None:
        self.parts.update(number, state="failed", error=why)


def _span(options: TranscribeOptions) -> tuple[float, float | None]:
    return options.start, options.end


def _grown(so_far: ResumeState, progress: Progress) -> ResumeState:
    """With what is new; voices alone where it passes over what was transcribed before."""
    voices = so_far.voices + progress.voices
    if progress.done <= so_far.done:
        return replace(so_far, voices=voices)
    segments = (*so_far.segments, *progress.segments)
    return ResumeState(segments, progress.done, progress.elapsed, progress.carried, voices)
