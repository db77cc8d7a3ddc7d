"""Our own HTTP routes, a file a subject. The page uses them, and knows nothing else."""

import json
from collections.abc import Iterable
from typing import Any

from fastapi import HTTPException

from transcriber.jobs import digests
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.parts import Part
from transcriber.jobs.store import Job, Jobs
from transcriber.server.uploads import Receiver
from transcriber.unexpected import map_and_log_error


def job_or_404(jobs: Jobs, identity: str) -> Job:
    """The job, or the answer that there is none."""
    job = jobs.get(identity)
    if job is None:
        raise HTTPException(404, "there is no such recording")
    return job


def summary(dispatcher: Dispatcher, receiver: Receiver, job: Job) -> dict[str, Any]:
    """What the page shows of a job, without its words."""
    parts, versions = dispatcher.parts.parts.of(job.id), dispatcher.results.versions.of(job)
    return _shown(dispatcher, receiver, job, parts, bool(versions))


def summaries(dispatcher: Dispatcher, receiver: Receiver, jobs: Iterable[Job]) -> list[dict[str, Any]]:
    """The same of many; one that cannot be shown is a failed one that says so."""
    parts, transcribed = dispatcher.parts.parts.by_job(), dispatcher.results.versions.jobs()
    return [_shown(dispatcher, receiver, job, parts.get(job.id, []), job.id in transcribed) for job in jobs]


def _shown(
    dispatcher: Dispatcher, receiver: Receiver, job: Job, parts: list[Part], is_transcribed: bool
) -> dict[str, Any]:
    try:
        shown = _summary(dispatcher, receiver, job)
        shown["has_transcript"] |= is_transcribed  # also before it has been looked through
        shown["parts"] = [dispatcher.parts.shown(job, part) for part in parts]
        json.dumps(shown, allow_nan=False).encode()
    except Exception as error:  # noqa: BLE001  (whatever it is, the other jobs are shown)
        why = map_and_log_error(error, dispatcher.jobs.folder.path)
        nothing = dict.fromkeys(("size", "arrived", "duration", "seconds_left", "model", "folder", "progress"))
        return {
            **nothing,
            **{"id": job.id, "name": job.name, "title": job.name, "source": job.source, "state": "failed"},
            **{"error": f"this recording cannot be shown: {why}", "done": 0.0, "device": ""},
            **{"position": 0.0, "changed": job.changed, "created_at": 0.0, "finished_at": 0.0},
            **dict.fromkeys(("is_stopping", "is_loading", "is_silent", "is_video"), False),
            **digests.read(""),
            "parts": [],
        }
    return shown


def _summary(dispatcher: Dispatcher, receiver: Receiver, job: Job) -> dict[str, Any]:
    run = dispatcher.run_of(job)
    return {
        "id": job.id,
        "name": job.name,
        "title": job.title,
        "folder": job.folder,
        "source": job.source,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "state": job.state,
        "position": job.position,
        "changed": job.changed,
        "is_stopping": bool(run and run.is_stopping),
        "is_loading": dispatcher.is_loading(job),
        "error": job.error,
        "size": job.size,
        "arrived": job.arrived if job.state in ("receiving", "failed") else None,
        "is_silent": job.state == "receiving" and receiver.is_silent(job),
        "done": job.done,
        "progress": job.progress,
        "duration": job.duration,
        "is_video": job.is_video,
        "seconds_left": dispatcher.seconds_left(job),
        "device": job.device,
        "model": job.options.model if job.options else None,
        **digests.read(job.digest),
    }
