"""Hostile model files are refused before anything of them is built."""

import gzip
import io
import pickle
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.support.archives import PARAKEET, WEIGHTS, Evil, Member, refusal, repack, saved, write_nemo, write_tar
from tests.support.places import DEMO_MODELS
from transcriber.engines.families import kind_of
from transcriber.engines.nemo.files import ASR
from transcriber.errors import ModelCorruptError
from transcriber.frozen import members, pickles

pytestmark = pytest.mark.usefixtures("nothing_is_run")


# ------------------------------------------------------------------------------------------------------- members


def special(name: str, kind: bytes, target: str = "") -> Member:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, b""


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (("../evil", b"x"), "outside"),
        (("a/../../evil", b"x"), "outside"),
        (("/tmp/evil", b"x"), "outside"),
        (("..\\evil", b"x"), "outside"),
        (("C:evil", b"x"), "outside"),
        (special("a", tarfile.SYMTYPE, "/etc/passwd"), "link to /etc/passwd"),
        (special("a", tarfile.LNKTYPE, "model_config.yaml"), "link"),
        (special("a", tarfile.CHRTYPE), "no plain file"),
        (special("a", tarfile.BLKTYPE), "no plain file"),
        (special("a", tarfile.FIFOTYPE), "no plain file"),
        (("model_config.yaml", PARAKEET), "twice"),
        (("MODEL_CONFIG.yaml", PARAKEET), "twice"),
        (("a/../model_config.yaml", PARAKEET), "outside"),
    ],
)
@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_members_that_no_model_has(tmp_path: Path, member: Member, reason: str, mode: str) -> None:
    assert reason in refusal(write_nemo(tmp_path / "a.nemo", member, mode=mode))


def test_the_weights_as_a_link(tmp_path: Path) -> None:
    link = special("model_weights.ckpt", tarfile.SYMTYPE, str(DEMO_MODELS / "whisper.pt"))
    assert "link" in refusal(write_tar(tmp_path / "a.nemo", [("model_config.yaml", PARAKEET), link]))


def test_sparse_members(tmp_path: Path) -> None:
    """A few bytes that unpack to a terabyte of zeros, in the two ways that tar knows."""
    old = bytearray(tarfile.TarInfo("sparse.bin").tobuf())
    old[156:157] = tarfile.GNUTYPE_SPARSE
    old[386:410] = b"00000000000\x00" * 2
    old[483:495] = b"77777777777\x00"
    old[148:156] = b"%06o\x00 " % (256 + sum(old[:148]) + sum(old[156:512]))
    path = write_nemo(tmp_path / "a.nemo")
    path.write_bytes(bytes(old) + path.read_bytes())
    assert "no plain file" in refusal(path)
    new = tarfile.TarInfo("sparse.bin")
    new.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(1 << 40)}
    assert "no plain file" in refusal(write_nemo(tmp_path / "b.nemo", (new, b"")))


def test_too_many_and_too_large_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MAX_MEMBERS", 20)
    assert "more than a model" in refusal(write_nemo(tmp_path / "a", *((f"{k}.txt", b"") for k in range(30))))
    monkeypatch.setattr(members, "MAX_SMALL_MEMBERS_BYTES", 5000)
    assert "more than a model" in refusal(write_nemo(tmp_path / "b", ("vocab.txt", bytes(10_000))))


# --------------------------------------------------------------------------------------------------------- bombs


def test_an_archive_that_unpacks_to_absurd_sizes(tmp_path: Path) -> None:
    """A header that claims 200 MB is enough: nothing is unpacked to find out."""
    huge = tarfile.TarInfo("zeros.ckpt")
    huge.size = 200 << 20
    with gzip.open(tmp_path / "a.nemo", "wb") as file:
        file.write(huge.tobuf() + bytes(2000))
    assert "absurd size" in refusal(tmp_path / "a.nemo")


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE])
@pytest.mark.parametrize("size", [100 << 20, -512])
def test_a_header_of_absurd_size(tmp_path: Path, kind: bytes, size: int) -> None:
    """tarfile would read all of it into memory, or for ever."""
    header = tarfile.TarInfo("long")
    header.type, header.size = kind, size
    with gzip.open(tmp_path / "a.nemo", "wb", compresslevel=1) as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20))
    with pytest.raises(ModelCorruptError):
        kind_of(tmp_path / "a.nemo")


