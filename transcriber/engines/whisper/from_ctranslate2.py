"""An openai-whisper checkpoint written from a Whisper in CTranslate2's format: the way back of to_ctranslate2.py.

Format: ctranslate2/specs/model_spec.py, ModelSpec._serialize, little endian: binary version, name of the specification,
its revision, the variables (name, sizes, type, bytes, content), and names that are aliases of others. In float16 the
weights are OpenAI's own, bit by bit. Nothing in the file is believed before it is checked.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from transcriber.engines.whisper.checkpoint import official_heads, weight_shapes
from transcriber.engines.whisper.files import CTRANSLATE2_HEADER
from transcriber.errors import ModelRefusedError
from transcriber.frozen.mapped import MappedFile
from transcriber.frozen.members import damaged, refused

DTYPES = {0: torch.float32, 1: torch.int8, 2: torch.int16, 4: torch.float16}
"""By CTranslate2's number; what else it has (int32, bfloat16) no Whisper is stored in."""
MAX_VARIABLES, MAX_NAME_BYTES, MAX_DIMENSIONS = 10_000, 200, 3
SETTINGS = {
    "decoder/activation": 3,  # GELU
    "decoder/alibi": 0,
    "decoder/alibi_use_positive_positions": 0,
    "decoder/alignment_heads": 1,
    "decoder/alignment_layer": -1,
    "decoder/pre_norm": 1,
    "decoder/scale_alibi": 0,
    "decoder/scale_embeddings": 0,
    "decoder/start_from_zero_embedding": 0,
}
"""What Whisper has, and another model might have otherwise; older files lack some."""
EMBEDDING = "decoder/embeddings/weight"
ALIASES = {"decoder/projection/weight": EMBEDDING}
BLOCK = {
    "self_attention/layer_norm": ("attn_ln",),
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention/linear_1": ("attn.out",),
    "ffn/layer_norm": ("mlp_ln",),
    "ffn/linear_0": ("mlp.0",),
    "ffn/linear_1": ("mlp.2",),
}
"""A layer's parts, and what openai-whisper calls them; several are joined in CTranslate2."""
DECODER_BLOCK = {
    **BLOCK,
    "attention/layer_norm": ("cross_attn_ln",),
    "attention/linear_0": ("cross_attn.query",),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention/linear_2": ("cross_attn.out",),
}


def convert(binary: Path, checkpoint: Path, official: str = "") -> None:
    """Write the openai-whisper checkpoint of a CTranslate2 `model.bin`.

    `official` is what openai-whisper calls these weights: then their alignment heads are written with them, since this
    file has not the checksum by which OpenAI's own is known. Raises ModelCorruptError, ModelRefusedError.
    """
    dims, weights = read(binary)
    content: dict[str, object] = {"dims": dims, "model_state_dict": weights}
    if official:
        content["alignment_heads"] = official_heads(official, dims)
    torch.save(content, checkpoint)


def read(path: Path) -> tuple[dict[str, int], dict[str, Tensor]]:
    """Dimensions and weights as openai-whisper names them, in the type in which they are stored.

    Raises ModelCorruptError for a truncated or damaged file, ModelRefusedError for what is no Whisper, or one whose
    weights have been rounded to integers.
    """
    variables = _Variables(path)
    heads = [int(variables.take(f"{side}/num_heads", torch.int16)) for side in ("encoder", "decoder")]
    for name, value in SETTINGS.items():
        if name in variables.unread and int(variables.take(name)) != value:
            raise refused(path, f"its {name} is another one than Whisper's")
    weights = {
        "encoder.positional_embedding": variables.take("encoder/position_encodings/encodings"),
        "decoder.positional_embedding": variables.take("decoder/position_encodings/encodings"),
        "decoder.token_embedding.weight": variables.take(EMBEDDING),
    }
    parts: dict[str, tuple[str, ...]] = {
        "encoder/conv1": ("encoder.conv1",),
        "encoder/conv2": ("encoder.conv2",),
        "encoder/layer_norm": ("encoder.ln_post",),
        "decoder/layer_norm": ("decoder.ln",),
    }
    layers = {"encoder": 0, "decoder": 0}
    for side, block in (("encoder", BLOCK), ("decoder", DECODER_BLOCK)):
        while f"{side}/layer_{layers[side]}/ffn/linear_0/weight" in variables.unread:
            number = layers[side]
            for part, names in block.items():
                parts[f"{side}/layer_{number}/{part}"] = tuple(f"{side}.blocks.{number}.{name}" for name in names)
            layers[side] += 1
    for part, names in parts.items():
        weights |= variables.take_part(part, names)
    if variables.unread:
        raise refused(path, f"it holds what no Whisper has ({min(variables.unread)})")
    dims = _dims(path, weights, heads, layers)
    return dims, weights


