"""Canary-Qwen as one file: NeMo's speech language model (SALM), frozen and restored without any network.

SALM can only be had from_pretrained(): it asks the hub for its language model's configuration and tokenizer, fills its
parameters with random numbers and reads the weights into them. The frozen file is an uncompressed tar of the folder
that from_pretrained() takes without asking anybody (nemo/collections/speechlm2/parts/hf_hub.py):
    config.json  llm_backbone/config.json  tokenizer_config.json  tokenizer.json …  model.safetensors
restore() takes the weights from where they lie in it.
"""

import json
import os
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import torch

from transcriber.engines.canary_qwen.files import SALM, WEIGHTS
from transcriber.engines.load_errors import map_load_errors
from transcriber.engines.nemo.checkpoint import import_nemo
from transcriber.errors import EngineUnavailableError, ModelCorruptError
from transcriber.frozen.mapped import NotMappable, SkipInit, assign, map_safetensors, settle_dtype
from transcriber.frozen.members import AGAIN, Archive, damaged, open_archive, refused
from transcriber.frozen.salm_config import (
    CONFIG,
    CONFIGURATIONS,
    LANGUAGE_MODEL_CONFIG,
    TOKENIZER_CONFIG,
    TRAINING_KEYS,
    check_config,
)
from transcriber.models.devices import torch_threads
from transcriber.models.frozen_model import SETUP_COMMAND

TOKENIZER = (
    TOKENIZER_CONFIG,
    "tokenizer.json",
    "vocab.json",
    "merges.txt",
    "special_tokens_map.json",
    "added_tokens.json",
)
LOCAL = ("tokenizer_path", "pretrained_weights")
"""What from_pretrained() writes into a model's configuration about this machine."""


def pack(folder: Path, language_model: Path, target: Path) -> None:
    """Write the frozen file from the publisher's files, byte for byte; the model is not built.

    `folder` holds config.json and model.safetensors; `language_model` the configuration and the tokenizer of the
    language model that config.json names in `pretrained_llm`, unless `folder` brings them along. Its weights are not
    needed. Raises ModelCorruptError where a file is missing or damaged, ModelRefusedError for a configuration that
    leads out.
    """
    own_tokenizer, own_backbone = folder / TOKENIZER_CONFIG, folder / LANGUAGE_MODEL_CONFIG
    tokenizer = folder if own_tokenizer.is_file() else language_model
    members = {
        CONFIG: folder / "config.json",
        LANGUAGE_MODEL_CONFIG: own_backbone if own_backbone.is_file() else language_model / "config.json",
        TOKENIZER_CONFIG: tokenizer / TOKENIZER_CONFIG,
        "tokenizer.json": tokenizer / "tokenizer.json",
        **{name: tokenizer / name for name in TOKENIZER if (tokenizer / name).is_file()},
        WEIGHTS: folder / WEIGHTS,
    }
    for path in members.values():
        if not path.is_file():
            raise ModelCorruptError(
                f"the download of Canary-Qwen is not complete: {path} is missing", f"run `{SETUP_COMMAND}` again"
            )
    check_config(folder, *(members[name].read_bytes() for name in CONFIGURATIONS))
    with members[WEIGHTS].open("rb") as file:
        map_safetensors(file)
    _write(members, target)


def save(model: Any, target: Path) -> None:
    """Write the frozen file of a SALM in memory. What restore() gives is saved again to the same bytes."""
    from omegaconf import OmegaConf
    from safetensors.torch import save_file

    fields: Any = OmegaConf.to_container(model.cfg)
    config = {key: value for key, value in fields.items() if key not in (*LOCAL, *TRAINING_KEYS)}
    if "prevent_freeze_params" in config:  # each construction appends LoRA's pattern
        config["prevent_freeze_params"] = list(dict.fromkeys(config["prevent_freeze_params"]))
    language_model = json.loads(model.llm.config.to_json_string())
    language_model.pop("_name_or_path", None)  # a folder of this machine
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".save-") as name:
        folder = Path(name)
        model.tokenizer.tokenizer.save_pretrained(folder)
        (folder / LANGUAGE_MODEL_CONFIG).parent.mkdir()
        for file, content in ((CONFIG, config), (LANGUAGE_MODEL_CONFIG, language_model)):
            (folder / file).write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
        # Without the second names of tied weights. With a second entry of metadata the bytes would differ each time.
        names = {*dict(model.named_parameters()), *dict(model.named_buffers())}
        state = {name: value.contiguous() for name, value in model.state_dict().items() if name in names}
        save_file(state, folder / WEIGHTS, metadata={"format": "pt"})
        pack(folder, folder, target)