def test_a_checkpoint_that_unpacks_to_absurd_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickles, "ALWAYS_UNPACKED_BYTES", 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"dims": 1, "model_state_dict": 2}, 2))
        archive.writestr("archive/data/0", bytes(2 << 20))
    assert "absurd size" in refusal(tmp_path / "a.pt")


LAUGHS = b"a0: &a0 [x, x]\n" + b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (k, k, k - 1, k - 1) for k in range(1, 60))


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (LAUGHS, "aliases"),
        (b"a: &a [*a]\n", "aliases"),
        (b"a: " + b"[" * 200_000, "deeper"),
        (b"- " * 200_000 + b"x", "deeper"),
        (b"a: !!python/object/apply:os.mkdir [evil]\n", "tags"),
        (b"a: !!python/name:os.system ''\n", "tags"),
        (b"<<: {target: os.system}\n", "<<"),
        (b"target: a\ntarget: b\n", "twice"),
        (b"? [a, b]\n: c\n", "no name"),
        (b"- a\n- b\n", "is not one"),
        (b"a: 1\n---\nb: 2\n", "is not one"),
        (b"", "is not one"),
    ],
)
def test_absurd_configurations(tmp_path: Path, config: bytes, reason: str) -> None:
    assert reason in refusal(write_nemo(tmp_path / "a.nemo", config=config))


def test_a_configuration_of_absurd_size(tmp_path: Path) -> None:
    assert "larger" in refusal(write_nemo(tmp_path / "a.nemo", config=b"# " + b"x" * (17 << 20)))


@pytest.mark.parametrize("config", [b"a: [", b"\xff\xfe\xff", b"a: \x00"])
def test_a_configuration_that_cannot_be_read(tmp_path: Path, config: bytes) -> None:
    with pytest.raises(ModelCorruptError):
        kind_of(write_nemo(tmp_path / "a.nemo", config=config))


# ------------------------------------------------------------------------------------------------------- pickles


