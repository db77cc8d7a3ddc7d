"""Whether a model can be run as somebody wants it: by which engine type, on which device, computed in what.

Checked in one order: the type is known, its libraries are installed, the device can do it, the model is frozen. The
first failure is the one that is told. Nothing is loaded for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from transcriber.engines.families import cached_kind_of, kind_of, types, types_of
from transcriber.engines.kind import Kind
from transcriber.engines.protocol import EngineType
from transcriber.errors import (
    EngineUnavailableError,
    ModelCorruptError,
    ModelError,
    ModelLoadError,
    ModelNotFrozenError,
    ModelRefusedError,
    TranscriberError,
    UnknownModelError,
    UnsupportedOptionError,
)
from transcriber.frozen.members import AGAIN
from transcriber.models import catalog, devices
from transcriber.models.catalog import ModelSpec
from transcriber.models.frozen_model import FrozenModel
from transcriber.models.hardware import hardware
from transcriber.models.store import ModelStore, missing_message
from transcriber.options import is_device, no_device

NOT_HERE = (EngineUnavailableError, ModelNotFrozenError, ModelCorruptError, ModelLoadError, ModelRefusedError)
"""Failures that setting something up removes; all others mean that a configuration makes no sense."""
SLOW_GB = 5.0
"""Models that need so much memory are slow on a processor."""


def complaint(store: ModelStore) -> str:
    """Why the models that are required cannot all be used; empty if they can."""
    try:
        if missing := store.missing():
            return missing_message(missing)
        for model in map(store.find, store.required()):
            kind_of(model.path)
    except ModelError as error:
        return f"❌ {error}"
    return ""


@dataclass(frozen=True)
class Setting:
    """What is wanted."""

    model_type: str
    model_name: str
    device: str
    compute_type: str

    @property
    def runs_on(self) -> str:
        """ "cuda" or "cpu": where it will run on this computer."""
        return "cuda" if self.device != "cpu" and hardware().has_cuda else "cpu"

    @property
    def asked_of(self) -> str:
        """The device that it is judged by: a missing card is a warning, not a failure."""
        return self.runs_on if self.device == "auto" else devices.kind(self.device)

    @property
    def engine(self) -> EngineType | None:
        """The type that computes so: the one that is asked for, or another for the same kind of file."""
        asked_type = types().get(self.model_type)
        if not asked_type or self.compute_type == "auto":
            return asked_type
        candidates = (asked_type, *types_of(asked_type.kind))
        device = self.asked_of
        return next((known for known in candidates if self.compute_type in known.compute_types.get(device, ())), None)

    @property
    def computes_as_asked(self) -> bool:
        """False where the missing card's place is taken by a processor that cannot compute so."""
        compute_types = self.engine.compute_types.get(self.runs_on, ()) if self.engine else ()
        return self.compute_type in ("auto", *compute_types)


@dataclass(frozen=True)
class Validation:
    """What came out; no failures mean that it can be used now."""

    message: str
    failures: tuple[TranscriberError, ...]
    warnings: tuple[str, ...]

    @property
    def valid(self) -> bool:
        """Whether it makes sense."""
        return all(isinstance(failure, NOT_HERE) for failure in self.failures)

    @property
    def available(self) -> bool:
        """Whether, besides, its libraries and its frozen model are here."""
        return not self.failures


def validate(setting: Setting, store: ModelStore) -> Validation:
    try:
        model = store.find(setting.model_name)
    except UnknownModelError as error:
        failures: tuple[TranscriberError, ...] = (*_failures(setting), error)
        return Validation(sentence(str(failures[0])), failures, tuple(_warnings(setting)))
    failures = (*_failures(setting), *_missing_model(setting, model))
    size_warnings = () if model.is_demo else _size_warnings(model.spec, setting.runs_on)
    where = "graphics card" if setting.runs_on == "cuda" else "processor"
    message = sentence(str(failures[0])) if failures else f"{model.title} can be used, on the {where}."
    return Validation(message, failures, (*_warnings(setting), *size_warnings))