def _dims(path: Path, weights: dict[str, Tensor], heads: list[int], layers: dict[str, int]) -> dict[str, int]:
    """As the weights' sizes have them; each weight must then have the size that Whisper gives it."""
    first = weights["encoder.conv1.weight"]
    audio, text = weights["encoder.positional_embedding"], weights["decoder.positional_embedding"]
    embedding = weights["decoder.token_embedding.weight"]
    if first.dim() != 3 or any(weight.dim() != 2 for weight in (audio, text, embedding)):
        raise refused(path, "its weights have not the sizes of a Whisper")
    dims = {
        "n_mels": first.shape[1],
        "n_audio_ctx": audio.shape[0],
        "n_audio_state": audio.shape[1],
        "n_audio_head": heads[0],
        "n_audio_layer": layers["encoder"],
        "n_vocab": embedding.shape[0],
        "n_text_ctx": text.shape[0],
        "n_text_state": text.shape[1],
        "n_text_head": heads[1],
        "n_text_layer": layers["decoder"],
    }
    widths = [(dims[f"n_{side}_state"], dims[f"n_{side}_head"]) for side in ("audio", "text")]
    # The least that whisper/model.py can be built with; heads share the width among them.
    can_be_built = all(layers.values()) and all(
        width >= 4 and width % 2 == 0 and number > 0 and width % number == 0 for width, number in widths
    )
    if not can_be_built or weight_shapes(dims) != {name: weight.shape for name, weight in weights.items()}:
        raise refused(path, "its weights have not the sizes of a Whisper")
    return dims


@dataclass(frozen=True)
class _Variable:
    """Where a variable's content lies in the file."""

    dtype: torch.dtype
    shape: tuple[int, ...]
    start: int
    size: int
    """Bytes."""


class _Variables:
    """The variables of a file by name, each of which is taken once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            if file.read(len(CTRANSLATE2_HEADER)) != CTRANSLATE2_HEADER:
                raise ModelRefusedError(f"the file {path} is no Whisper in CTranslate2's format", "choose another file")
            self.mapped = MappedFile(file)
        self.position = len(CTRANSLATE2_HEADER)
        self.unread: dict[str, _Variable] = {}
        for _ in range(self._count()):
            name = self._name()
            if name in self.unread:
                raise refused(path, f"it holds {name} twice")
            self.unread[name] = self._variable(name)
        aliases = {self._name(): self._name() for _ in range(self._count())}
        if aliases != ALIASES:
            raise refused(path, "its projection to the vocabulary is another one than Whisper's")
        if self.position != self.mapped.size:
            raise damaged(path, "something follows its variables")

    def take(self, name: str, dtype: torch.dtype | None = None) -> Tensor:
        """A variable's content, copied."""
        if name not in self.unread:
            raise refused(self.path, f"it has no {name}")
        variable = self.unread.pop(name)
        if variable.dtype is not dtype if dtype else variable.shape and not variable.dtype.is_floating_point:
            raise refused(self.path, f"its {name} is stored as {variable.dtype}: choose one in float16 or float32")
        storage = self.mapped.storage(variable.start, variable.size, variable.dtype.itemsize)
        return torch.empty(0, dtype=variable.dtype).set_(storage, 0, variable.shape).clone()

    def take_part(self, part: str, names: tuple[str, ...]) -> dict[str, Tensor]:
        """Weight and bias of a layer, or of several that are joined in one; Whisper's keys have no bias."""
        if f"{part}/gamma" in self.unread:
            return {f"{names[0]}.weight": self.take(f"{part}/gamma"), f"{names[0]}.bias": self.take(f"{part}/beta")}
        weight, bias = self.take(f"{part}/weight"), self.take(f"{part}/bias")
        if not weight.dim() or not bias.dim() or len(weight) % len(names) or len(bias) != len(weight):
            raise refused(self.path, f"its {part} has not the sizes of a Whisper's")
        taken = {}
        rows = len(weight) // len(names)
        for name, matrix, vector in zip(names, weight.split(rows or 1), bias.split(rows or 1), strict=False):
            taken[f"{name}.weight"] = matrix.clone()
            if not name.endswith(".key"):
                taken[f"{name}.bias"] = vector.clone()
            elif vector.any():
                raise refused(self.path, f"the keys in its {part} have a bias, which Whisper's have not")
        return taken

    def _count(self) -> int:
        count = self._number(4)
        if count > MAX_VARIABLES:
            raise refused(self.path, "it lists more than a model does")
        return count

    def _name(self) -> str:
        length = self._number(2)
        content = bytes(self._bytes(length))
        if not 1 < length <= MAX_NAME_BYTES or content[-1] != 0 or not content[:-1].isascii():
            raise damaged(self.path, "its list of variables cannot be read")
        return content[:-1].decode("ascii")

    def _variable(self, name: str) -> _Variable:
        rank = self._number(1)
        if rank > MAX_DIMENSIONS:
            raise refused(self.path, f"its {name} has {rank} dimensions")
        shape = tuple(self._number(4) for _ in range(rank))
        number, size = self._number(1), self._number(4)
        dtype = DTYPES.get(number)
        if dtype is None:
            raise refused(self.path, f"its {name} is stored in a type that no Whisper is ({number})")
        if size != math.prod(shape) * dtype.itemsize or size == 0:
            raise damaged(self.path, f"its {name} has another size than it says")
        start = self.position
        self._bytes(size)
        return _Variable(dtype, shape, start, size)

    def _number(self, width: int) -> int:
        return int.from_bytes(self._bytes(width), "little")

    def _bytes(self, count: int) -> memoryview:
        if count > self.mapped.size - self.position:
            raise damaged(self.path, "it ends before its weights do")
        self.position += count
        return self.mapped.bytes[self.position - count : self.position]