@pytest.mark.parametrize("options", [{}, {"_use_new_zipfile_serialization": False}])
@pytest.mark.parametrize("forced", [False, True])
def test_a_pickle_that_executes(tmp_path: Path, options: Any, forced: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the checkpoint of a .nemo, in Canary's second one, in a compressed archive and in Whisper's, new and old."""
    if forced:
        monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    evil = saved({"dims": {}, "model_state_dict": Evil()}, **options)
    (tmp_path / "a.pt").write_bytes(evil)
    second = ("timestamps_asr_model_weights.ckpt", evil)
    for path in (
        tmp_path / "a.pt",
        write_nemo(tmp_path / "a.nemo", weights=evil),
        write_nemo(tmp_path / "b.nemo", second),
        write_nemo(tmp_path / "c.nemo", weights=evil, mode="w:gz"),
    ):
        assert "would run or create" in refusal(path)
        assert "mkdir" in refusal(path)


def checkpoint(pickled: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "pickled",
    [
        pickle.dumps(Evil.__reduce__, 4),
        b"(S'evil'\nios\nmkdir\n.",
        b"(cos\nmkdir\nS'evil'\no.",
        b"\x80\x02\x82\x01.",
        b"\x80\x04\x8c\x02os\x8c\x05mkdir\x93.",
        b"\x80\x02ctorch\nload\n.",
        b"\x80\x02cbuiltins\neval\n.",
        b"\x80\x02ctorch._utils\n_rebuild_tensor_v2.__globals__\n.",
    ],
)
def test_instructions_that_no_checkpoint_needs(tmp_path: Path, pickled: bytes) -> None:
    assert "refused" in refusal(write_nemo(tmp_path / "a.nemo", weights=checkpoint(pickled)))


@pytest.mark.parametrize(
    "pickled", [b"", b"\xff.", b"\x80\x02}", b"\x80\x02X\xff\xff\xff\x7fx", b"\x80\x02ccollections"]
)
def test_a_pickle_that_cannot_be_read(tmp_path: Path, pickled: bytes) -> None:
    with pytest.raises(ModelCorruptError):
        kind_of(write_nemo(tmp_path / "a.nemo", weights=checkpoint(pickled)))


def test_a_program_in_place_of_a_checkpoint(tmp_path: Path) -> None:
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(tmp_path / "a.pt"))
    assert "TorchScript" in refusal(tmp_path / "a.pt")


def test_two_pickles_in_one_checkpoint(tmp_path: Path) -> None:
    content = io.BytesIO(WEIGHTS)
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("archive/data.pkl", pickle.dumps(Evil(), 2))
    assert "twice" in refusal(write_nemo(tmp_path / "a.nemo", weights=content.getvalue()))


# ------------------------------------------------------------------------------------------------- configurations


@pytest.mark.parametrize(
    "line",
    [
        b"preprocessor: {_target_: os.system}",
        b"preprocessor: {_target_: nemo.collections.asr.parts.utils.manifest_utils.write_manifest}",
        b"preprocessor: {_target_: nemo.collections.asr.modules.os.system}",
        b"preprocessor: {target: torch.hub.load, params: {}}",
        b"preprocessor: {cls: subprocess.Popen, params: {}}",
        b"list: [{deep: [{_target_: torch.load}]}]",
        b"train_ds: {_target_: subprocess.Popen}",
        b"name: os.system\npreprocessor: {_target_: '${name}'}",
        b"a: ${oc.env:HOME}",
        b"a: text before ${oc.env:HOME} and after",
        b"labels: [a, '${oc.env:HOME}']",
        b"a: ${oc.decode:b}",
        b"a: oc.env\nb: '${${a}:HOME}'",
        b"a: ${now:%Y}",
        b"a: '${b'",
        b"a: \\${oc.env:HOME}",
        b"tokenizer: {model_path: /etc/passwd}",
        b"tokenizer: {model_path: vocab.txt}",
        b"tokenizer: {model_path: 'nemo:vocab.txt'}",
        b"tokenizer: {model_path: 'nemo:../../etc/passwd'}",
        b"tokenizer: {model_path: 'nemo:/etc/passwd'}",
        b"tokenizer: {dir: /etc, type: bpe}",
        b"tokenizer: {dir: /etc, type: bpe, vocab_path: 'nemo:model_config.yaml'}",
        b"tokenizer: {dir: /etc, type: WPE}",
        b"decoding: {beam: {ngram_lm_model: /etc/passwd}}",
        b"decoding: {greedy: {boosting_tree: {model_path: words.txt}}}",
    ],
)
def test_a_configuration_that_reaches_outside(tmp_path: Path, line: bytes) -> None:
    assert "its configuration" in refusal(write_nemo(tmp_path / "a.nemo", config=PARAKEET + line))
    timestamps = ("timestamps_asr_model_config.yaml", line)
    assert "its configuration" in refusal(write_nemo(tmp_path / "b.nemo", timestamps))


@pytest.mark.parametrize(
    "line",
    [
        b"a: 1\nb: ${a}\nc: {d: '${..a}', e: 'x${a}y${model.sample_rate}', f: '${labels[0]}'}",
        b"labels: [/, ., etc, $, '{', ':', 'nemo']",
        b"train_ds: {manifest_filepath: /etc/passwd}\ntest_ds: {augmentor: {noise: {manifest_path: /etc/passwd}}}",
        b"tokenizer: {dir: /etc, type: bpe, model_path: 'nemo:a', vocab_path: 'nemo:a', spe_tokenizer_vocab: null}",
        b"tokenizer: {dir: null, type: agg, langs: {en: {dir: x, type: wpe, vocab_path: 'nemo:a'}}}",
        b"decoding: {beam: {ngram_lm_model: /nowhere/at/all}}",
    ],
)
def test_what_honest_configurations_hold(tmp_path: Path, line: bytes) -> None:
    assert kind_of(write_nemo(tmp_path / "a.nemo", ("a", b""), config=PARAKEET + line)) is ASR


def test_a_demo_model_that_was_made_hostile(tmp_path: Path) -> None:
    """The real archive with one line more."""

    def change(name: str, content: bytes) -> list[Member]:
        more = b"\noptim2: {_target_: os.system}\n" if name.endswith("model_config.yaml") else b""
        return [(name, content + more)]

    assert "os.system" in refusal(repack(DEMO_MODELS / "parakeet.nemo", tmp_path / "a.nemo", change))
