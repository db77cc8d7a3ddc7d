"""The folders of the library."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from transcriber.jobs.database import Database
from transcriber.jobs.folders import Folders


class NamedFolder(BaseModel):
    """What a folder is called."""

    name: str


def router(database: Database) -> APIRouter:
    routes, folders = APIRouter(), Folders(database)

    @routes.get("/folders")
    def listed() -> dict[str, list[dict[str, Any]]]:
        """By their names."""
        return {"folders": [asdict(folder) for folder in folders.all()]}

    @routes.post("/folders")
    def add(named: NamedFolder) -> dict[str, Any]:
        return asdict(folders.add(named.name))

    @routes.patch("/folders/{number}")
    def rename(number: int, named: NamedFolder) -> None:
        found(number)
        folders.rename(number, named.name)

    @routes.delete("/folders/{number}")
    def delete(number: int) -> dict[str, list[str]]:
        """Its recordings stay, in no folder; returns their ids."""
        found(number)
        return {"ids": folders.delete(number)}

    def found(number: int) -> None:
        if folders.get(number) is None:
            raise HTTPException(404, "there is no such folder")

    return routes
