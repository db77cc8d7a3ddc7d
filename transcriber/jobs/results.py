"""What transcribing gives: finished chunks, from which an interrupted job goes on; and transcripts, which never change:
what the user changes in them is applied when they are read."""

import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.edits.edited import EditedTranscripts
from transcriber.jobs.edits.log import Edits, Target
from transcriber.jobs.parts import Part
from transcriber.jobs.saved_files import SavedFiles
from transcriber.jobs.settings import Settings
from transcriber.jobs.speeds import Speeds
from transcriber.jobs.store import Job, Jobs
from transcriber.jobs.versions import UNFINISHED_NUMBER, Versions
from transcriber.pipeline.events import Progress
from transcriber.pipeline.resume_state import ChunkState, ResumeState, chunk_state_from_dict
from transcriber.segmentation import segments
from transcriber.transcript import Segment, Transcript
from transcriber.transcript_json import from_dict, segments_from_dicts, upgraded

UNFINISHED = "Not finished: this is how far it came."


class Results:
    """Of all jobs. Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, database: Database, folder: DataFolder, jobs: Jobs) -> None:
        self.database, self.folder, self.jobs = database, folder, jobs
        self.settings, self.edits, self.versions = Settings(database), Edits(database), Versions(database)
        self.files = SavedFiles(database, folder, self.settings, self._edited)
        self.speeds = Speeds(database)
        self._kept = EditedTranscripts()

    def begin(self, job: Job, basis: str) -> ResumeState:
        """What there is already, made with and of the same; anything else is kept as a transcript of its own."""
        try:
            finished, carried = self._finished_chunks(job)
            if job.basis == basis:
                return ResumeState(finished, job.done, job.elapsed, carried, self.voices(job))
            unfinished = self._unfinished(job) if self.versions.has_chunks(job) else None
        except (ValueError, TypeError, KeyError):  # its rows are damaged: all of it is transcribed again
            unfinished = None
        with self.database.transaction() as transaction:
            if unfinished:
                self._take_edits(job.id, self._keep(job.id, unfinished))
            self.edits.forget(job.id)
            transaction.execute("DELETE FROM chunks WHERE job = ?", (job.id,))
            transaction.execute("DELETE FROM voices WHERE job = ? AND transcript IS NULL", (job.id,))
            self.jobs.update(job.id, basis=basis, done=0.0, elapsed=0.0, carried="{}")
        self._kept.forget(job.id)
        return ResumeState()

    def add_chunk(self, identity: str, progress: Progress) -> None:
        """What is new with a finished batch."""
        with self.database.transaction() as transaction:
            transaction.execute(
                "INSERT INTO chunks (job, first, count, segments) VALUES "
                "(?1, (SELECT coalesce(sum(count), 0) FROM chunks WHERE job = ?1), ?2, ?3)",
                (identity, len(progress.segments), _json(progress.segments)),
            )
            self.add_heard(identity, progress)
            transaction.execute(
                "UPDATE jobs SET done = ?, elapsed = ?, duration = coalesce(duration, ?), carried = ? WHERE id = ?",
                (progress.done, progress.elapsed, progress.duration, _json(progress.carried), identity),
            )

    def add_heard(self, identity: str, progress: Progress) -> None:
        """What is new of the waveform and of the speakers' voices."""
        with self.database.transaction() as transaction:
            transaction.execute("INSERT INTO waveforms (job, peaks) VALUES (?, ?)", (identity, progress.peaks))
            if progress.voices:
                transaction.execute("INSERT INTO voices (job, heard) VALUES (?, ?)", (identity, progress.voices))

    def voices(self, job: Job, number: int | None = None) -> bytes:
        """What was heard of the speakers' voices for the transcript with that number, or for the unfinished one."""
        statement = "SELECT heard FROM voices WHERE job = ? AND transcript IS ? ORDER BY id"
        return b"".join(row["heard"] for row in self.database.rows(statement, job.id, number))

    def chunks(self, job: Job, start: int = 0) -> list[dict[str, Any]]:
        """What an unfinished transcription has, from segment number `start` on."""
        rows = self.database.rows(
            "SELECT first, segments FROM chunks WHERE job = ? AND first + count > ? ORDER BY id", job.id, start
        )
        return upgraded(
            segment for row in rows for segment in json.loads(row["segments"])[max(0, start - row["first"]) :]
        )

    def tail(self, job: Job) -> list[dict[str, Any]]:
        """The segments of the words behind these, which what is said next might have changed."""
        return [asdict(segment) for segment in self._tail(job)]

    def _tail(self, job: Job) -> tuple[Segment, ...]:
        return tuple(segments(self._finished_chunks(job)[1].tail))

    def forget_waveform(self, identity: str) -> None:
        """It will be made anew from the recording's start."""
        with self.database.transaction() as transaction:
            transaction.execute("DELETE FROM waveforms WHERE job = ?", (identity,))

    def waveform(self, job: Job) -> bytes:
        """A peak (0 to 255) for each tenth of a second, as far as the recording was transcribed."""
        return b"".join(
            row["peaks"] for row in self.database.rows("SELECT peaks FROM waveforms WHERE job = ? ORDER BY id", job.id)
        )

    def finish_part(self, part: Part, transcript: Transcript, voices: bytes) -> None:
        """Keep a part that was transcribed again as a version of its recording, which stays what it is."""
        with self.database.transaction() as transaction:
            number = self._keep(part.job, self._with_own_name(part.job, transcript))
            self.speeds.note(transcript)
            if transcript.diarization and voices:
                transaction.execute(
                    "INSERT INTO voices (job, transcript, heard) VALUES (?, ?, ?)", (part.job, number, voices)
                )
            transaction.execute("DELETE FROM parts WHERE id = ?", (part.id,))

    def keep_part(self, part: Part, so_far: ResumeState) -> None:
        """Keep what a part has that was cancelled, where it has any words."""
        with self.database.transaction() as transaction:
            if so_far.segments or so_far.carried.tail:
                self._keep(part.job, _unfinished(part.basis, so_far))
            transaction.execute("DELETE FROM parts WHERE id = ?", (part.id,))

    def keep_captions(self, identity: str, transcript: Transcript) -> None:
        """Keep what was written of a recording while it was spoken as a version of its own."""
        self._keep(identity, self._with_own_name(identity, transcript), is_live=True)

    def finish(self, identity: str, transcript: Transcript) -> None:
        """Keep a finished transcript; write_files() then writes its files."""
        with self.database.transaction() as transaction:
            row = transaction.execute("SELECT name, title FROM jobs WHERE id = ?", (identity,)).fetchone()
            transcript = self._with_own_name(identity, transcript)
            number = self._keep(identity, transcript)
            self.speeds.note(transcript)
            self._take_edits(identity, number)
            self.files.add(number, row["title"] or Path(row["name"]).stem)
            transaction.execute("DELETE FROM chunks WHERE job = ?", (identity,))
            kept = number if transcript.diarization else None
            transaction.execute(
                "UPDATE voices SET transcript = ? WHERE job = ? AND transcript IS NULL", (kept, identity)
            )
            transaction.execute("DELETE FROM voices WHERE job = ? AND transcript IS NULL", (identity,))
            done, is_to_the_end = transcript.duration, transcript.options.get("end") is None
            length = {"duration": done} if is_to_the_end else {}
            self.jobs.update(identity, basis="", done=done, elapsed=transcript.elapsed, **length)
            self.jobs.end(identity, "done")
        self._kept.forget(identity)

    def _take_edits(self, identity: str, number: int) -> None:
        """What the user changed in a job's unfinished transcript is now in the one with that number, which is shown."""
        if self.edits.last(identity):
            self.edits.move(identity, number)
            self.versions.choose_first(identity, number)

    def write_files(self) -> None:
        """Write every file that is still to be written; what keeps one from it is said of its job."""
        self.files.write()

    def transcripts(self, job: Job) -> list[dict[str, Any]]:
        """What is known of each beside its words, oldest first (versions.py)."""
        return [asdict(version) for version in self.versions.of(job)]

    def number_of(self, job: Job, number: int | None = None) -> int | None:
        """The number of a transcript of the job, as Versions has it; None where there is no such transcript."""
        known = self.versions.number_of(job, number)
        numbers = (UNFINISHED_NUMBER, *(version.id for version in self.versions.of(job)))
        return known if known in numbers else None

    def transcript(self, job: Job, number: int | None = None) -> Transcript | None:
        """The one with that number as number_of() has it, with what the user changed in it."""
        number = self.number_of(job, number)
        if number is None or (number == UNFINISHED_NUMBER and not self.versions.has_chunks(job)):
            return None
        transcript = self.edited(job, number)
        if number == UNFINISHED_NUMBER and is_going_on(job):
            return replace(transcript, segments=(*transcript.segments, *self._tail(job)))
        return transcript

    def shown(self, job: Job) -> Transcript | None:
        """The one that is shown, as transcript() gives it; what is kept for being edited stays kept."""
        number = self.number_of(job)
        if number and not self.edits.last(number):
            return self._stored(number)
        return self.transcript(job, number)

    def edited(self, job: Job, number: int) -> Transcript:
        """The same of a number that there is, without the words that wait for what follows them."""
        return self._edited_unfinished(job) if number == UNFINISHED_NUMBER else self._edited(number)

    def original(self, job: Job, number: int | None = None) -> Transcript | None:
        """The same as it was transcribed."""
        number = self.number_of(job, number)
        if number is None:
            return None
        return self._unfinished(job) if number == UNFINISHED_NUMBER else self._stored(number)

    def target(self, job: Job, number: int) -> Target:
        """What the edits of the transcript with that number are kept by."""
        return job.id if number == UNFINISHED_NUMBER else number

    def _stored(self, number: int) -> Transcript:
        (row,) = self.database.rows("SELECT content FROM transcripts WHERE id = ?", number)
        return from_dict(json.loads(row["content"]))

    def _edited(self, number: int) -> Transcript:
        return self._kept.get(number, self.edits.history(number), lambda: self._stored(number))

    def _edited_unfinished(self, job: Job) -> Transcript:
        """The words that wait for what follows them are in it once the job has stopped."""
        is_on = is_going_on(job)
        transcript = self._kept.get(
            job.id,
            self.edits.history(job.id),
            lambda: self._head(job, segments_from_dicts(self.chunks(job)) if is_on else self._unfinished(job).segments),
            key=(job.basis, None if is_on else job.done),
            more=lambda count: segments_from_dicts(self.chunks(job, count)) if is_on else (),
        )
        return replace(
            self._head(job, transcript.segments),
            diarization=transcript.diarization,
            marks=transcript.marks,
            cues=transcript.cues,
            edits=transcript.edits,
            edited_at=transcript.edited_at,
        )

    def _finished_chunks(self, job: Job) -> tuple[tuple[Segment, ...], ChunkState]:
        """The segments that an unfinished transcription has, and what it takes along behind them."""
        finished = segments_from_dicts(self.chunks(job))
        (row,) = self.database.rows("SELECT carried FROM jobs WHERE id = ?", job.id)
        return finished, chunk_state_from_dict(json.loads(row["carried"]), finished)

    def _unfinished(self, job: Job) -> Transcript:
        finished, carried = self._finished_chunks(job)
        return self._head(job, (*finished, *segments(carried.tail)))

    def _head(self, job: Job, spoken: tuple[Segment, ...]) -> Transcript:
        """An unfinished transcript with these segments, and what else is known so far."""
        (row,) = self.database.rows("SELECT carried FROM jobs WHERE id = ?", job.id)
        carried = replace(chunk_state_from_dict(json.loads(row["carried"])), tail=())
        return _unfinished(job.basis, ResumeState(spoken, job.done, job.elapsed, carried), job.device)

    def _with_own_name(self, identity: str, transcript: Transcript) -> Transcript:
        """A transcript with the name that its recording has for the user; our file's may be shorter."""
        (row,) = self.database.rows("SELECT name, path FROM jobs WHERE id = ?", identity)
        name, source = row["name"], transcript.source
        if source and source.name == Path(row["path"]).name != name:
            transcript = replace(transcript, source=replace(source, name=name))
        return transcript

    def _keep(self, identity: str, transcript: Transcript, is_live: bool = False) -> int:
        (job,) = self.database.rows("SELECT duration FROM jobs WHERE id = ?", identity)
        with self.database.transaction() as transaction:
            number = transaction.execute(
                "INSERT INTO transcripts "
                "(job, created_at, model, language, device, part_start, part_end, is_live, content) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(identity, time.time(), transcript.model, transcript.language, transcript.device),
                    *(_part(transcript, job["duration"]) or (None, None)),
                    is_live,
                    _json(transcript),
                ),
            ).lastrowid
        assert number
        return number


