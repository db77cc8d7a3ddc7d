"""Configurations and their validation, on the demo models; engine types are registered as new files would be."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.engine_types import FASTER, engine_type
from tests.support.fakes import pretend
from tests.support.places import DEMO_MODELS
from transcriber.engines.families import types
from transcriber.engines.nemo.files import ASR
from transcriber.engines.whisper.files import WHISPER
from transcriber.errors import (
    ConfigurationConflictError,
    EngineUnavailableError,
    ModelCorruptError,
    ModelNotFrozenError,
    UnknownConfigurationError,
    UnknownModelError,
    UnsupportedOptionError,
)
from transcriber.jobs import validation
from transcriber.jobs.configurations import Configuration, Configurations
from transcriber.jobs.database import Database
from transcriber.models.hardware import Card, Hardware
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions

GB_24 = Card("RTX 4090", 24.0, "580.1")
PLAIN = Hardware((), 64.0, "2.11.0+cu130", "13.0")


ANY_DEVICE = "auto, cuda, cpu, or cuda:1 for a second card"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine types there are; a test may register more."""
    for name in set(types()) - {"nemo", "whisper"}:
        monkeypatch.delitem(types(), name)
    monkeypatch.setitem(types(), FASTER.name, FASTER)
    yield
    types.cache_clear()  # their order would be another one


@pytest.fixture(autouse=True)
def computer(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Hardware]]:
    """What it has; a test may put another one in."""
    here = [PLAIN]
    monkeypatch.setattr(validation, "hardware", lambda: here[0])
    return here


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """The demo models, and Whisper base."""
    folder = tmp_path / "models"
    shutil.copytree(DEMO_MODELS, folder)
    shutil.copy(DEMO_MODELS / "whisper.pt", folder / "whisper-base.pt")
    return ModelStore(folder)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "a.db")


@pytest.fixture
def configurations(database: Database, store: ModelStore) -> Configurations:
    return Configurations(database, store)


def named(configurations: Configurations, name: str) -> Configuration:
    return next(one for one in configurations.all() if one.name == name)


def test_what_is_there_at_first(configurations: Configurations) -> None:
    rows = {
        one.name: (one.model_name, one.model_type, one.device, one.compute_type, one.is_default, one.is_active)
        for one in configurations.all()
    }
    assert rows == {
        "parakeet": ("parakeet", "nemo", "auto", "auto", True, True),
        "canary": ("canary", "nemo", "auto", "auto", False, False),
        "whisper": ("whisper", "whisper", "auto", "auto", False, False),
        **{
            name: (name, "whisper", "cpu", "int8", False, False)
            for name in ("tiny", "base", "small", "medium", "large")
        },
    }
    assert {one.name: one.description for one in configurations.all() if one.compute_type == "int8"} == {
        "tiny": "Fastest, lowest accuracy",
        "base": "Balanced speed and accuracy (recommended)",
        "small": "Better accuracy, slower",
        "medium": "High accuracy, significantly slower",
        "large": "Best accuracy, slowest, needs more resources",
    }
    assert all(one.description for one in configurations.all())
    made = datetime.fromisoformat(configurations.active().created_at)
    assert made.tzinfo == UTC and abs((datetime.now(UTC) - made).total_seconds()) < 60


def test_the_next_start_changes_nothing(configurations: Configurations, database: Database, store: ModelStore) -> None:
    configurations.activate(named(configurations, "whisper").id)
    configurations.delete(named(configurations, "tiny").id)
    before = configurations.all()
    assert Configurations(database, store).all() == before


@pytest.mark.parametrize(
    ("there", "active"), [(["whisper.pt"], "whisper"), (["whisper-small.pt"], "small"), ([], "parakeet")]
)
def test_active_at_first_is_what_can_be_used(database: Database, tmp_path: Path, there: list[str], active: str) -> None:
    for name in there:
        shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path / name)
    assert Configurations(database, ModelStore(tmp_path)).active().name == active


