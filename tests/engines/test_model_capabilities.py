"""What models can, and that what they cannot is refused with the models that can."""

import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.support.places import DEMO_MODELS
from transcriber.engines import model_capabilities
from transcriber.engines.loading import load_engine
from transcriber.engines.model_capabilities import check, of
from transcriber.errors import UnsupportedOptionError
from transcriber.models import catalog, manifest
from transcriber.models.capabilities import Capabilities
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.pipeline.transcriber import Transcriber


def row(name: str) -> Capabilities:
    return of(catalog.find(name))


def options(language: str = "auto", into: str = "", *terms: str) -> TranscribeOptions:
    return TranscribeOptions(language=language, translate_to=into, vocabulary=terms)


POSSIBLE = [
    ("parakeet", options()),
    ("parakeet", options("en", "", "Łódź")),
    ("parakeet", options("auto", "en")),
    ("parakeet-v3", options()),
    ("parakeet-v3", options("mt")),
    ("canary", options("en", "en")),
    ("canary-1b-v2", options("uk", "en")),
    ("canary-1b-v2", options("en", "mt", "Valletta")),
    ("canary-1b-flash", options("de")),
    ("canary-1b-flash", options("en", "fr")),
    ("canary-1b-flash", options("en-US", "fra")),
    ("whisper-large-v2", options("", "")),
    ("whisper-large-v2", options("zh-Hant-TW", "none")),
    ("whisper", options("yue")),
    ("whisper-large-v2", options("auto", "en")),
    ("whisper-tiny.en", options()),
]
REFUSED = [
    ("parakeet", options("de"), "does not understand German", "whisper"),
    ("parakeet", options("en", "de"), "cannot translate English into German", "canary-1b-v2"),
    ("parakeet-v3", options("ja"), "does not understand Japanese", "whisper"),
    ("parakeet-v3", options("de", "en"), "cannot translate German into English", "whisper-large-v3"),
    ("canary", options("en", "", "Łódź"), "takes no vocabulary", "parakeet"),
    ("canary-1b-flash", options(), "cannot find out which language", "parakeet-v3"),
    ("canary-1b-flash", options("de", "fr"), "cannot translate German into French", "no model"),
    ("canary-1b-flash", options("it"), "does not understand Italian", "parakeet-v3"),
    ("canary-1b-v2", options("auto", "en"), "cannot find out which language", "whisper-tiny"),
    ("whisper", options("de", "en"), "cannot translate German into English", "whisper-large-v3"),
    ("whisper-large-v3", options("en", "de"), "cannot translate English into German", "canary-1b-v2"),
    ("whisper-large-v2", options("yue"), "does not understand Cantonese", "whisper-large-v3"),
    ("whisper-tiny.en", options("de"), "does not understand German", "whisper-tiny"),
    ("whisper", options("xx"), "there is no language “xx”", "auto, en, zh, de"),
    ("canary-1b-flash", options("xx"), "there is no language “xx”", "choose one of en, de, es, fr"),
    ("parakeet", options("xx"), "there is no language “xx”", "choose one of auto, en"),
    ("canary-1b-flash", options("en", "auto"), "“auto” is no language to write in", "choose one of de, es, fr, en"),
    ("canary-1b-flash", options("en", "xx"), "“xx” is no language", "choose one of de, es, fr, en"),
    ("parakeet", options("en", "auto"), "“auto” is no language to write in", "leave it away"),
]


@pytest.mark.parametrize(("name", "asked"), POSSIBLE, ids=lambda value: value if isinstance(value, str) else "")
def test_what_a_model_can(name: str, asked: TranscribeOptions) -> None:
    check(asked, row(name), name)


