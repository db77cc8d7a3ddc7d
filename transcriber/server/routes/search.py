"""Search in the titles and the words of all recordings."""

from dataclasses import asdict

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.search.searching import Search


def router(dispatcher: Dispatcher) -> APIRouter:
    routes, search = APIRouter(), Search(dispatcher.index)

    @routes.get("/search")
    def find(q: str = "", limit: int = Query(50, ge=1, le=500), hits: int = Query(5, ge=1, le=1000)) -> Response:
        """The recordings in whose titles and words all of `q` occurs, with their first `hits` places: words that begin
        so, in quotation marks words that follow one another just so. `pending`: recordings that changed, and will be
        found later."""
        return JSONResponse(asdict(search.find(q, limit, hits)))

    return routes
