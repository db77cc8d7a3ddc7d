"""CTranslate2's format back to openai-whisper's: nothing is lost either way, and nothing hostile gets through."""

import hashlib
import json
import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import whisper

pytest.importorskip("faster_whisper", reason="needs requirements-faster-whisper.txt")

from tests.support.archives import saved
from tests.support.places import DEMO_MODELS
from tests.support.whisper_checkpoints import SHAPES, UNKNOWN, write_checkpoint
from transcriber.engines.families import kind_of
from transcriber.engines.faster_whisper import to_ctranslate2
from transcriber.engines.whisper import from_ctranslate2
from transcriber.engines.whisper.checkpoint import restore
from transcriber.engines.whisper.files import WHISPER, is_ctranslate2
from transcriber.errors import ModelCorruptError, ModelError, ModelRefusedError
from transcriber.models import catalog

Variables = list[tuple[str, int, tuple[int, ...], bytes]]
"""Name, number of the type, sizes and content."""
BEGIN = struct.pack("<IH12sI", 6, 12, b"WhisperSpec\0", 3)
ALIASES = (("decoder/projection/weight", "decoder/embeddings/weight"),)


def binary_of(checkpoint: Path, folder: Path, compute_type: str = "float16") -> Path:
    folder.mkdir()
    to_ctranslate2.convert(checkpoint, folder, UNKNOWN, compute_type)
    return folder / "model.bin"


def weights(path: Path) -> dict[str, torch.Tensor]:
    return torch.load(path, weights_only=True)["model_state_dict"]


@pytest.mark.parametrize("shape", SHAPES)
def test_there_and_back(shape: str, tmp_path: Path) -> None:
    """Every dimension, and every weight bit for bit; and the binary that is made of it again is the same."""
    write_checkpoint(tmp_path / "whisper.pt", SHAPES[shape])
    binary = binary_of(tmp_path / "whisper.pt", tmp_path / "there")
    assert is_ctranslate2(binary)
    from_ctranslate2.convert(binary, tmp_path / "back.pt")
    assert kind_of(tmp_path / "back.pt") is WHISPER
    assert torch.load(tmp_path / "back.pt", weights_only=True)["dims"] == vars(SHAPES[shape])
    before, after = weights(tmp_path / "whisper.pt"), weights(tmp_path / "back.pt")
    assert before.keys() == after.keys()
    for name, weight in before.items():
        assert after[name].dtype == torch.float16
        assert torch.equal(weight, after[name]), name
    assert binary_of(tmp_path / "back.pt", tmp_path / "again").read_bytes() == binary.read_bytes()


@pytest.mark.parametrize("name", ["whisper-base", "whisper-tiny.en"])
def test_published_weights_there_and_back(name: str, real_models: Path, tmp_path: Path) -> None:
    """What was made of the published binary gives that binary again, but for settings that older versions left out."""
    packages = catalog.find(name).packages
    assert packages
    assert packages.on_hub
    binary = binary_of(real_models / f"{name}.pt", tmp_path / "there")
    settings = ("decoder/alibi_use_positive_positions", "decoder/scale_alibi")
    every = parse(binary)
    fewer = write(tmp_path / "fewer.bin", [variable for variable in every if variable[0] not in settings])
    checksums = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (binary, fewer)}
    assert {packages.revision, packages.on_hub.sha256} <= checksums


@pytest.mark.parametrize("name", ["whisper-base", "whisper-tiny.en"])
def test_published_weights_keep_their_alignment_heads(name: str, real_models: Path, tmp_path: Path) -> None:
    """In both engines, though the file has not the checksum by which OpenAI's own is known."""
    path = real_models / f"{name}.pt"
    theirs = whisper.load_model(str(path), device="cpu")
    theirs.set_alignment_heads(whisper._ALIGNMENT_HEADS[name.removeprefix("whisper-")])
    assert torch.equal(restore(path, "cpu").alignment_heads.to_dense(), theirs.alignment_heads.to_dense())
    binary_of(path, tmp_path / "there")
    config = json.loads((tmp_path / "there" / "config.json").read_text())
    assert config["alignment_heads"] == theirs.alignment_heads.indices().T.tolist()


