"""From a frozen file to its engine: the family follows from the file itself, never from its name.

`load_model` restores a model and keeps it in memory; `load_engine` puts its engine around it. Heavy libraries are
imported when a model of theirs is loaded.
"""

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

from transcriber import engines
from transcriber.engines.model_cache import LoadedModels
from transcriber.engines.protocol import Engine, EngineType
from transcriber.errors import UnsupportedOptionError
from transcriber.frozen.archive import Kind, kind_of, remembered
from transcriber.models import capabilities, devices
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions

_kind_of = remembered(kind_of)  # whatever loads a file checks it itself
models_cache = LoadedModels()
"""The models in memory, by file, engine type, device and compute type."""


@cache
def types() -> dict[str, EngineType]:
    """Every engine type there is: that of `engine.py` in each folder here."""
    families = [module.name for module in pkgutil.iter_modules(engines.__path__) if module.ispkg]
    modules = (importlib.import_module(f"{engines.__name__}.{name}.engine") for name in families)
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


def load_engine(options: TranscribeOptions, models_dir: Path | str = "local_models") -> Engine:
    """The engine around load_model()'s model; the same errors.

    Raises UnsupportedOptionError for what is asked of this model and it cannot do: before loading it, where that is
    known.
    """
    capabilities.check_known(options, ModelStore(Path(models_dir)))
    model, one, device, compute_type = _load(options, Path(models_dir))
    engine = one.engine(model, device, compute_type)
    capabilities.check(options, engine.capabilities, f"the model {options.model}")
    return engine


def _load(options: TranscribeOptions, models_dir: Path) -> tuple[Any, EngineType, str, str]:
    """The model, what runs it, on which device, and what it is computed in."""
    path = ModelStore(models_dir).check(options.model)
    device = devices.choose(options.device)
    one, compute_type = choose_type(_kind_of(path), options, device)
    key = (path.resolve(), one.name, device, compute_type)
    model = models_cache.load(key, lambda: one.restore(path, device, compute_type), device, path.stat().st_size)
    return model, one, device, compute_type
