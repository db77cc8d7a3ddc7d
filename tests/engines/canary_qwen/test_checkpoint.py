"""Canary-Qwen's classes frozen into one file: what comes back is what was published, and nobody is asked."""

import gc
import io
import json
import re
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from accelerate import init_empty_weights

from tests.support.small_salm import (
    TAG,
    TRUE_ENCODER,
    TRUE_LANGUAGE_MODEL,
    SmallSalm,
    configuration,
    write_language_model,
)
from transcriber.engines.canary_qwen.checkpoint import WEIGHTS, import_salm, pack, restore, save
from transcriber.engines.canary_qwen.files import SALM
from transcriber.engines.families import kind_of
from transcriber.errors import EngineUnavailableError, ModelCorruptError, ModelRefusedError

GENERATED = 12


def generated(model: Any) -> list[list[int]]:
    """The tokens that a model writes about two noises of different length."""
    noise = torch.randn(2, 32_000, generator=torch.Generator().manual_seed(0)) * 0.1
    prompt = f"Transcribe the following: {TAG}"
    answer = model.generate(
        prompts=[[{"role": "user", "content": prompt}] for _ in noise],
        audios=noise,
        audio_lens=torch.tensor([32_000, 20_000]),
        max_new_tokens=GENERATED,
    )
    return answer.tolist()


def assert_same(one: Any, other: Any) -> None:
    for kind in ("state_dict", "named_parameters", "named_buffers"):
        left, right = dict(getattr(one, kind)()), dict(getattr(other, kind)())
        assert left.keys() == right.keys()
        for name, value in left.items():
            assert value.dtype == right[name].dtype, name
            assert torch.equal(value, right[name]), name
    assert generated(one) == generated(other)


