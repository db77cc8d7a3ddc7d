"""Weights used where they lie in a file, and models built to receive them. Needs torch only.

A private map of the file takes the place of reading it: the system loads what is touched, every process shares it, and
a change (training, a cast) stays in this process. A mapped file may be replaced by renaming another over it, but never
be rewritten in place: that would end the process.
Formats: torch.save()'s zip (torch/serialization.py), https://github.com/huggingface/safetensors#format.
"""

import io
import json
import math
import mmap
import os
import sys
import zipfile
from typing import Any, BinaryIO

import torch
from torch import Tensor
from torch.nn import Module, Parameter
from torch.overrides import TorchFunctionMode

from transcriber.errors import ModelCorruptError
from transcriber.frozen.members import AGAIN

MAX_HEADER_BYTES = 100_000_000
"""As in safetensors itself."""
SAFETENSORS_TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


class NotMappable(Exception):
    """The weights are stored in a way that has to be read: compressed, in an old format, in another byte order."""


class MappedFile:
    """Part of an open file as bytes that nobody has read yet: `size` bytes from `start`, by default up to its end."""

    def __init__(self, file: BinaryIO, start: int = 0, size: int | None = None) -> None:
        self.name = file.name
        length = os.fstat(file.fileno()).st_size
        self.size = length - start if size is None else size
        if not 0 < self.size <= length - start:
            raise self.damaged("it ends before its weights do")
        before = start % mmap.ALLOCATIONGRANULARITY
        private = mmap.mmap(file.fileno(), before + self.size, access=mmap.ACCESS_COPY, offset=start - before)
        self.bytes = memoryview(private)[before:]
        self._storage = torch.frombuffer(self.bytes, dtype=torch.uint8).untyped_storage()

    def storage(self, at: int, size: int, alignment: int) -> torch.UntypedStorage:
        """`size` bytes as a storage of their own, so that saving one tensor does not save the whole file."""
        part = self._storage[at : at + size]
        return part if part.data_ptr() % alignment == 0 else part.clone()

    def damaged(self, reason: str) -> ModelCorruptError:
        return ModelCorruptError(f"the model file {self.name} is damaged ({reason})", AGAIN)


class _Reader(io.RawIOBase):
    """Mapped bytes as the file that zipfile and torch.load() ask for."""

    def __init__(self, content: memoryview) -> None:
        self.content, self.position = content, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.position = max(0, offset + (0, self.position, len(self.content))[whence])
        return self.position

    def readinto(self, buffer: Any) -> int:
        part = self.content[self.position : self.position + len(buffer)]
        buffer[: len(part)] = part
        self.position += len(part)
        return len(part)


def map_checkpoint(file: BinaryIO, start: int = 0, size: int | None = None) -> Any:
    """torch.load(weights_only=True) of a zip that lies at `start` of an open file, its tensors mapped.

    Where each tensor lies is what the checkpoint says and what the zip's own directory says, or it is refused.
    Raises NotMappable, ModelCorruptError, or what torch.load() raises for a pickle that is no mere weights.
    """
    mapped = MappedFile(file, start, size)
    records = _records(mapped)
    reader: Any = _Reader(mapped.bytes)
    described = torch.load(reader, map_location="meta", weights_only=True)  # shapes, strides and offsets, no content
    return _Tensors(mapped, records).place(described)


def _records(mapped: MappedFile) -> dict[int, int]:
    """The size of each record of a torch zip by the offset of its content, none overlapping another."""
    if bytes(mapped.bytes[:4]) != b"PK\x03\x04":
        raise NotMappable("the checkpoint is no zip")
    records: dict[int, int] = {}
    order, end = b"little", 0
    try:
        with zipfile.ZipFile(_Reader(mapped.bytes)) as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
                if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
                    raise NotMappable("the checkpoint is compressed or encrypted")
                at = _content_offset(mapped, info)
                if info.header_offset < end or info.file_size != info.compress_size:
                    raise mapped.damaged("its records overlap")
                records[at], end = info.file_size, at + info.file_size
                if info.filename.rpartition("/")[2] == "byteorder":
                    order = archive.read(info)
            if end > archive.start_dir:
                raise mapped.damaged("its records overlap its directory")
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise mapped.damaged(str(error)) from error
    if order != sys.byteorder.encode():
        raise NotMappable("the checkpoint has another byte order")
    return records


def _content_offset(mapped: MappedFile, info: zipfile.ZipInfo) -> int:
    """Where a record's content begins, by its local header, which must name the record as the directory does."""
    header = bytes(mapped.bytes[info.header_offset : info.header_offset + 30])
    name_size, extra_size = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
    at = info.header_offset + 30
    if header[:4] != b"PK\x03\x04" or bytes(mapped.bytes[at : at + name_size]) != info.orig_filename.encode():
        raise mapped.damaged("its directory names records that are not there")
    return at + name_size + extra_size


