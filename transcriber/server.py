"""Our own HTTP routes: recordings in, jobs, transcripts out. Gradio's page uses them, and knows nothing else."""

import wave
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from transcriber import exports
from transcriber.errors import TranscriberError, UnknownModelError, UnsupportedOptionError
from transcriber.guard import Guard
from transcriber.jobs import Job, Jobs
from transcriber.options import TranscribeOptions
from transcriber.store import ModelStore

STATIC = Path(__file__).parent / "ui" / "static"
MICROPHONE_RATE = 16_000
STATUS = {UnknownModelError: 404, UnsupportedOptionError: 400}


class StartRequest(BaseModel):
    """What to transcribe: received recordings by their ids, and perhaps a file of this computer."""

    model: str
    recordings: list[str] = []
    path: str = ""


def create_app(jobs: Jobs, store: ModelStore, device: str) -> FastAPI:
    """The application without the page."""
    app = FastAPI(title="Transcribe", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard)
    app.mount("/page", StaticFiles(directory=STATIC), name="page")

    @app.exception_handler(TranscriberError)
    async def _failed(_: Request, error: TranscriberError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, STATUS.get(type(error), 400))

    @app.get("/status")
    def status() -> dict[str, str]:
        """How the engine process is kept from the network, once it runs."""
        return {"offline": jobs.engine.offline}

    _add_recording_routes(app, jobs)
    _add_job_routes(app, jobs, store, device)
    return app


def _known(jobs: Jobs, identity: str) -> Job:
    job = jobs.get(identity)
    if job is None:
        raise HTTPException(404, "there is no such recording")
    return job


def _add_recording_routes(app: FastAPI, jobs: Jobs) -> None:
    recorders: dict[str, Recorder] = {}

    @app.post("/recordings")
    async def receive(request: Request, name: str) -> dict[str, str]:
        """A file as the request's body, written to its own folder block by block."""
        job = jobs.receive(name)
        try:
            with job.path.open("wb") as file:
                async for block in request.stream():
                    await run_in_threadpool(file.write, block)
        except ClientDisconnect:
            jobs.discard(job)
            raise
        job.state = "waiting"
        return {"id": job.id}

    @app.post("/microphone")
    def start_recording() -> dict[str, str]:
        job = jobs.receive(f"Microphone {datetime.now():%Y-%m-%d %H.%M.%S}.wav")
        recorders[job.id] = Recorder(job.path)
        return {"id": job.id}

    @app.post("/microphone/{identity}/blocks/{index}")
    async def record(identity: str, index: int, request: Request) -> dict[str, bool]:
        """Block number `index` of signed 16-bit samples at 16 kHz; a block that came twice is written once."""
        _known(jobs, identity)
        recorders[identity].write(index, await request.body())
        return {"ok": True}

    @app.post("/microphone/{identity}/end")
    def end_recording(identity: str) -> dict[str, str]:
        job = _known(jobs, identity)
        if identity in recorders:
            recorders.pop(identity).close()
            job.state = "waiting"
        return {"id": job.id}


def _add_job_routes(app: FastAPI, jobs: Jobs, store: ModelStore, device: str) -> None:
    @app.post("/jobs")
    def start(request: StartRequest) -> list[dict[str, Any]]:
        options = TranscribeOptions(request.model, device)
        store.require(request.model)
        asked = [_known(jobs, identity) for identity in request.recordings]
        if request.path.strip():
            path = Path(request.path.strip().strip("'\"")).expanduser()
            if not path.is_file():
                raise HTTPException(400, f"There is no file {path}. Check the path.")
            asked.append(jobs.open(path))
        for job in asked:
            jobs.start(job, options)
        return [summary(job) for job in asked]

    @app.get("/jobs")
    def all_jobs() -> list[dict[str, Any]]:
        return [summary(job) for job in jobs.all()]

    @app.get("/jobs/{identity}")
    def job_state(identity: str, start: int = 0) -> dict[str, Any]:
        """The job with its segments from number `start` on."""
        job = _known(jobs, identity)
        return {**summary(job), "segments": job.segments[max(0, start) :]}

    @app.get("/jobs/{identity}/transcript.{name}")
    def export(identity: str, name: str) -> Response:
        job = _known(jobs, identity)
        if job.transcript is None or name not in exports.FORMATS:
            raise HTTPException(404, "there is no such transcript")
        filename = quote(f"{Path(job.name).stem}.{name}")
        return Response(
            exports.render(job.transcript, name),
            media_type=exports.FORMATS[name].media_type,
            headers={"content-disposition": f"attachment; filename*=UTF-8''{filename}"},
        )


def summary(job: Job) -> dict[str, Any]:
    """What the page shows of a job, without its words."""
    fields: dict[str, Any] = {
        "id": job.id,
        "name": job.name,
        "state": job.state,
        "error": job.error,
        "done": job.done,
        "device": job.device,
        "duration": job.duration,
        "seconds_left": job.seconds_left,
        "model": job.options.model if job.options else None,
    }
    if job.transcript:
        fields |= {
            "duration": job.transcript.duration,
            "elapsed": job.transcript.elapsed,
            "rtfx": job.transcript.rtfx,
            "notes": job.transcript.notes,
            "count": len(job.segments),
        }
    return fields


class Recorder:
    """What the microphone hears, written to a wav file as it comes."""

    def __init__(self, path: Path) -> None:
        self.file = wave.open(str(path), "wb")  # noqa: SIM115  (open until the recording ends)
        self.file.setnchannels(1)
        self.file.setsampwidth(2)
        self.file.setframerate(MICROPHONE_RATE)
        self.next = 0

    def write(self, index: int, block: bytes) -> None:
        if index == self.next:
            self.file.writeframes(block)
            self.next += 1
        elif index > self.next:
            raise HTTPException(409, f"block {self.next} is missing")

    def close(self) -> None:
        self.file.close()
