"""The families of models that there are: one folder each beside this file, found by looking.

The KINDS in a family's `files.py` are the kinds of files that it knows, the FREEZERS in its `freezing.py` make them;
one whose files are another family's has neither. The TYPE in its `engine.py` is a way to run them, or the DIARIZER in
its `diarizer.py` where they tell speakers apart. None imports torch.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from types import ModuleType

from transcriber import engines
from transcriber.engines.diarizer import DiarizerType
from transcriber.engines.freezer import Conversion, Freezer
from transcriber.engines.kind import Kind
from transcriber.engines.protocol import EngineType
from transcriber.frozen.archive import cached_by_file, open_model


@cache
def types() -> dict[str, EngineType]:
    """Every engine type by its name, the preferred one of several for a kind of file first."""
    by_order = sorted((module.TYPE for module in _modules("engine")), key=attrgetter("order", "name"))
    return {engine_type.name: engine_type for engine_type in by_order}


@cache
def diarizer_types() -> dict[str, DiarizerType]:
    """Every way to tell speakers apart, by its name."""
    return {module.DIARIZER.name: module.DIARIZER for module in _modules("diarizer")}


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind of model file."""
    return tuple(kind for module in _modules("files") for kind in module.KINDS)


@cache
def freezers() -> tuple[Freezer, ...]:
    """What freezes each kind."""
    return tuple(freezer for module in _modules("freezing") for freezer in module.FREEZERS)


def freezer_of(kind: Kind) -> Freezer:
    return next(freezer for freezer in freezers() if freezer.kind is kind)


def _modules(name: str) -> Iterator[ModuleType]:
    """The module of that name in each family that has one."""
    for family in pkgutil.iter_modules(engines.__path__, f"{engines.__name__}."):
        if family.ispkg and find_spec(f"{family.name}.{name}"):
            yield importlib.import_module(f"{family.name}.{name}")


def kind_of(path: Path) -> Kind:
    """The kind of a file, once everything in it that loading would run, open or build is known as harmless.

    Raises ModelCorruptError for a truncated or damaged file, ModelRefusedError for one that is no model, that no family
    knows, or that is hostile, ModelLoadError for one that the system does not let be read.
    """
    with open_model(path) as file:
        for kind in kinds():
            if kind.recognises(file):
                return kind
        raise file.refusal()


cached_kind_of = cached_by_file(kind_of)
"""The same for where nothing is loaded because of the answer, or what loads checks the file itself."""


def conversion_of(sources: Path) -> Conversion | None:
    """What makes a frozen file of the publisher's files in a folder; None where they are one file of a known kind."""
    conversions = (freezer.conversion for freezer in freezers() if freezer.conversion)
    return next((conversion for conversion in conversions if conversion.recognises(sources)), None)


def types_of(kind: Kind) -> list[EngineType]:
    """The engine types that run a kind of file, the preferred one first."""
    return [engine_type for engine_type in types().values() if engine_type.kind is kind]


def diarizer_type_of(kind: Kind) -> DiarizerType | None:
    """What runs a kind of file that tells speakers apart; None for one of another kind."""
    return next((each for each in diarizer_types().values() if each.kind is kind), None)


def can_align(path: Path) -> bool:
    """Whether the model of a frozen file can say where given words are. Raises what kind_of() raises."""
    return any(engine_type.can_align(path) for engine_type in types_of(cached_kind_of(path)))
