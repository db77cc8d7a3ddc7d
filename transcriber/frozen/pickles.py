"""What a checkpoint would run when it is loaded, found without loading it and without torch.

torch.save() writes a pickle, and a pickle may call any function of Python. torch.load(weights_only=True) knows a few
harmless ones and a small set of instructions; the lists here are a part of both, enough for weights.
Formats: https://docs.python.org/3/library/pickletools.html, torch/serialization.py, torch/_weights_only_unpickler.py.
"""

import io
import pickletools
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Container
from pathlib import Path
from typing import IO

from transcriber.frozen.members import damaged, read_error, refused

ALLOWED_GLOBALS = re.compile(
    r"collections\.OrderedDict|_codecs\.encode|torch\.(Size|device)|torch\.storage\.UntypedStorage"
    r"|torch\._utils\._rebuild_(tensor|tensor_v2|parameter)"
    r"|torch\.(Double|Float|Half|BFloat16|Long|Int|Short|Char|Byte|Bool)Storage"
    r"|torch\.(float64|float32|float16|bfloat16|int64|int32|int16|int8|uint8|bool)"
)
ALLOWED_INSTRUCTIONS = frozenset(
    "APPEND APPENDS BINFLOAT BINGET BININT BININT1 BININT2 BINPERSID BINPUT BINUNICODE BUILD EMPTY_DICT EMPTY_LIST "
    "EMPTY_SET EMPTY_TUPLE GLOBAL LONG1 LONG_BINGET LONG_BINPUT MARK NEWFALSE NEWOBJ NEWTRUE NONE PROTO REDUCE SETITEM "
    "SETITEMS SHORT_BINSTRING STOP TUPLE TUPLE1 TUPLE2 TUPLE3".split()
)
"""Those that torch knows, by their names in the module pickle."""
MAX_PICKLE_BYTES = 64 << 20
ALWAYS_UNPACKED_BYTES = 100 << 20
"""Whatever the ratio is: more may be twenty times the size of the zip."""
LEGACY_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
LEGACY_PICKLE_COUNT = 5
"""In the format before torch 1.6: magic number, version, system, content and keys of the storages; then the numbers."""
READ_ERRORS = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, OSError, EOFError),
    *(ValueError, ArithmeticError, LookupError, RuntimeError),
)
"""What zipfile raises for damaged archives, and the streams that it may read from."""


def check_checkpoint(file: IO[bytes], size: int, path: Path, foreign: Container[str] = ()) -> bytes:
    """The pickle of the checkpoint that `file` is, once it is sure that it holds weights and runs nothing.

    `foreign`: what it may name besides, in whose place whoever loads it puts something that does nothing.
    Raises ModelCorruptError or ModelRefusedError in the name of `path`, the file in which it lies.
    """
    begin = file.read(len(LEGACY_MAGIC))
    file.seek(0)
    if begin == LEGACY_MAGIC:
        content, at = file.read(min(size, MAX_PICKLE_BYTES)), 0
        for _ in range(LEGACY_PICKLE_COUNT):
            at = _check_pickle(content, at, path, foreign)
        return content[:at]
    if begin[:4] != b"PK\x03\x04":
        raise refused(path, "its weights are no checkpoint of torch")
    try:
        content = _pickle_of(file, size, path)
    except READ_ERRORS as error:
        raise read_error(path, error) from error
    _check_pickle(content, 0, path, foreign)
    return content


def _pickle_of(file: IO[bytes], size: int, path: Path) -> bytes:
    with zipfile.ZipFile(file) as archive:
        records = archive.infolist()
        names = {info.filename.partition("/")[2]: info for info in records}
        if len(names) != len(records):
            raise refused(path, "its checkpoint holds a record twice")
        if "constants.pkl" in names:
            raise refused(path, "its checkpoint is a program (TorchScript)")
        if "data.pkl" not in names:
            raise refused(path, "its checkpoint holds no weights")
        if sum(info.file_size for info in records) > max(ALWAYS_UNPACKED_BYTES, 20 * size):
            raise refused(path, "its checkpoint would unpack to an absurd size")
        if names["data.pkl"].file_size > MAX_PICKLE_BYTES:
            raise refused(path, "its checkpoint lists more than a model does")
        return archive.read(names["data.pkl"])


def _check_pickle(content: bytes, at: int, path: Path, foreign: Container[str]) -> int:
    """Read one pickle from `at` on; where it ends."""
    stream = io.BytesIO(content)
    stream.seek(at)
    try:
        for instruction, argument, _ in pickletools.genops(stream):
            if instruction.name not in ALLOWED_INSTRUCTIONS:
                code = instruction.code.encode("latin-1")
                raise refused(path, f"its weights are stored with an instruction ({code!r}) that no checkpoint needs")
            if instruction.name == "GLOBAL":
                name = str(argument).replace(" ", ".", 1)  # the module, a blank, what is asked of it
                if not ALLOWED_GLOBALS.fullmatch(name) and name not in foreign:
                    raise refused(path, f"loading it would run or create {name}")
    except ValueError as error:  # cut off, or no pickle at all
        raise damaged(path, "its list of weights cannot be read") from error
    return stream.tell()