def test_canary_has_the_type_that_its_file_needs(database: Database, store: ModelStore) -> None:
    assert named(Configurations(database, ModelStore(store.folder / "none")), "canary").model_type == "canary-qwen"
    assert named(Configurations(database, store), "canary").model_type == "nemo"


def test_one_is_active_one_is_default_by_constraint(configurations: Configurations, database: Database) -> None:
    for broken in (
        "UPDATE configurations SET is_active = 1",
        "UPDATE configurations SET is_default = 1",
        "UPDATE configurations SET name = 'same'",
        "UPDATE configurations SET name = ''",
        "DELETE FROM configurations WHERE is_active",
        "DELETE FROM configurations WHERE is_default",
        "INSERT INTO configurations (name, model_name, model_type, device, compute_type, created_at, updated_at) "
        "VALUES ('PARAKEET', 'x', 'x', 'x', 'x', 0, 0)",
    ):
        with pytest.raises(sqlite3.IntegrityError), database.transaction() as transaction:
            transaction.execute(broken)
    assert len(configurations.all()) == 8


def test_activate(configurations: Configurations) -> None:
    before = named(configurations, "whisper")
    after = configurations.activate(before.id)
    assert configurations.active() == after == replace(before, is_active=True, updated_at=after.updated_at)
    assert after.updated_at >= before.updated_at
    assert not named(configurations, "parakeet").is_active


def test_what_cannot_be_used_cannot_be_active(configurations: Configurations) -> None:
    with pytest.raises(ModelNotFrozenError, match=r"whisper-small\.pt is missing; run `python setup_local_models\.py"):
        configurations.activate(named(configurations, "small").id)
    with pytest.raises(UnknownConfigurationError):
        configurations.activate(99)
    assert configurations.active().name == "parakeet"


def test_a_model_without_a_configuration_gets_one_when_it_is_used(
    configurations: Configurations, store: ModelStore
) -> None:
    assert configurations.use("canary") == named(configurations, "canary") == configurations.active()
    shutil.copy(DEMO_MODELS / "parakeet.nemo", store.folder / "parakeet-v3.nemo")
    used = configurations.use("parakeet-v3")
    assert (used.name, used.model_name, used.model_type, used.device) == ("parakeet-v3", "parakeet-v3", "nemo", "auto")
    assert configurations.active() == used
    configurations.use("parakeet")
    assert configurations.use("parakeet-v3").id == used.id
    with pytest.raises(ModelNotFrozenError):
        configurations.use("canary-1b-v2")
    with pytest.raises(UnknownModelError):
        configurations.use("nothing")
    assert configurations.active().name == "parakeet-v3"


def test_deleted_but_not_the_active_nor_the_default(configurations: Configurations) -> None:
    whisper = configurations.activate(named(configurations, "whisper").id)
    for name, why in (("whisper", "is the active"), ("parakeet", "is the default")):
        with pytest.raises(ConfigurationConflictError, match=why):
            configurations.delete(named(configurations, name).id)
    configurations.activate(named(configurations, "parakeet").id)
    configurations.delete(whisper.id)
    with pytest.raises(UnknownConfigurationError):
        configurations.delete(whisper.id)


def test_the_number_of_a_deleted_one_is_never_given_again(configurations: Configurations) -> None:
    first, _ = configurations.create("mine", "nemo", "cpu", "auto", model_name="parakeet")
    configurations.delete(first.id)
    assert configurations.create("mine", "nemo", "cpu", "auto", model_name="parakeet")[0].id > first.id


def test_one_with_a_name_of_its_own(configurations: Configurations) -> None:
    made, found = configurations.create(" Parakeet on the processor ", "nemo", "cpu", "float32", "slow", "parakeet")
    assert (made.name, made.model_name, made.is_active, made.is_default) == (
        "Parakeet on the processor",
        "parakeet",
        False,
        False,
    )
    assert found.available
    assert configurations.options(made) == TranscribeOptions("parakeet", "cpu", "nemo", "float32")
    assert configurations.label(made) == "Parakeet on the processor – English"


