"""What transcribing gives: finished chunks, from which an interrupted job goes on; and transcripts, which never change:
what the user changes in them is applied when they are read."""

import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from transcriber.jobs.data_folder import DataFolder
from transcriber.jobs.database import Database
from transcriber.jobs.edits import Edits
from transcriber.jobs.saved_files import SavedFiles
from transcriber.jobs.settings import Settings
from transcriber.jobs.speaker_edits import SPEAKERS, applied
from transcriber.jobs.store import Job, Jobs
from transcriber.pipeline.events import Progress
from transcriber.pipeline.resume_state import ChunkState, ResumeState, chunk_state_from_dict
from transcriber.segmentation import segments
from transcriber.transcript import Segment, Transcript
from transcriber.transcript_json import from_dict, segments_from_dicts, to_dict, upgraded

UNFINISHED = "Not finished: this is how far it came."


class Results:
    """Of all jobs. Every method may be called from any thread; all may raise StorageError."""

    def __init__(self, database: Database, folder: DataFolder, jobs: Jobs) -> None:
        self.database, self.folder, self.jobs = database, folder, jobs
        self.settings, self.edits = Settings(database), Edits(database)
        self.files = SavedFiles(
            database, folder, self.settings, lambda number, content: self._edited(number, json.loads(content))
        )

    def begin(self, job: Job, basis: str) -> ResumeState:
        """What there is already, made with and of the same; anything else is kept as a transcript of its own."""
        try:
            finished, carried = self._finished_chunks(job)
            if job.basis == basis:
                return ResumeState(finished, job.done, job.elapsed, carried, self.voices(job))
            unfinished = self._unfinished(job) if self.is_unfinished(job) else None
        except (ValueError, TypeError, KeyError):  # its rows are damaged: all of it is transcribed again
            unfinished = None
        with self.database.transaction() as transaction:
            if unfinished:
                self._keep(job.id, unfinished)
            transaction.execute("DELETE FROM chunks WHERE job = ?", (job.id,))
            transaction.execute("DELETE FROM voices WHERE job = ? AND transcript IS NULL", (job.id,))
            self.jobs.update(job.id, basis=basis, done=0.0, elapsed=0.0, carried="{}")
        return ResumeState()

    def add_chunk(self, identity: str, progress: Progress) -> None:
        """What is new with a finished batch."""
        with self.database.transaction() as transaction:
            transaction.execute(
                "INSERT INTO chunks (job, first, count, segments) VALUES "
                "(?1, (SELECT coalesce(sum(count), 0) FROM chunks WHERE job = ?1), ?2, ?3)",
                (identity, len(progress.segments), _json(progress.segments)),
            )
            transaction.execute("INSERT INTO waveforms (job, peaks) VALUES (?, ?)", (identity, progress.peaks))
            self.add_voices(identity, progress)
            transaction.execute(
                "UPDATE jobs SET done = ?, elapsed = ?, duration = coalesce(?, duration), carried = ? WHERE id = ?",
                (progress.done, progress.elapsed, progress.duration, _json(progress.carried), identity),
            )

    def add_voices(self, identity: str, progress: Progress) -> None:
        """What is new of the speakers' voices."""
        if progress.voices:
            with self.database.transaction() as transaction:
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
        return [asdict(segment) for segment in segments(self._finished_chunks(job)[1].tail)]

    def is_unfinished(self, job: Job) -> bool:
        return bool(self.database.rows("SELECT 1 FROM chunks WHERE job = ? LIMIT 1", job.id))

    def forget_waveform(self, identity: str) -> None:
        """It will be made anew from the recording's start."""
        with self.database.transaction() as transaction:
            transaction.execute("DELETE FROM waveforms WHERE job = ?", (identity,))

    def waveform(self, job: Job) -> bytes:
        """A peak (0 to 255) for each tenth of a second, as far as the recording was transcribed."""
        return b"".join(
            row["peaks"] for row in self.database.rows("SELECT peaks FROM waveforms WHERE job = ? ORDER BY id", job.id)
        )

    def finish(self, identity: str, transcript: Transcript) -> None:
        """Keep a finished transcript; write_files() then writes its files."""
        with self.database.transaction() as transaction:
            row = transaction.execute("SELECT name, path FROM jobs WHERE id = ?", (identity,)).fetchone()
            name, source = row["name"], transcript.source
            if source and source.name == Path(row["path"]).name != name:
                transcript = replace(transcript, source=replace(source, name=name))  # ours is a shorter one
            number = self._keep(identity, transcript)
            self.files.add(number, Path(name).stem)
            transaction.execute("DELETE FROM chunks WHERE job = ?", (identity,))
            kept = number if transcript.diarization else None
            transaction.execute(
                "UPDATE voices SET transcript = ? WHERE job = ? AND transcript IS NULL", (kept, identity)
            )
            transaction.execute("DELETE FROM voices WHERE job = ? AND transcript IS NULL", (identity,))
            seconds = transcript.duration
            self.jobs.update(identity, basis="", done=seconds, duration=seconds, elapsed=transcript.elapsed)
            self.jobs.end(identity, "done")

    def write_files(self) -> None:
        """Write every file that is still to be written; what keeps one from it is said of its job."""
        self.files.write()

    def edit(self, number: int, kind: str, content: dict[str, Any]) -> None:
        """Change a transcript by one more edit."""
        with self.database.transaction():
            self.edits.add(number, kind, content)
            self.files.write_again(number)

    def undo(self, number: int, kind: str) -> bool:
        """Take back the last edit of that kind; False where there is none."""
        with self.database.transaction():
            is_undone = self.edits.undo(number, kind) is not None
            if is_undone:
                self.files.write_again(number)
        return is_undone

    def can_undo(self, number: int, kind: str) -> bool:
        """Whether there is such an edit."""
        return any(edit.kind == kind for edit in self.edits.standing(number))

    def transcripts(self, job: Job) -> list[dict[str, Any]]:
        """Number, model and time of each, oldest first."""
        statement = "SELECT id, model, created_at FROM transcripts WHERE job = ? ORDER BY id"
        return [dict(row) for row in self.database.rows(statement, job.id)]

    def content(self, job: Job, number: int) -> dict[str, Any] | None:
        """The transcript with that number, with what the user changed in it, as to_dict() makes it."""
        content = self._stored(job, number)
        # As it is stored, where that will do: the words of three hours take a second to be read and written.
        return to_dict(self._edited(number, content)) if content and self.edits.standing(number) else content

    def transcript(self, job: Job, number: int | None = None) -> Transcript | None:
        """The one with that number; else what an unfinished transcription has, or the last one."""
        if number is None and self.is_unfinished(job):
            return self._unfinished(job)
        stored = self.transcripts(job)
        if number is None and not stored:
            return None
        number = number or stored[-1]["id"]
        content = self._stored(job, number)
        return self._edited(number, content) if content else None

    def _stored(self, job: Job, number: int) -> dict[str, Any] | None:
        rows = self.database.rows("SELECT content FROM transcripts WHERE job = ? AND id = ?", job.id, number)
        if not rows:
            return None
        content = json.loads(rows[0]["content"])
        return {**content, "segments": upgraded(content["segments"])}

    def _edited(self, number: int, content: dict[str, Any]) -> Transcript:
        """A stored transcript with its edits."""
        transcript = from_dict(content)
        for edit in self.edits.standing(number):
            if edit.kind == SPEAKERS:
                transcript = applied(transcript, edit.content)
        return transcript

    def _finished_chunks(self, job: Job) -> tuple[tuple[Segment, ...], ChunkState]:
        """The segments that an unfinished transcription has, and what it takes along behind them."""
        finished = segments_from_dicts(self.chunks(job))
        (row,) = self.database.rows("SELECT carried FROM jobs WHERE id = ?", job.id)
        return finished, chunk_state_from_dict(json.loads(row["carried"]), finished)

    def _unfinished(self, job: Job) -> Transcript:
        finished, carried = self._finished_chunks(job)
        return Transcript(
            segments=(*finished, *segments(carried.tail)),
            duration=job.done,
            model=job.basis.partition(" ")[0],
            device=job.device,
            elapsed=job.elapsed,
            language=carried.language,
            coverage=carried.coverage,
            notes=(UNFINISHED,),
        )

    def _keep(self, identity: str, transcript: Transcript) -> int:
        with self.database.transaction() as transaction:
            number = transaction.execute(
                "INSERT INTO transcripts (job, created_at, model, content) VALUES (?, ?, ?, ?)",
                (identity, time.time(), transcript.model, _json(transcript)),
            ).lastrowid
        assert number
        return number


def _json(value: object) -> str:
    """The same as of asdict(value), in a fifth of the time."""
    return json.dumps(value, ensure_ascii=False, default=vars)
