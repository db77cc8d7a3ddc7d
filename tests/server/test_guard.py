"""Who may talk to the local server."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from transcriber.server.guard import Guard, Origins, PageOnly

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
        {"host": "[::1"},
        {"host": "127.0.0.1.nip.io:7860"},
        {"host": "evil.example", "origin": "http://evil.example"},
        {"origin": "http://["},
        {"origin": ""},
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


LET_IN = ("app://obsidian.md", "http://localhost:3000")
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type, x-stainless-os",
}


def from_page(
    origin: str, path: str = "/v1/models", method: str = "POST", host: str = "127.0.0.1:7860", **more: str
) -> httpx.Response:
    """What the page of an origin is answered where two are let in."""
    inner = Starlette(
        routes=[Route("/{rest:path}", lambda request: PlainTextResponse("secret"), methods=["GET", "POST"])]
    )
    client = TestClient(Guard(Origins(inner, LET_IN), LET_IN), base_url=HERE)
    return client.request(method, path, headers={"origin": origin, "host": host, **more})


@pytest.mark.parametrize("origin", LET_IN)
def test_a_page_that_is_let_in_is_answered_and_can_read_it(origin: str) -> None:
    response = from_page(origin, **{"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"})
    assert response.text == "secret"
    assert response.headers["access-control-allow-origin"] == origin
    assert "origin" in response.headers["vary"]
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("origin", LET_IN)
def test_a_browser_that_asks_first_is_told_what_it_may(origin: str) -> None:
    response = from_page(origin, method="OPTIONS", **PREFLIGHT)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == origin
    assert "POST" in response.headers["access-control-allow-methods"]
    assert response.headers["access-control-allow-headers"] == PREFLIGHT["access-control-request-headers"]
    assert "access-control-allow-private-network" not in response.headers
    private = from_page(origin, method="OPTIONS", **PREFLIGHT, **{"access-control-request-private-network": "true"})
    assert private.headers["access-control-allow-private-network"] == "true"


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.example",
        "http://localhost:3001",
        "https://localhost:3000",
        "http://localhost",
        "http://localhost:3000.evil.example",
        "app://obsidian.md.evil",
        "app://OBSIDIAN.md",
        "app://obsidian.md/",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_exactly_these_origins_are_let_in(origin: str, method: str) -> None:
    response = from_page(origin, method=method, **PREFLIGHT)
    assert response.status_code == 403
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "path", ["/", "/jobs", "/settings", "/config", "/gradio_api/upload", "/v10/models", "/openapi.json"]
)
def test_such_a_page_reaches_what_is_there_for_programs_alone(path: str) -> None:
    assert from_page(LET_IN[0], path).status_code == 403


def test_a_name_that_leads_here_lets_nobody_in() -> None:
    assert from_page(LET_IN[0], host="evil.example").status_code == 403


def test_what_is_spelled_out_is_let_in() -> None:
    inner = Starlette(routes=[Route("/v1/models", lambda request: PlainTextResponse("secret"))])
    client = TestClient(Guard(Origins(inner, ("null",)), ("null",)), base_url=HERE)
    assert client.get("/v1/models", headers={"origin": "null"}).headers["access-control-allow-origin"] == "null"


def test_the_refusal_says_how_a_page_is_let_in() -> None:
    assert "--allow-origin http://evil.example" in from_page("http://evil.example").json()["error"]["message"]