class _Tensors:
    """The tensors of a checkpoint by their descriptions; what shared a record when it was saved shares it here."""

    def __init__(self, mapped: MappedFile, records: dict[int, int]) -> None:
        self.mapped, self.records = mapped, records
        self.storages: dict[int, torch.UntypedStorage] = {}

    def place(self, value: Any) -> Any:
        """`value` with every tensor in it replaced."""
        if isinstance(value, Tensor):
            return self.tensor(value)
        if isinstance(value, dict):
            for key in value:  # in place: a state dict carries its modules' versions as an attribute
                value[key] = self.place(value[key])
        elif isinstance(value, list | tuple):
            return type(value)([self.place(item) for item in value])
        return value

    def tensor(self, meta: Tensor) -> Tensor:
        if meta.layout != torch.strided or meta.is_quantized:
            raise NotMappable("the checkpoint holds sparse or quantized tensors")
        if meta.numel() == 0:
            return torch.empty_like(meta, device="cpu")
        size = meta.untyped_storage().nbytes()
        at = getattr(meta.untyped_storage(), "_checkpoint_offset", None)
        last = meta.storage_offset() + sum((n - 1) * step for n, step in zip(meta.shape, meta.stride(), strict=True))
        if at is None or self.records.get(at) != size or (last + 1) * meta.itemsize > size:
            raise self.mapped.damaged("a tensor lies outside its record")
        if at not in self.storages:
            self.storages[at] = self.mapped.storage(at, size, alignment=8)
        return torch.empty(0, dtype=meta.dtype).set_(
            self.storages[at], meta.storage_offset(), meta.shape, meta.stride()
        )


def map_safetensors(file: BinaryIO, start: int = 0, size: int | None = None) -> dict[str, Tensor]:
    """The tensors of a safetensors file that lies at `start` of an open file, mapped.

    Raises NotMappable for a type that torch lacks, ModelCorruptError where the header lies: the tensors must follow
    one another without gap or overlap, as the format demands.
    """
    mapped = MappedFile(file, start, size)
    length = int.from_bytes(mapped.bytes[:8], "little")
    if not 2 <= length <= min(MAX_HEADER_BYTES, mapped.size - 8):
        raise mapped.damaged("it has no safetensors header")
    end = 8 + length
    tensors: dict[str, Tensor] = {}
    try:
        header = json.loads(bytes(mapped.bytes[8:end]))
        header.pop("__metadata__", None)
        for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
            dtype = SAFETENSORS_TYPES.get(entry["dtype"])
            if dtype is None:
                raise NotMappable(f"the weights are of type {entry['dtype']}")
            shape, (begin, stop) = entry["shape"], entry["data_offsets"]
            if 8 + length + begin != end or min(shape, default=0) < 0:
                raise mapped.damaged("its tensors overlap or leave gaps")
            end += math.prod(shape) * dtype.itemsize
            if 8 + length + stop != end or end > mapped.size:
                raise mapped.damaged(f"{name} does not fit its place")
            storage = mapped.storage(8 + length + begin, stop - begin, dtype.itemsize)
            tensors[name] = torch.empty(0, dtype=dtype).set_(storage, 0, shape)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise mapped.damaged(f"its header cannot be read: {error}") from error
    if end != mapped.size:
        raise mapped.damaged("its tensors leave gaps")
    return tensors


class SkipInit(TorchFunctionMode):
    """While entered, by the thread that entered: parameters are made, but not filled. Buffers are made as always."""

    # transformers puts functions of its own in the place of torch.nn.init's while it builds a model.
    modules = ("torch.nn.init", "transformers.initialization")
    # Some functions go to the tensor directly, as trunc_normal_() does.
    fills = (Tensor.uniform_, Tensor.normal_, Tensor.zero_, Tensor.fill_)
    steps = (Tensor.erfinv_, Tensor.mul_, Tensor.add_, Tensor.clamp_)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in self.fills + self.steps or getattr(func, "__module__", "") in self.modules:
            target = args[0] if args else kwargs.get("tensor")
            if isinstance(target, Parameter):
                return target
        return func(*args, **kwargs)


def assign(model: Module, state: dict[str, Any], strict: bool = True, keep_dtype: bool = False) -> Any:
    """Make the tensors of `state`, which is changed, the model's own: load_state_dict() without its copy.

    Tied parameters stay tied and requires_grad stays as the constructor set it. Tensors of another type than the
    model's are cast, as load_state_dict() does; with `keep_dtype` they stay as they are, and settle_dtype() should
    follow. Returns what load_state_dict() returns, raises what it raises.
    """
    names: dict[int, list[str]] = {}
    parameters = dict(model.named_parameters(remove_duplicate=False))
    for name, parameter in parameters.items():
        names.setdefault(id(parameter), []).append(name)
    for tied in names.values():
        given = [name for name in tied if name in state]
        if given:
            old = parameters[tied[0]]
            value = state[given[-1]].to(old.dtype) if not keep_dtype else state[given[-1]]
            new = Parameter(value.contiguous(), requires_grad=old.requires_grad)
            state.update(dict.fromkeys(given if strict else tied, new))
    for name, buffer in model.named_buffers(remove_duplicate=False):
        if name in state and not keep_dtype:
            state[name] = state[name].to(buffer.dtype)
    return model.load_state_dict(state, strict=strict, assign=True)


def settle_dtype(model: Module) -> Module:
    """After assign(keep_dtype=True) of weights in one low precision: bring what is not in the archive to it too.

    NeMo's preprocessor casts its features to the type of such a buffer, and the encoder takes no other.
    """
    dtypes = {parameter.dtype for parameter in model.parameters() if parameter.is_floating_point()}
    return model.to(*dtypes) if len(dtypes) == 1 and dtypes != {torch.get_default_dtype()} else model
