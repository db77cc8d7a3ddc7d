"""What the user has chosen, and how the program is."""

from fastapi import APIRouter
from pydantic import BaseModel

from transcriber import exports
from transcriber.jobs.dispatcher import Dispatcher


class ChangedSettings(BaseModel):
    """What is saved of every transcript."""

    formats: list[str]
    """As which files every finished transcript is saved."""
    sidecars: bool = False
    """Whether each has beside it where it came from."""


def router(dispatcher: Dispatcher) -> APIRouter:
    routes, results = APIRouter(), dispatcher.results

    @routes.get("/status")
    def status() -> dict[str, str]:
        """How the engine process is kept from the network, once it runs."""
        return {"offline": dispatcher.engine.offline}

    @routes.get("/settings")
    def settings() -> dict[str, object]:
        return {
            "formats": results.settings.formats,
            "sidecars": results.settings.has_sidecars,
            "known_formats": {name: known.title for name, known in exports.FORMATS.items()},
            "folder": str(results.folder.transcripts),
        }

    @routes.put("/settings")
    def change(changed: ChangedSettings) -> None:
        for name in changed.formats:
            exports.find(name)
        results.settings.set("formats", changed.formats)
        results.settings.set("sidecars", changed.sidecars)

    return routes
