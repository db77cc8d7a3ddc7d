"""Configurations over HTTP: six endpoints whose paths, fields and answers other programs rely on.

Each path is answered with and without its last slash.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from transcriber.engines.families import types
from transcriber.errors import ConfigurationConflictError
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.validation import sentence

DEFAULT_TYPE = "whisper"


class Numbered(BaseModel):
    """Which configuration is meant, by its id."""

    model_id: int


class NewConfiguration(BaseModel):
    name: str
    """Names the model too, unless `model_name` does."""
    model_type: str = DEFAULT_TYPE
    device: str = "auto"
    compute_type: str = "auto"
    description: str = ""
    model_name: str = ""


class Question(BaseModel):
    """Could there be such a configuration?"""

    model_type: str
    model_name: str
    device: str = "auto"
    compute_type: str = "auto"
    name: str = ""
    """That it is to have; empty: not asked."""


def router(configurations: Configurations) -> APIRouter:
    routes = APIRouter()

    def at(method: str, path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def add(answer: Callable[..., Any]) -> Callable[..., Any]:
            for spelling in (path, path.rstrip("/")):  # a redirect would lose the body in some clients
                routes.add_api_route(spelling, answer, methods=[method], include_in_schema=spelling == path)
            return answer

        return add

    @at("GET", "/api/get_stt_models/")
    def get_models() -> dict[str, Any]:
        listed = configurations.all()
        (active,) = (configuration for configuration in listed if configuration.is_active)
        return {
            "models": [asdict(configuration) for configuration in listed],
            "current_model": active.name,
            "current_model_id": active.id,
        }

    @at("POST", "/api/set_stt_model/")
    def set_model(request: Numbered) -> dict[str, str]:
        active = configurations.activate(request.model_id)
        return {"status": f"{active.name} is active now", "current_model": active.name}

    @at("POST", "/api/create_stt_model/")
    def create_model(request: NewConfiguration) -> dict[str, Any]:
        created, validation = configurations.create(**request.model_dump())
        to_do = [] if validation.available else [validation.message]
        return {
            "status": f"{created.name} was added",
            "model": asdict(created),
            "warnings": [*to_do, *validation.warnings],
        }

    @at("POST", "/api/validate_stt_model/")
    def validate_model(request: Question) -> dict[str, Any]:
        validation = configurations.validate(
            request.model_type, request.model_name, request.device, request.compute_type
        )
        answer = {
            "valid": validation.valid,
            "available": validation.available,
            "message": validation.message,
            "warnings": list(validation.warnings),
        }
        if request.name and validation.valid:
            try:
                configurations.check_name(request.name.strip(), request.model_name)
            except ConfigurationConflictError as error:
                return {**answer, "valid": False, "available": False, "message": sentence(str(error))}
        return answer

    @at("GET", "/api/get_stt_types/")
    def get_types() -> dict[str, Any]:
        return {"types": list(types()), "default_type": DEFAULT_TYPE}

    @at("POST", "/api/delete_stt_model/")
    def delete_model(request: Numbered) -> dict[str, str]:
        configurations.delete(request.model_id)
        return {"status": "Model deleted successfully"}

    return routes
