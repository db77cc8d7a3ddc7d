"""Gives waiting jobs to the engine, and what the engine tells of them to the job store.

What cannot be stored at the moment, because another program holds the database or the disk is full, is tried again
until it can be: no job is forgotten for it. What keeps one job from being worked at ends this job alone.

One long recording is worked at a time, and beside it some short ones, which the engine lets overtake and, where the
same is asked for all of them, transcribes together.
"""

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from transcriber.errors import EngineCrashError, StorageError, UnknownModelError
from transcriber.jobs.backlog import Backlog, later
from transcriber.jobs.basis import basis_of
from transcriber.jobs.bin import Bin
from transcriber.jobs.documents import Documents
from transcriber.jobs.edit_times import EditTimes
from transcriber.jobs.part_runs import PartRuns
from transcriber.jobs.results import Results
from transcriber.jobs.search.index import Index
from transcriber.jobs.store import Job, Jobs
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.unexpected import map_and_log_error
from transcriber.worker.blame import Blame
from transcriber.worker.client import EngineClient
from transcriber.worker.protocol import Cancelled, End, Event, Failed, Probed, Progress, Started, Transcribed
from transcriber.worker.scheduling import LONG, PROBE, SHORT, WARM_UP

TOGETHER = 8
"""Short recordings that the engine has at once."""
QUIET_SECONDS = 2.0
"""After the last edit, before the files of a transcript are written again."""


@dataclass
class Run:
    """A job that the engine has."""

    priority: int
    options: TranscribeOptions
    backlog: Backlog
    """What the engine told of it."""
    number: int = 0
    """The engine's request."""
    is_stopping: bool = False
    goes_on: bool = False
    """Whether it waits again once it has stopped: it was removed and restored meanwhile."""
    began: float | None = None
    """time.monotonic() when the model was loaded and the first batch could start."""
    first: float = 0.0
    """Seconds of the recording that were transcribed before."""
    problem: str = ""
    """Why it is stopped, where nobody asked for that."""


