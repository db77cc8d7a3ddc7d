"""The page “Models”: what can be chosen, every model of the catalogue, verifying one, and setting one up."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException

from transcriber import languages
from transcriber.engines.families import types
from transcriber.engines.protocol import EngineType
from transcriber.errors import EngineUnavailableError
from transcriber.freeze.choosing import recommend
from transcriber.jobs.configurations import Configuration, Configurations
from transcriber.jobs.speeds import Speeds, estimate
from transcriber.jobs.validation import type_of
from transcriber.models import catalog
from transcriber.models.catalog import ModelSpec
from transcriber.models.frozen_model import SETUP_COMMAND, FrozenModel
from transcriber.models.hardware import hardware
from transcriber.models.store import ModelStore
from transcriber.models.verification import Verifier
from transcriber.options import DEVICES
from transcriber.server.setup_process import SetupQueue

MEGABITS = 50
"""A second: the connection for which the time of a download is said."""


def router(
    configurations: Configurations, verifier: Verifier, setups: SetupQueue, speeds: Speeds, revision: Callable[[], str]
) -> APIRouter:
    routes = APIRouter()

    @routes.get("/models")
    def models() -> dict[str, Any]:
        return {
            "revision": revision(),
            "active": configurations.active().name,
            "choices": configurations.choices(),
            "languages": languages.NAMES,
            "configurations": [_configuration(configuration) for configuration in configurations.all()],
            "types": [_type(engine_type) for engine_type in types().values()],
            "devices": DEVICES,
            "starter": _starter(configurations.store),
            "diarizing": _diarizing(configurations.store),
            "memory_here_gb": _memory(),
            "models": [_model(configurations.store.of(spec)) for spec in catalog.MODELS.values()],
            "can_set_up": setups.is_possible,
        }

    @routes.post("/models/{name}/use")
    def use(name: str) -> None:
        """Transcribe with the configuration or the model that is called so from now on."""
        configurations.use(name)

    @routes.post("/models/{name}/verify")
    def verify(name: str) -> None:
        """Hash its file; GET /models then tells what was found."""
        verifier.start(catalog.find(name).name)

    @routes.post("/models/{name}/download")
    def download(name: str) -> None:
        """Set it up, by the program that goes online; GET /models then tells how far it is."""
        spec = catalog.find(name)
        if not setups.is_possible:
            raise HTTPException(409, f"there is no {setups.program}: set models up on the command line")
        if not spec.file:
            raise HTTPException(409, f"{spec.title} is there already")
        setups.start(spec.name)

    @routes.post("/models/{name}/cancel")
    def cancel(name: str) -> None:
        """End its set-up; what was downloaded stays for the next time."""
        setups.cancel(catalog.find(name).name)

    def _configuration(configuration: Configuration) -> dict[str, Any]:
        validation = configurations.validation(configuration)
        title = configurations.store.find(configuration.model_name).title
        return {
            **asdict(configuration),
            "title": title,
            "available": validation.available,
            "message": validation.message,
            "warnings": validation.warnings,
        }

    def _model(model: FrozenModel) -> dict[str, Any]:
        spec, recorded, status = model.spec, model.manifest, model.status()
        verdict, set_up = verifier.verdict(spec.name), setups.state(spec.name)
        recommended = recommend(hardware()).specs
        return {
            "name": spec.name,
            "title": model.title,
            "category": spec.category,
            "languages": spec.language_summary,
            "language_codes": spec.languages,
            "accuracy": catalog.accuracy(spec),
            "fits": spec.needed_gb <= _memory(),
            "is_recommended": spec in recommended,
            "is_offered": spec in recommended or spec is configurations.store.diarizing().spec,
            "licence": recorded.licence if recorded and status.size else spec.licence,
            "source": recorded.repository if recorded and status.size else spec.repository,
            "parameters": spec.parameters,
            "memory_gb": spec.needed_gb,
            "wer": spec.wer,
            "rtfx": spec.rtfx,
            "published": spec.source,
            "speed_here": speeds.of(model),
            "speed_estimate": None if model.is_demo else estimate(spec, hardware()),
            "type": type_of(model),
            "can_transcribe": spec in catalog.transcribing(),
            "state": "damaged" if verdict and verdict.state == "damaged" else status.state,
            "size": status.size,
            "download_size": spec.size,
            "age_days": recorded.age_days if recorded else None,
            "is_starter": spec.is_starter and not (recorded and recorded.demo),
            "is_demo": bool(recorded and recorded.demo),
            "notes": status.notes,
            "verdict": verdict and {"state": verdict.state, "message": verdict.message},
            "set_up": set_up and asdict(set_up),
        }

    return routes


def _memory() -> float:
    """GB that a model may have here: of the largest graphics card that can be used, or else of the computer."""
    return hardware().card_memory_gb or hardware().memory_gb


def _diarizing(store: ModelStore) -> dict[str, Any]:
    """The model that tells speakers apart."""
    model = store.diarizing()
    command = f"{SETUP_COMMAND} {model.name}"
    return {"name": model.name, "title": model.title, "is_there": model.is_there(), "command": command}


def _starter(store: ModelStore) -> dict[str, Any] | None:
    """The starter models, and what fits this computer and is more accurate; None where such a model is there."""
    present = store.present_models()
    if not present or store.is_demo() or not all(model.spec.is_starter for model in present):
        return None
    choice, largest = recommend(hardware()), max(model.spec.parameters for model in present)
    return {
        "titles": [model.title for model in present],
        "offers": [_offer(spec) for spec in choice.specs if spec.parameters > largest],
        "why": choice.why,
        "megabits": MEGABITS,
    }


def _offer(spec: ModelSpec) -> dict[str, Any]:
    """With the size and the time of its download; where the size is not published, as weights in float32 take."""
    size = spec.size or round(4e6 * spec.parameters)
    return {
        "name": spec.name,
        "title": spec.title,
        "languages": spec.language_summary,
        "size": size,
        "is_estimate": spec.size is None,
        "seconds": 8 * size / (MEGABITS * 1e6),
    }


def _type(engine_type: EngineType) -> dict[str, Any]:
    missing = ""
    try:
        engine_type.require()
    except EngineUnavailableError as error:
        missing = str(error)
    compute_types = {device: list(names) for device, names in engine_type.compute_types.items()}
    return {"name": engine_type.name, "title": engine_type.title, "compute_types": compute_types, "missing": missing}