def _write(members: dict[str, Path], target: Path) -> None:
    """An uncompressed tar that appears as a whole or not at all: a model may be mapped from the one that is there."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as archive:
                for name, path in members.items():
                    member = tarfile.TarInfo(name)
                    member.size = path.stat().st_size
                    with path.open("rb") as source:
                        archive.addfile(member, source)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def restore(path: Path, device: str) -> Any:
    """The SALM of a frozen file, ready for inference, its weights mapped and in the precision in which they are stored.

    Equals SALM.from_pretrained() of the publisher's files, brought to that precision. Raises EngineUnavailableError,
    ModelRefusedError for a configuration that leads out, ModelCorruptError where a weight is missing, left over or of
    another shape.
    """
    SALM.require(path)
    salm = import_salm()
    with open_archive(path) as archive, tempfile.TemporaryDirectory(prefix="salm-") as name:
        config = _unpack(archive, Path(name))
        state = _weights(archive)
        with map_load_errors(path):
            model = _construct(salm, config, name)
            _take(model, state, path)
    return settle_dtype(model).to(device).eval().requires_grad_(False)


def import_salm() -> Any:
    """NeMo's SALM, imported quietly. Raises EngineUnavailableError."""
    import_nemo()
    try:
        with torch_threads():  # what NeMo imports sets their number
            import accelerate  # noqa: F401
            import peft  # noqa: F401
            from nemo.collections.speechlm2.models import SALM
            from transformers.utils import logging
    except ImportError as error:
        raise EngineUnavailableError(
            f"Canary-Qwen needs a library that is not installed ({error})",
            "run `pip install -r requirements-canary-qwen.txt`",
        ) from error
    logging.set_verbosity_error()  # how NeMo calls transformers is no news for anybody here
    return SALM


def _unpack(archive: Archive, folder: Path) -> dict[str, Any]:
    """The model's configuration, once it is known as harmless; the language model's small files go to `folder`.

    There they lie as in the language model's own repository: which tokenizer transformers makes depends on the
    configuration beside it.
    """
    if not archive.members.keys() >= {*CONFIGURATIONS, WEIGHTS}:
        raise damaged(archive.path, "a file is missing in it")
    config = check_config(archive.path, *(archive.read(name) for name in CONFIGURATIONS))
    (folder / "config.json").write_bytes(archive.read(LANGUAGE_MODEL_CONFIG))
    for name in TOKENIZER:
        if name in archive.members:
            (folder / name).write_bytes(archive.read(name))
    return config


def _weights(archive: Archive) -> dict[str, torch.Tensor]:
    if archive.is_compressed:
        raise refused(archive.path, "it is compressed, as no frozen Canary-Qwen is")
    member = archive.members[WEIGHTS]
    try:
        return map_safetensors(archive.file, member.offset_data, member.size)
    except NotMappable as error:
        raise refused(archive.path, str(error)) from error


def _construct(salm: Any, config: dict[str, Any], folder: str) -> Any:
    """The model without its weights. Its constructor finds everything in `folder` and asks nobody."""
    from omegaconf import OmegaConf

    local = {
        "pretrained_llm": folder,
        "tokenizer_path": folder,
        "pretrained_weights": False,
        "trust_remote_code": False,
    }
    with SkipInit():
        model = salm(config | local)
    model.cfg = OmegaConf.create(config)  # nothing of this folder in what is saved again
    return model


def _take(model: Any, state: dict[str, torch.Tensor], path: Path) -> None:
    """Make `state` the model's weights. from_pretrained() would not notice one that is missing.

    Qwen's output layer is tied to its embedding, and the file holds one of the two names.
    """
    result = assign(model, state, strict=False, keep_dtype=True)
    for names, what in ((result.missing_keys, "lacks"), (result.unexpected_keys, "has no use for")):
        if names:
            raise ModelCorruptError(
                f"the model file {path} {what} {len(names)} of the weights, {names[0]} the first", AGAIN
            )