def test_official_heads_are_for_the_official_size_only(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "whisper.pt", SHAPES["large-v3"])
    binary = binary_of(tmp_path / "whisper.pt", tmp_path / "there")
    with pytest.raises(ModelRefusedError, match="not those of OpenAI Whisper base"):
        from_ctranslate2.convert(binary, tmp_path / "back.pt", "base")
    assert not (tmp_path / "back.pt").exists()


@pytest.mark.parametrize(
    "heads", [[], [[0, 9]], [[-1, 0]], [[0, 0, 0]], [[0.0, 1]], [[True, 0]], "0", {"0": 0}, [["0", 1]], [[2**70, 0]]]
)
def test_heads_that_a_checkpoint_has_not_are_refused(heads: object, tmp_path: Path) -> None:
    """By both readers."""
    content = torch.load(DEMO_MODELS / "whisper.pt", weights_only=True)
    path = tmp_path / "whisper.pt"
    path.write_bytes(saved({**content, "alignment_heads": heads}))
    with pytest.raises(ModelError, match="alignment heads"):
        restore(path, "cpu")
    (tmp_path / "there").mkdir()
    with pytest.raises(ModelRefusedError, match="alignment heads"):
        to_ctranslate2.convert(path, tmp_path / "there", UNKNOWN, "float16")


def parse(path: Path) -> Variables:
    """The variables of an honest file."""
    content, position = path.read_bytes(), len(BEGIN)

    def take(count: int) -> bytes:
        nonlocal position
        position += count
        return content[position - count : position]

    def number(width: int) -> int:
        return int.from_bytes(take(width), "little")

    variables: Variables = []
    for _ in range(number(4)):
        name = take(number(2))[:-1].decode()
        sizes = tuple(number(4) for _ in range(number(1)))
        kind = number(1)
        variables.append((name, kind, sizes, take(number(4))))
    return variables


