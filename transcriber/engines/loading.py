"""From a frozen file to its engine: the family follows from the file itself, never from its name.

`load_model` restores a model and keeps it in memory; `load_engine` puts its engine around it. Heavy libraries are
imported when a model of theirs is loaded.
"""

from pathlib import Path
from typing import Any

from transcriber import speaker_count
from transcriber.engines import model_capabilities
from transcriber.engines.diarizer import DiarizerType
from transcriber.engines.families import cached_kind_of, diarizer_type_of, types_of
from transcriber.engines.kind import Kind
from transcriber.engines.model_cache import ModelCache
from transcriber.engines.protocol import Engine, EngineType
from transcriber.errors import UnsupportedOptionError
from transcriber.models import catalog, devices
from transcriber.models.frozen_model import FrozenModel
from transcriber.models.store import ModelStore
from transcriber.options import TranscribeOptions
from transcriber.speakers.protocol import Diarizer

models_cache = ModelCache()
"""The models in memory, by file, engine type, device and compute type."""


def choose_type(kind: Kind, options: TranscribeOptions, device: str) -> tuple[EngineType, str]:
    """The engine type for a kind of file, and the compute type.

    Raises UnsupportedOptionError, with what can be asked for instead, or EngineUnavailableError.
    """
    able = types_of(kind)
    candidates = [engine_type for engine_type in able if options.engine in ("auto", engine_type.name)]
    if not candidates:
        raise UnsupportedOptionError(
            f"the engine {options.engine} cannot run the model {options.model}",
            f"choose one of {', '.join(engine_type.name for engine_type in able) or 'other models'}",
        )
    device_kind = devices.kind(device)
    if options.compute_type == "auto":
        chosen = candidates[0]
        compute_type = chosen.automatic(device) if chosen.automatic else chosen.compute_types[device_kind][0]
    else:
        compute_type = options.compute_type
        fitting = [candidate for candidate in candidates if compute_type in candidate.compute_types[device_kind]]
        if not fitting:
            possible = dict.fromkeys(name for candidate in candidates for name in candidate.compute_types[device_kind])
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
    return _load(ModelStore(Path(models_dir)).find(name), TranscribeOptions(name, device, engine, compute))[0]


def load_engine(options: TranscribeOptions, models_dir: Path | str = "local_models") -> Engine:
    """The engine around load_model()'s model; the same errors, and those of engine_of()."""
    return engine_of(ModelStore(Path(models_dir)).find(options.model), options)


def is_loaded(model: FrozenModel) -> bool:
    """Whether it is in memory, on whichever device and in whichever compute type."""
    return model.path.resolve() in (key[0] for key in models_cache if isinstance(key, tuple))


def engine_of(model: FrozenModel, options: TranscribeOptions) -> Engine:
    """The engine of a frozen model, for what the options ask of it.

    Raises UnsupportedOptionError for what this model cannot do: before loading it, where that is known.
    """
    model_capabilities.check_known(options, model)
    restored, engine_type, device, compute_type = _load(model, options)
    engine = engine_type.engine(restored, device, compute_type)
    model_capabilities.check(options, engine.capabilities, f"the model {options.model}")
    return engine


def _load(model: FrozenModel, options: TranscribeOptions) -> tuple[Any, EngineType, str, str]:
    """The restored model, what runs it, on which device, and what it is computed in."""
    path = model.check()
    device = devices.choose(options.device)
    engine_type, compute_type = choose_type(cached_kind_of(path), options, device)

    def restore() -> Any:
        return engine_type.restore(path, device, compute_type)

    key = (path.resolve(), engine_type.name, device, compute_type)
    restored = models_cache.load(key, restore, device, path.stat().st_size)
    return restored, engine_type, device, compute_type


def diarizer_of(model: FrozenModel, options: TranscribeOptions = TranscribeOptions()) -> Diarizer:
    """What tells speakers apart with a frozen model, for what the options ask of it.

    Raises ModelError, and UnsupportedOptionError before anything is loaded: for a model that tells nobody apart, or for
    more people or known voices than it can tell.
    """
    path, device = model.check(), devices.choose(options.device)
    diarizer_type = diarizer_type_of(cached_kind_of(path))
    if diarizer_type is None:
        raise UnsupportedOptionError(
            f"the model {model.name} tells no speakers apart",
            f"choose one of {', '.join(spec.name for spec in catalog.diarizing())}",
        )
    _check_speakers(model, diarizer_type, options)
    key = (path.resolve(), diarizer_type.name, device)
    restored = models_cache.load(key, lambda: diarizer_type.restore(path, device), device, path.stat().st_size)
    return diarizer_type.diarizer(restored, device)


def _check_speakers(model: FrozenModel, diarizer_type: DiarizerType, options: TranscribeOptions) -> None:
    """Raises UnsupportedOptionError for what a model that tells speakers apart cannot do."""
    count, other = speaker_count.parse(options.speakers), f"choose the model {catalog.diarizing()[0].name}"
    if count and diarizer_type.most and count.least > diarizer_type.most:
        why = f"{model.title} tells {diarizer_type.most} people apart at most, not {count.least}"
        raise UnsupportedOptionError(why, f"{other}, which knows no limit", "speakers")
    if options.known_speakers and not diarizer_type.knows_voices:
        why = f"{model.title} knows nobody's voice from another recording"
        raise UnsupportedOptionError(why, other, "known_speakers")
