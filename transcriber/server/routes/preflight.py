"""What a transcription will take, before anybody starts it: how long, how much memory, and what stands in its way."""

from dataclasses import dataclass
from typing import Any

import psutil
from fastapi import APIRouter, HTTPException
from fastapi.concurrency import run_in_threadpool

from transcriber.errors import TranscriberError
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.store import Job
from transcriber.models.hardware import hardware
from transcriber.options import TranscribeOptions
from transcriber.server.routes import job_or_404
from transcriber.server.routes.jobs import StartRequest, file_of, options_of
from transcriber.speaker_count import OFF
from transcriber.worker import aio


@dataclass(frozen=True)
class _Plan:
    """What is asked for, or why that cannot be done."""

    options: TranscribeOptions | None
    refusal: str = ""


def router(dispatcher: Dispatcher, configurations: Configurations) -> APIRouter:
    routes, jobs, store = APIRouter(), dispatcher.jobs, dispatcher.store

    @routes.post("/preflight")
    async def preflight(request: StartRequest) -> dict[str, Any]:
        """Of each recording what POST /jobs would take for it, and of all together.

        `seconds` are predicted from what was measured on this computer, else estimated (`is_estimate`), or null;
        `fits` is whether the memory that is free is enough; `why` says why it cannot be done, or may fail.
        """
        plan = await run_in_threadpool(planned, request)
        requested = [await run_in_threadpool(job_or_404, jobs, identity) for identity in request.recordings]
        shown = [await run_in_threadpool(of_job, plan, job) for job in requested]
        if request.path.strip():
            shown.append(await of_path(plan, request.path))
        return {"recordings": shown, **{name: _sum(shown, name) for name in ("duration", "seconds")}}

    def planned(request: StartRequest) -> _Plan:
        try:
            return _Plan(options_of(request, configurations))
        except TranscriberError as error:
            return _Plan(None, str(error))

    def of_job(plan: _Plan, job: Job) -> dict[str, Any]:
        gone = "" if job.is_there or job.state == "receiving" else f"{job.path} is not there any more"
        return {"id": job.id, **figures(plan, job.duration, gone)}

    async def of_path(plan: _Plan, text: str) -> dict[str, Any]:
        """A file of this computer, which is looked at for it."""
        try:
            probed = await aio.probe(dispatcher.engine, await run_in_threadpool(file_of, text))
            return {"id": None, **await run_in_threadpool(figures, plan, probed.duration, "")}
        except HTTPException as error:
            return {"id": None, **await run_in_threadpool(figures, plan, None, str(error.detail))}
        except TranscriberError as error:
            return {"id": None, **await run_in_threadpool(figures, plan, None, str(error))}

    def figures(plan: _Plan, duration: float | None, problem: str) -> dict[str, Any]:
        options = plan.options
        figures = {"duration": duration, "seconds": None, "is_estimate": False, "memory_gb": None, "fits": True}
        if options is None:
            return {**figures, "fits": False, "why": problem or plan.refusal}
        asked, needed, free = options.seconds_of(duration), needed_gb(options), _free_gb(options)
        speed = dispatcher.results.speeds.expected(store.find(options.model), options)
        if asked == 0:
            problem = problem or "the part to transcribe begins behind the end of the recording; choose another start"
        if asked is not None and speed:
            figures |= {"seconds": asked / speed.rtfx, "is_estimate": speed.is_estimate}
        if needed > free:
            problem = problem or (
                f"it needs about {needed:.1f} GB of memory, and {free:.1f} GB are free; close other programs, or "
                "choose a smaller model"
            )
        return {**figures, "memory_gb": needed, "fits": needed <= free, "why": problem}

    def needed_gb(options: TranscribeOptions) -> float:
        models = [store.find(name) for name in (options.model, options.second_model) if name]
        if options.speakers != OFF:
            models.append(store.diarizing(options.speaker_model))
        return sum(0.0 if model.is_demo else model.spec.needed_gb for model in models)

    return routes


def _free_gb(options: TranscribeOptions) -> float:
    """Memory that models may have: of the graphics card, or what is free of the computer's with what the engine has."""
    if options.device != "cpu" and hardware().has_cuda:
        return hardware().card_memory_gb
    free = psutil.virtual_memory().available
    for process in psutil.Process().children(recursive=True):
        try:
            free += process.memory_info().rss
        except psutil.Error:  # it has just ended
            continue
    return free / 1e9


def _sum(shown: list[dict[str, Any]], name: str) -> float | None:
    """None where it is not known of all of them."""
    values = [figures[name] for figures in shown]
    return None if None in values else sum(values)
