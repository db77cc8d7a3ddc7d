"""Who may use OpenAI's audio API from another computer: the token, the ports, foreign pages."""

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketDenialResponse

from tests.support.v1 import FILE, ask, error_of
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.server.app import create_app_beyond
from transcriber.server.routes.v1.access import ByPort, Limits

TOKEN = "a token that nobody guesses"
SIMPLE = "token-as-it-is-made"


@pytest.fixture
def both(app: FastAPI, dispatcher: Dispatcher) -> ByPort:
    configurations = Configurations(dispatcher.jobs.database, dispatcher.store, "cpu")
    return ByPort({7861: app}, create_app_beyond(dispatcher, configurations, Limits(1_000_000, 2), TOKEN))


def beyond(both: ByPort, method: str, path: str, token: str | None, **asked: object) -> httpx.Response:
    """At the port that is open."""
    headers = {} if token is None else {"authorization": token}
    return TestClient(both, base_url="http://192.168.1.5:7860", headers=headers).request(method, path, **asked)


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer ü".encode()])
def test_nothing_is_answered_without_the_token(both: ByPort, token: str) -> None:
    for path in ("/", "/jobs", "/v1/models", "/openapi.json", "/config"):
        response = beyond(both, "GET", path, token)
        assert error_of(response, 401)["code"] == "invalid_api_key"


def test_a_page_that_is_let_in_is_asked_for_the_token_too(dispatcher: Dispatcher) -> None:
    """But a browser that asks first, without it, is answered; and what is refused can be read."""
    configurations = Configurations(dispatcher.jobs.database, dispatcher.store, "cpu")
    app = create_app_beyond(dispatcher, configurations, Limits(1_000_000, 2), TOKEN, ("app://obsidian.md",))
    web = TestClient(app, base_url="http://192.168.1.5:7860")
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    url = "/v1/audio/transcriptions"
    for origin, is_let_in in (("app://obsidian.md", True), ("http://evil.example", False)):
        page = {"origin": origin}
        before = web.options(url, headers={**page, **asked})
        without = ask(web, headers=page)
        known = ask(web, headers={**page, "authorization": f"Bearer {TOKEN}"})
        assert (before.status_code, without.status_code, known.status_code) == (204 if is_let_in else 401, 401, 200)
        for response in (before, without, known):
            assert response.headers.get("access-control-allow-origin") == (origin if is_let_in else None)


@pytest.mark.parametrize(
    ("headers", "subprotocols", "is_let_in"),
    [
        ({}, None, False),
        ({"authorization": "Bearer wrong"}, None, False),
        ({"authorization": f"Bearer {SIMPLE}"}, None, True),
        ({}, ["realtime", "openai-insecure-api-key.wrong"], False),
        ({}, ["realtime", f"openai-insecure-api-key.{SIMPLE}"], True),
    ],
)
def test_a_socket_needs_the_token_too(
    dispatcher: Dispatcher, headers: dict, subprotocols: list[str] | None, is_let_in: bool
) -> None:
    """A browser sends it as a subprotocol, for want of headers."""
    configurations = Configurations(dispatcher.jobs.database, dispatcher.store, "cpu")
    web = TestClient(create_app_beyond(dispatcher, configurations, Limits(1_000_000, 2), SIMPLE))
    opened = web.websocket_connect("/v1/realtime?intent=transcription", subprotocols, headers=headers)
    if is_let_in:
        with opened as socket:
            assert socket.receive_json()["type"] == "session.created"
        return
    with pytest.raises(WebSocketDenialResponse) as raised, opened:
        raise AssertionError("it was let in")
    assert error_of(raised.value, 401)["code"] == "invalid_api_key"


def test_there_is_nothing_but_the_interface_for_programs(both: ByPort) -> None:
    known = f"Bearer {TOKEN}"
    assert beyond(both, "GET", "/v1/models", known).status_code == 200
    asked = beyond(both, "POST", "/v1/audio/transcriptions", known, files=FILE, data={"model": "whisper-1"})
    assert asked.status_code == 200
    for method, path in (("GET", "/"), ("GET", "/jobs"), ("POST", "/jobs"), ("GET", "/api/get_stt_models/")):
        assert beyond(both, method, path, known).status_code == 404
    paths = beyond(both, "GET", "/openapi.json", known).json()["paths"]
    assert all(path.startswith("/v1/") for path in paths)


def test_the_word_before_the_token_may_be_written_as_one_likes(both: ByPort) -> None:
    """Names of schemes know no case (RFC 9110, section 11.1)."""
    for word in ("bearer", "BEARER", "Bearer "):
        assert beyond(both, "GET", "/v1/models", f"{word} {TOKEN}").status_code == 200


def test_the_page_has_a_port_of_its_own(both: ByPort) -> None:
    here = TestClient(both, base_url="http://127.0.0.1:7861")
    assert here.get("/v1/models").status_code == here.get("/jobs").status_code == 200
