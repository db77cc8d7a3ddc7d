"""Which card, and how precisely; what torch says is stood in for, since there is no card here."""

import pytest
import torch

from tests.support.programs import run_program
from transcriber.errors import UnsupportedOptionError
from transcriber.models import devices
from transcriber.options import TranscribeOptions, is_device


@pytest.fixture
def two_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda number: f"Card {number}")


@pytest.mark.parametrize("device", ["auto", "cuda", "cuda:1", "cpu"])
def test_without_a_card_it_is_the_processor(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert devices.choose(device) == "cpu"


@pytest.mark.parametrize(
    ("device", "chosen"),
    [("auto", "cuda"), ("cuda", "cuda"), ("cuda:0", "cuda:0"), ("cuda:1", "cuda:1"), ("cpu", "cpu")],
)
def test_a_card_by_its_number(two_cards: None, device: str, chosen: str) -> None:
    assert devices.choose(device) == chosen


def test_a_card_that_is_not_there_is_refused_with_those_that_are(two_cards: None) -> None:
    with pytest.raises(UnsupportedOptionError, match=r"no graphics card cuda:2.*cuda:1 .Card 1"):
        devices.choose("cuda:2")


@pytest.mark.parametrize("name", ["cuda:", "cuda:-1", "cuda:x", "gpu", "CPU", "", "cuda:100", "mps"])
def test_other_names_are_no_devices(name: str) -> None:
    assert not is_device(name)
    with pytest.raises(UnsupportedOptionError, match="there is no device"):
        TranscribeOptions(device=name)


@pytest.mark.parametrize(("has_bfloat16", "expected"), [(True, "bfloat16"), (False, "float16")])
def test_low_precision_on_a_card(monkeypatch: pytest.MonkeyPatch, has_bfloat16: bool, expected: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: has_bfloat16)
    assert devices.fastest_type("cuda:1") == devices.fastest_type("cuda") == expected


@pytest.mark.parametrize(
    ("amx", "avx512", "expected"),
    [(True, True, "bfloat16"), (False, True, "bfloat16"), (False, False, "float32")],
)
def test_low_precision_on_a_processor_only_where_it_is_quick(
    monkeypatch: pytest.MonkeyPatch, amx: bool, avx512: bool, expected: str
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512)
    assert devices.fastest_type("cpu") == expected


def test_memory_grows_in_place_unless_the_user_wants_it_otherwise() -> None:
    script = (
        "import os; from transcriber.models.devices import use_expandable_segments; use_expandable_segments(); "
        "import torch; print(os.environ['PYTORCH_ALLOC_CONF'])"
    )
    assert run_program("-c", script).stdout.strip() == "expandable_segments:True"
    asked = "os.environ['PYTORCH_ALLOC_CONF'] = 'max_split_size_mb:64'; "
    assert run_program("-c", script.replace("from", asked + "from", 1)).stdout.strip() == "max_split_size_mb:64"


def test_threads_wait_briefly_unless_the_user_wants_it_otherwise() -> None:
    script = (
        "import os; from transcriber.models.devices import limit_thread_spinning; limit_thread_spinning(); "
        "print(os.environ.get('GOMP_SPINCOUNT'))"
    )
    assert int(run_program("-c", script, GOMP_SPINCOUNT="7").stdout) == 7
    assert run_program("-c", script, OMP_WAIT_POLICY="PASSIVE").stdout.strip() == "None"
    assert int(run_program("-c", script).stdout) >= 1000


@pytest.mark.parametrize(("free", "expected"), [(0, 4), (6 << 30, 15), (130 << 30, 64)])
def test_a_batch_is_as_large_as_the_cards_memory_allows(
    free: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 140 << 30))
    assert devices.batch_size("cuda:1") == expected
    assert devices.batch_size("cpu") == 4


def test_what_earlier_batches_left_reserved_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (1 << 30, 8 << 30))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 6 << 30)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 2 << 30)
    assert devices.batch_size("cuda") == 12


def test_a_thread_that_computes_alone_changes_no_other() -> None:
    """In a process of its own: which threads have computed before matters."""
    program = """
import threading, torch
from transcriber.models.devices import use_one_thread

def in_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

def alone():
    use_one_thread()
    torch.ones(500, 500) @ torch.ones(500, 500)
    numbers.append(torch.get_num_threads())

torch.set_num_threads(3)
numbers = []
in_thread(alone)
in_thread(alone)
in_thread(lambda: numbers.append(torch.get_num_threads()))
print(numbers, torch.get_num_threads())
"""
    result = run_program("-c", program)
    assert result.stdout.strip() == "[1, 1, 3] 3", result.stderr