def write(path: Path, variables: Variables, aliases: tuple[tuple[str, str], ...] = ALIASES) -> Path:
    def text(name: str) -> bytes:
        return struct.pack("<H", len(name) + 1) + name.encode() + b"\0"

    content = bytearray(BEGIN + struct.pack("<I", len(variables)))
    for name, kind, sizes, value in variables:
        content += text(name) + struct.pack(f"<B{len(sizes)}IBI", len(sizes), *sizes, kind, len(value)) + value
    content += struct.pack("<I", len(aliases)) + b"".join(text(name) for alias in aliases for name in alias)
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An honest binary."""
    folder = tmp_path_factory.mktemp("small")
    write_checkpoint(folder / "whisper.pt", SHAPES["base"])
    return binary_of(folder / "whisper.pt", folder / "there")


def changed(variables: Variables, name: str, **parts: object) -> Variables:
    def change(variable: tuple) -> tuple:
        fields = dict(zip(("name", "kind", "sizes", "value"), variable)) | parts
        return tuple(fields.values()) if variable[0] == name else variable

    return [change(variable) for variable in variables]


KEYS = "encoder/layer_0/self_attention/linear_0/bias"
HOSTILE: dict[str, tuple[Callable[[Variables], Variables], str]] = {
    "an unknown variable": (lambda found: [*found, ("decoder/evil", 4, (1,), b"\0\0")], "no Whisper has"),
    "a variable twice": (lambda found: [*found, found[0]], "twice"),
    "a missing variable": (lambda found: [one for one in found if one[0] != "encoder/conv1/bias"], "has no encoder"),
    "a missing layer": (lambda found: [one for one in found if "/layer_2/" not in one[0]], "no Whisper has"),
    "no layers": (lambda found: [one for one in found if "encoder/layer_0/" not in one[0]], "sizes of a Whisper"),
    "another model's setting": (lambda found: changed(found, "decoder/pre_norm", value=b"\0"), "pre_norm"),
    "an unknown type": (lambda found: changed(found, "encoder/conv1/bias", kind=9), "type that no Whisper"),
    "rounded weights": (
        lambda found: changed(found, "encoder/conv1/bias", kind=1, value=bytes(16)),
        "choose one in float16",
    ),
    "a bias of the keys": (lambda found: changed(found, KEYS, value=b"\0\x3c" * 48), "have a bias"),
    "sizes of another model": (
        lambda found: changed(found, "encoder/conv1/bias", sizes=(15,), value=bytes(30)),
        "sizes of a Whisper",
    ),
    "no heads": (lambda found: changed(found, "encoder/num_heads", value=b"\0\0"), "sizes of a Whisper"),
    "negative heads": (lambda found: changed(found, "decoder/num_heads", value=b"\xff\xff"), "sizes of a Whisper"),
    "sizes beyond the content": (lambda found: changed(found, "encoder/conv1/bias", sizes=(2**31,)), "another size"),
    "sizes that overflow": (
        lambda found: changed(found, "encoder/conv1/weight", sizes=(2**31, 2**31, 2**31)),
        "another size",
    ),
    "many dimensions": (lambda found: changed(found, "encoder/conv1/bias", sizes=(1,) * 200), "200 dimensions"),
    "an empty variable": (lambda found: changed(found, "encoder/conv1/bias", sizes=(0,), value=b""), "another size"),
    "a scalar matrix": (
        lambda found: changed(found, "decoder/embeddings/weight", sizes=(), value=b"\0\0"),
        "sizes of a Whisper",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_whisper_is_refused(what: str, small: Path, tmp_path: Path) -> None:
    change, message = HOSTILE[what]
    path = write(tmp_path / "model.bin", change(parse(small)))
    with pytest.raises(ModelError, match=message):
        from_ctranslate2.read(path)


def test_what_surrounds_the_variables_is_checked(small: Path, tmp_path: Path) -> None:
    variables, path = parse(small), tmp_path / "model.bin"
    assert write(path, variables).read_bytes() == small.read_bytes()
    write(path, variables, (("decoder/projection/weight", "encoder/conv1/weight"),))
    with pytest.raises(ModelRefusedError, match="projection"):
        from_ctranslate2.read(path)
    path.write_bytes(small.read_bytes() + b"\0")
    with pytest.raises(ModelCorruptError, match="something follows"):
        from_ctranslate2.read(path)
    path.write_bytes(BEGIN + struct.pack("<I", 2**32 - 1))
    with pytest.raises(ModelRefusedError, match="more than a model"):
        from_ctranslate2.read(path)
    path.write_bytes(b"PK\x03\x04" + small.read_bytes()[4:])
    assert not is_ctranslate2(path)
    with pytest.raises(ModelRefusedError, match="no Whisper in CTranslate2"):
        from_ctranslate2.read(path)


def test_a_damaged_file_is_an_error_of_ours(small: Path, tmp_path: Path) -> None:
    """Cut off anywhere, or with any byte of its lists changed: a sentence, or the same sizes as before."""
    content, path, chance = small.read_bytes(), tmp_path / "model.bin", random.Random(1)
    for length in (0, 5, len(BEGIN), len(BEGIN) + 2, *(chance.randrange(len(content)) for _ in range(40))):
        path.write_bytes(content[:length])
        with pytest.raises(ModelError):
            from_ctranslate2.read(path)
    whole = {name: weight.shape for name, weight in from_ctranslate2.read(small)[1].items()}
    for _ in range(150):
        place = chance.choice((chance.randrange(3000), chance.randrange(len(content))))
        path.write_bytes(content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :])
        try:
            _, found = from_ctranslate2.read(path)
        except ModelError:
            continue
        assert {name: weight.shape for name, weight in found.items()} == whole
