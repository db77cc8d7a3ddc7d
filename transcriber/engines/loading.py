"""From a frozen file to its engine: the family follows from the file itself, never from its name.

`load_model` restores a model and keeps it in memory; `load_engine` puts its engine around it. Heavy libraries are
imported when a model of theirs is loaded.
"""

from pathlib import Path
from typing import Any

from transcriber.engines import model_capabilities
from transcriber.engines.families import remembered_kind_of, types_of
from transcriber.engines.kind import Kind
from transcriber.engines.model_cache import LoadedModels
from transcriber.engines.protocol import Engine, EngineType
from transcriber.errors import UnsupportedOptionError
from transcriber.models import devices
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions

models_cache = LoadedModels()
"""The models in memory, by file, engine type, device and compute type."""


def choose_type(kind: Kind, options: TranscribeOptions, device: str) -> tuple[EngineType, str]:
    """The engine type for a kind of file, and the compute type.

    Raises UnsupportedOptionError, with what can be asked for instead, or EngineUnavailableError.
    """
    able = types_of(kind)
    candidates = [one for one in able if options.engine in ("auto", one.name)]
    if not candidates:
        raise UnsupportedOptionError(
            f"the engine {options.engine} cannot run the model {options.model}",
            f"choose one of {', '.join(one.name for one in able) or 'other models'}",
        )
    there = devices.kind(device)
    if options.compute_type == "auto":
        chosen = candidates[0]
        compute_type = chosen.automatic(device) if chosen.automatic else chosen.compute_types[there][0]
    else:
        compute_type = options.compute_type
        fitting = [one for one in candidates if compute_type in one.compute_types[there]]
        if not fitting:
            possible = dict.fromkeys(name for one in candidates for name in one.compute_types[there])
            raise UnsupportedOptionError(
                f"the model {options.model} cannot be computed in {compute_type} on {device}",
                f"choose one of {', '.join(possible)}",
            )
        chosen = fitting[0]
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
    model_capabilities.check_known(options, ModelStore(Path(models_dir)))
    model, one, device, compute_type = _load(options, Path(models_dir))
    engine = one.engine(model, device, compute_type)
    model_capabilities.check(options, engine.capabilities, f"the model {options.model}")
    return engine


def _load(options: TranscribeOptions, models_dir: Path) -> tuple[Any, EngineType, str, str]:
    """The model, what runs it, on which device, and what it is computed in."""
    path = ModelStore(models_dir).check(options.model)
    device = devices.choose(options.device)
    one, compute_type = choose_type(remembered_kind_of(path), options, device)
    key = (path.resolve(), one.name, device, compute_type)
    model = models_cache.load(key, lambda: one.restore(path, device, compute_type), device, path.stat().st_size)
    return model, one, device, compute_type
