"""Who may talk to the local server."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from transcriber.guard import Guard, PageOnly

HERE = "http://127.0.0.1:7860"


def ask(path: str = "/", method: str = "GET", middleware: type = Guard, **headers: str) -> httpx.Response:
    inner = Starlette(
        routes=[Route("/{rest:path}", lambda request: PlainTextResponse("secret"), methods=["GET", "POST"])]
    )

    client = TestClient(middleware(inner), base_url=HERE)
    return client.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "localhost:7860"},
        {"host": "[::1]:7860"},
        {"origin": HERE},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"},
    ],
)
def test_the_own_page_is_answered(headers: dict[str, str]) -> None:
    assert ask(**headers).text == "secret"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "192.168.1.5:7860"},
        {"host": ""},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:7860.evil.example"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "no-cors"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_others_are_refused(method: str, headers: dict[str, str]) -> None:
    response = ask("/jobs", method, **headers)
    assert response.status_code == 403
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://example.com/a",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://a",
        "/gradio_api/component_server",
        "/gradio_api/run/predict",
        "/gradio_api/call/transcribe",
        "/gradio_api/queue/join/more",
        "/gradio_api/upload_progress",
        "/gradio_api/runs",
        "/config/more",
        "/monitoring",
        "/openapi.json",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_gradio_can_besides_is_closed(path: str, method: str) -> None:
    assert ask(path, method, PageOnly, origin=HERE).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/config"),
        ("GET", "/gradio_api/info"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/gradio_api/queue/data"),
        ("GET", "/gradio_api/heartbeat/abc"),
    ],
)
def test_our_functions_can_be_called_in_one_way(method: str, path: str) -> None:
    assert ask(path, method, PageOnly).text == "secret"
    assert ask(path, "POST" if method == "GET" else "GET", PageOnly).status_code == 403


@pytest.mark.parametrize("path", ["/", "/assets/index.js", "/static/img/logo.svg", "/theme.css"])
def test_gradios_page_can_be_read_only(path: str) -> None:
    assert ask(path, "GET", PageOnly).text == "secret"
    assert ask(path, "POST", PageOnly, origin=HERE).status_code == 403


def test_every_answer_forbids_framing_and_foreign_scripts() -> None:
    headers = ask().headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
