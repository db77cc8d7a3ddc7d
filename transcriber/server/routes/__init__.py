"""Our own HTTP routes, a file a subject. The page uses them, and knows nothing else."""

import json
from typing import Any

from fastapi import HTTPException

from transcriber.jobs.dispatcher import Dispatcher
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
    """What the page shows of a job, without its words; one that cannot be shown is a failed one that says so."""
    try:
        shown = _summary(dispatcher, receiver, job)
        json.dumps(shown, allow_nan=False).encode()
    except Exception as error:  # noqa: BLE001  (whatever it is, the other jobs are shown)
        why = map_and_log_error(error, dispatcher.jobs.folder.path)
        nothing = dict.fromkeys(("size", "arrived", "duration", "seconds_left", "model"))
        return {
            **nothing,
            **{"id": job.id, "name": job.name, "source": job.source, "state": "failed", "device": ""},
            **{"error": f"this recording cannot be shown: {why}", "done": 0.0},
            **dict.fromkeys(("is_stopping", "is_silent", "is_video"), False),
        }
    return shown


def _summary(dispatcher: Dispatcher, receiver: Receiver, job: Job) -> dict[str, Any]:
    run = dispatcher.run_of(job)
    return {
        "id": job.id,
        "name": job.name,
        "source": job.source,
        "state": job.state,
        "is_stopping": bool(run and run.is_stopping),
        "error": job.error,
        "size": job.size,
        "arrived": job.arrived if job.state in ("receiving", "failed") else None,
        "is_silent": job.state == "receiving" and receiver.is_silent(job),
        "done": job.done,
        "duration": job.duration,
        "is_video": job.is_video,
        "seconds_left": dispatcher.seconds_left(job),
        "device": job.device,
        "model": job.options.model if job.options else None,
    }
