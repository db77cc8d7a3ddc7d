"""Who speaks in stored transcripts, and whose voices are remembered."""

from typing import Any, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, model_validator

from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.documents import Change
from transcriber.jobs.speakers import Speakers
from transcriber.jobs.store import Job
from transcriber.server.routes import job_or_404

OPERATIONS = ("names", "merge", "count", "split", "undo")


class SpeakerChange(BaseModel):
    """One of these operations. Speakers are given by name, or by number in the order in which they first speak."""

    model_config = ConfigDict(extra="forbid")

    number: int | None = None
    """Of the transcript; by default the last one."""
    names: dict[str, str] | None = None
    """What each of these is called from now on."""
    merge: list[str | int] | None = None
    """These are the same person."""
    count: str | int | None = None
    """How many there are: auto, a number, or two such as 2-4."""
    split: str | int | None = None
    """This one is two people."""
    undo: bool = False
    """Take back the last of these changes."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(getattr(self, name) not in (None, False) for name in OPERATIONS) != 1:
            raise ValueError(f"send one of {', '.join(OPERATIONS)}")
        return self

    def applied(self, speakers: Speakers, job: Job) -> Change:
        if self.names is not None:
            return speakers.rename(job, self.number, self.names)
        if self.merge is not None:
            return speakers.merge(job, self.number, list(map(str, self.merge)))
        if self.count is not None:
            return speakers.recount(job, self.number, str(self.count))
        if self.split is not None:
            return speakers.split(job, self.number, str(self.split))
        return speakers.undo(job, self.number)


class RememberVoices(BaseModel):
    """Whether the voices of people who are named are remembered."""

    remember: bool


def router(dispatcher: Dispatcher) -> APIRouter:
    routes, jobs, speakers = APIRouter(), dispatcher.jobs, Speakers(dispatcher.documents)

    @routes.post("/jobs/{identity}/speakers")
    def change(identity: str, asked: SpeakerChange) -> Response:
        """Returns what an edit does (edits.py). Those of its files that are still there are written again."""
        job = job_or_404(jobs, identity)
        try:
            change = asked.applied(speakers, job)
        finally:  # what is stored holds, also where a voice cannot be remembered
            dispatcher.write_files()
        return Response(change.answer, media_type="application/json")

    @routes.get("/settings/voices")
    def voices() -> dict[str, Any]:
        """Whether voices are remembered, whose, and in which file."""
        remembered = speakers.remembered
        return {"remember": remembered.is_on, "names": remembered.names(), "file": str(remembered.path)}

    @routes.put("/settings/voices")
    def remember_voices(asked: RememberVoices) -> dict[str, Any]:
        """Turned off, all that were remembered are forgotten: the file is deleted."""
        if asked.remember:
            speakers.remembered.turn_on()
        else:
            speakers.remembered.turn_off()
        return voices()

    @routes.delete("/settings/voices/{name:path}")
    def forget_voice(name: str) -> dict[str, Any]:
        speakers.remembered.forget(name)
        return voices()

    return routes
