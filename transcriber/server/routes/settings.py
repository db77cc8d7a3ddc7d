"""What the user has chosen, and how the program is."""

from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from transcriber import exports
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.options import TranscribeOptions
from transcriber.server.routes.export import ExportOptions, export_choices


class ChangedSettings(BaseModel):
    """What is saved of every transcript."""

    formats: list[str]
    """As which files every finished transcript is saved."""
    sidecars: bool = False
    """Whether each has beside it where it came from."""


class ExportChoices(ExportOptions):
    """How somebody exported last."""

    formats: tuple[str, ...] = ("docx",)


class KeptChoice(BaseModel):
    """How the page transcribes what is added; the model is the active configuration's."""

    model_config = ConfigDict(extra="forbid")

    language: str = "auto"
    """A code, or "auto": found out by models that can."""
    translate_to: str = TranscribeOptions.translate_to
    second_model: str = TranscribeOptions.second_model
    speakers: str = TranscribeOptions.speakers


class PageSettings(BaseModel):
    """What the page alone goes by."""

    model_config = ConfigDict(extra="forbid")

    theme: Literal["auto", "light", "dark"] = "auto"
    language: Literal["auto", "en", "de", "es", "fr"] = "auto"
    """Of the page's own texts; auto: the browser's."""
    follow: bool = True
    """Whether the transcript scrolls along with what is played."""
    volume: float = Field(default=1.0, ge=0, le=1)
    """0 to 1."""
    export: ExportChoices = ExportChoices(times=True, origin="none")
    ask_first: bool = False
    """Whether the page asks how, before it transcribes what is added."""
    captions: bool = True
    """Whether the words are written while the microphone records."""
    choice: KeptChoice = KeptChoice()


def router(dispatcher: Dispatcher) -> APIRouter:
    routes, results = APIRouter(), dispatcher.results

    @routes.get("/status")
    def status() -> dict[str, Any]:
        """How the engine process is kept from the network, once it runs; and whether there are only demo models."""
        return {"offline": dispatcher.engine.offline, "is_demo": dispatcher.store.is_demo()}

    @routes.get("/settings")
    def settings() -> dict[str, object]:
        return {
            "formats": results.settings.formats,
            "sidecars": results.settings.has_sidecars,
            "known_formats": {name: known.title for name, known in exports.FORMATS.items()},
            "folder": str(results.folder.transcripts),
            "page": page_settings().model_dump(mode="json"),
            "export": export_choices(),
        }

    @routes.put("/settings")
    def change(changed: ChangedSettings) -> None:
        for name in changed.formats:
            exports.find(name)
        results.settings.set("formats", changed.formats)
        results.settings.set("sidecars", changed.sidecars)

    @routes.patch("/settings/page")
    def change_page(changed: dict[str, Any]) -> dict[str, Any]:
        """Keep these of the page's settings; the answer is all of them."""
        try:
            settings = PageSettings(**{**page_settings().model_dump(mode="json"), **changed})
        except ValidationError as error:
            raise HTTPException(400, _refusal(error)) from error
        results.settings.set("page", settings.model_dump(mode="json"))
        return settings.model_dump(mode="json")

    def page_settings() -> PageSettings:
        """As they are kept, without what this version does not know."""
        kept = results.settings.get("page", {})
        try:
            return PageSettings(**{name: kept[name] for name in PageSettings.model_fields if name in kept})
        except (TypeError, ValueError):
            return PageSettings()

    return routes


def _refusal(error: ValidationError) -> str:
    """Which settings there are not, or which values they cannot have."""
    wrong = [(".".join(map(str, part["loc"])), part["msg"]) for part in error.errors()]
    return f"The page has no such settings: {'; '.join(f'{name} ({why})' for name, why in wrong)}. Reload the page."