def extracted(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder


def repacked(small_salm: SmallSalm, folder: Path, tensors: dict[str, torch.Tensor]) -> Path:
    """The published files with other weights, frozen."""
    folder.joinpath("config.json").write_bytes((small_salm.published / "config.json").read_bytes())
    safetensors.torch.save_file(tensors, folder / WEIGHTS)
    pack(folder, small_salm.language_model, folder / "changed.nemo")
    return folder / "changed.nemo"


@pytest.fixture
def tensors(small_salm: SmallSalm) -> dict[str, torch.Tensor]:
    return safetensors.torch.load_file(small_salm.published / WEIGHTS)


@pytest.fixture(scope="module")
def restored(small_salm: SmallSalm) -> Any:
    return restore(small_salm.frozen, "cpu")


def test_what_is_restored_is_what_was_published(small_salm: SmallSalm, restored: Any) -> None:
    assert_same(small_salm.model, restored)
    assert not restored.training
    assert not any(parameter.requires_grad for parameter in restored.parameters())
    assert restored.audio_locator_tag_id == small_salm.model.audio_locator_tag_id
    text = f"low highest {TAG}"
    assert restored.tokenizer.text_to_ids(text) == small_salm.model.tokenizer.text_to_ids(text)


def test_every_weight_counts(small_salm: SmallSalm, restored: Any) -> None:
    """The comparison would notice: another model writes something else, and its changes do not reach the file."""
    before, other = generated(restored), restore(small_salm.frozen, "cpu")
    with torch.no_grad():
        for name, parameter in other.named_parameters():
            if "lora_B" in name:
                parameter.mul_(-3)
    assert generated(other) != before
    assert generated(restored) == before
    assert generated(restore(small_salm.frozen, "cpu")) == before


def test_the_frozen_file_is_a_folder_that_nemo_itself_loads(
    small_salm: SmallSalm, restored: Any, tmp_path: Path
) -> None:
    assert_same(import_salm().from_pretrained(str(extracted(small_salm.frozen, tmp_path))), restored)


@pytest.mark.parametrize("kept", ["embed_tokens.weight", "llm.base_model.model.lm_head.weight"])
def test_the_output_layer_is_the_embedding_under_whichever_name(
    small_salm: SmallSalm, tensors: dict[str, torch.Tensor], tmp_path: Path, kept: str
) -> None:
    """Tied weights are stored once."""
    [name] = {"embed_tokens.weight", "llm.base_model.model.lm_head.weight"} & tensors.keys()
    tensors[kept] = tensors.pop(name)
    model = restore(repacked(small_salm, tmp_path, tensors), "cpu")
    assert model.llm.get_base_model().lm_head.weight is model.embed_tokens.weight
    assert_same(small_salm.model, model)


def test_the_weights_come_last_and_as_published(small_salm: SmallSalm) -> None:
    assert kind_of(small_salm.frozen) is SALM
    with tarfile.open(small_salm.frozen, "r:") as tar:
        names = tar.getnames()
        weights = tar.extractfile(WEIGHTS).read()
    assert names[:2] == ["config.json", "llm_backbone/config.json"]
    assert names[-1] == WEIGHTS
    assert {"tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt"} < set(names)
    assert weights == (small_salm.published / WEIGHTS).read_bytes()
    assert [path.name for path in small_salm.frozen.parent.glob("canary.nemo*")] == ["canary.nemo"]


def test_saved_again_it_is_the_same_file(small_salm: SmallSalm, tmp_path: Path) -> None:
    first, second = tmp_path / "first.nemo", tmp_path / "second.nemo"
    save(small_salm.model, first)
    model = restore(first, "cpu")
    save(model, second)
    assert first.read_bytes() == second.read_bytes()
    assert_same(small_salm.model, model)
    assert str(tmp_path) not in first.read_bytes().decode("latin-1").replace(str(small_salm.language_model), "")


def test_saving_over_the_file_that_is_in_use(small_salm: SmallSalm, tmp_path: Path) -> None:
    path = tmp_path / "canary.nemo"
    save(small_salm.model, path)
    model = restore(path, "cpu")
    save(model, path)
    assert_same(small_salm.model, model)
    assert_same(small_salm.model, restore(path, "cpu"))


def test_half_precision_stays(small_salm: SmallSalm, tensors: dict[str, torch.Tensor], tmp_path: Path) -> None:
    half = {name: value.bfloat16() if value.is_floating_point() else value for name, value in tensors.items()}
    model = restore(repacked(small_salm, tmp_path, half), "cpu")
    assert {parameter.dtype for parameter in model.parameters()} == {torch.bfloat16}
    unfrozen = import_salm().from_pretrained(str(extracted(tmp_path / "changed.nemo", tmp_path / "folder")))
    assert_same(unfrozen.bfloat16(), model)


@pytest.mark.parametrize("end", ["lora_A.default.weight", "running_mean", "embed_tokens.weight"])
def test_a_missing_weight(small_salm: SmallSalm, tensors: dict[str, torch.Tensor], tmp_path: Path, end: str) -> None:
    names = [name for name in tensors if name.endswith(end) or (end.startswith("embed") and "lm_head" in name)]
    del tensors[names[0]]
    with pytest.raises(ModelCorruptError, match=r"lacks \d of the weights"):
        restore(repacked(small_salm, tmp_path, tensors), "cpu")


def test_a_weight_too_many(small_salm: SmallSalm, tensors: dict[str, torch.Tensor], tmp_path: Path) -> None:
    tensors["perception.second_encoder.weight"] = torch.zeros(3)
    with pytest.raises(ModelCorruptError, match="no use for 1 of the weights, perception"):
        restore(repacked(small_salm, tmp_path, tensors), "cpu")


def test_a_weight_of_another_shape(small_salm: SmallSalm, tensors: dict[str, torch.Tensor], tmp_path: Path) -> None:
    tensors["perception.proj.weight"] = tensors["perception.proj.weight"][:, :-1].contiguous()
    with pytest.raises(ModelCorruptError, match=r"perception\.proj\.weight"):
        restore(repacked(small_salm, tmp_path, tensors), "cpu")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9])
def test_a_truncated_file(small_salm: SmallSalm, tmp_path: Path, share: float) -> None:
    content = small_salm.frozen.read_bytes()
    (tmp_path / "canary.nemo").write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelCorruptError, match=r"canary\.nemo is damaged"):
        restore(tmp_path / "canary.nemo", "cpu")


@pytest.mark.parametrize("missing", ["config.json", WEIGHTS])
def test_a_download_that_is_not_complete(small_salm: SmallSalm, tmp_path: Path, missing: str) -> None:
    for name in {"config.json", WEIGHTS} - {missing}:
        (tmp_path / name).write_bytes((small_salm.published / name).read_bytes())
    with pytest.raises(ModelCorruptError, match=f"{missing} is missing"):
        pack(tmp_path, small_salm.language_model, tmp_path / "canary.nemo")
    assert not list(tmp_path.glob("canary*"))


