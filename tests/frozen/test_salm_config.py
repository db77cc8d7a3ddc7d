"""What a frozen speech language model may not say of itself, and that it may say what Canary-Qwen says."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.programs import run_program
from transcriber.errors import ModelCorruptError, ModelRefusedError
from transcriber.frozen.salm_config import check_config

PATH = Path("canary.nemo")
CONFIG: dict[str, Any] = {
    "pretrained_llm": "Qwen/Qwen3-1.7B",
    "pretrained_asr": "nvidia/canary-1b-flash",
    "pretrained_weights": True,
    "trust_remote_code": False,
    "init_from_checkpoint": None,
    "audio_locator_tag": "<|audioplaceholder|>",
    "freeze_params": [r"^llm\..+$"],
    "lora": {"task_type": "CAUSAL_LM", "r": 128, "target_modules": ["q_proj", "v_proj"]},
    "perception": {
        "target": "nemo.collections.speechlm2.modules.perception.AudioPerceptionModule",
        "encoder": {"_target_": "nemo.collections.asr.modules.ConformerEncoder", "att_context_size": [-1, -1]},
    },
    "optimizer": {"_target_": "torch.optim.AdamW", "lr": 5e-4},
    "lr_scheduler": {"_target_": "nemo.core.optim.lr_scheduler.CosineAnnealing", "max_steps": "${trainer.max_steps}"},
}
LANGUAGE_MODEL = {"model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "rope_scaling": None}
TOKENIZER = {"tokenizer_class": "Qwen2Tokenizer", "added_tokens_decoder": {"151643": {"content": "<|endoftext|>"}}}


def changed(config: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """`config` with another value at a place such as "perception.encoder.n_layers"."""
    result = copy.deepcopy(config)
    *parents, last = place.split(".")
    fields = result
    for key in parents:
        fields = fields.setdefault(key, {})
    fields[last] = value
    return result


def check(config: Any = CONFIG, language_model: Any = LANGUAGE_MODEL, tokenizer: Any = TOKENIZER) -> dict[str, Any]:
    return check_config(PATH, *(json.dumps(fields).encode() for fields in (config, language_model, tokenizer)))


def test_what_the_publisher_says() -> None:
    assert check() == {key: value for key, value in CONFIG.items() if key not in ("optimizer", "lr_scheduler")}


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("perception.encoder._target_", "os.system", r"asks for os\.system"),
        ("perception.encoder._target_", "nemo.collections.asr.models.ASRModel.restore_from", "asks for nemo"),
        ("perception.encoder._target_", ["nemo.collections.asr.modules.ConformerEncoder"], "asks for"),
        ("perception.encoder.att_context_size", [{"_target_": "torch.hub.load"}], r"asks for torch\.hub\.load"),
        ("perception.modality_adapter", {"cls": "subprocess.Popen", "params": {}}, r"asks for subprocess\.Popen"),
        ("perception.preprocessor", {"target": "builtins.exec"}, r"asks for builtins\.exec"),
        ("trust_remote_code", True, "code of its own"),
        ("pretrained_s2s_model", "/home/somebody/weights.ckpt", "other weights"),
        ("pretrained_perception_from_s2s", "../weights.ckpt", "other weights"),
        ("init_from_checkpoint", "weights.ckpt", "other weights"),
        ("prompt_format", "${oc.env:HF_TOKEN}", "outside of it"),
        ("lora.target_modules", ["${oc.env:HF_TOKEN}"], "outside of it"),
        ("lora.megatron_core", "antigravity", "LoRA"),
        ("lora", ["q_proj"], "LoRA"),
        ("perception.encoder.n_layers", 10**9, "absurd n_layers"),
        ("perception.encoder.pos_emb_max_len", 10**9, "absurd pos_emb_max_len"),
    ],
)
def test_a_configuration_that_leads_out(place: str, value: Any, reason: str) -> None:
    with pytest.raises(ModelRefusedError, match=f"canary.nemo is refused: .*{reason}"):
        check(config=changed(CONFIG, place, value))


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("auto_map", {"AutoConfig": "configuration_evil.Config"}, "code of its own"),
        ("text_config.auto_map", {"AutoConfig": "somebody/else--configuration.Config"}, "code of its own"),
        ("trust_remote_code", True, "code of its own"),
        ("model_type", "evil", "is evil, not qwen3"),
        ("attn_implementation", "somebody/kernels", "attention implementation somebody/kernels"),
        ("_attn_implementation", {"": "somebody/kernels"}, "attention implementation"),
        ("num_hidden_layers", 10**9, "absurd num_hidden_layers"),
        ("quantization_config", {"quant_method": "evil"}, "quantized"),
    ],
)
def test_a_language_model_that_leads_out(place: str, value: Any, reason: str) -> None:
    with pytest.raises(ModelRefusedError, match=reason):
        check(language_model=changed(LANGUAGE_MODEL, place, value))


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("auto_map", {"AutoTokenizer": ["tokenization_evil.Tokenizer", None]}, "code of its own"),
        ("tokenizer_class", "EvilTokenizer", "is a EvilTokenizer"),
        ("tokenizer_class", ["Qwen2Tokenizer"], "is a "),
        ("vocab_file", "/etc/passwd", "refers to a file"),
    ],
)
def test_a_tokenizer_that_leads_out(place: str, value: Any, reason: str) -> None:
    with pytest.raises(ModelRefusedError, match=reason):
        check(tokenizer=changed(TOKENIZER, place, value))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"a": ' * 100_000, b"[" * 100_000])
def test_files_that_are_no_configurations(content: bytes) -> None:
    good = [json.dumps(fields).encode() for fields in (CONFIG, LANGUAGE_MODEL, TOKENIZER)]
    for place in range(3):
        with pytest.raises((ModelCorruptError, ModelRefusedError), match="its configuration"):
            check_config(PATH, *good[:place], content, *good[place + 1 :])


def test_deeply_nested_ones_are_walked_through() -> None:
    deep: Any = {"_target_": "os.system"}
    for _ in range(200):
        deep = {"a": [deep]}
    with pytest.raises(ModelRefusedError, match=r"os\.system"):
        check(config={**CONFIG, "perception": deep})


def test_the_check_needs_no_heavy_library() -> None:
    result = run_program(
        "-c",
        "import sys; import transcriber.frozen.salm_config\n"
        "print(*(name for name in ('torch', 'nemo', 'transformers', 'numpy') if name in sys.modules))",
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == []
