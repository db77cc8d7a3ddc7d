"""Models of the size of the published ones, with random weights.

What they write is nonsense, but what it costs to load them, their memory and their speed are those of the real
ones: the configurations are theirs, and the numbers of parameters are checked.
"""

import random
from pathlib import Path
from typing import Any

import sentencepiece
import torch

CONFIGURATION = Path(__file__).resolve().parent.parent / "tools" / "demo_training" / "parakeet.yaml"
PARAKEETS = {"parakeet": (1024, 617_825_926), "parakeet-v3": (8192, 627_008_134)}
"""Pieces of the vocabulary, and parameters, of nvidia/parakeet-tdt-0.6b-v2 and -v3; else they are alike."""
TRUE_SIZE: dict[str, Any] = {
    "preprocessor": {"features": 128, "normalize": "per_feature"},
    "model_defaults": {"enc_hidden": 1024, "pred_hidden": 640, "joint_hidden": 640},
    "encoder": {
        "feat_in": 128,
        "n_layers": 24,
        "d_model": 1024,
        "n_heads": 8,
        "subsampling_conv_channels": 256,
        "dropout": 0.1,
    },
    "decoder": {"prednet": {"pred_hidden": 640, "pred_rnn_layers": 2}},
    "joint": {"jointnet": {"joint_hidden": 640, "encoder_hidden": 1024, "pred_hidden": 640}},
}
TURBO = {
    "n_mels": 128,
    "n_audio_ctx": 1500,
    "n_audio_state": 1280,
    "n_audio_head": 20,
    "n_audio_layer": 32,
    "n_vocab": 51866,
    "n_text_ctx": 448,
    "n_text_state": 1280,
    "n_text_head": 20,
    "n_text_layer": 4,
}
"""The dimensions of Whisper large-v3-turbo."""
TURBO_WEIGHTS = 808_878_080
"""Half of the bytes of the published file, which is in float16."""


EVERY = 3
"""Frames of 80 ms for a token: four tokens a second, as real models write of speech."""


def write_parakeet(name: str, path: Path, scratch: Path) -> None:
    """A .nemo as NeMo's own save_to() writes it; `scratch`: a folder for the tokenizer."""
    from nemo.collections.asr.models import EncDecRNNTBPEModel
    from omegaconf import OmegaConf

    pieces, parameters = PARAKEETS[name]
    _write_tokenizer(scratch, pieces)
    config: Any = OmegaConf.merge(OmegaConf.load(CONFIGURATION), TRUE_SIZE)
    config.tokenizer.dir = str(scratch)
    for section, key in (("decoder", "vocab_size"), ("joint", "num_classes"), ("joint", "vocabulary")):
        del config[section][key]
    torch.manual_seed(0)
    model = EncDecRNNTBPEModel(config)
    assert sum(parameter.numel() for parameter in model.parameters()) == parameters
    _write_evenly(model)
    model.save_to(str(path))


@torch.inference_mode()
def _write_evenly(model: Any) -> None:
    """Whatever it hears, the same token every so many frames: random weights write one at every step, or none, and
    another number of them in every precision. Everything before the last layer is computed nevertheless.
    """
    last, durations = model.joint.joint_net[-1], list(model.cfg.decoding.durations)
    word = next(token for token, piece in enumerate(model.tokenizer.vocab) if piece.startswith("▁") and len(piece) > 1)
    last.weight.zero_()
    last.bias.zero_()
    last.bias[word] = last.bias[durations.index(EVERY) - len(durations)] = 10.0


def write_whisper_turbo(path: Path, dtype: torch.dtype) -> None:
    """A checkpoint as OpenAI publishes it (float16), or in float32."""
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(0)
    model = Whisper(ModelDimensions(**TURBO)).to(dtype)
    torch.nn.init.normal_(model.decoder.positional_embedding)  # which the constructor leaves as it finds it
    assert sum(weight.numel() for weight in model.state_dict().values()) == TURBO_WEIGHTS
    torch.save({"dims": TURBO, "model_state_dict": model.state_dict()}, path)


def _write_tokenizer(folder: Path, pieces: int) -> None:
    """A sentencepiece model of invented words."""
    rng = random.Random(0)
    syllables = [first + vowel + last for first in "bcdfghjklmnprstvwz" for vowel in "aeiou" for last in ("", *"nrstl")]
    words = ["".join(rng.choices(syllables, k=rng.choice((1, 2, 2, 3)))) for _ in range(4 * pieces)]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(" ".join(rng.choices(words, k=10)) for _ in range(2 * pieces)),
        model_prefix=str(folder / "tokenizer"),
        model_type="bpe",
        vocab_size=pieces,
        bos_id=-1,
        eos_id=-1,
        unk_id=0,
        minloglevel=2,
    )
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    listed = (tokenizer.id_to_piece(index) + "\n" for index in range(1, len(tokenizer)))
    (folder / "vocab.txt").write_text("".join(listed), encoding="utf-8")
