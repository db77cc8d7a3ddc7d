"""Transcripts as files: one, its first lines, or those of many recordings as an archive."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import count
from math import isfinite
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from transcriber import exports
from transcriber.clock import clock
from transcriber.exports.marked import marked
from transcriber.exports.origin import facts
from transcriber.exports.origin import title as title_of
from transcriber.exports.paragraphs import paragraphs
from transcriber.exports.subtitles.limits import PRESETS, preset
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.store import Job
from transcriber.server.routes import job_or_404
from transcriber.server.zipped import zipped
from transcriber.system.file_names import allowed, collision_key, fitted
from transcriber.transcript import Transcript
from transcriber.unexpected import map_and_log_error

PREVIEWED_SEGMENTS = 40
PREVIEWED_LINES = 24
AS_A_PAGE = ("docx", "html")
"""Formats whose text says little of how they look."""
PROBLEMS = "not exported.txt"


class ExportOptions(BaseModel):
    """What a file says; each format takes those that it knows."""

    speakers: bool = True
    times: bool | None = None
    """None: as the format usually has it."""
    marked: bool = False
    """The marked passages alone."""
    origin: Literal["none", "short", "full"] = "short"
    edits: bool = True
    """Whether what was corrected by hand is in it; else the model's own words."""
    preset: str = "netflix"
    """Of subtitles: one of limits.PRESETS."""

    def settings(self, title: str) -> exports.Settings:
        """Raises UnsupportedOptionError."""
        return exports.Settings(
            preset(self.preset), speakers=self.speakers, times=self.times, origin=self.origin, title=title
        )


class ManyExports(ExportOptions):
    """Of these recordings, in these formats."""

    model_config = ConfigDict(extra="forbid")

    ids: list[str]
    formats: list[str]
    number: int | None = None
    """Of the transcript, where it is one recording; by default the one that is shown."""


def export_choices() -> dict[str, Any]:
    """What can be chosen: the formats with their groups and options, the presets of subtitles with their limits."""
    formats = [
        {
            "name": name,
            "title": known.title,
            "group": known.group,
            "options": ["preset" if taken == "limits" else taken for taken in known.settings],
        }
        for name, known in sorted(exports.FORMATS.items(), key=lambda row: row[0] != "docx")  # what most want
    ]
    presets = {
        name: {rule: value if isfinite(value) else None for rule, value in asdict(limits).items()}
        for name, limits in PRESETS.items()
    }
    return {"formats": formats, "groups": exports.GROUPS, "presets": presets}


def router(dispatcher: Dispatcher) -> APIRouter:
    routes, jobs, results = APIRouter(), dispatcher.jobs, dispatcher.results

    def transcript_of(job: Job, number: int | None, options: ExportOptions) -> Transcript:
        transcript = results.transcript(job, number) if options.edits else results.original(job, number)
        if transcript is None:
            raise HTTPException(404, "there is no such transcript")
        return marked(transcript) if options.marked else transcript

    @routes.get("/jobs/{identity}/transcript.{name}")
    def export(
        identity: str, name: str, options: Annotated[ExportOptions, Query()], number: int | None = None
    ) -> Response:
        """A transcript as a file: the one that is shown, or `number`; 0 is what an unfinished one has so far."""
        job = job_or_404(jobs, identity)
        if name not in exports.FORMATS:
            raise HTTPException(404, "there is no such transcript")
        transcript = transcript_of(job, number, options)
        return Response(
            exports.render(transcript, name, options.settings(title(job))),
            media_type=exports.FORMATS[name].media_type,
            headers=_as_file(fitted(stem(job), f".{name}")),
        )

    @routes.get("/jobs/{identity}/preview.{name}")
    def preview(
        identity: str, name: str, options: Annotated[ExportOptions, Query()], number: int | None = None
    ) -> dict[str, Any]:
        """The first lines of such a file: `lines`; of one that is a page its `title`, `paragraphs` and `facts`."""
        job = job_or_404(jobs, identity)
        exports.find(name)
        whole = transcript_of(job, number, options)
        beginning = replace(whole, segments=whole.segments[:PREVIEWED_SEGMENTS])
        settings = options.settings(title(job))
        if name in AS_A_PAGE:
            return _page(beginning, settings)
        content = exports.render(beginning, name, settings).decode(exports.FORMATS[name].encoding)
        return {"lines": content.splitlines()[:PREVIEWED_LINES]}

    @routes.post("/jobs/export")
    def export_many(request: ManyExports) -> Response:
        """An archive of the transcripts that are shown. What keeps one from being written is said there in PROBLEMS."""
        for name in request.formats:
            exports.find(name)
        preset(request.preset)
        if not (request.formats and request.ids):
            raise HTTPException(400, "choose a recording and a format")
        name = fitted(stem(job_or_404(jobs, request.ids[0])), ".zip") if len(request.ids) == 1 else "transcripts.zip"
        return StreamingResponse(zipped(files(request)), media_type="application/zip", headers=_as_file(name))

    def files(request: ManyExports) -> Iterator[tuple[str, bytes]]:
        taken: set[str] = {collision_key(PROBLEMS)}
        problems: list[str] = []
        for identity in request.ids:
            name = identity
            try:
                job = job_or_404(jobs, identity)
                name = job.name
                transcript = transcript_of(job, request.number, request)
                unique = _free(stem(job), request.formats, taken)
                for extension in request.formats:
                    content = exports.render(transcript, extension, request.settings(title(job)))
                    yield fitted(unique, f".{extension}"), content
            except HTTPException as error:
                problems.append(f"{name}: {error.detail}")
            except Exception as error:  # noqa: BLE001  (whatever it is, the others are written)
                problems.append(f"{name}: {map_and_log_error(error, jobs.folder.path)}")
        if problems:
            yield PROBLEMS, "".join(f"{problem}\n" for problem in problems).encode()

    def title(job: Job) -> str:
        """What the user calls it; "" where that is its file's name."""
        return "" if job.title == job.name else job.title

    def stem(job: Job) -> str:
        """What its files are called, without their suffix."""
        return allowed(job.stem).strip(" .") or "transcript"

    return routes


def _page(transcript: Transcript, settings: exports.Settings) -> dict[str, Any]:
    written = [
        {
            "speaker": paragraph.speaker if settings.speakers else "",
            "time": clock(paragraph.start) if settings.times is not False else "",
            "text": paragraph.text,
        }
        for paragraph in paragraphs(transcript)
    ]
    return {
        "title": title_of(transcript, settings.title),
        "paragraphs": written[:PREVIEWED_LINES],
        "facts": facts(transcript, settings.origin),
    }


def _as_file(name: str) -> dict[str, str]:
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def _free(stem: str, formats: list[str], taken: set[str]) -> str:
    """The stem, with a number where files of it would have the names of others; takes the names."""
    for number in count(1):
        free = f"{stem} ({number})" if number > 1 else stem
        names = {collision_key(fitted(free, f".{extension}")) for extension in formats}
        if not names & taken:
            taken |= names
            return free
    raise AssertionError
