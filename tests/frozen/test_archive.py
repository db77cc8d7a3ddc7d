"""What a model's file says of itself; what is no model gets a sentence."""

import io
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import DEMO_MODELS
from transcriber.errors import ModelCorruptError, ModelRefusedError
from transcriber.frozen.archive import Kind, kind_of


def nemo(path: Path, config: bytes | None, compressed: bool = False) -> Path:
    with tarfile.open(path, "w:gz" if compressed else "w") as archive:
        for name, content in (("./model_config.yaml", config), ("./model_weights.ckpt", b"weights" * 1000)):
            if content is not None:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return path


PARAKEET = b"target: nemo.collections.asr.models.rnnt_bpe_models.EncDecRNNTBPEModel\n"


@pytest.mark.parametrize("compressed", [False, True])
def test_a_nemo_names_its_class(tmp_path: Path, compressed: bool) -> None:
    assert kind_of(nemo(tmp_path / "a.nemo", PARAKEET, compressed)) is Kind.NEMO_ASR


@pytest.mark.parametrize(
    ("name", "family"),
    [("parakeet.nemo", Kind.NEMO_ASR), ("canary.nemo", Kind.NEMO_ASR), ("whisper.pt", Kind.WHISPER)],
)
def test_the_demo_models(name: str, family: Kind) -> None:
    assert kind_of(DEMO_MODELS / name) is family


def test_the_name_does_not_matter(tmp_path: Path) -> None:
    shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path / "parakeet.nemo")
    assert kind_of(tmp_path / "parakeet.nemo") is Kind.WHISPER


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99])
@pytest.mark.parametrize("name", ["parakeet.nemo", "whisper.pt"])
def test_a_truncated_model(tmp_path: Path, name: str, share: float) -> None:
    content = (DEMO_MODELS / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelCorruptError, match="again"):
        kind_of(tmp_path / name)


def test_a_foreign_file(tmp_path: Path) -> None:
    (tmp_path / "a.nemo").write_bytes(b"<html>404 not found</html>" * 100)
    with pytest.raises(ModelRefusedError, match="is no model"):
        kind_of(tmp_path / "a.nemo")


@pytest.mark.parametrize(
    "config", [None, b"a: [", b"\xff\xfe", b"- list", b"target: os.system", b"target: nemo.collections.tts.Model"]
)
def test_an_archive_of_another_kind(tmp_path: Path, config: bytes | None) -> None:
    with pytest.raises(ModelRefusedError):
        kind_of(nemo(tmp_path / "a.nemo", config))


def test_a_zip_that_is_no_checkpoint(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "whisper.pt", "w") as archive:
        archive.writestr("archive/data.pkl", b"nothing")
    with pytest.raises(ModelRefusedError, match="no Whisper checkpoint"):
        kind_of(tmp_path / "whisper.pt")


def test_an_archive_published_by_nvidia(shared_data: Path) -> None:
    with pytest.raises(ModelRefusedError, match="EncDecClassificationModel"):
        kind_of(shared_data / "nemo" / "vad_multilingual_marblenet.nemo")
