"""The user's names and terms, which the page sends along with what it starts."""

from pathlib import Path

from fastapi import APIRouter
from pydantic import BaseModel

from transcriber import vocabulary


class Vocabulary(BaseModel):
    terms: list[str]
    """The most important first."""


def router(path: Path) -> APIRouter:
    """`path`: the file in which they are kept."""
    routes = APIRouter()

    @routes.get("/vocabulary")
    def terms() -> Vocabulary:
        return Vocabulary(terms=list(vocabulary.read(path)) if path.exists() else [])

    @routes.put("/vocabulary")
    def change(changed: Vocabulary) -> Vocabulary:
        """Keep these from now on; the answer is how they were understood."""
        vocabulary.write(path, tuple(changed.terms))
        return terms()

    return routes
