"""Frozen models behind one protocol: a family is one file here, which says in TYPE what it is.

The family follows from the model's file itself, never from its name. `load_model` restores a model and keeps it in
memory; `load_engine` puts its engine around it. Heavy libraries are imported when a model of theirs is loaded.
"""

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from transcriber import capabilities, devices
from transcriber.capabilities import Capabilities
from transcriber.errors import EngineUnavailableError, UnsupportedOptionError
from transcriber.frozen.archive import Kind, kind_of, remembered
from transcriber.memory import LoadedModels
from transcriber.options import TranscribeOptions
from transcriber.store import ModelStore
from transcriber.transcript import Hypothesis

_kind_of = remembered(kind_of)  # whatever loads a file checks it itself
models_cache = LoadedModels()
"""The models in memory, by file, engine type, device and compute type."""


class Engine(Protocol):
    """One loaded model. Not thread-safe: one call at a time."""

    @property
    def device(self) -> str: ...
    @property
    def compute_type(self) -> str: ...
    @property
    def longest(self) -> float:
        """Seconds of audio it takes at once."""

    @property
    def batch_size(self) -> int: ...
    @property
    def has_word_times(self) -> bool:
        """Whether words have times, as load_engine() was asked: a translation may have none."""

    def transcribe(self, batch: list[np.ndarray], options: TranscribeOptions = TranscribeOptions()) -> list[Hypothesis]:
        """What is said in each recording [N] at 16 kHz, in the language that the options ask for.

        A hypothesis's language is the one that was heard, or that its text is in, where the model finds it out.
        """
        ...


class LoadedEngine(Engine, Protocol):
    """What load_engine() gives."""

    capabilities: Capabilities
    compute_type: str
    """What it computes in; load_engine() says."""
    has_word_times: bool

    def remarks(self, options: TranscribeOptions) -> list[str]:
        """What the reader should know of how the options are honoured, as sentences."""
        ...


@dataclass(frozen=True)
class EngineType:
    """A way to run the models of one kind of file."""

    name: str
    title: str
    kind: Kind
    packages: tuple[str, ...]
    """What it imports."""
    install: str
    """The command that installs these."""
    compute_types: dict[str, tuple[str, ...]]
    """What a model can be computed in, on "cpu" and "cuda"; the first is what "auto" means there."""
    restore: Callable[[Path, str, str], Any]
    """The model of a file, on a device, in a compute type. Raises ModelError."""
    engine: Callable[[Any, str], LoadedEngine]
    """The engine around a restored model on a device."""
    automatic: Callable[[str], str] | None = None
    """Which of them "auto" means on a device of this computer, if not the first."""
    order: int = 0
    """Of several types for a kind, the lowest is taken unless one is asked for."""

    def is_available(self) -> bool:
        """Whether all that it imports is installed."""
        return all(importlib.util.find_spec(package) for package in self.packages)

    def require(self) -> None:
        """Raises EngineUnavailableError with the command that installs what is missing."""
        if not self.is_available():
            missing = [package for package in self.packages if not importlib.util.find_spec(package)]
            raise EngineUnavailableError(
                f"{self.title} needs {' and '.join(missing)}, which is not installed", f"run `{self.install}`"
            )


@cache
def types() -> dict[str, EngineType]:
    """Every engine type there is: those of the files in this folder."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found = sorted((module.TYPE for module in modules), key=lambda one: (one.order, one.name))
    return {one.name: one for one in found}


def choose_type(kind: Kind, options: TranscribeOptions, device: str) -> tuple[EngineType, str]:
    """The engine type for a kind of file, and the compute type.

    Raises UnsupportedOptionError, with what can be asked for instead, or EngineUnavailableError.
    """
    candidates = [one for one in types().values() if one.kind is kind and options.engine in ("auto", one.name)]
    if not candidates:
        raise UnsupportedOptionError(
            f"the engine {options.engine} cannot run the model {options.model}",
            f"choose one of {', '.join(one.name for one in types().values() if one.kind is kind) or 'other models'}",
        )
    there = devices.kind(device)
    if options.compute_type == "auto":
        chosen = candidates[0]
        compute_type = chosen.automatic(device) if chosen.automatic else chosen.compute_types[there][0]
    else:
        compute_type = options.compute_type
        able = [one for one in candidates if compute_type in one.compute_types[there]]
        if not able:
            possible = dict.fromkeys(name for one in candidates for name in one.compute_types[there])
            raise UnsupportedOptionError(
                f"the model {options.model} cannot be computed in {compute_type} on {device}",
                f"choose one of {', '.join(possible)}",
            )
        chosen = able[0]
    chosen.require()
    return chosen, compute_type


def load_model(
    name: str,
    models_dir: Path | str = "local_models",
    device: str = "auto",
    engine: str = "auto",
    compute: str = "auto",
) -> Any:
    """The frozen model `name`, restored from its local file once and kept in memory; no hub is asked, ever.

    `engine`: the type of engine that runs it; `compute`: what it is computed in, such as "float32".
    Raises UnknownModelError, ModelNotFrozenError (a FileNotFoundError), ModelCorruptError or ModelRefusedError, and
    UnsupportedOptionError for an engine or a type that this model cannot have.
    """
    return _load(TranscribeOptions(name, device, engine, compute), Path(models_dir))[0]


def load_engine(options: TranscribeOptions, models_dir: Path | str = "local_models") -> LoadedEngine:
    """The engine around load_model()'s model; the same errors.

    Raises UnsupportedOptionError for what is asked of this model and it cannot do: before loading it, where that is
    known.
    """
    capabilities.check_known(options, ModelStore(Path(models_dir)))
    model, one, device, compute_type = _load(options, Path(models_dir))
    engine = one.engine(model, device)
    engine.compute_type = compute_type
    capabilities.check(options, engine.capabilities, f"the model {options.model}")
    engine.has_word_times = engine.capabilities.times_words(options)
    return engine


def _load(options: TranscribeOptions, models_dir: Path) -> tuple[Any, EngineType, str, str]:
    """The model, what runs it, on which device, and what it is computed in."""
    path = ModelStore(models_dir).check(options.model)
    device = devices.choose(options.device)
    one, compute_type = choose_type(_kind_of(path), options, device)
    key = (path.resolve(), one.name, device, compute_type)
    model = models_cache.load(key, lambda: one.restore(path, device, compute_type), device, path.stat().st_size)
    return model, one, device, compute_type
