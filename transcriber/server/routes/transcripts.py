"""What has been transcribed: for the page, and as files."""

from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import JSONResponse

from transcriber import exports
from transcriber.errors import StorageError
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.speaker_edits import SPEAKERS
from transcriber.jobs.store import Job
from transcriber.server.routes import job_or_404, summary
from transcriber.server.uploads import Receiver
from transcriber.system.file_names import fitted


def router(dispatcher: Dispatcher, receiver: Receiver) -> APIRouter:
    routes, jobs, results = APIRouter(), dispatcher.jobs, dispatcher.results

    @routes.get("/jobs/{identity}")
    def detail(identity: str, start: int = 0, number: int | None = None) -> Response:
        """The job, its transcripts, and the segments of one of them (or of what there is so far) from `start` on.

        Where `source` is another than at the last answer, `start` counted other segments: ask again from 0.
        """
        job = job_or_404(jobs, identity)
        stored = results.transcripts(job)
        number = number or (stored[-1]["id"] if stored and not is_going_on(job) else None)
        shown: dict[str, Any] = {"source": job.basis, "notes": [], "elapsed": 0.0, "diarization": None}
        if number is None and job.state in ("queued", "running"):
            shown["segments"] = results.chunks(job, max(0, start))
        elif number is None:  # it stopped: now the words that waited for what follows are shown, too
            whole = [*results.chunks(job), *results.tail(job)]
            shown |= {"source": f"{job.basis} stopped", "segments": whole[max(0, start) :]}
        elif content := results.content(job, number):
            source = f"transcript {number} {results.edits.revision(number)}"
            shown = {
                **content,
                "diarization": _still_suggested(content.get("diarization"), results.folder.remembered_voices),
                "can_undo_speakers": results.can_undo(number, SPEAKERS),
                "source": source,
                "segments": content["segments"][max(0, start) :],
            }
        # Not through FastAPI's own conversion, which takes a second for the words of three hours.
        return JSONResponse({**summary(dispatcher, receiver, job), **shown, "number": number, "transcripts": stored})

    def is_going_on(job: Job) -> bool:
        return job.state in ("queued", "running") or results.is_unfinished(job)

    @routes.get("/jobs/{identity}/transcript.{name}")
    def export(identity: str, name: str, number: int | None = None) -> Response:
        """A transcript as a file; of an unfinished job what there is so far."""
        job = job_or_404(jobs, identity)
        transcript = results.transcript(job, number)
        if transcript is None or name not in exports.FORMATS:
            raise HTTPException(404, "there is no such transcript")
        filename = quote(fitted(Path(job.name).stem, f".{name}"))
        return Response(
            exports.render(transcript, name),
            media_type=exports.FORMATS[name].media_type,
            headers={"content-disposition": f"attachment; filename*=UTF-8''{filename}"},
        )

    return routes


def _still_suggested(diarization: dict[str, Any] | None, remembered: Path) -> dict[str, Any] | None:
    """Who spoke when, without suggestions of people whose voices are not in the file `remembered` any more."""
    if diarization is None or not any(voice["suggestion"] for voice in diarization["voices"]):
        return diarization
    from transcriber.speakers.remembered import RememberedVoices

    names: list[str] = []
    with suppress(StorageError):  # one that cannot be read is told where voices are remembered
        names = RememberedVoices(remembered).names()
    voices = [
        {**voice, "suggestion": voice["suggestion"] if voice["suggestion"] in names else ""}
        for voice in diarization["voices"]
    ]
    return {**diarization, "voices": voices}
