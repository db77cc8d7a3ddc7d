"""Import gradio without its rewriting of 81 .pyi files, which is half of its import time."""

import importlib.abc
import importlib.machinery
import sys
from typing import Any


class _NoStubs(importlib.abc.MetaPathFinder):
    """Loads gradio.component_meta as it is, then turns its stub writer off."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != "gradio.component_meta":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            module.create_or_modify_pyi = lambda *args, **kwargs: None

        setattr(spec.loader, "exec_module", exec_module)  # noqa: B010  (mypy lets no method be assigned)
        return spec


def install() -> None:
    """To be called before gradio is imported."""
    sys.meta_path.insert(0, _NoStubs())
