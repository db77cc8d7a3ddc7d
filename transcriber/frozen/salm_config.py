"""What a frozen speech language model (NeMo's SALM: Canary-Qwen) may say of itself. Needs neither torch nor NeMo.

Its three configurations come from whoever made the file. NeMo and transformers would build any class, import any module
and open any path that they name; here they may name what Canary-Qwen is made of, and nothing else.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transcriber.frozen.configuration import read_json
from transcriber.frozen.members import refused

CONFIG, LANGUAGE_MODEL_CONFIG, TOKENIZER_CONFIG = "config.json", "llm_backbone/config.json", "tokenizer_config.json"
CONFIGURATIONS = (CONFIG, LANGUAGE_MODEL_CONFIG, TOKENIZER_CONFIG)
TRAINING_KEYS = ("optimizer", "lr_scheduler")
"""Parts of the configuration that only training reads."""

ALLOWED_CLASSES = {
    "nemo.collections.speechlm2.modules.perception.AudioPerceptionModule",
    "nemo.collections.speechlm2.modules.perception.IdentityConnector",
    "nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor",
    "nemo.collections.asr.modules.ConformerEncoder",
    "nemo.collections.asr.modules.SpectrogramAugmentation",
}
CLASS_KEYS = ("_target_", "target", "cls")
PRETRAINED_KEYS = ("pretrained_perception_from_s2s", "pretrained_s2s_model", "init_from_checkpoint")
LORA_FIELDS = {
    *("task_type", "peft_type", "r", "lora_alpha", "lora_dropout", "target_modules", "exclude_modules", "bias"),
    *("fan_in_fan_out", "inference_mode", "init_lora_weights", "layers_to_transform", "layers_pattern"),
    *("modules_to_save", "rank_pattern", "alpha_pattern", "use_rslora", "use_dora"),
}
"""Fields of peft's LoraConfig that are plain values; others name code or files."""
TOKENIZER_CLASSES = {"Qwen2Tokenizer", "Qwen2TokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend", None}
ATTENTIONS = {"eager", "sdpa"}
"""Any other value may name an implementation on the hub."""
MAX_VALUES = {"n_layers": 200, "num_hidden_layers": 200, "pos_emb_max_len": 100_000}
"""What is made one after another, or filled, before the weights tell how much there really is."""


def check_config(path: Path, config: bytes, language_model: bytes, tokenizer: bytes) -> dict[str, Any]:
    """The model's configuration, without what only training reads, once nothing in its three files leads out.

    `config`, `language_model` and `tokenizer` are the contents of CONFIGURATIONS, `path` is the file to name. Raises
    ModelRefusedError, or ModelCorruptError for what is no configuration.
    """
    salm = {key: value for key, value in read_json(config, path).items() if key not in TRAINING_KEYS}
    llm, words = read_json(language_model, path), read_json(tokenizer, path)
    reason = (
        _salm_reason(salm)
        or _language_model_reason(llm)
        or _tokenizer_reason(words)
        or next(filter(None, map(_common_reason, (salm, llm, words))), None)
    )
    if reason:
        raise refused(path, reason)
    return salm


def _common_reason(config: dict[str, Any]) -> str | None:
    for key, value in _entries(config):
        if key == "auto_map" or (key == "trust_remote_code" and value):
            return f"it wants program code of its own to be run ({key})"
        if key in MAX_VALUES and isinstance(value, int | float) and value > MAX_VALUES[key]:
            return f"it has an absurd {key} ({value})"
    return None


def _salm_reason(config: dict[str, Any]) -> str | None:
    for key, value in _entries(config):
        if key in CLASS_KEYS and not (isinstance(value, str) and value in ALLOWED_CLASSES):
            return f"its configuration asks for {value}, which is no part of Canary-Qwen"
        if isinstance(value, str) and "${" in value:
            return f"its configuration refers to something outside of it ({value})"
        if key in PRETRAINED_KEYS and value:
            return f"it wants other weights to be loaded ({key})"
    lora = config.get("lora", {})
    if not isinstance(lora, dict) or not lora.keys() <= LORA_FIELDS:
        return "its LoRA settings are not those of Canary-Qwen"
    return None


def _language_model_reason(config: dict[str, Any]) -> str | None:
    for key, value in _entries(config):
        is_known = value is None or (isinstance(value, str) and value in ATTENTIONS)
        if "attn_implementation" in key and not is_known:
            return f"its language model asks for the attention implementation {value}"
    if config.get("model_type") != "qwen3":
        return f"its language model is {config.get('model_type')}, not qwen3"
    if config.get("quantization_config"):
        return "its language model is quantized"
    return None


def _tokenizer_reason(config: dict[str, Any]) -> str | None:
    for key, value in _entries(config):
        if key.endswith("_file") and value:
            return f"its tokenizer refers to a file ({key})"
    name = config.get("tokenizer_class")
    if not (name is None or isinstance(name, str)) or name not in TOKENIZER_CLASSES:
        return f"its tokenizer is a {name}"
    return None


def _entries(value: Any) -> Iterator[tuple[str, Any]]:
    """Every (key, value) of nested dicts and lists; values of lists come under the key "".

    In steps, not by calling itself: the file decides how deep it is.
    """
    waiting = [value]
    while waiting:
        value = waiting.pop()
        items = value.items() if isinstance(value, dict) else [("", item) for item in value]
        for key, item in items:
            yield key, item
            if isinstance(item, dict | list):
                waiting.append(item)