def _unfinished(basis: str, so_far: ResumeState, device: str = "") -> Transcript:
    """What an unfinished transcription has, as a transcript."""
    return Transcript(
        segments=(*so_far.segments, *segments(so_far.carried.tail)),
        duration=so_far.done,
        model=basis.partition(" ")[0],
        device=device,
        elapsed=so_far.elapsed,
        options=_options(basis),
        language=so_far.carried.language,
        coverage=so_far.carried.coverage,
        notes=(UNFINISHED,),
    )


def _options(basis: str) -> dict[str, Any]:
    """What was asked for, as the dispatcher notes it behind the models and the files."""
    _, brace, fields = basis.partition("{")
    return json.loads(brace + fields) if brace else {}


def _part(transcript: Transcript, duration: float | None) -> tuple[float, float] | None:
    """(start, end) in seconds of what it is of; None where that is all of the recording, which is so long."""
    start, end = transcript.options.get("start") or 0.0, transcript.options.get("end")
    if UNFINISHED in transcript.notes:
        return start, transcript.duration
    if not start and end is None:
        return None
    latest = duration or transcript.duration
    return start, latest if end is None else min(end, latest)


def is_going_on(job: Job) -> bool:
    """Whether it waits or runs."""
    return job.state in ("queued", "running")


def _json(value: object) -> str:
    """The same as of asdict(value), in a fifth of the time."""
    return json.dumps(value, ensure_ascii=False, default=vars)
