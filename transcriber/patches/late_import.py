"""Packages that are imported when something of them is used, and not before: by Python's own import hooks."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


@contextmanager
def late(*names: str) -> Iterator[None]:
    """What is imported here and imports these on its way gets stand-ins for them.

    A stand-in becomes what it stands for as soon as it is called, asked for an attribute, derived from, or compared
    with a type; what it lacks is missed then, and not before. Afterwards everybody else imports the packages as always.
    """
    finder = _Finder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        finder.forget(*names)
        finder.is_over = True


class _Finder(MetaPathFinder, Loader):
    """Finds the late packages, and all that is in them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = set(names)
        self.is_over = False

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name in self.names:
            return ModuleSpec(name, self, is_package=True) if PathFinder.find_spec(name, path) else None
        if any(name.startswith(f"{late}.") for late in self.names):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _LateModule(spec.name, self)

    def exec_module(self, module: ModuleType) -> None:
        pass

    def forget(self, *names: str) -> None:
        """Import these as always from now on."""
        self.names -= set(names)
        for name in [name for name, module in sys.modules.items() if isinstance(module, _LateModule)]:
            if not any(f"{name}.".startswith(f"{late}.") for late in self.names):
                del sys.modules[name]
                parent, _, own = name.rpartition(".")
                if isinstance(vars(sys.modules.get(parent, sys)).get(own), _LateModule):
                    delattr(sys.modules[parent], own)


class _LateModule(ModuleType):
    """Stands for a module."""

    def __init__(self, name: str, finder: _Finder) -> None:
        super().__init__(name)
        self.__dict__["finder"] = finder

    def real(self) -> ModuleType:
        self.finder.forget(*(name for name in self.finder.names if f"{self.__name__}.".startswith(f"{name}.")))
        return importlib.import_module(self.__name__)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.real(), name) if self.finder.is_over else _Late(self, name)


class _Late:
    """Stands for something of a module."""

    def __init__(self, module: _LateModule, name: str) -> None:
        self._late_module, self._late_name = module, name

    @cached_property
    def _late_real(self) -> Any:
        return getattr(self._late_module.real(), self._late_name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("__", "_late")):
            raise AttributeError(name)
        return getattr(self._late_real, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._late_real(*args, **kwargs)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self._late_real,)

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, self._late_real)

    def __subclasscheck__(self, subclass: type) -> bool:
        return issubclass(subclass, self._late_real)

    def __or__(self, other: Any) -> Any:
        return self._late_real | other

    def __ror__(self, other: Any) -> Any:
        return other | self._late_real
