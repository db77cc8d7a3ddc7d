"""OpenAI's audio API without its clients: what is understood, refused and limited. Behind it a small engine."""

import json
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine, pretend
from tests.support.places import DEMO_MODELS
from tests.support.web import make_app
from transcriber import errors
from transcriber.errors import EngineCrashError
from transcriber.jobs.configurations import Configurations
from transcriber.jobs.dispatcher import Dispatcher
from transcriber.jobs.results import Results
from transcriber.jobs.store import Jobs
from transcriber.models import catalog, manifest
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.server.app import create_app_beyond
from transcriber.server.routes.v1.access import ByPort, Limits
from transcriber.transcript import Transcript
from transcriber.worker.protocol import Failed, Progress, Started

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


def test_what_is_asked_for_reaches_the_engine(web: TestClient, engine: EchoEngine, store: ModelStore) -> None:
    as_published(store, "whisper")
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
        ({"keywords[]": "x" * 101}, 400, "unsupported_option", "100 characters"),
    ],
)
def test_what_cannot_be_done_is_refused(
    web: TestClient, engine: EchoEngine, fields: dict, status: int, code: str, words: str
) -> None:
    error = error_of(ask(web, **fields), status)
    assert error["code"] == code
    assert words in error["message"]
    assert engine.asked == []


LANGUAGES = ["en", "EN", " en ", "English", "en-US", "en_US", "eng", "en-x-any", "", "auto", "Auto", "null", "none"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("model", ["parakeet", "whisper"])
def test_languages_as_clients_write_them(
    web: TestClient, engine: EchoEngine, store: ModelStore, model: str, language: str
) -> None:
    as_published(store, model)
    assert ask(web, model=model, language=language).status_code == 200
    is_open = language.strip().lower() in ("", "auto", "null", "none")
    assert engine.asked[0][1].language == ("auto" if is_open else "en")


@pytest.mark.parametrize("model", ["parakeet", "canary-1b-v2"])
@pytest.mark.parametrize("language", ["xx", "klingon", "en-", "\u00e9", "x" * 500])
def test_what_is_no_language_is_refused_with_those_that_are(
    web: TestClient, store: ModelStore, model: str, language: str
) -> None:
    pretend(store, model)
    error = error_of(ask(web, model=model, language=language), 400)
    assert (error["param"], error["code"]) == ("language", "unsupported_option")
    assert f"there is no language “{language}”" in error["message"]
    assert ("auto, en" if model == "parakeet" else "bg, hr, cs") in error["message"]


def test_a_language_that_the_model_does_not_understand(web: TestClient, store: ModelStore) -> None:
    pretend(store, "parakeet")
    error = error_of(ask(web, model="parakeet", language="de-AT"), 400)
    assert error["param"] == "language"
    assert "does not understand German; choose one of the models parakeet-v3" in error["message"]


PROMPTS = {
    "This is a meeting of two colleagues who talk about the figures and the delays that all have been waiting for": (),
    "a talk with Angela Merkel and all the others, in Łódź. " * 100: ("Angela Merkel", "Łódź"),
    "、".join(["東京", "大阪"] * 40): ("東京", "大阪"),
    "\x00zero\u200bwidth, soft\u00adhyphen": ("zerowidth", "softhyphen"),
    "# Meeting notes": ("# Meeting notes",),
    ", ".join(map(str, range(2_000))): tuple(map(str, range(1_000))),
    "": (),
}


@pytest.mark.parametrize("prompt", PROMPTS, ids=range(len(PROMPTS)))
@pytest.mark.parametrize("model", ["parakeet", "canary", "whisper"])
def test_a_prompt_is_a_hint(web: TestClient, engine: EchoEngine, store: ModelStore, model: str, prompt: str) -> None:
    """Canary-Qwen has no use for one, and is asked without it."""
    as_published(store, model)
    assert ask(web, model=model, prompt=prompt).status_code == 200
    assert engine.asked[0][1].vocabulary == (PROMPTS[prompt] if model != "canary" else ())


def test_what_is_asked_for_as_keywords_must_be_honoured(web: TestClient, store: ModelStore) -> None:
    pretend(store, "canary")
    error = error_of(ask(web, model="canary", **{"keywords[]": ["Łódź"]}), 400)
    assert error["param"] == "keywords[]"
    assert "takes no vocabulary" in error["message"]


G = "timestamp_granularities"
SPELLINGS = [
    ({f"{G}[]": "word"}, {"words"}),
    ({f"{G}[]": ["word", "segment"]}, {"words", "segments"}),
    ({G: "word"}, {"words"}),
    ({G: ["word", "segment"]}, {"words", "segments"}),
    ({G: "word,segment"}, {"words", "segments"}),
    ({G: " Segment "}, {"segments"}),
    ({f"{G}[]": "word, segment"}, {"words", "segments"}),
    ({G: '["word", "segment"]'}, {"words", "segments"}),
    ({f"{G}[]": '["word"]'}, {"words"}),
    ({G: "['word']"}, {"words"}),
    ({f"{G}[0]": "word", f"{G}[1]": "segment"}, {"words", "segments"}),
    ({f"{G}[1]": "word", G: "word"}, {"words"}),
    ({f"{G}[]": ""}, {"segments"}),
    ({G: ""}, {"segments"}),
    ({G: "[]"}, {"segments"}),
    ({f"{G}[]": "null"}, {"segments"}),
    ({}, {"segments"}),
]


@pytest.mark.parametrize(("fields", "given"), SPELLINGS, ids=range(len(SPELLINGS)))
def test_granularities_as_clients_spell_them(web: TestClient, fields: dict, given: set[str]) -> None:
    found = ask(web, response_format="verbose_json", **fields)
    assert found.status_code == 200, found.text
    assert {"words", "segments"} & set(found.json()) == given


@pytest.mark.parametrize("name", [G, f"{G}[]", f"{G}[0]"])
@pytest.mark.parametrize("value", ["words", "character", "word,sentence", '["word", 5]', "{}", "[[]]"])
def test_what_is_no_granularity_is_told_how_it_is_spelt(web: TestClient, name: str, value: str) -> None:
    error = error_of(ask(web, response_format="verbose_json", **{name: value}), 400)
    assert error["param"] == f"{G}[]"
    assert f"send {G}[]=word" in error["message"]


@pytest.mark.parametrize(
    "fields",
    [
        {"chunking_strategy": "auto"},
        {"chunking_strategy": '"auto"'},
        {"chunking_strategy": ""},
        {"chunking_strategy": "null"},
        {"chunking_strategy": '{"type": "server_vad"}'},
        {"chunking_strategy": '{"type": "server_vad", "threshold": 0.4, "silence_duration_ms": 300}'},
        {"chunking_strategy[type]": "server_vad"},
        {"chunking_strategy[type]": "server_vad", "chunking_strategy[prefix_padding_ms]": "300"},
    ],
    ids=str,
)
def test_recordings_are_always_cut_where_nobody_speaks(web: TestClient, fields: dict) -> None:
    assert ask(web, **fields).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"chunking_strategy": "none"},
        {"chunking_strategy": '{"type": "manual"}'},
        {"chunking_strategy": "[1]"},
        {"chunking_strategy": '{"type": "server_vad", "model": "x"}'},
        {"chunking_strategy[type]": "client_vad"},
    ],
    ids=str,
)
def test_another_way_of_cutting_is_refused(web: TestClient, fields: dict) -> None:
    error = error_of(ask(web, **fields), 400)
    assert error["param"] == "chunking_strategy"
    assert "send auto" in error["message"]


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("Whisper-1", "parakeet"),
        (" whisper-1 ", "parakeet"),
        ("openai/whisper-1", "parakeet"),
        ("gpt-4o-transcribe-diarize", "parakeet"),
        ("gpt-4o-mini-transcribe-2025-12-15", "parakeet"),
        ("GPT-4o-Transcribe", "parakeet"),
        ("gpt-4o-transcribe-latest", "parakeet"),
        ("nvidia/parakeet-tdt-0.6b-v2", "parakeet"),
        ("Parakeet", "parakeet"),
        ("parakeet ", "parakeet"),
        ("nvidia/canary-qwen-2.5b", "canary"),
        ("openai/whisper", "whisper"),
        ("openai/whisper-large-v3-turbo", "whisper"),
        ("whisper-large-v3-turbo", "whisper"),
        ("Systran/faster-whisper-large-v3-turbo", "whisper"),
        ("deepdml/faster-whisper-large-v3-turbo-ct2", "whisper"),
        ("mlx-community/whisper-large-v3-turbo", "whisper"),
        ("ggml-large-v3-turbo.bin", "whisper"),
        ("turbo", "whisper"),
    ],
)
def test_other_spellings_of_names(web: TestClient, engine: EchoEngine, name: str, model: str) -> None:
    assert ask(web, model=name).status_code == 200
    assert engine.asked[0][1].model == model
    assert web.get(f"/v1/models/{quote(name)}").json()["id"] == name


