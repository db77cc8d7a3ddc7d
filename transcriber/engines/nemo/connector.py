"""NeMo's models read where they lie: no unpacking, no random initialisation, no copy of the weights. Imports NeMo.

NeMo's own restore_from() unpacks the archive, fills every parameter with random numbers, reads the checkpoint and
copies it over them. A .nemo is an uncompressed tar and its checkpoint an uncompressed zip, so every tensor lies
somewhere in the archive as it is needed: it is mapped, and becomes the parameter. What comes out is equal bit by bit.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import torch
from nemo.core.connectors.save_restore_connector import SaveRestoreConnector
from nemo.utils.app_state import AppState
from nemo.utils.model_utils import import_class_by_path
from omegaconf import OmegaConf

from transcriber.frozen.archive import check_nemo
from transcriber.frozen.mapped import NotMappable, SkipInit, assign, map_checkpoint
from transcriber.frozen.members import WEIGHT_SUFFIXES, Archive, open_archive
from transcriber.patches.nemo_tokenizer import quick_tokenizer
from transcriber.patches.omegaconf_lists import load_yaml, quick_lists

TIMESTAMPS = ("timestamps_asr_model_config.yaml", "timestamps_asr_model_weights.ckpt")
"""Configuration and weights of the second model inside Canary 1B v2."""


class MappedConnector(SaveRestoreConnector):
    """Restores as SaveRestoreConnector does, but mapped; compressed and old archives it restores in NeMo's own way.

    Hostile archives are refused either way. Hold checkpoint.LOCK around a model's restore_from().
    """

    def restore_from(  # noqa: PLR0913, PLR0917
        self,
        calling_cls: Any,
        restore_path: str,
        override_config_path: Any = None,
        map_location: Any = None,
        strict: bool = True,
        return_config: bool = False,
        trainer: Any = None,
        validate_access_integrity: bool = True,
    ) -> Any:
        options = (override_config_path, map_location, strict, return_config, trainer, validate_access_integrity)
        is_usual = override_config_path is None and not return_config and trainer is None
        with _restoring(restore_path):
            with quick_lists(), quick_tokenizer(), open_archive(Path(restore_path)) as archive:
                check_nemo(archive)
                with suppress(NotMappable):
                    if is_usual:
                        return self._restore_mapped(calling_cls, archive, map_location, strict)
            return super().restore_from(calling_cls, restore_path, *options)

    def _restore_mapped(self, calling_cls: Any, archive: Archive, map_location: Any, strict: bool) -> Any:
        if archive.is_compressed:
            raise NotMappable("the archive is compressed")
        weights = archive.members[self.model_weights_ckpt]
        state = map_checkpoint(archive.file, weights.offset_data, weights.size)
        config = load_yaml(archive.read(self.model_config_yaml))
        state = self.modify_state_dict(config, state)
        OmegaConf.set_struct(config, True)
        named = import_class_by_path(config.target)
        with tempfile.TemporaryDirectory(prefix="nemo-") as folder:
            _unpack_small_members(archive, Path(folder))
            AppState().is_model_being_restored, AppState().nemo_file_folder = True, folder
            with SkipInit() if strict else nullcontext():  # a missing weight keeps its random value
                built = calling_cls if issubclass(calling_cls, named) else named
                model = built.from_config_dict(config=config)
        assign(model, state, strict)
        has_timestamps = archive.members.keys() >= set(TIMESTAMPS) and config.get("restore_timestamps_model", True)
        if has_timestamps and hasattr(model, "timestamps_asr_model"):
            timestamps = _restore_timestamps(archive, map_location)
            object.__setattr__(model, "timestamps_asr_model", timestamps)  # as NeMo does: no part of the model
        return model.to(map_location or ("cuda" if torch.cuda.is_available() else "cpu"))

    @staticmethod
    def _load_state_dict_from_disk(model_weights: Any, map_location: Any = "cpu") -> Any:
        """Weights only, whatever the environment says."""
        return torch.load(model_weights, map_location=map_location, weights_only=True)

    @staticmethod
    def _make_nemo_file_from_folder(filename: Any, source_dir: Any) -> None:
        """Written aside and renamed: NeMo would cut off the file from under a model that is mapped from it."""
        target = Path(filename)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".saving-") as folder:
            part = Path(folder) / target.name
            SaveRestoreConnector._make_nemo_file_from_folder(str(part), source_dir)
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(target)


def _restore_timestamps(archive: Archive, map_location: Any) -> Any:
    """Canary's second model. NeMo's constructor does not find its weights, as they were not unpacked."""
    from nemo.collections.asr.models import ASRModel

    connector = MappedConnector()
    connector.model_config_yaml, connector.model_weights_ckpt = TIMESTAMPS
    model = ASRModel.restore_from(str(archive.path), map_location=map_location, save_restore_connector=connector)
    return model.eval()


def _unpack_small_members(archive: Archive, folder: Path) -> None:
    """What constructors look for as files: tokenizers and the like."""
    for name in archive.members:
        if not name.endswith(WEIGHT_SUFFIXES):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(archive.read(name))


@contextmanager
def _restoring(path: str) -> Iterator[None]:
    """NeMo's process-wide state, put back afterwards: after a failure later models would take it for their own."""
    app = AppState()
    before = app.is_model_being_restored, app.nemo_file_folder
    app.model_restore_path = str(path)
    try:
        yield
    finally:
        app.is_model_being_restored, app.nemo_file_folder = before
