"""What a model's file says of itself; what is damaged or foreign is told as such."""

import random
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.support.archives import PARAKEET, WEIGHTS, refusal, saved, write_nemo, write_tar
from tests.support.places import DEMO_MODELS, PROJECT
from transcriber.engines.canary_qwen.files import SALM as QWEN
from transcriber.engines.families import kind_of
from transcriber.engines.kind import Kind
from transcriber.engines.nemo.files import ASR, DIARIZATION
from transcriber.engines.whisper.files import WHISPER
from transcriber.errors import ModelCorruptError, ModelError

pytestmark = pytest.mark.usefixtures("nothing_is_run")
SALM = [
    (
        "config.json",
        b'{"perception": {"target": "nemo.collections.speechlm2.modules.perception.AudioPerceptionModule"}}',
    ),
    ("llm_backbone/config.json", b'{"model_type": "qwen3"}'),
    ("tokenizer_config.json", b"{}"),
    ("model.safetensors", b"\x02\x00\x00\x00\x00\x00\x00\x00{}"),
]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_nemo_names_its_class(tmp_path: Path, mode: str) -> None:
    assert kind_of(write_nemo(tmp_path / "a.nemo", mode=mode)) is ASR
    sortformer = PARAKEET.replace(
        b"rnnt_bpe_models.EncDecRNNTBPEModel", b"sortformer_diar_models.SortformerEncLabelModel"
    )
    assert kind_of(write_nemo(tmp_path / "b.nemo", config=sortformer, mode=mode)) is DIARIZATION


def test_canary_qwen(tmp_path: Path) -> None:
    assert kind_of(write_tar(tmp_path / "a.nemo", SALM)) is QWEN
    for name, content in (
        ("config.json", b'{"perception": {"_target_": "os.system"}}'),
        ("config.json", b'{"a": "${oc.env:HOME}"}'),
        ("llm_backbone/config.json", b'{"auto_map": {"AutoConfig": "code.Config"}}'),
        ("tokenizer_config.json", b'{"auto_map": {"AutoTokenizer": "code.Tokenizer"}}'),
    ):
        changed = [(other, content if other == name else old) for other, old in SALM]
        assert "refused" in refusal(write_tar(tmp_path / "b.nemo", changed))
    with pytest.raises(ModelCorruptError):
        kind_of(write_tar(tmp_path / "c.nemo", [("config.json", b"[" * 100_000), *SALM[1:]]))
    assert "holds no model" in refusal(write_tar(tmp_path / "d.nemo", SALM[2:]))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("parakeet.nemo", ASR), ("canary.nemo", ASR), ("whisper.pt", WHISPER)],
)
def test_the_demo_models(name: str, kind: Kind) -> None:
    assert kind_of(DEMO_MODELS / name) is kind


def test_the_name_does_not_matter(tmp_path: Path) -> None:
    shutil.copy(DEMO_MODELS / "whisper.pt", tmp_path / "parakeet.nemo")
    assert kind_of(tmp_path / "parakeet.nemo") is WHISPER


def test_an_archive_published_by_nvidia(shared_data: Path) -> None:
    """It is in order, but no engine of ours takes it."""
    message = refusal(shared_data / "nemo" / "vad_multilingual_marblenet.nemo")
    assert "holds a nemo.collections.asr.models.classification_models.EncDecClassificationModel" in message


def test_torch_is_not_needed() -> None:
    code = (
        "import sys; from pathlib import Path; from transcriber.engines.families import kind_of\n"
        f"for path in Path({str(DEMO_MODELS)!r}).glob('*.[np][et]*'): kind_of(path)\n"
        "assert not {'torch', 'nemo', 'omegaconf'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99])
@pytest.mark.parametrize("name", ["parakeet.nemo", "whisper.pt"])
def test_a_truncated_model(tmp_path: Path, name: str, share: float) -> None:
    content = (DEMO_MODELS / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelCorruptError, match="again"):
        kind_of(tmp_path / name)


def test_a_truncated_compressed_archive(tmp_path: Path) -> None:
    content = write_nemo(tmp_path / "a.nemo", mode="w:gz").read_bytes()
    for size in (20, len(content) // 2):
        (tmp_path / "b.nemo").write_bytes(content[:size])
        with pytest.raises(ModelCorruptError):
            kind_of(tmp_path / "b.nemo")


def test_an_archive_cut_off_between_two_members(tmp_path: Path) -> None:
    path = write_nemo(tmp_path / "a.nemo")
    with tarfile.open(path) as archive:
        end = archive.getmembers()[-1].offset
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(ModelCorruptError):
        kind_of(path)


@pytest.mark.parametrize("content", [b"<html>404 not found</html>" * 100, b"SQLite format 3\x00", bytes(2000), b"x"])
def test_a_foreign_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.nemo").write_bytes(content)
    assert "is no model" in refusal(tmp_path / "a.nemo")


def test_other_archives(tmp_path: Path) -> None:
    assert "no model that can be read" in refusal(write_tar(tmp_path / "a", [("readme.txt", b"hello")]))
    assert "no model that can be read" in refusal(write_tar(tmp_path / "b", [("model_config.yaml", PARAKEET)]))
    assert "model without a class" in refusal(write_nemo(tmp_path / "c", config=b"a: 1"))
    with zipfile.ZipFile(tmp_path / "d", "w") as document:
        document.writestr("word/document.xml", b"<w:document/>")
    assert "holds no weights" in refusal(tmp_path / "d")
    (tmp_path / "e").write_bytes(saved({"epoch": 3}))
    assert "no Whisper checkpoint" in refusal(tmp_path / "e")
    (tmp_path / "f").write_bytes(saved({"epoch": 3}, _use_new_zipfile_serialization=False))
    assert "no Whisper checkpoint" in refusal(tmp_path / "f")
    assert "no checkpoint of torch" in refusal(write_nemo(tmp_path / "g", weights=b"weights" * 100))


def test_any_damage_is_told_as_such(tmp_path: Path) -> None:
    """Bytes changed at random in headers, configuration, directory and pickle: an answer or one of our errors."""
    rng = random.Random(0)
    nemo, packed = write_nemo(tmp_path / "a"), write_nemo(tmp_path / "b", mode="w:gz")
    for original in (nemo.read_bytes(), packed.read_bytes(), WEIGHTS):
        for _ in range(150):
            content = bytearray(original)
            for _ in range(rng.choice((1, 4, 30))):
                content[rng.randrange(len(content))] = rng.randrange(256)
            (tmp_path / "c").write_bytes(content)
            try:
                kind_of(tmp_path / "c")
            except ModelError as error:
                assert str(tmp_path / "c") in error.message
