"""OpenAI's audio API without its clients: what is understood, refused and limited. Behind it a small engine."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.conftest import DEMO_MODELS
from tests.fakes import EchoEngine, pretend
from tests.test_server import make_app
from transcriber.configurations import Configurations
from transcriber.dispatcher import Dispatcher
from transcriber.jobs import Jobs
from transcriber.options import TranscribeOptions
from transcriber.results import Results
from transcriber.routes.v1.access import ByPort, Limits
from transcriber.server import create_app_beyond
from transcriber.store import ModelStore
from transcriber.transcript import Transcript

FILE = {"file": ("talk.wav", b"sound")}
TOKEN = "a token that nobody guesses"


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    shutil.copytree(DEMO_MODELS, tmp_path / "models")
    return ModelStore(tmp_path / "models")


@pytest.fixture
def engine(transcript: Transcript) -> EchoEngine:
    return EchoEngine(transcript)


@pytest.fixture
def dispatcher(jobs: Jobs, results: Results, engine: EchoEngine, store: ModelStore) -> Dispatcher:
    return Dispatcher(jobs, results, engine, store)


@pytest.fixture
def app(dispatcher: Dispatcher, tmp_path: Path) -> FastAPI:
    """At most two requests at once, of at most 1 MB."""
    return make_app(dispatcher, tmp_path)


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        yield client


@pytest.fixture
def served(app: FastAPI) -> Iterator[str]:
    """The address of a real server: what is about connections shows only there."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def ask(web: TestClient, path: str = "transcriptions", files: dict = FILE, **fields: object) -> httpx.Response:
    return web.post(f"/v1/audio/{path}", files=files, data={"model": "whisper-1", **fields})


def error_of(response: httpx.Response, status: int) -> dict:
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == ("invalid_request_error" if status < 500 else "server_error")
    return error


def test_what_is_asked_for_reaches_the_engine(web: TestClient, engine: EchoEngine) -> None:
    response = ask(
        web, model="whisper", language="English", prompt="Łódź, Merkel", temperature=0.4, **{"keywords[]": ["C#", "Go"]}
    )
    assert response.status_code == 200, response.text
    (path, options, _, _) = engine.asked[0]
    assert (options.model, options.language, options.temperature) == ("whisper", "en", 0.4)
    assert options.vocabulary == ("Łódź", "Merkel", "C#", "Go")
    assert path.suffix == ".wav"
    assert engine.heard == [b"sound"]
    assert not path.parent.exists()


def test_a_model_that_draws_nothing_at_random_has_no_temperature(web: TestClient, engine: EchoEngine) -> None:
    assert ask(web, model="parakeet", temperature=0.4).status_code == 200
    assert engine.asked[0][1].temperature == TranscribeOptions.temperature


@pytest.mark.parametrize("name", ["whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-transcribe"])
def test_names_of_habit_mean_the_active_configuration(web: TestClient, engine: EchoEngine, name: str) -> None:
    (canary,) = [one for one in web.get("/api/get_stt_models/").json()["models"] if one["name"] == "canary"]
    web.post("/api/set_stt_model/", json={"model_id": canary["id"]}).raise_for_status()
    assert ask(web, model=name).status_code == 200
    assert engine.asked[0][1].model == "canary"


def test_nothing_is_kept(web: TestClient, dispatcher: Dispatcher) -> None:
    assert ask(web).status_code == 200
    assert web.get("/jobs").json()["jobs"] == []
    assert list(dispatcher.jobs.folder.temporary.iterdir()) == []


@pytest.mark.parametrize("stream", ["false", "true"])
def test_no_room_to_store_it(web: TestClient, dispatcher: Dispatcher, stream: str) -> None:
    dispatcher.jobs.folder.temporary.rmdir()
    error = error_of(ask(web, stream=stream), 507)
    assert error["message"].startswith("the recording cannot be stored (No such file or directory); make room")


@pytest.mark.parametrize(
    ("fields", "status", "code", "words"),
    [
        ({"model": "parrot"}, 404, "model_not_found", "“parrot”"),
        ({"model": "whisper-small"}, 404, "model_not_found", "whisper-small.pt is missing"),
        ({"language": "Klingon"}, 400, "unsupported_option", "there is no language “Klingon”"),
        ({"response_format": "diarized_json"}, 400, "invalid_value", "response_format"),
        ({"temperature": "2"}, 400, "invalid_value", "temperature"),
        ({"temperature": "warm"}, 400, "invalid_value", "temperature"),
        ({"include[]": "logprobs"}, 400, "invalid_value", "include[]"),
        ({"timestamp_granularities[]": "word"}, 400, "unsupported_option", "choose verbose_json"),
        ({"stream": "true", "response_format": "srt"}, 400, "unsupported_option", "srt cannot be streamed"),
        ({"prompt": "x" * 101}, 400, "unsupported_option", "100 characters"),
    ],
)
def test_what_cannot_be_done_is_refused(
    web: TestClient, engine: EchoEngine, fields: dict, status: int, code: str, words: str
) -> None:
    error = error_of(ask(web, **fields), status)
    assert error["code"] == code
    assert words in error["message"]
    assert engine.asked == []


