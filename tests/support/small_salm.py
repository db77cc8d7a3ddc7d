"""A small speech language model of Canary-Qwen's classes, in files as its publishers lay them out."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from transcriber.engines.canary_qwen.checkpoint import import_salm, pack

TAG = "<|audioplaceholder|>"
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MODULES = "nemo.collections.asr.modules"
PERCEPTION = "nemo.collections.speechlm2.modules.perception"
SMALL_ENCODER = {"n_layers": 2, "d_model": 64, "n_heads": 4, "subsampling_conv_channels": 32}
SMALL_LANGUAGE_MODEL = {
    "vocab_size": 416,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 2048,
}
TRUE_ENCODER = {"n_layers": 32, "d_model": 1024, "n_heads": 8, "subsampling_conv_channels": 256}
"""Of nvidia/canary-1b-flash."""
TRUE_LANGUAGE_MODEL = {
    "vocab_size": 151_936,
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 40_960,
}
"""Of Qwen/Qwen3-1.7B."""


def configuration(language_model: str, encoder: dict, hidden_size: int, mels: int, rank: int) -> dict[str, Any]:
    """As in the publisher's config.json: FastConformer, a projection, LoRA on the queries and values."""
    return {
        "pretrained_llm": language_model,
        "pretrained_asr": "nvidia/canary-1b-flash",
        "pretrained_weights": True,
        "audio_locator_tag": TAG,
        "prompt_format": "qwen",
        "freeze_params": [r"^llm\..+$", r"^embed_tokens\..+$"],
        "prevent_freeze_params": [],
        "lora": {
            "task_type": "CAUSAL_LM",
            "r": rank,
            "lora_alpha": 2 * rank,
            "lora_dropout": 0.01,
            "target_modules": ["q_proj", "v_proj"],
        },
        "perception": {
            "target": f"{PERCEPTION}.AudioPerceptionModule",
            "output_dim": hidden_size,
            "modality_adapter": {"_target_": f"{PERCEPTION}.IdentityConnector", "d_model": encoder["d_model"]},
            "preprocessor": {
                "_target_": f"{MODULES}.AudioToMelSpectrogramPreprocessor",
                "features": mels,
                "normalize": "per_feature",
                "window_size": 0.025,
                "window_stride": 0.01,
                "n_fft": 512,
                "dither": 0.0,
            },
            "encoder": {
                "_target_": f"{MODULES}.ConformerEncoder",
                "feat_in": mels,
                "subsampling": "dw_striding",
                "subsampling_factor": 8,
                "self_attention_model": "rel_pos",
                "xscaling": False,
                "conv_kernel_size": 9,
                **encoder,
            },
        },
        "optimizer": {"_target_": "torch.optim.AdamW", "lr": 5e-4},
    }


def write_language_model(folder: Path, shape: dict[str, Any]) -> Path:
    """What a language model's repository holds besides weights: config.json and a byte-level BPE tokenizer."""
    from transformers import Qwen3Config

    folder.mkdir()
    Qwen3Config(
        architectures=["Qwen3ForCausalLM"], tie_word_embeddings=True, bos_token_id=0, eos_token_id=2, **shape
    ).save_pretrained(folder)
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer, tokenizer.decoder = byte_level, decoders.ByteLevel()
    tokenizer.train_from_iterator(
        ["user assistant Transcribe the following: low middle high"] * 9,
        trainers.BpeTrainer(
            vocab_size=400, special_tokens=SPECIAL, initial_alphabet=byte_level.alphabet(), show_progress=False
        ),
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer.model.save(str(folder))
    fields = {"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(fields), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class SmallSalm:
    """A model in memory and its files."""

    model: Any
    published: Path
    """config.json and model.safetensors, and nothing of the language model."""
    language_model: Path
    frozen: Path
    """Packed from the two."""


def make_small_salm(folder: Path) -> SmallSalm:
    """One of random weights. Its config.json names Qwen's repository, as Canary-Qwen's does."""
    language_model = write_language_model(folder / "language-model", SMALL_LANGUAGE_MODEL)
    config = configuration("Qwen/Qwen3-1.7B", SMALL_ENCODER, 64, mels=80, rank=4)
    model = untrained(config, language_model).eval()
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)  # LoRA begins with zeros, which would hide that it is lost
    model.save_pretrained(folder / "published", config=config)
    pack(folder / "published", language_model, folder / "canary.nemo")
    return SmallSalm(model, folder / "published", language_model, folder / "canary.nemo")


def untrained(config: dict[str, Any], language_model: Path) -> Any:
    """A SALM of random weights, the same at each call."""
    torch.manual_seed(0)
    return import_salm()(config | {"pretrained_llm": str(language_model), "pretrained_weights": False})
