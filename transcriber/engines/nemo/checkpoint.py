"""A model of a .nemo archive: NeMo imported quietly, the archive checked first, errors in our words."""

import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from transcriber.engines.load_errors import importing, map_load_errors
from transcriber.models.devices import torch_threads
from transcriber.patches.late_import import late
from transcriber.system import cache_folder

UNUSED = (
    "datasets",
    "onnxruntime",
    "pandas",
    "scipy.optimize",
    "scipy.signal",
    "scipy.spatial",
    "sklearn",
    "torch._dynamo",
    "transformers",
)
"""What NeMo imports, and hearing does not use."""
LOCK = threading.RLock()
"""NeMo tells constructors through process-wide state where an archive's files are: one model after another."""


def import_nemo() -> Any:
    """NeMo's ASR models, imported without its banners; torch's number of threads stays as it was.

    Raises EngineUnavailableError.
    """
    cache_folder.prepare()
    logging.getLogger("nv_one_logger").setLevel(logging.ERROR)
    logging.getLogger("hydra").setLevel(logging.CRITICAL)  # calls every Canary's decoder an error, and then builds it
    warnings.filterwarnings("ignore", module=r"(nemo|lightning|torch|pydub)\b")
    imported = importing("NeMo", "nemo", "pip install -r requirements.txt")
    with torch_threads(), imported, _quick_import(), _home_left_alone():
        from nemo.collections.asr import models
    from nemo.utils import logging as nemo_logging

    nemo_logging.set_verbosity(nemo_logging.ERROR)
    return models


@contextmanager
def _quick_import() -> Iterator[None]:
    """NeMo imports half without what nothing here uses: the compiler, models of language, tables, statistics.

    It decorates functions with the compiler and never calls them compiled.
    """
    compiled, disabled = torch.compile, torch.compiler.disable
    torch.compile = torch.compiler.disable = lambda function=None, **_: function or (lambda one: one)
    try:
        with late(*UNUSED):
            yield
    finally:
        torch.compile, torch.compiler.disable = compiled, disabled


@contextmanager
def _home_left_alone() -> Iterator[None]:
    """NeMo's import of lhotse makes no folder for programs in the user's home, and puts none on the path."""
    stand_in = ModuleType("lhotse.tools.env")
    vars(stand_in).update(add_tools_to_path=lambda: None, add_macos_homebrew_lib_paths=lambda: None)
    sys.modules.setdefault(stand_in.__name__, stand_in)
    try:
        yield
    finally:
        if sys.modules[stand_in.__name__] is stand_in:
            del sys.modules[stand_in.__name__]


def restore(path: Path, device: str) -> Any:
    """The model of a .nemo archive, ready for inference.

    Raises ModelCorruptError for a damaged archive, ModelRefusedError for a hostile or foreign one before anything of it
    is built, EngineUnavailableError where NeMo is missing.
    """
    import_nemo()
    from nemo.core.classes.modelPT import ModelPT

    from transcriber.engines.nemo.connector import MappedConnector

    os.environ.pop("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", None)  # NeMo's own loading would heed it
    # There is little to compute, and threads that wait for it burn time.
    with LOCK, torch_threads(1), map_load_errors(path), _quick_import():
        model = ModelPT.restore_from(str(path), map_location=device, save_restore_connector=MappedConnector())
    return model.eval().requires_grad_(False)