def test_what_the_model_cannot_is_refused_with_those_that_can(web: TestClient, store: ModelStore) -> None:
    pretend(store, "parakeet")
    error = error_of(ask(web, "translations", model="parakeet", language="de"), 400)
    assert "choose one of the models whisper" in error["message"] or "canary-1b-v2" in error["message"]


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/models/parrot", 404), ("/v1/chat/completions", 404), ("/v1/audio/speech", 404)]
)
def test_what_is_not_there(web: TestClient, path: str, status: int) -> None:
    error_of(web.get(path), status)
    assert web.get("/v1/models/whisper-1").json()["id"] == "whisper-1"


@pytest.mark.parametrize("without", ["file", "model"])
def test_what_is_required(web: TestClient, without: str) -> None:
    files, fields = ({} if without == "file" else FILE), ({} if without == "model" else {"model": "whisper-1"})
    response = web.post("/v1/audio/transcriptions", files=files, data=fields)
    assert error_of(response, 400)["param"] == without


def test_a_form_that_is_broken(web: TestClient) -> None:
    response = web.post(
        "/v1/audio/transcriptions", content=b"no form", headers={"content-type": "multipart/form-data; boundary=x"}
    )
    error_of(response, 400)


def failing(engine: EchoEngine, error: str, **fields: object) -> None:
    """From now on every transcription fails so."""
    event = {"event": "failed", "error": error, "message": "it failed", "hint": "", **fields}
    engine.transcribe = lambda *args: engine._answer(lambda number: args[3](event))


@pytest.mark.parametrize(
    ("error", "status", "is_retried"),
    [
        ("AudioDecodeError", 400, False),
        ("EngineCrashError", 503, True),
        ("ModelCorruptError", 503, False),
        ("UnsupportedOptionError", 400, False),
        ("StorageError", 507, False),
    ],
)
@pytest.mark.parametrize("stream", ["false", "true"])
def test_each_error_has_its_status(
    web: TestClient, engine: EchoEngine, error: str, status: int, is_retried: bool, stream: str
) -> None:
    failing(engine, error)
    response = ask(web, stream=stream)
    assert error_of(response, status)["message"] == "it failed"
    assert ("retry-after" in response.headers, "x-should-retry" in response.headers) == (is_retried, not is_retried)


def test_verbose_json(web: TestClient, transcript: Transcript) -> None:
    granularities = {"timestamp_granularities[]": ["word", "segment"]}
    found = ask(web, response_format="verbose_json", **granularities).json()
    assert (found["task"], found["language"], found["duration"]) == ("transcribe", "english", 4000)
    assert found["text"] == transcript.text
    assert [(one["id"], one["start"], one["text"]) for one in found["segments"]] == [
        (0, 0.5, " Hello world."),
        (1, 3661.25, " Tom & <Jerry>"),
    ]
    assert found["segments"][0]["avg_logprob"] == pytest.approx(-0.188, abs=0.001)
    assert found["words"][1] == {"word": "world.", "start": 1.0, "end": 1.5}
    only = ask(web, response_format="verbose_json", **{"timestamp_granularities[]": "word"}).json()
    assert "segments" not in only
    assert "words" not in ask(web, response_format="verbose_json").json()


def test_words_come_as_they_are_ready(served: str, engine: EchoEngine, transcript: Transcript) -> None:
    """The first segment is told while the second is not heard yet; all deltas together are the text."""
    engine.stop_after = 1
    fields = {"model": "whisper-1", "stream": "true"}
    with httpx.stream("POST", f"{served}/v1/audio/transcriptions", files=FILE, data=fields) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = (line.removeprefix("data: ") for line in response.iter_lines() if line)
        first = json.loads(next(lines))
        assert first == {"type": "transcript.text.delta", "delta": "Hello world."}
        engine.stop_after = 99
        second, done, end = json.loads(next(lines)), json.loads(next(lines)), next(lines)
    assert first["delta"] + second["delta"] == done["text"] == transcript.text
    assert end == "[DONE]"