@pytest.mark.parametrize(
    "name",
    ["parrot", "Systran/faster-whisper-large-v3", "openai/whisper-small", "distil-whisper/distil-large-v3", "x/y/z"],
)
def test_a_model_that_is_not_here(web: TestClient, name: str) -> None:
    """The answer lists what can be used, and not all that there is in the world."""
    for response in (ask(web, model=name), web.get(f"/v1/models/{name}"), web.get(f"/v1/models/{quote(name, '')}")):
        error = error_of(response, 404)
        assert (error["code"], error["param"]) == ("model_not_found", "model")
        assert "choose one of parakeet, canary, whisper, or whisper-1" in error["message"]
        assert "whisper-medium" not in error["message"]


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


NOTHING = ("", "null", "Null", "undefined")


@pytest.mark.parametrize("said", NOTHING)
@pytest.mark.parametrize("name", ["language", "prompt", "response_format", "temperature", "track", "stream"])
def test_a_field_may_say_nothing(web: TestClient, engine: EchoEngine, name: str, said: str) -> None:
    response = ask(web, **{name: said})
    assert response.status_code == 200, response.text
    assert set(response.json()) == {"text", "usage"}
    (_, options, _, _) = engine.asked[0]
    assert (options.language, options.vocabulary, options.stream) == ("auto", (), None)


@pytest.mark.parametrize("name", ["SRT", "Srt", " srt"])
def test_a_format_may_have_capitals(web: TestClient, name: str) -> None:
    assert ask(web, response_format=name).text.startswith("1\n00:00:")


def test_a_file_without_a_name_is_told_how_it_is_sent(web: TestClient) -> None:
    error = error_of(ask(web, files={}, file="hello"), 400)
    assert error["param"] == "file"
    assert "send the recording as a file, with a name" in error["message"]


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
