"""A model of a .nemo archive: NeMo imported quietly, the archive checked first, errors in our words."""

import logging
import os
import threading
import warnings
from pathlib import Path
from typing import Any

from transcriber.engines.load_errors import importing, map_load_errors
from transcriber.models.devices import torch_threads
from transcriber.patches.lhotse_home import home_left_alone
from transcriber.patches.nemo_import import quick_import
from transcriber.system import cache_folder

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
    with torch_threads(), imported, quick_import(), home_left_alone():
        from nemo.collections.asr import models
    from nemo.utils import logging as nemo_logging

    nemo_logging.set_verbosity(nemo_logging.ERROR)
    return models


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
    with LOCK, torch_threads(1), map_load_errors(path), quick_import():
        model = ModelPT.restore_from(str(path), map_location=device, save_restore_connector=MappedConnector())
    return model.eval().requires_grad_(False)
