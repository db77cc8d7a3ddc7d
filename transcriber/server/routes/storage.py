"""The room that everything takes."""

from dataclasses import asdict

from fastapi import APIRouter

from transcriber.jobs import storage
from transcriber.jobs.dispatcher import Dispatcher


def router(dispatcher: Dispatcher) -> APIRouter:
    routes = APIRouter()

    @routes.get("/settings/storage")
    def used() -> dict[str, int]:
        """Bytes of recordings, the bin, transcripts and models; and how much is free."""
        return asdict(storage.used(dispatcher.jobs.folder, dispatcher.bin, dispatcher.store.folder))

    return routes