def test_deltas_of_a_script_without_blanks(web: TestClient, engine: EchoEngine, transcript: Transcript) -> None:
    """They add up to the text, as do the segments of the verbose answer."""
    cases = ((("你", "好"), "你好"), (("你", " 好"), "你 好"), ((" Hi", "好"), "Hi好"), (("๑", " Hi"), "๑ Hi"))
    for texts, text in cases:
        parts = [
            replace(segment, words=(replace(segment.words[0], text=said.strip(), space_before=said[0] == " "),))
            for segment, said in zip(transcript.segments, texts)
        ]
        engine.transcript_of = replace(transcript, segments=tuple(parts))
        sent = [line for line in ask(web, stream="true").text.split("\n\n") if line.startswith("data: {")]
        told = [json.loads(line[6:]) for line in sent]
        assert "".join(event.get("delta", "") for event in told) == told[-1]["text"] == text
        verbose = ask(web, response_format="verbose_json", **{"timestamp_granularities[]": ["segment", "word"]}).json()
        assert "".join(segment["text"] for segment in verbose["segments"]).lstrip() == verbose["text"] == text
        assert [word["word"] for word in verbose["words"]] == [said.strip() for said in texts]


def test_what_fails_in_the_middle_is_told_in_the_stream(web: TestClient, engine: EchoEngine) -> None:
    def crash(*args: object) -> int:
        def work(number: int) -> None:
            args[3]({"event": "loaded", "device": "cpu"})
            args[3]({"event": "failed", "error": "EngineCrashError", "message": "it died", "hint": ""})

        return engine._answer(work)

    engine.transcribe = crash
    response = ask(web, stream="true")
    assert response.status_code == 200
    assert json.loads(response.text[6:])["error"]["code"] == "engine_restarting"


@pytest.mark.parametrize("stream", ["false", "true"])
def test_the_work_ends_when_the_client_goes_away(
    served: str, engine: EchoEngine, dispatcher: Dispatcher, stream: str
) -> None:
    engine.stop_after = 1
    fields = {"model": "whisper-1", "stream": stream}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{served}/v1/audio/transcriptions", files=FILE, data=fields, timeout=1)
    for _ in range(300):
        if engine.number in engine.cancelled and not list(dispatcher.jobs.folder.temporary.iterdir()):
            return
        time.sleep(0.02)
    raise AssertionError((engine.cancelled, list(dispatcher.jobs.folder.temporary.iterdir())))


def test_what_is_too_large(served: str, engine: EchoEngine) -> None:
    """Also where the client does not say beforehand how long it is."""
    url = f"{served}/v1/audio/transcriptions"
    large = {"file": ("talk.wav", bytes(1_100_000))}
    error = error_of(httpx.post(url, files=large, data={"model": "whisper-1"}), 413)
    assert "1 MB" in error["message"]

    def pieces() -> Iterator[bytes]:
        yield b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        for _ in range(20):
            yield bytes(100_000)

    response = httpx.post(url, content=pieces(), headers={"content-type": "multipart/form-data; boundary=x"})
    assert error_of(response, 413)["code"] == "too_large"
    assert engine.asked == []


def test_too_many_at_once(served: str, engine: EchoEngine) -> None:
    """The third is told to come again; nothing is ever in the way of a question that takes no time."""
    engine.go.clear()
    url, told = f"{served}/v1/audio/transcriptions", []

    def send() -> None:
        told.append(httpx.post(url, files=FILE, data={"model": "whisper-1"}, timeout=30).status_code)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(engine.asked) < 2:
        time.sleep(0.01)
    refused = httpx.post(url, files=FILE, data={"model": "whisper-1"})
    assert error_of(refused, 429)["code"] == "busy"
    assert refused.headers["retry-after"] == "1"
    assert httpx.get(f"{served}/v1/models").status_code == 200
    engine.go.set()
    for thread in threads:
        thread.join()
    assert told == [200, 200]
    assert httpx.post(url, files=FILE, data={"model": "whisper-1"}).status_code == 200


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


def test_the_document_names_every_route_of_ours(web: TestClient) -> None:
    paths = web.get("/openapi.json").json()["paths"]
    assert {"/v1/audio/transcriptions", "/v1/audio/translations", "/v1/models", "/jobs", "/recordings"} <= set(paths)
    form = web.get("/openapi.json").json()["components"]["schemas"]["Transcription"]["properties"]
    assert {"file", "model", "language", "prompt", "response_format", "temperature", "stream"} <= set(form)
    assert "timestamp_granularities[]" in form