def test_one_whose_model_is_not_here_may_be_made(configurations: Configurations) -> None:
    made, found = configurations.create("large-v2", "whisper", "cpu", "float32")
    assert (found.valid, found.available) == (True, False)
    assert "whisper-large-v2.pt is missing" in found.message
    assert made in configurations.all()


@pytest.mark.parametrize(
    ("name", "model_name", "why"),
    [
        ("Base", "", "already"),
        ("whisper-base", "parakeet", "is the name of OpenAI Whisper base"),
        ("  ", "", "1 to 100 characters"),
        ("x" * 101, "parakeet", "1 to 100 characters"),
    ],
)
def test_names_that_are_taken(configurations: Configurations, name: str, model_name: str, why: str) -> None:
    with pytest.raises(ConfigurationConflictError, match=why):
        configurations.create(name, "whisper", "cpu", "float32", model_name=model_name)
    assert len(configurations.all()) == 8


def test_what_makes_no_sense_is_not_made(configurations: Configurations) -> None:
    with pytest.raises(UnsupportedOptionError, match="float16"):
        configurations.create("mine", "nemo", "cpu", "float16", model_name="parakeet")
    assert len(configurations.all()) == 8


class TestValidation:
    """In the order: type, libraries, device, model."""

    def test_all_is_well(self, configurations: Configurations) -> None:
        found = configurations.validate("whisper", "base", "cpu", "float32")
        assert (found.valid, found.available, found.warnings) == (True, True, ())
        assert found.message == "OpenAI Whisper base can be used, on the processor."

    def test_an_unknown_type_comes_first(self, configurations: Configurations) -> None:
        found = configurations.validate("parrot", "parrot", "toaster", "int4")
        assert (found.valid, found.available) == (False, False)
        assert found.message == "There is no model type “parrot”; choose one of nemo, whisper, faster-whisper."

    def test_then_its_libraries(self, configurations: Configurations, monkeypatch: pytest.MonkeyPatch) -> None:
        custom = engine_type("custom", WHISPER, packages=("json", "not_installed"))
        monkeypatch.setitem(types(), "custom", custom)
        found = configurations.validate("custom", "medium", "cpu", "float32")
        assert (found.valid, found.available) == (True, False)
        assert found.message == "Custom needs not_installed, which is not installed; run `pip install custom`."
        assert "whisper-medium.pt is missing" in str(found.failures[1])
        nonsense = configurations.validate("custom", "parrot", "cpu", "float32")
        assert (nonsense.valid, nonsense.message) == (False, found.message)

    def test_then_the_device(self, configurations: Configurations) -> None:
        found = configurations.validate("whisper", "medium", "toaster", "float32")
        assert (found.valid, found.available) == (False, False)
        assert found.message == f"There is no device “toaster”; choose one of {ANY_DEVICE}."

    def test_then_what_it_computes_in(self, configurations: Configurations) -> None:
        found = configurations.validate("nemo", "parakeet-v3", "cpu", "int8")
        assert not found.valid
        assert "cannot compute in “int8” on cpu; choose one of auto, float32, bfloat16." in found.message

    def test_then_the_model(self, configurations: Configurations, store: ModelStore) -> None:
        found = configurations.validate("whisper", "small", "cpu", "float32")
        assert (found.valid, found.available) == (True, False)
        assert str(store.folder / "whisper-small.pt") in found.message
        assert "python setup_local_models.py" in found.message

    def test_a_model_that_nobody_knows(self, configurations: Configurations) -> None:
        found = configurations.validate("whisper", "parrot", "cpu", "float32")
        assert not found.valid
        assert isinstance(found.failures[0], UnknownModelError)

    def test_a_model_that_writes_no_words(self, configurations: Configurations) -> None:
        assert "writes no words" in configurations.validate("nemo", "sortformer", "auto", "auto").message

    @pytest.mark.parametrize("model", ["parakeet", "parakeet-v3"])
    def test_a_model_of_another_kind(self, configurations: Configurations, model: str) -> None:
        found = configurations.validate("whisper", model, "cpu", "float32")
        assert not found.valid
        assert found.message.endswith("is no model for OpenAI Whisper; choose the type nemo.")

    def test_a_file_of_another_size_than_it_was(self, configurations: Configurations, store: ModelStore) -> None:
        with store.find("whisper").path.open("ab") as file:
            file.write(b"x")
        found = configurations.validate("whisper", "whisper", "cpu", "float32")
        assert isinstance(found.failures[0], ModelCorruptError)
        assert (found.valid, found.available) == (True, False)

    def test_a_file_that_is_cut_off(self, configurations: Configurations, store: ModelStore) -> None:
        store.find("parakeet").path.write_bytes(store.find("parakeet").path.read_bytes()[:9000])
        found = configurations.validate("nemo", "parakeet", "cpu", "auto")
        assert "is damaged or was not copied completely" in found.message
        assert configurations.choices()[0]["name"] == "canary"


