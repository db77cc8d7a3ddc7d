"""The frozen file of the networks that tell speakers apart: known by its headers, refused where it is anything else."""

import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.archives import Member, refusal, repack
from tests.support.speaker_networks import freeze_random
from transcriber.engines.families import kind_of
from transcriber.engines.pyannet_campplus.files import SPEAKERS
from transcriber.errors import ModelCorruptError, ModelError

Change = Callable[[str, bytes], list[Member]]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of random weights."""
    return freeze_random(tmp_path_factory.mktemp("frozen") / "speakers.nemo")


def changed(frozen: Path, tmp_path: Path, member: str, content: bytes) -> Path:
    def change(name: str, old: bytes) -> list[Member]:
        return [(name, content if name == member else old)]

    return repack(frozen, tmp_path / "changed.nemo", change)


def with_header(frozen: Path, tmp_path: Path, change: Callable[[dict], object], tail: bytes = b"") -> Path:
    """Its segmentation's header as `change` leaves it."""
    name = "segmentation.safetensors"
    with tarfile.open(frozen) as archive:
        content = archive.extractfile(name).read()  # type: ignore[union-attr]
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    change(header)
    written = json.dumps(header).encode()
    return changed(frozen, tmp_path, name, len(written).to_bytes(8, "little") + written + content[end:] + tail)


def test_weights_of_these_networks_are_known(frozen: Path) -> None:
    assert kind_of(frozen) is SPEAKERS


def test_the_published_weights_are_known(real_models: Path) -> None:
    assert kind_of(real_models / "speakers.nemo") is SPEAKERS


def test_its_five_members_and_no_others(frozen: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.nemo"

    def and_more(name: str, content: bytes) -> list[Member]:
        return [(name, content)] + ([("more.py", b"!")] if name == "speakers.json" else [])

    assert "does not hold" in refusal(repack(frozen, path, and_more))
    for left_out in ("segmentation.safetensors", "embedding.safetensors", "LICENSE.segmentation", "LICENSE.embedding"):
        without = repack(frozen, path, lambda name, content: [(name, content)] if name != left_out else [])  # noqa: B023
        assert "and nothing else" in refusal(without)
    assert "uncompressed" in refusal(repack(frozen, path, lambda name, content: [(name, content)], "w:gz"))


@pytest.mark.parametrize("description", [b'{"format": 2}', b"{}", b"[]", b"{", b" " * 70_000])
def test_another_description(frozen: Path, tmp_path: Path, description: bytes) -> None:
    with pytest.raises(ModelError, match=r"changed\.nemo"):
        kind_of(changed(frozen, tmp_path, "speakers.json", description))


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header.pop("classifier.bias"),
        lambda header: header.update(more=header["classifier.bias"]),
        lambda header: header["classifier.bias"].update(shape=[8]),
        lambda header: header["classifier.bias"].update(dtype="I64"),
    ],
)
def test_weights_of_another_network(frozen: Path, tmp_path: Path, change: Callable[[dict], object]) -> None:
    assert "segmentation.safetensors is not of the network" in refusal(with_header(frozen, tmp_path, change))


def test_what_says_more_than_the_weights_is_no_other_network(frozen: Path, tmp_path: Path) -> None:
    described = with_header(frozen, tmp_path, lambda header: header.update(__metadata__={"by": "somebody"}))
    assert kind_of(described) is SPEAKERS


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header.update({"classifier.bias": 1}),
        lambda header: header["classifier.bias"].update(shape="many"),
        lambda header: header["classifier.bias"].update(shape=[float("inf")]),
        lambda header: header["classifier.bias"].update(shape=[float("nan")]),
        lambda header: header["classifier.bias"].pop("dtype"),
    ],
)
def test_a_header_that_cannot_be_read(frozen: Path, tmp_path: Path, change: Callable[[dict], object]) -> None:
    with pytest.raises(ModelCorruptError, match="cannot be read"):
        kind_of(with_header(frozen, tmp_path, change))


def test_more_or_fewer_bytes_than_its_weights_take(frozen: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelCorruptError, match="not as long as its weights"):
        kind_of(with_header(frozen, tmp_path, lambda header: None, b"more"))
    for content in (b"", b"\0" * 4, (2**40).to_bytes(8, "little"), (500).to_bytes(8, "little") + b"{"):
        with pytest.raises(ModelCorruptError):
            kind_of(changed(frozen, tmp_path, "embedding.safetensors", content))
