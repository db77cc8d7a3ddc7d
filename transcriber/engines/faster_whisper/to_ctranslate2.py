"""A Whisper checkpoint written in CTranslate2's format, as faster-whisper loads it.

Format: ctranslate2/specs/whisper_spec.py; the other files: faster_whisper/transcribe.py, WhisperModel. Needs what
requirements-faster-whisper.txt names, and no network.
"""

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from ctranslate2.specs import WhisperSpec
from ctranslate2.specs.model_spec import visit_spec
from whisper.tokenizer import get_tokenizer

from transcriber.engines.faster_whisper.tokenizer import whisper_tokenizer
from transcriber.engines.whisper.checkpoint import alignment_heads, weight_shapes
from transcriber.errors import ModelCorruptError, ModelRefusedError

FRONT_END = {"sampling_rate": 16_000, "n_fft": 400, "hop_length": 160, "chunk_length": 30}
Weights = dict[str, torch.Tensor]


def convert(checkpoint: Path, folder: Path, sha256: str, compute_type: str) -> None:
    """Write the CTranslate2 model of an openai-whisper checkpoint into the empty `folder`.

    `sha256` is the checkpoint's: OpenAI's own are known by it, and get their alignment heads. `compute_type` is what
    the weights are stored in, "int8", "float16" or "float32": a model that is stored as it computes loads several times
    faster.
    Raises ModelCorruptError, ModelRefusedError, OSError.
    """
    content = _read(checkpoint)
    dims, weights = content["dims"], content["model_state_dict"]
    spec = WhisperSpec(dims["n_audio_layer"], dims["n_audio_head"], dims["n_text_layer"], dims["n_text_head"])
    _set_encoder(spec.encoder, weights)
    _set_decoder(spec.decoder, weights)
    is_multilingual = dims["n_vocab"] >= 51_865  # this and the next line as in whisper/model.py
    num_languages = dims["n_vocab"] - 51_765 - is_multilingual
    tokenizer = whisper_tokenizer(is_multilingual, num_languages)
    spec.register_vocabulary([tokenizer.id_to_token(token) for token in range(dims["n_vocab"])])
    _configure(spec.config, is_multilingual, num_languages)
    heads = alignment_heads(content, checkpoint, sha256)
    spec.config.alignment_heads = heads or _last_half(dims["n_text_layer"], dims["n_text_head"])
    _store_as(compute_type, spec)
    _check_and_tie(spec)
    spec.save(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": dims["n_mels"], **FRONT_END}))


def _read(checkpoint: Path) -> dict[str, Any]:
    """Dimensions, weights and what else lies in the checkpoint, mapped where the file's zip does not compress it."""
    try:
        with zipfile.ZipFile(checkpoint) as archive:
            is_mappable = all(member.compress_type == zipfile.ZIP_STORED for member in archive.infolist())
        content = torch.load(checkpoint, map_location="cpu", weights_only=True, mmap=is_mappable)
    except (OSError, MemoryError):
        raise
    except pickle.UnpicklingError as error:
        raise ModelRefusedError(f"the file {checkpoint} is no Whisper checkpoint") from error
    except Exception as error:  # a damaged checkpoint can end in about any exception, deep in torch
        raise ModelCorruptError(f"the model file {checkpoint} cannot be read ({error})") from error
    try:
        dims, weights = content["dims"], content["model_state_dict"]
        is_whisper = weight_shapes(dims) == {name: weight.shape for name, weight in weights.items()}
    except (KeyError, TypeError, AttributeError, RuntimeError):  # of another shape altogether
        is_whisper = False
    if not is_whisper:
        raise ModelRefusedError(f"the file {checkpoint} is no Whisper checkpoint, or its weights are of another size")
    return content


def _set_encoder(spec: Any, weights: Weights) -> None:
    _set_linear(spec.conv1, weights, "encoder.conv1")
    _set_linear(spec.conv2, weights, "encoder.conv2")
    spec.position_encodings.encodings = weights["encoder.positional_embedding"]
    _set_norm(spec.layer_norm, weights, "encoder.ln_post")
    for number, layer in enumerate(spec.layer):
        _set_block(layer, weights, f"encoder.blocks.{number}")


def _set_decoder(spec: Any, weights: Weights) -> None:
    spec.embeddings.weight = weights["decoder.token_embedding.weight"]
    spec.position_encodings.encodings = weights["decoder.positional_embedding"]
    _set_norm(spec.layer_norm, weights, "decoder.ln")
    for number, layer in enumerate(spec.layer):
        block = f"decoder.blocks.{number}"
        _set_block(layer, weights, block)
        _set_linear(layer.attention.linear[0], weights, f"{block}.cross_attn.query")
        _set_linear(layer.attention.linear[1], weights, f"{block}.cross_attn.key", f"{block}.cross_attn.value")
        _set_linear(layer.attention.linear[2], weights, f"{block}.cross_attn.out")
        _set_norm(layer.attention.layer_norm, weights, f"{block}.cross_attn_ln")


def _set_block(layer: Any, weights: Weights, block: str) -> None:
    inputs = (f"{block}.attn.query", f"{block}.attn.key", f"{block}.attn.value")
    _set_linear(layer.self_attention.linear[0], weights, *inputs)
    _set_linear(layer.self_attention.linear[1], weights, f"{block}.attn.out")
    _set_norm(layer.self_attention.layer_norm, weights, f"{block}.attn_ln")
    _set_linear(layer.ffn.linear_0, weights, f"{block}.mlp.0")
    _set_linear(layer.ffn.linear_1, weights, f"{block}.mlp.2")
    _set_norm(layer.ffn.layer_norm, weights, f"{block}.mlp_ln")


def _set_linear(spec: Any, weights: Weights, *names: str) -> None:
    """One layer, or several of the same input as one; Whisper's keys have no bias: zeros."""
    parts = [weights[f"{name}.weight"] for name in names]
    biases = [weights.get(f"{name}.bias", part.new_zeros(len(part))) for name, part in zip(names, parts, strict=True)]
    spec.weight, spec.bias = (parts[0], biases[0]) if len(parts) == 1 else (torch.cat(parts), torch.cat(biases))


def _set_norm(spec: Any, weights: Weights, name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _configure(config: Any, is_multilingual: bool, num_languages: int) -> None:
    """The tokens that name languages, and those that may not be written: as in whisper/decoding.py."""
    tokenizer = get_tokenizer(is_multilingual, num_languages=num_languages)
    tasks = (tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev, tokenizer.sot_lm)
    config.suppress_ids = sorted({*tokenizer.non_speech_tokens, *tasks, tokenizer.no_speech})
    config.suppress_ids_begin = [*tokenizer.encode(" "), tokenizer.eot]
    config.lang_ids = sorted(tokenizer.all_language_tokens)


def _last_half(layers: int, heads: int) -> list[list[int]]:
    """[layer, head] that openai-whisper takes where nobody knows which attention follows the speech."""
    return [[layer, head] for layer in range(layers // 2, layers) for head in range(heads)]


def _store_as(compute_type: str, spec: Any) -> None:
    """Give every weight the type; with int8 only the matrices, each row with a scale of its own.

    The scale and rounding of ctranslate2/specs/model_spec.py, whose optimize() first compares every pair of weights.
    """

    def store(layer: Any, name: str, value: Any) -> None:
        if not isinstance(value, torch.Tensor):
            return
        attribute = name.rsplit("/", 1)[-1]
        if compute_type != "int8":
            setattr(layer, attribute, value.to(getattr(torch, compute_type)))
        elif attribute == "weight" and value.dim() == 2:
            largest = value.abs().amax(dim=1).float()
            # A tensor by a tensor: a number by a tensor would be a reciprocal first, and another rounding.
            layer.weight_scale = largest.new_tensor(127) / torch.where(largest > 0, largest, 127)
            layer.weight = value.float().mul_(layer.weight_scale[:, None]).round_().to(torch.int8)

    visit_spec(spec, store)


def _check_and_tie(spec: Any) -> None:
    """The projection to the vocabulary is the embedding: CTranslate2's alias is a name in the place of the weights."""
    embeddings, projection = spec.decoder.embeddings, spec.decoder.projection
    projection.weight = embeddings.weight
    spec.validate()  # which would take a name for weights
    projection.weight = "decoder/embeddings/weight"
    if not isinstance(embeddings.weight_scale, str):
        projection.weight_scale = "decoder/embeddings/weight_scale"
