"""Recordings in a job store."""

from transcriber.jobs.store import Job, Jobs
from transcriber.options import TranscribeOptions

PARAKEET = TranscribeOptions("parakeet", "cpu")


def add(jobs: Jobs, name: str = "talk.wav", content: bytes = b"sound") -> Job:
    job = jobs.add(name, "upload", size=len(content))
    job.path.write_bytes(content)
    return job


def names(found: list[Job]) -> list[str]:
    return [job.name for job in found]
