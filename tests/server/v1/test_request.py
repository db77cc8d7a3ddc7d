"""What is understood of a request to OpenAI's audio API, and what of it is refused."""

from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.support.fakes import EchoEngine, pretend
from tests.support.v1 import FILE, as_published, ask, error_of
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions


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


@pytest.mark.parametrize(
    ("fields", "status", "code", "words"),
    [
        ({"model": "parrot"}, 404, "model_not_found", "“parrot”"),
        ({"model": "whisper-small"}, 404, "model_not_found", "whisper-small.pt is missing"),
        ({"language": "Klingon"}, 400, "unsupported_option", "there is no language “Klingon”"),
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


def test_the_document_names_every_route_of_ours(web: TestClient) -> None:
    paths = web.get("/openapi.json").json()["paths"]
    assert {"/v1/audio/transcriptions", "/v1/audio/translations", "/v1/models", "/jobs", "/recordings"} <= set(paths)
    form = web.get("/openapi.json").json()["components"]["schemas"]["Transcription"]["properties"]
    assert {"file", "model", "language", "prompt", "response_format", "temperature", "stream"} <= set(form)
    assert "timestamp_granularities[]" in form