@pytest.mark.parametrize(
    ("name", "asked", "why", "instead"), REFUSED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_it_cannot_is_refused_with_the_models_that_can(
    name: str, asked: TranscribeOptions, why: str, instead: str
) -> None:
    with pytest.raises(UnsupportedOptionError, match=why) as raised:
        check(asked, row(name), f"the model {name}")
    others = raised.value.hint.replace(",", " ").split()
    assert instead in raised.value.hint
    assert name not in others
    for other in set(others) & set(catalog.MODELS):
        check(asked, row(other), other)


@pytest.mark.parametrize("name", ["language", "translate_to", "vocabulary", "temperature", "beam_size"])
def test_the_option_to_blame_is_named(name: str) -> None:
    wrong = {
        "language": "xx",
        "translate_to": "auto",
        "vocabulary": ("Łódź",),
        "temperature": 0.5,
        "beam_size": 2,
    }
    with pytest.raises(UnsupportedOptionError) as raised:
        check(replace(options(), **{name: wrong[name]}), row("canary"), "the model")
    assert raised.value.option == name


def test_the_language_itself_is_asked_for_where_that_helps() -> None:
    with pytest.raises(UnsupportedOptionError) as raised:
        check(options(), row("canary-180m-flash"), "the model")
    assert raised.value.hint.startswith("say which language it is, one of en, de, es, fr; or choose one of the models ")


def test_words_of_a_canarys_translation_have_no_times() -> None:
    assert row("canary-1b-v2").times_words(options("de"))
    assert row("canary-1b-v2").times_words(options("de", "de"))
    assert not row("canary-1b-v2").times_words(options("de", "en"))
    assert row("whisper-base").times_words(options("de", "en"))
    assert not row("canary").times_words(options())


@pytest.mark.parametrize("engine", ["nemo", "whisper", "faster-whisper"])
def test_engines_know_what_their_models_can(tmp_path: Path, engine: str) -> None:
    """The demo Parakeet is as v2, the demo Whisper as a multilingual one of 99 languages."""
    if engine == "nemo":
        assert load_engine(TranscribeOptions("parakeet", "cpu"), DEMO_MODELS).capabilities == row("parakeet")
        return
    if engine == "faster-whisper":
        pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")
    shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path)
    asked = TranscribeOptions("whisper", "cpu", engine=engine, compute_type="float32")
    assert load_engine(asked, tmp_path).capabilities == row("whisper-tiny")


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("parakeet", {"language": "de"}),
        ("parakeet", {"translate_to": "de"}),
        ("canary", {"language": "fr"}),
        ("canary", {"translate_to": "fr"}),
        ("whisper", {"translate_to": "de"}),
        ("parakeet", {"temperature": 0.5}),
        ("canary", {"temperature": 0.5}),
    ],
)
def test_a_loaded_model_refuses(transcriber: Transcriber, name: str, asked: dict[str, str]) -> None:
    with pytest.raises(UnsupportedOptionError, match=f"the model {name} ") as raised:
        transcriber.load(replace(TranscribeOptions(name, "cpu"), **asked))
    assert raised.value.hint


def test_a_listed_model_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    """Its file is nonsense; only its manifest is read. What is not listed is asked when it is loaded."""
    spec = catalog.find("parakeet")
    (tmp_path / spec.file).write_bytes(b"no model")
    store = ModelStore(tmp_path)
    assert model_capabilities.known(store.find("parakeet")) is None
    demo = manifest.read(DEMO_MODELS / "parakeet.json")
    assert demo
    for repository, expected in ((demo.repository, None), (spec.repository, of(spec))):
        fields = asdict(replace(demo, repository=repository))
        manifest.write_json(tmp_path / "parakeet.json", fields)
        assert model_capabilities.known(store.find("parakeet")) == expected
    with pytest.raises(UnsupportedOptionError, match="does not understand German"):
        load_engine(TranscribeOptions("parakeet", "cpu", language="de"), tmp_path)


def test_the_demo_whisper_is_offered_no_vocabulary() -> None:
    """It would write nonsense: it has not learnt that there may be text before its own."""
    offered = {
        name: model_capabilities.expected(ModelStore(DEMO_MODELS).find(name))
        for name in ("parakeet", "canary", "whisper")
    }
    assert {name: able.takes_vocabulary for name, able in offered.items()} == {
        "parakeet": True,
        "canary": True,
        "whisper": False,
    }