def test_a_download_whose_weights_are_cut_off(small_salm: SmallSalm, tmp_path: Path) -> None:
    for name in ("config.json", WEIGHTS):
        (tmp_path / name).write_bytes((small_salm.published / name).read_bytes()[: -100 if name == WEIGHTS else None])
    with pytest.raises(ModelCorruptError, match=r"model\.safetensors is damaged"):
        pack(tmp_path, small_salm.language_model, tmp_path / "canary.nemo")


def test_a_configuration_that_leads_out_is_refused_before_anything_is_built(
    small_salm: SmallSalm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = extracted(small_salm.frozen, tmp_path / "folder")
    config = json.loads((archive / "config.json").read_bytes())
    config["perception"]["encoder"]["_target_"] = "os.system"
    (archive / "config.json").write_text(json.dumps(config))
    with tarfile.open(tmp_path / "canary.nemo", "w") as tar:
        for path in sorted(path for path in archive.rglob("*") if path.is_file()):
            tar.add(path, str(path.relative_to(archive)))
    monkeypatch.setattr(import_salm(), "__init__", lambda *_: pytest.fail("it was built"))
    with pytest.raises(ModelRefusedError, match=r"os\.system"):
        restore(tmp_path / "canary.nemo", "cpu")
    with pytest.raises(ModelRefusedError, match=r"os\.system"):
        pack(archive, archive, tmp_path / "again.nemo")


@pytest.mark.parametrize("library", ["peft", "accelerate"])
def test_a_library_that_is_not_installed(small_salm: SmallSalm, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(EngineUnavailableError, match=f"{library}.*pip install -r requirements-canary-qwen.txt"):
        restore(small_salm.frozen, "cpu")


def with_a_hole(path: Path, config: dict[str, Any], state: dict[str, torch.Tensor], language_model: Path) -> None:
    """A frozen file whose weights are all zeros that no disk holds: the file is longer than what was written."""
    header, end = {}, 0
    for name, value in state.items():
        kind, size = ("BF16", 2) if value.is_floating_point() else ("I64", 8)
        header[name] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [end, end + value.numel() * size]}
        end += value.numel() * size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # as safetensors does, so that every number is aligned
    with path.open("wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name in ("config.json", "tokenizer_config.json", "tokenizer.json"):
                tar.add(language_model / name, "llm_backbone/config.json" if name == "config.json" else name)
            member = tarfile.TarInfo("config.json")
            member.size = len(json.dumps(config))
            tar.addfile(member, io.BytesIO(json.dumps(config).encode()))
            weights = tarfile.TarInfo(WEIGHTS)
            weights.size = 8 + len(text) + end
            file.write(weights.tobuf() + len(text).to_bytes(8, "little") + text)
            at = file.tell() + end
        file.truncate(at + -at % 512 + 1024)


def peak_memory() -> int:
    """Bytes of this process since it was last asked to forget its peak."""
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])


@pytest.mark.skipif(sys.platform != "linux", reason="needs files with holes, and reads /proc")
def test_the_true_size_takes_no_memory(tmp_path: Path) -> None:
    """Canary-Qwen's 2.6 billion weights are neither filled at random nor read, only mapped.

    5 GB in bfloat16; made by SALM's constructor they are 10 GB.
    """
    language_model = write_language_model(tmp_path / "language-model", TRUE_LANGUAGE_MODEL)
    config = configuration("Qwen/Qwen3-1.7B", TRUE_ENCODER, 2048, mels=128, rank=128)
    with init_empty_weights():  # on the meta device: shapes without content
        unfrozen = import_salm()(config | {"pretrained_llm": str(language_model), "pretrained_weights": False})
    state = unfrozen.state_dict()
    del state["llm.base_model.model.lm_head.weight"]  # tied to the embedding
    with_a_hole(tmp_path / "canary.nemo", config, state, language_model)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = peak_memory()
    model = restore(tmp_path / "canary.nemo", "cpu")
    assert peak_memory() - before < 0.5e9
    assert sum(parameter.numel() for parameter in model.parameters()) == 2_559_348_736
    assert {parameter.dtype for parameter in model.parameters()} == {torch.bfloat16}
    shapes = {name: value.shape for name, value in unfrozen.named_parameters()}  # not tied on the meta device
    assert {name: value.shape for name, value in model.named_parameters(remove_duplicate=False)} == shapes
