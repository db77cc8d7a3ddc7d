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
TRAINING = ("optimizer", "lr_scheduler")
"""Parts of the configuration that only training reads."""

CLASSES = {
    "nemo.collections.speechlm2.modules.perception.AudioPerceptionModule",
    "nemo.collections.speechlm2.modules.perception.IdentityConnector",
    "nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor",
    "nemo.collections.asr.modules.ConformerEncoder",
    "nemo.collections.asr.modules.SpectrogramAugmentation",
}
CLASS_KEYS = ("_target_", "target", "cls")
STARTING_POINTS = ("pretrained_perception_from_s2s", "pretrained_s2s_model", "init_from_checkpoint")
LORA = {"task_type", "r", "lora_alpha", "lora_dropout", "target_modules", "bias"}
TOKENIZER_CLASSES = {"Qwen2Tokenizer", "Qwen2TokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend", None}
ATTENTION = {"eager", "sdpa", None}
"""Any other value may name an implementation on the hub."""


def check_config(path: Path, config: bytes, language_model: bytes, tokenizer: bytes) -> dict[str, Any]:
    """The model's configuration, without what only training reads, once nothing in its three files leads out.

    `config`, `language_model` and `tokenizer` are the contents of CONFIGURATIONS, `path` is the file to name. Raises
    ModelRefusedError, or ModelCorruptError for what is no configuration.
    """
    salm = {key: value for key, value in read_json(config, path).items() if key not in TRAINING}
    reason = (
        _salm_reason(salm)
        or _language_model_reason(read_json(language_model, path))
        or _tokenizer_reason(read_json(tokenizer, path))
    )
    if reason:
        raise refused(path, reason)
    return salm


def _salm_reason(config: dict[str, Any]) -> str | None:
    for key, value in _entries(config):
        if key in CLASS_KEYS and not (isinstance(value, str) and value in CLASSES):
            return f"its configuration asks for {value}, which is no part of Canary-Qwen"
        if isinstance(value, str) and "${" in value:
            return f"its configuration refers to something outside of it ({value})"
        if key == "trust_remote_code" and value:
            return "it wants code of its own to be run"
        if key in STARTING_POINTS and value:
            return f"it wants other weights to be loaded ({key})"
    lora = config.get("lora", {})
    if not isinstance(lora, dict) or not lora.keys() <= LORA:
        return "its LoRA settings are not those of Canary-Qwen"
    return None


def _language_model_reason(config: dict[str, Any]) -> str | None:
    for key, value in _entries(config):
        if key in ("auto_map", "trust_remote_code") and value:
            return "its language model wants code of its own to be run"
        if "attn_implementation" in key and not (value is None or (isinstance(value, str) and value in ATTENTION)):
            return f"its language model asks for the attention implementation {value}"
    if config.get("model_type") != "qwen3":
        return f"its language model is {config.get('model_type')}, not qwen3"
    if config.get("quantization_config"):
        return "its language model is quantized"
    return None


def _tokenizer_reason(config: dict[str, Any]) -> str | None:
    for key, value in _entries(config):
        if key in ("auto_map", "trust_remote_code") and value:
            return "its tokenizer wants code of its own to be run"
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
