"""Archives for tests, honest and hostile."""

import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import torch

from transcriber.engines.families import kind_of
from transcriber.errors import ModelRefusedError

Member = tuple[tarfile.TarInfo | str, bytes]
PARAKEET = b"target: nemo.collections.asr.models.rnnt_bpe_models.EncDecRNNTBPEModel\n"


class Evil:
    """Makes the folder that EVIL names when it is unpickled."""

    def __reduce__(self) -> Any:
        return os.mkdir, (os.environ["EVIL"],)


def saved(state: Any, **options: Any) -> bytes:
    """What torch.save() writes."""
    buffer = io.BytesIO()
    torch.save(state, buffer, **options)
    return buffer.getvalue()


WEIGHTS = saved({"encoder.weight": torch.ones(200)})


def write_tar(path: Path, members: Iterable[Member], mode: str = "w") -> Path:
    options = {"compresslevel": 1} if mode == "w:gz" else {}
    with tarfile.open(path, mode, **options) as archive:  # type: ignore[call-overload]
        for info, content in members:
            member = tarfile.TarInfo(info) if isinstance(info, str) else info
            if member.isreg():
                member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def write_nemo(path: Path, *more: Member, config: bytes = PARAKEET, weights: bytes = WEIGHTS, mode: str = "w") -> Path:
    """A small archive that is in order, but for what is asked for."""
    return write_tar(path, [("./model_config.yaml", config), ("./model_weights.ckpt", weights), *more], mode)


def repack(source: Path, target: Path, change: Callable[[str, bytes], Iterable[Member]], mode: str = "w") -> Path:
    """`source` with each member as `change` makes it of its name and content."""
    with tarfile.open(source) as archive:
        files = [(member.name, archive.extractfile(member).read()) for member in archive if member.isfile()]  # type: ignore[union-attr]
    return write_tar(target, [new for name, content in files for new in change(name, content)], mode)


def with_weights(source: Path, target: Path, weights: bytes) -> Path:
    return repack(source, target, lambda name, content: [(name, weights if name.endswith(".ckpt") else content)])


def weights_of(source: Path) -> dict[str, torch.Tensor]:
    with tarfile.open(source) as archive:
        content = archive.extractfile("./model_weights.ckpt")
        assert content is not None
        return torch.load(io.BytesIO(content.read()), weights_only=True)


def with_timestamp_model(canary: Path, target: Path) -> Path:
    """A Canary with a second model inside for its times, as Canary 1B v2 has one: CTC, of random weights."""
    from nemo.collections.asr.models import EncDecCTCModelBPE
    from omegaconf import OmegaConf, open_dict

    from tests.support.places import DEMO_MODELS
    from transcriber.engines.nemo.checkpoint import restore
    from transcriber.engines.nemo.connector import TIMESTAMPS

    parakeet = restore(DEMO_MODELS / "parakeet.nemo", "cpu")
    config = OmegaConf.create(OmegaConf.to_container(parakeet.cfg))
    words = list(config.joint.vocabulary)
    with open_dict(config):
        config.target = "nemo.collections.asr.models.ctc_bpe_models.EncDecCTCModelBPE"
        for part in ("joint", "loss", "decoding"):
            config.pop(part, None)
        config.decoder = {
            "_target_": "nemo.collections.asr.modules.ConvASRDecoder",
            "feat_in": config.encoder.d_model,
            "num_classes": len(words),
            "vocabulary": words,
        }
    with tarfile.open(DEMO_MODELS / "parakeet.nemo") as archive, tempfile.TemporaryDirectory() as folder:
        archive.extractall(folder, filter="data")
        config.tokenizer.model_path = next(str(path) for path in Path(folder).glob("*tokenizer.model"))
        config.tokenizer.vocab_path = next(str(path) for path in Path(folder).glob("*vocab.txt"))
        config.tokenizer.dir = folder
        config.tokenizer.pop("spe_tokenizer_vocab", None)
        torch.manual_seed(0)
        EncDecCTCModelBPE(config).save_to(str(target.with_suffix(".ctc")))
    second: list[Member] = []
    names = dict(zip(("./model_config.yaml", "./model_weights.ckpt"), TIMESTAMPS, strict=True))
    repack(
        target.with_suffix(".ctc"),
        target.with_suffix(".unused"),
        lambda name, content: second.append((names.get(name, name), content)) or [],  # type: ignore[func-returns-value]
    )

    def join(name: str, content: bytes) -> list[Member]:
        if name.endswith(".yaml"):
            return [(name, content.replace(b"restore_timestamps_model: false\n", b"")), *second]
        return [(name, content)]

    return repack(canary, target, join)


def refusal(path: Path) -> str:
    """What is said of a refused file: always its name, and what to do."""
    with pytest.raises(ModelRefusedError) as caught:
        kind_of(path)
    assert str(path) in caught.value.message
    assert "setup_local_models.py" in caught.value.hint
    return caught.value.message
