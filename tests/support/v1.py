"""What a program asks of OpenAI's audio API."""

from dataclasses import replace

import httpx
from starlette.testclient import TestClient

from transcriber.models import catalog, manifest
from transcriber.models.store import ModelStore

FILE = {"file": ("talk.wav", b"sound")}


def ask(
    web: TestClient,
    path: str = "transcriptions",
    files: dict = FILE,
    headers: dict[str, str] | None = None,
    **fields: object,
) -> httpx.Response:
    return web.post(f"/v1/audio/{path}", files=files, data={"model": "whisper-1", **fields}, headers=headers)


def error_of(response: httpx.Response, status: int) -> dict:
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == ("invalid_request_error" if status < 500 else "server_error")
    return error


def as_published(store: ModelStore, name: str) -> None:
    """Let a demo pass for the catalogue's model, by its manifest."""
    recorded = store.find(name).manifest
    assert recorded
    published = replace(recorded, repository=catalog.find(name).repository, demo=False)
    manifest.write(store.find(name).manifest_path, published)