class Dispatcher:
    """Every method may be called from any thread."""

    def __init__(self, jobs: Jobs, results: Results, engine: EngineClient, store: ModelStore) -> None:
        self.jobs, self.results, self.engine, self.store = jobs, results, engine, store
        self.documents = Documents(results)
        self.index = Index(jobs, results)
        self.bin = Bin(jobs, self._read_jobs, self.index.forget_deleted)
        self.started_at = time.time_ns()
        self.loading = ""
        """The title of the model that is loaded before anybody asked for it."""
        self._runs: dict[str, Run] = {}
        self.stops = 0
        """Runs that were cancelled since the start of the program."""
        self._edits = 0
        self._suspects: set[str] = set()
        """Jobs with several of which the engine died: each of them goes alone from now on."""
        self._lock = threading.RLock()
        self.parts = PartRuns(jobs, results, engine, store)
        self._backlog, self._files = Backlog(self._lock, jobs.folder.path), Backlog(self._lock, jobs.folder.path)
        self.edit_times = EditTimes(engine, self.documents, self._backlog, self.write_files_soon)

    @property
    def problem(self) -> str:
        """Why something cannot be stored at the moment; a sentence for the user."""
        runs = list(self._runs.values())
        known = [
            self._backlog.problem,
            self._files.problem,
            self.parts.problem,
            *(run.problem or run.backlog.problem for run in runs),
        ]
        return next(filter(None, known), "")

    def start(self, usual: TranscribeOptions) -> None:
        """Go on where the last run of the program ended, and load the model that will be needed first."""
        self.write_files()
        self._backlog.do(partial(self._start, usual))
        self.bin.purge_daily()
        self.parts.start()
        self.index.wake()

    def _start(self, usual: TranscribeOptions) -> None:
        waiting = self.jobs.in_state("queued")
        for job in (*waiting, *self.jobs.in_state("ready")):
            if job.duration is None:
                self._probe(job)
        wanted = [job.options for job in waiting if job.options]
        first = (*wanted, usual)[0]
        with suppress(UnknownModelError):
            self.loading = self.store.find(first.model).title
        with suppress(EngineCrashError):  # that is told when somebody asks for something
            self.engine.load(first, WARM_UP, self._loaded)
        self._dispatch()

    def _loaded(self, event: Event) -> None:
        """Or not: what went wrong goes wrong again, and is told, when somebody asks for this model."""
        self.loading = ""

    def complete(self, job: Job) -> None:
        """A recording has arrived: look what it is, and transcribe it if that was asked for."""
        with self._now(job) as now:
            if now and now.state in ("receiving", "ready"):
                self.jobs.update(job.id, state="queued" if now.options else "ready")
                self._probe(now)
                self._dispatch()

    def complete_silent(self, identity: str) -> None:
        """Of a recording that was arriving no more will come; as soon as that can be stored."""
        self._backlog.do(partial(self._complete_silent, identity))

    def _complete_silent(self, identity: str) -> None:
        if (job := self.jobs.get(identity)) and job.state == "receiving":
            self.complete(job)

    def transcribe(self, job: Job, options: TranscribeOptions) -> None:
        """Put a job into the queue, or again; one that is still arriving will be when it is complete."""
        with self._now(job) as now:
            if now and now.state != "queued" and job.id not in self._runs:
                if now.state == "cancelled" and not now.is_complete:
                    self.jobs.update(job.id, state="receiving")  # its page may bring the rest
                self.jobs.enqueue(job.id, options)
                self._dispatch()

    def transcribe_again(self, job: Job, options: TranscribeOptions) -> int | None:
        """Once more. A part of what was or is transcribed already goes beside it; returns its number then."""
        now = self.jobs.get(job.id)
        if now and self._is_part_again(now, options):
            return self.parts.transcribe(now, options)
        self.transcribe(job, options)
        return None

    def _is_part_again(self, job: Job, options: TranscribeOptions) -> bool:
        versions = self.results.versions
        if job.state == "receiving" or options.is_whole:
            return False
        is_gone_on_with = job.options and (job.options.start, job.options.end) == (options.start, options.end)
        return bool(versions.of(job)) or (versions.is_unfinished(job) and not is_gone_on_with)

    def do_first(self, job: Job) -> None:
        """Move a waiting job to the front of the queue."""
        with self._now(job) as now:
            if now and now.state == "queued" and now.options:
                self.jobs.enqueue(job.id, now.options, first=True)

    def cancel(self, job: Job) -> None:
        """Stop after the current batch, and keep what is done; what the engine does not have ends at once."""
        with self._now(job) as now:
            if run := self._runs.get(job.id):
                run.is_stopping, run.goes_on = True, False
                self.stops += 1
                self.engine.cancel(run.number)
            elif now and now.state == "receiving":
                self.jobs.update(job.id, state="cancelled", options=None, finished_at=time.time())
            elif now and now.state in ("ready", "queued", "running"):
                self.jobs.end(job.id, "cancelled")

    def remove(self, jobs: Collection[Job]) -> None:
        """Put jobs into the bin; those that wait or are worked at are cancelled."""
        with self._lock, self.jobs.database.transaction():
            for now in filter(None, (self.jobs.get(job.id) for job in jobs)):
                goes_on = now.id in self._runs or now.state == "queued"
                if goes_on:
                    self.cancel(now)
                self.bin.put(now.id, goes_on)
        for job in jobs:
            self.parts.pause(job.id)

    def restore(self, identities: Collection[str]) -> list[str]:
        """Put jobs back on the list; those that waited or were worked at go on. Returns the ids of those that were in
        the bin."""
        with self._lock, self.jobs.database.transaction():
            restored = self.bin.take(identities)
            for job in restored:
                if job.goes_on and (run := self._runs.get(job.id)):
                    run.goes_on = True
                elif job.goes_on and job.state == "cancelled":
                    self.jobs.update(job.id, state="queued", finished_at=None)
        self._dispatch()
        self.parts.dispatch()
        return [job.id for job in restored]

    def write_files(self) -> None:
        """Those that are still to be written, as soon as that can be."""
        self._files.do(self.results.write_files)

    def write_files_soon(self) -> None:
        """Once nothing has been edited for QUIET_SECONDS; at the next start, if the program ends before."""
        self._edits += 1
        later(QUIET_SECONDS, partial(self._write_files_after, self._edits))

    def _write_files_after(self, count: int) -> None:
        if count == self._edits:
            self.write_files()

    def run_of(self, job: Job) -> Run | None:
        return self._runs.get(job.id)

    def is_loading(self, job: Job) -> bool:
        """Whether it waits for its model and nothing else: what the engine has may wait there for its turn, too."""
        return job.id in self.loading_jobs

    @property
    def loading_jobs(self) -> list[str]:
        """The ids of those for which a model is being loaded; no row changes with it."""
        return [job for job, run in list(self._runs.items()) if run.began is None and self._is_loading(run)]

    def _is_loading(self, run: Run) -> bool:
        return self.engine.is_working_at(run.number) or self.loading == self.store.find(run.options.model).title

    def seconds_left(self, job: Job) -> float | None:
        """Estimated from the pace so far."""
        run, end = self._runs.get(job.id), job.end
        if not (run and run.began and end and job.done > run.first):
            return None
        pace = (time.monotonic() - run.began) / (job.done - run.first)
        return max(0.0, (end - job.done) * pace)

    @contextmanager
    def _now(self, job: Job) -> Iterator[Job | None]:
        """The job as it is now, and stays meanwhile; None if it was removed."""
        with self._lock:
            yield self.jobs.get(job.id)

    def _read_jobs(self) -> set[str]:
        """The ids of those whose recordings the engine reads."""
        return {*self._runs, *self.parts.read_jobs}

    def _probe(self, job: Job) -> None:
        with suppress(EngineCrashError):  # that is told when it is to be transcribed
            self.engine.probe(job.path, PROBE, partial(self._on_probe, job.id))

    def _on_probe(self, identity: str, event: Event) -> None:
        self._backlog.do(partial(self._note_probe, identity, event))

    def _note_probe(self, identity: str, event: Event) -> None:
        job = self.jobs.get(identity)
        if job and isinstance(event, Probed):
            self.jobs.update(identity, duration=event.duration, is_video=int(event.has_video))
        elif job and job.state in ("ready", "queued") and isinstance(event, Failed) and event.blame is Blame.CULPRIT:
            self.jobs.end(identity, "failed", str(event.error))
        self._dispatch()

    def _dispatch(self) -> None:
        self._backlog.do(self._begin_waiting)

    def _begin_waiting(self) -> None:
        """Give the engine the first waiting jobs of each length."""
        full: set[int] = set()
        for job in self.jobs.in_state("queued"):
            if len(full) == 2:
                break
            priority = SHORT if job.is_short else LONG
            if priority not in full and self._has_room(job, priority):
                self._begin(job, priority)
            else:
                full.add(priority)

    def _has_room(self, job: Job, priority: int) -> bool:
        if self._runs and not self._suspects.isdisjoint((job.id, *self._runs)):
            return False
        beside = [run for run in self._runs.values() if run.priority == priority]
        return not beside or (
            priority == SHORT and len(beside) < TOGETHER and all(run.options == job.options for run in beside)
        )

    def _begin(self, job: Job, priority: int) -> None:
        """What keeps this job from being begun ends it. Raises StorageError."""
        try:
            if job.options:
                self._ask(job, job.options, priority)
            else:
                self.jobs.end(job.id, "failed", job.error)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the others have their turn)
            self._runs.pop(job.id, None)
            self._fail(job.id, error)

    def _ask(self, job: Job, options: TranscribeOptions, priority: int) -> None:
        done = self.results.begin(job, basis_of(self.store, job, options))
        self.jobs.update(job.id, state="running", device="")
        run = self._runs[job.id] = Run(priority, options, Backlog(self._lock, self.jobs.folder.path), first=done.done)
        run.number = self.engine.transcribe(job.path, options, priority, partial(self._on_event, job.id), done)

    def _on_event(self, identity: str, event: Event) -> None:
        with self._lock:
            if run := self._runs.get(identity):
                run.backlog.do(partial(self._note, identity, run, event))

    def _note(self, identity: str, run: Run, event: Event) -> None:
        """Raises StorageError where that cannot be stored yet."""
        if isinstance(event, Started | Progress):
            self._note_progress(identity, run, event)
        elif isinstance(event, End):
            self._note_end(identity, run, event)

    def _note_end(self, identity: str, run: Run, event: End) -> None:
        try:
            self._end(identity, run, event)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the job has an end)
            self._fail(identity, error)
        del self._runs[identity]
        self.bin.purge_soon()
        self.write_files()
        self._dispatch()

    def _note_progress(self, identity: str, run: Run, event: Started | Progress) -> None:
        """A chunk that cannot be stored, also not soon, ends the work: nothing may be missing before other chunks."""
        try:
            if isinstance(event, Started):
                run.began = time.monotonic()
                self.results.forget_waveform(identity)
                self.jobs.update(identity, device=event.device)
            # Else it passes over what was transcribed before: not all voices in it were heard, and it is drawn anew.
            elif not run.problem:
                keep = self.results.add_chunk if event.done > run.first else self.results.add_heard
                keep(identity, event)
        except Exception as error:
            if isinstance(error, StorageError) and error.is_temporary:
                raise
            run.problem = str(map_and_log_error(error, self.jobs.folder.path))
            self.engine.cancel(run.number)

    def _end(self, identity: str, run: Run, event: End) -> None:
        match event:
            case Transcribed():
                self.results.finish(identity, event.transcript)
            case Cancelled() if run.goes_on:
                self.jobs.update(identity, state="queued")
            case Cancelled():
                self.jobs.end(identity, "failed" if run.problem else "cancelled", run.problem)
            case Failed(blame=Blame.CULPRIT):
                self.jobs.end(identity, "failed", str(event.error))
            case Failed():  # the engine died over another job, or over one of several
                if event.blame is Blame.SUSPECT:
                    self._suspects.add(identity)
                self.jobs.update(identity, state="queued")

    def _fail(self, identity: str, error: Exception) -> None:
        self.jobs.end(identity, "failed", str(map_and_log_error(error, self.jobs.folder.path)))