def type_of(model: FrozenModel) -> str:
    """The engine type for a model: the one that its file needs, else the one that the catalogue expects."""
    spec, path = model.spec, model.path
    try:
        fitting = _names(cached_kind_of(path)) if path.is_file() else []
    except NOT_HERE:
        fitting = []
    return spec.engine if spec.engine in fitting or not fitting else fitting[0]


def _failures(setting: Setting) -> Iterator[TranscriberError]:
    """In the order in which they are told."""
    asked_type, engine = types().get(setting.model_type), setting.engine
    if not asked_type:
        yield UnsupportedOptionError(
            f"there is no model type “{setting.model_type}”", f"choose one of {', '.join(types())}"
        )
    else:
        yield from _missing_libraries(engine or asked_type)
    if not is_device(setting.device):
        yield no_device(setting.device)
    elif asked_type and not engine:
        known = types_of(asked_type.kind)
        device = setting.asked_of
        compute_types = dict.fromkeys(
            name for engine_type in known for name in engine_type.compute_types.get(device, ())
        )
        yield UnsupportedOptionError(
            f"{asked_type.title} cannot compute in “{setting.compute_type}” on {setting.asked_of}",
            f"choose one of {', '.join(('auto', *compute_types))}",
        )


def _missing_libraries(engine: EngineType) -> Iterator[TranscriberError]:
    try:
        engine.require()
    except EngineUnavailableError as error:
        yield error


def _missing_model(setting: Setting, model: FrozenModel) -> Iterator[TranscriberError]:
    asked_type, spec, path = types().get(setting.model_type), model.spec, model.path
    try:
        if spec not in catalog.transcribing():
            names = ", ".join(known.name for known in catalog.transcribing())
            yield UnknownModelError(f"{spec.title} writes no words of recordings", f"choose one of {names}")
            return
        fitting = _names(cached_kind_of(path)) if path.is_file() else _expected(spec)
        if asked_type and asked_type.name not in (*fitting, spec.engine if not fitting else ""):
            yield UnsupportedOptionError(
                f"{model.title} is no model for {asked_type.title}",
                f"choose the type {' or '.join(fitting) or spec.engine}",
            )
        model.require()
        if model.status().state == "damaged":
            yield ModelCorruptError(f"the model file {path} has another size than when it was frozen", AGAIN)
    except NOT_HERE as error:
        yield error


def _names(kind: Kind) -> list[str]:
    return [engine_type.name for engine_type in types_of(kind)]


def _expected(spec: ModelSpec) -> list[str]:
    expected = types().get(spec.engine)
    return _names(expected.kind) if expected else []


def _warnings(setting: Setting) -> Iterator[str]:
    engine = setting.engine
    if engine and engine.name != setting.model_type:
        yield f"{setting.compute_type} runs on {engine.title}."
    if setting.asked_of == "cuda" and setting.runs_on == "cpu":
        instead = engine.compute_types["cpu"][0] if engine and not setting.computes_as_asked else ""
        yield "There is no graphics card that can be used: the processor will be used" + (
            f", computing in {instead}." if instead else "."
        )
    if setting.device != "cpu" and hardware().problem:
        yield hardware().problem


def _size_warnings(spec: ModelSpec, device: str) -> Iterator[str]:
    there = hardware().card_memory_gb if device == "cuda" else hardware().memory_gb
    owner = "the graphics card" if device == "cuda" else "this computer"
    if spec.needed_gb > there:
        yield f"A large model: it needs about {spec.needed_gb:.0f} GB of memory, and {owner} has {there:.1f} GB."
    elif device == "cpu" and spec.needed_gb >= SLOW_GB:
        yield f"A large model: it needs about {spec.needed_gb:.0f} GB of memory, and is slow on a processor."


def sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