def test_whisper_in_int8(configurations: Configurations) -> None:
    base = named(configurations, "base")
    found = configurations.validation(base)
    assert (found.available, found.warnings) == (True, ())
    assert configurations.options(base) == TranscribeOptions("whisper-base", "cpu", "whisper", "int8")


@pytest.fixture
def lightest(configurations: Configurations, monkeypatch: pytest.MonkeyPatch) -> Configuration:
    """One that computes in what only another engine type can."""
    monkeypatch.setitem(types(), FASTER.name, replace(FASTER, compute_types={"cpu": ("int4",), "cuda": ()}))
    return configurations.create("mine", "whisper", "cpu", "int4", model_name="base")[0]


def test_what_only_another_engine_computes_in_runs_there(
    configurations: Configurations, lightest: Configuration
) -> None:
    found = configurations.validation(lightest)
    assert found.available
    assert found.warnings == ("int4 runs on faster-whisper (CTranslate2).",)
    assert configurations.options(lightest) == TranscribeOptions("whisper-base", "cpu", "faster-whisper", "int4")


def test_and_needs_it(configurations: Configurations, lightest: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(types(), FASTER.name, replace(types()[FASTER.name], packages=("not_installed",)))
    with pytest.raises(EngineUnavailableError, match="faster-whisper"):
        configurations.activate(lightest.id)


def test_an_engine_that_is_registered_can_be_configured(
    configurations: Configurations, monkeypatch: pytest.MonkeyPatch
) -> None:
    custom = engine_type("custom", ASR, compute_types={"cpu": ("int4",), "cuda": ()})
    monkeypatch.setitem(types(), "custom", custom)
    made, found = configurations.create("v1", "custom", "cpu", "int4", model_name="parakeet")
    assert found.available
    assert configurations.options(configurations.activate(made.id)).engine == "custom"


def test_no_card_is_a_warning_and_the_processor(configurations: Configurations) -> None:
    made, found = configurations.create("mine", "whisper", "cuda", "float16", model_name="base")
    assert found.available
    assert found.warnings == (
        "There is no graphics card that can be used: the processor will be used, computing in float32.",
    )
    assert configurations.options(made) == TranscribeOptions("whisper-base", "cuda", "whisper", "auto")


def test_a_card_that_torch_cannot_use_says_why(configurations: Configurations, computer: list[Hardware]) -> None:
    computer[0] = replace(PLAIN, cards=(GB_24,), torch_cuda="")
    found = configurations.validate("nemo", "parakeet", "cuda", "auto")
    assert found.available
    assert any("the installed torch 2.11.0+cu130 has no CUDA" in warning for warning in found.warnings)
    assert configurations.validate("nemo", "parakeet", "cpu", "auto").warnings == ()


def test_on_a_card(configurations: Configurations, computer: list[Hardware]) -> None:
    computer[0] = replace(PLAIN, cards=(GB_24,))
    made, found = configurations.create("mine", "whisper", "cuda", "float16", model_name="base")
    assert (found.message, found.warnings) == ("OpenAI Whisper base can be used, on the graphics card.", ())
    assert configurations.options(made).compute_type == "float16"
    assert configurations.validate("whisper", "large", "cuda", "float16").warnings == ()
    computer[0] = replace(PLAIN, cards=(replace(GB_24, memory_gb=8.0),))
    (warning,) = configurations.validate("whisper", "large", "cuda", "float16").warnings
    assert warning == "A large model: it needs about 10 GB of memory, and the graphics card has 8.0 GB."


def test_large_models_are_said(configurations: Configurations, computer: list[Hardware]) -> None:
    (warning,) = configurations.validate("whisper", "large", "cpu", "float32").warnings
    assert warning == "A large model: it needs about 10 GB of memory, and is slow on a processor."
    computer[0] = replace(PLAIN, memory_gb=7.9)
    (warning,) = configurations.validate("whisper", "large", "cpu", "float32").warnings
    assert warning == "A large model: it needs about 10 GB of memory, and this computer has 7.9 GB."


def test_the_device_of_the_start_takes_the_place_of_auto_only(
    database: Database, store: ModelStore, computer: list[Hardware]
) -> None:
    computer[0] = replace(PLAIN, cards=(GB_24,))
    configurations = Configurations(database, store, "cpu")
    assert configurations.options(configurations.active()).device == "cpu"
    made, _ = configurations.create("mine", "whisper", "cuda", "float16", model_name="base")
    assert configurations.options(made).device == "cuda"


def test_what_is_asked_for_by_name(configurations: Configurations) -> None:
    assert configurations.options_of("") == TranscribeOptions("parakeet", "auto", "nemo", "auto")
    assert configurations.options_of("base").engine == "whisper"
    assert configurations.options_of("whisper-base") == TranscribeOptions("whisper-base")
    with pytest.raises(UnknownModelError):
        configurations.options_of("parrot")
    with pytest.raises(ModelNotFrozenError):
        configurations.options_of("small")
    with pytest.raises(ModelNotFrozenError):
        configurations.options_of("parakeet-v3")


def test_choices_are_what_can_be_used_now(configurations: Configurations, store: ModelStore) -> None:
    pretend(store, "parakeet-v3")
    choices = configurations.choices()
    assert [{name: choice[name] for name in ("name", "label")} for choice in choices] == [
        {"name": "parakeet", "label": "Demo Parakeet: FastConformer with TDT, 20 words – English"},
        {"name": "canary", "label": "Demo Canary: FastConformer with a Transformer decoder, 20 words – English"},
        {"name": "whisper", "label": "Demo Whisper: 20 words – 100 languages"},
        {"name": "base", "label": "OpenAI Whisper base (int8) – 99 languages"},
        {"name": "parakeet-v3", "label": "NVIDIA Parakeet TDT 0.6B v3 – 25 languages"},
    ]
    assert [choice["model"] for choice in choices] == ["parakeet", "canary", "whisper", "whisper-base", "parakeet-v3"]
    able = {choice["name"]: choice["capabilities"] for choice in choices}
    assert (able["whisper"]["languages"], able["whisper"]["detects_language"]) == (("en",), False)  # a demo
    assert len(able["base"]["languages"]) == 99  # a file from elsewhere
    assert ("de", "en") in able["base"]["translations"]
    assert (len(able["parakeet-v3"]["languages"]), able["parakeet-v3"]["detects_language"]) == (25, True)


def test_a_model_that_none_of_ours_names_is_used_where_it_is_the_only_one(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A starter model."""
    store = ModelStore(tmp_path)
    shutil.copy(DEMO_MODELS / "whisper.pt", store.find("whisper-tiny.en").path)
    configurations = Configurations(database, store)
    active = configurations.active()
    assert (active.name, active.model_name, active.model_type) == ("whisper-tiny.en", "whisper-tiny.en", "whisper")
    assert (active.device, active.compute_type, active.is_default) == ("auto", "auto", False)
    assert configurations.validation(active).available
    assert [choice["name"] for choice in configurations.choices()] == ["whisper-tiny.en"]
    again = Configurations(database, store)
    assert [one.name for one in again.all()].count("whisper-tiny.en") == 1
