"""Tensors that are mapped are those that were saved; a file that lies about them is refused."""

import copy
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import nn

from transcriber.errors import ModelCorruptError
from transcriber.frozen.mapped import NotMappable, SkipInit, assign, map_checkpoint, map_safetensors, settle_dtype

BASE = torch.arange(100.0)
STATE = {
    "view": BASE[10:30],
    "transposed": BASE.view(10, 10).t(),
    "expanded": BASE[:1].expand(7),
    "empty": torch.empty(0, 3),
    "scalar": torch.tensor(5),
    "truth": torch.tensor([True, False]),
    "half": torch.ones(3).half(),
    "nested": [torch.ones(2), {"deep": (torch.zeros(2), "text")}],
    "text": "hello",
}


def saved(state: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer, **options)
    return buffer.getvalue()


def mapped(path: Path, content: bytes, start: int = 0, reader: Any = map_checkpoint) -> Any:
    path.write_bytes(b"#" * start + content + b"#" * 99)
    with path.open("rb") as file:
        return reader(file, start, len(content))


def lines_of(path: Path) -> int:
    return sum(str(path) in line for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("start", [0, 512, 4096, 3])
def test_a_checkpoint_at_any_offset(tmp_path: Path, start: int) -> None:
    """3 is aligned for no type of number: such tensors are copied."""
    content = saved(STATE)
    state = mapped(tmp_path / "weights", content, start)
    for name, expected in STATE.items():
        if isinstance(expected, torch.Tensor):
            assert torch.equal(state[name], expected), name
            assert state[name].dtype == expected.dtype
            assert state[name].stride() == expected.stride()
    assert state["text"] == "hello"
    assert torch.equal(state["nested"][0], torch.ones(2))
    assert torch.equal(state["nested"][1]["deep"][0], torch.zeros(2))
    assert state["view"].untyped_storage().data_ptr() == state["transposed"].untyped_storage().data_ptr()
    state["view"].fill_(1)
    assert content in (tmp_path / "weights").read_bytes(), "a change went into the file"


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_nothing_is_copied_and_the_map_ends_with_the_tensors(tmp_path: Path) -> None:
    state = mapped(tmp_path / "weights", saved({"a": torch.ones(5000)}), 512)
    assert lines_of(tmp_path / "weights") == 1
    del state
    assert lines_of(tmp_path / "weights") == 0


def test_one_tensor_can_be_saved_alone(tmp_path: Path) -> None:
    state = mapped(tmp_path / "weights", saved({"large": torch.ones(50_000), "small": torch.ones(5)}))
    assert len(saved(state["small"])) < 5000


def test_a_state_dict_keeps_its_versions(tmp_path: Path) -> None:
    state = nn.BatchNorm1d(3).state_dict()
    assert mapped(tmp_path / "weights", saved(state))._metadata == state._metadata


def zipped(content: bytes, change: Any) -> bytes:
    """The same records, one after another, as `change` wants them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            change(new, info.filename, old.read(info))
    return buffer.getvalue()


def test_what_has_to_be_read_instead(tmp_path: Path) -> None:
    content = saved(STATE)

    def compress(new: zipfile.ZipFile, name: str, record: bytes) -> None:
        new.writestr(name, record, zipfile.ZIP_DEFLATED)

    def swap(new: zipfile.ZipFile, name: str, record: bytes) -> None:
        new.writestr(name, b"big" if name.endswith("byteorder") else record)

    for unusual in (
        saved(STATE, _use_new_zipfile_serialization=False),
        zipped(content, compress),
        zipped(content, swap),
        saved(torch.eye(3).to_sparse()),
    ):
        with pytest.raises(NotMappable):
            mapped(tmp_path / "weights", unusual)


@pytest.mark.parametrize("share", [0.001, 0.5, 0.99])
@pytest.mark.parametrize("save", [saved, lambda state: safetensors.torch.save({"a": torch.ones(5000)})])
def test_a_truncated_file(tmp_path: Path, share: float, save: Any) -> None:
    content = save({"a": torch.ones(5000)})
    reader = map_checkpoint if save is saved else map_safetensors
    short = content[: int(share * len(content))]
    with pytest.raises((ModelCorruptError, NotMappable)):
        mapped(tmp_path / "weights", short, 0, reader)
    (tmp_path / "short").write_bytes(short)
    with (tmp_path / "short").open("rb") as file, pytest.raises(ModelCorruptError, match="ends before"):
        reader(file, 0, len(content))


def test_a_tensor_that_reaches_beyond_its_record(tmp_path: Path) -> None:
    content = saved({"a": torch.arange(64.0), "b": torch.ones(4096)})
    lying = content.replace(b"K\x40\x85", b"K\xff\x85", 1)  # its shape: 255 numbers in place of 64
    assert lying != content
    with pytest.raises(ModelCorruptError, match="outside its record"):
        mapped(tmp_path / "weights", lying)


def test_a_record_whose_place_torch_would_have_guessed(tmp_path: Path) -> None:
    """torch computes where records lie instead of asking the zip: repacked without its padding, it reads elsewhere."""
    content = saved({"a": torch.ones(50), "b": torch.zeros(50)})
    repacked = zipped(content, lambda new, name, record: new.writestr(name, record))
    with pytest.raises(ModelCorruptError, match="outside its record"):
        mapped(tmp_path / "weights", repacked)


def test_records_that_overlap(tmp_path: Path) -> None:
    content = saved({"a": torch.ones(5000), "b": torch.zeros(5000)})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first, second = (info for info in archive.infolist() if "/data/" in info.filename)
        entry = content.rindex(second.filename.encode()) - 46  # its entry in the directory
    offset = first.header_offset.to_bytes(4, "little")
    with pytest.raises(ModelCorruptError):
        mapped(tmp_path / "weights", content[: entry + 42] + offset + content[entry + 46 :])


def safetensors_file(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def test_safetensors_at_any_offset(tmp_path: Path) -> None:
    state = {"b": torch.arange(6.0).view(2, 3), "a": torch.ones(3).bfloat16(), "truth": torch.tensor([True])}
    state["none"] = torch.empty(0, 4)
    state["scalar"] = torch.tensor(7)
    content = safetensors.torch.save(state, {"format": "pt"})
    for start in (0, 512, 3):
        tensors = mapped(tmp_path / "weights", content, start, map_safetensors)
        assert tensors.keys() == state.keys()
        assert all(torch.equal(tensors[name], state[name]) for name in state)
        assert all(tensors[name].dtype == state[name].dtype for name in state)


@pytest.mark.parametrize(
    "file",
    [
        b"\x00" * 20,
        b"\xff" * 20,
        safetensors_file(b"[" * 5000),
        safetensors_file([]),
        safetensors_file({"a": 1}),
        safetensors_file({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}}, b"1234567"),
        safetensors_file({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 400]}}, b"1234"),
        safetensors_file({"a": {"dtype": "U8", "shape": [400], "data_offsets": [0, 400]}}, b"1234"),
        safetensors_file({"a": {"dtype": "U8", "shape": [-2, -2], "data_offsets": [0, 4]}}, b"1234"),
        safetensors_file({"a": {"dtype": "U8", "shape": [4], "data_offsets": [-4, 0]}}, b"1234"),
        safetensors_file(
            {
                "a": {"dtype": "U8", "shape": [3], "data_offsets": [0, 3]},
                "b": {"dtype": "U8", "shape": [3], "data_offsets": [1, 4]},
            },
            b"1234",
        ),
    ],
)
def test_safetensors_that_lie(tmp_path: Path, file: bytes) -> None:
    (tmp_path / "weights").write_bytes(file)
    with (tmp_path / "weights").open("rb") as opened, pytest.raises(ModelCorruptError):
        map_safetensors(opened)


def test_safetensors_of_a_type_that_is_not_mapped(tmp_path: Path) -> None:
    file = safetensors_file({"a": {"dtype": "F4", "shape": [2], "data_offsets": [0, 1]}}, b"1")
    (tmp_path / "weights").write_bytes(file)
    with (tmp_path / "weights").open("rb") as opened, pytest.raises(NotMappable):
        map_safetensors(opened)


class Model(nn.Module):
    """Two layers that share their weight, a third that does not, and buffers in and outside of the archive."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two, self.lstm = nn.Linear(3, 3), nn.Linear(3, 3, bias=False), nn.LSTM(3, 3)
        self.two.weight = self.one.weight
        self.one.bias.requires_grad = False
        self.norm = nn.BatchNorm1d(3)
        self.register_buffer("window", torch.hann_window(4), persistent=False)


def test_assigning_is_what_load_state_dict_does() -> None:
    source = Model()
    nn.init.normal_(source.norm.running_mean)
    expected, model = Model(), Model()
    for dtype in (torch.float32, torch.bfloat16):
        state = {k: v.to(dtype) if v.is_floating_point() else v for k, v in source.state_dict().items()}
        expected.load_state_dict(state)
        assign(model, copy.copy(state))
        for name, value in expected.state_dict().items():
            assert torch.equal(model.state_dict()[name], value)
            assert model.state_dict()[name].dtype == value.dtype
    assert model.two.weight is model.one.weight
    assert not model.one.bias.requires_grad
    assert model.lstm._flat_weights[0] is model.lstm.weight_ih_l0
    with pytest.raises(RuntimeError, match=r"Missing key.*two\.weight"):
        assign(Model(), {name: value for name, value in source.state_dict().items() if name != "two.weight"})
    assign(model, {"one.weight": torch.ones(3, 3)}, strict=False)
    assert torch.equal(model.two.weight, torch.ones(3, 3))


def test_weights_of_half_precision_stay_so_with_all_that_belongs_to_them() -> None:
    model = Model()
    state = {k: v.bfloat16() if v.is_floating_point() else v for k, v in model.state_dict().items()}
    assign(model, state, keep_dtype=True)
    assert settle_dtype(model).window.dtype == model.one.weight.dtype == torch.bfloat16
    assert model.two.weight is model.one.weight


def test_without_initialisation_parameters_are_left_and_buffers_made() -> None:
    """A parameter's memory is filled beforehand, so that any function which fills it is seen."""

    class Filled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.full((4, 4), 7.0))
            self.register_buffer("noise", nn.init.normal_(torch.zeros(4)))
            for fill in (nn.init.kaiming_uniform_, nn.init.xavier_normal_, nn.init.zeros_):
                fill(self.weight)
            nn.init.trunc_normal_(self.weight, std=0.02)
            nn.init.constant_(self.weight, 3)
            with torch.no_grad():
                self.weight.normal_().uniform_().zero_()

    with SkipInit():
        model = Filled()
    assert torch.equal(model.weight, torch.full((4, 4), 7.0))
    assert model.noise.abs().sum() > 0
    assert nn.Linear(2, 2).weight.abs().sum() > 0
