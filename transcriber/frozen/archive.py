"""What a model's file says of itself, read without loading it.

A .nemo is a tar whose model_config.yaml names its class in `target`; a Whisper checkpoint is a torch zip with `dims`.
"""

import io
import tarfile
import zipfile
from enum import Enum
from pathlib import Path

import yaml

from transcriber.errors import ModelCorruptError, ModelRefusedError
from transcriber.store import GUIDE, SETUP_COMMAND

NEMO_CLASSES = {
    "nemo.collections.asr.models.rnnt_bpe_models.EncDecRNNTBPEModel",
    "nemo.collections.asr.models.hybrid_rnnt_ctc_bpe_models.EncDecHybridRNNTCTCBPEModel",
    "nemo.collections.asr.models.aed_multitask_models.EncDecMultiTaskModel",
}
AGAIN = f"delete it and run `{SETUP_COMMAND}` again (see {GUIDE})"


class Family(Enum):
    NEMO_ASR = "nemo_asr"
    WHISPER = "whisper"


def family_of(path: Path) -> Family:
    """Which engine can load the file.

    Raises ModelCorruptError for a truncated file, ModelRefusedError for one that is no model or of another kind.
    """
    with path.open("rb") as file:
        magic = file.read(4)
    if path.stat().st_size == 0:
        raise ModelCorruptError(f"the model file {path} is empty", AGAIN)
    if magic == b"PK\x03\x04":
        _check_whisper(path)
        return Family.WHISPER
    target = _nemo_config(path).get("target")
    if target not in NEMO_CLASSES:
        raise ModelRefusedError(
            f"the model file {path} holds a {target or 'model without a class'}, which this program cannot load",
            f"set the model up with `{SETUP_COMMAND}`",
        )
    return Family.NEMO_ASR


def _check_whisper(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            pickles = [name for name in archive.namelist() if name.endswith("/data.pkl") or name == "data.pkl"]
            content = archive.read(pickles[0]) if pickles else b""
    except zipfile.BadZipFile as error:
        raise ModelCorruptError(f"the model file {path} is damaged or was not copied completely", AGAIN) from error
    if b"dims" not in content or b"model_state_dict" not in content:
        raise ModelRefusedError(f"the file {path} is no Whisper checkpoint", AGAIN)


def _nemo_config(path: Path) -> dict:
    cut_off = ModelCorruptError(f"the model file {path} is damaged or was not copied completely", AGAIN)
    try:
        with tarfile.open(path) as archive:
            members = {Path(member.name).name: member for member in archive if member.isfile()}
            ends = [member.offset_data + member.size for member in members.values()]
            config = archive.extractfile(members["model_config.yaml"])
            fields = yaml.safe_load(config.read() if config else b"")
            is_compressed = not isinstance(archive.fileobj, io.BufferedReader)
    except (tarfile.ReadError, EOFError) as error:
        if _looks_cut_off(path):
            raise cut_off from error
        raise ModelRefusedError(f"the model file {path} is no model", AGAIN) from error
    except (KeyError, yaml.YAMLError, UnicodeDecodeError) as error:
        if _looks_cut_off(path):
            raise cut_off from error
        raise ModelRefusedError(f"the file {path} is an archive, but holds no model that can be read", AGAIN) from error
    if not is_compressed and max(ends) > path.stat().st_size:
        raise cut_off
    return fields if isinstance(fields, dict) else {}


def _looks_cut_off(path: Path) -> bool:
    """Whether a file begins as a tar or a gzip, but a tar does not end as one, with a block of zeros."""
    with path.open("rb") as file:
        begin = file.read(512)
        file.seek(max(0, path.stat().st_size - 512))
        end = file.read()
    return begin[:2] == b"\x1f\x8b" or (begin[257:262] == b"ustar" and any(end))
