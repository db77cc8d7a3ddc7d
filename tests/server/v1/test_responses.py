"""How OpenAI's audio API answers: bodies, streams, errors and limits."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine
from tests.support.v1 import FILE, ask, error_of
from transcriber import errors
from transcriber.errors import EngineCrashError
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.transcript import Transcript
from transcriber.worker.protocol import Failed, Progress, Started


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
    ("path", "status"), [("/v1/models/parrot", 404), ("/v1/chat/completions", 404), ("/v1/audio/speech", 404)]
)
def test_what_is_not_there(web: TestClient, path: str, status: int) -> None:
    error_of(web.get(path), status)
    assert web.get("/v1/models/whisper-1").json()["id"] == "whisper-1"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/audio/transcriptions", "POST"),
        ("PUT", "/v1/audio/translations", "POST"),
        ("OPTIONS", "/v1/audio/transcriptions", "POST"),
        ("TRACE", "/v1/models", "GET"),
        ("DELETE", "/v1/models/whisper", "GET"),
        ("BREW", "/v1/models", ""),
    ],
)
def test_a_method_that_is_not_taken(web: TestClient, method: str, path: str, allowed: str) -> None:
    response = web.request(method, path)
    assert "allow" in response.headers
    assert allowed in response.headers["allow"]
    assert response.headers["content-type"] == "application/json"
    error_of(response, 405)


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/chat", "/v1//models"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_path_below_answers_in_this_shape(web: TestClient, method: str, path: str) -> None:
    response = web.request(method, path)
    error_of(response, response.status_code)
    assert response.status_code in (404, 405)


@pytest.mark.parametrize("path", ["/v1", "/v1/models", "/v1/audio/transcriptions"])
@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "http://evil.example"}])
def test_the_guards_refusals_have_this_shape_too(web: TestClient, path: str, headers: dict[str, str]) -> None:
    assert error_of(web.post(path, headers=headers), 403)["code"] == "forbidden"
    assert web.post("/jobs", headers=headers).headers["content-type"].startswith("text/plain")


def test_a_mistake_of_ours_is_told(web: TestClient, engine: EchoEngine, dispatcher: Dispatcher) -> None:
    """With its traceback in the log; also in the middle of a stream."""

    def broken(*_: object) -> int:
        raise ZeroDivisionError("by zero")

    def broken_later(*args: object) -> int:
        def work(number: int) -> None:
            args[3](Started("cpu"))
            args[3](Progress(1.0, None, 1.0, segments=None))

        return engine._answer(work)

    engine.transcribe = broken
    for stream in ("false", "true"):
        error = error_of(ask(web, stream=stream), 500)
        assert "ZeroDivisionError: by zero" in error["message"]
    engine.transcribe = broken_later
    response = ask(web, stream="true")
    assert response.status_code == 200
    assert json.loads(response.text[6:])["error"]["code"] == "internal_error"
    log = (dispatcher.jobs.folder.path / "errors.log").read_text(encoding="utf-8")
    assert log.count("Traceback") == 3
    assert str(dispatcher.jobs.folder.path) in error["message"]


def test_the_field_is_named_that_only_the_loaded_model_could_refuse(web: TestClient, engine: EchoEngine) -> None:
    failing(engine, "UnsupportedOptionError", option="language")
    assert error_of(ask(web), 400)["param"] == "language"


def failing(engine: EchoEngine, error: str, **fields: object) -> None:
    """From now on every transcription fails so."""
    event = Failed(getattr(errors, error)("it failed", **fields))
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
            args[3](Started("cpu"))
            args[3](Failed(EngineCrashError("it died")))

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
        httpx.post(f"{served}/v1/audio/transcriptions", files=FILE, data=fields, timeout=3)
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
