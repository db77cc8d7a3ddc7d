"""Recordings in a job store."""

from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.store import Job, Jobs
from transcriber.options import TranscribeOptions

PARAKEET = TranscribeOptions("parakeet", "cpu")


def add(jobs: Jobs, name: str = "talk.wav", content: bytes = b"sound") -> Job:
    job = jobs.add(name, "upload", size=len(content))
    job.path.write_bytes(content)
    return job


def names(found: list[Job]) -> list[str]:
    return [job.name for job in found]


def begin(dispatcher: Dispatcher, name: str, seconds: float | None = 3600.0) -> Job:
    """A complete recording that is to be transcribed."""
    job = add(dispatcher.jobs, name)
    dispatcher.jobs.update(job.id, duration=seconds)
    dispatcher.complete(job)
    dispatcher.transcribe(dispatcher.jobs.get(job.id), PARAKEET)
    return dispatcher.jobs.get(job.id)


def state(dispatcher: Dispatcher, job: Job) -> str:
    return dispatcher.jobs.get(job.id).state
