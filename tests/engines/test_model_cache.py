"""Models come and go: measured, not guessed."""

import sys
from pathlib import Path

import pytest

from transcriber.engines.model_cache import ModelCache, free_bytes


class Computer:
    """100 bytes of memory a device, less what its models take."""

    def __init__(self) -> None:
        self.loaded = ModelCache(self.free)
        self.taken: dict[str, int] = {}
        self.restored: list[str] = []

    def free(self, device: str) -> int:
        held = [name for name in self.taken if name in self.loaded or name == self.coming]
        return 100 - sum(self.taken[name] for name in held if name.endswith(device))

    coming = ""

    def use(self, name: str, size: int, file_size: int) -> object:
        def restore() -> object:
            self.restored.append(name)
            self.taken[name] = size
            self.coming = name
            return object()

        model = self.loaded.load(name, restore, name.split()[1], file_size)
        self.coming = ""
        return model


def test_a_model_is_loaded_once() -> None:
    computer = Computer()
    assert computer.use("a cpu", 20, 10) is computer.use("a cpu", 20, 10)
    assert computer.restored == ["a cpu"]


def test_what_was_not_used_for_longest_goes_first() -> None:
    computer = Computer()
    for name in ("a cpu", "b cpu", "a cpu", "c cpu"):
        computer.use(name, 30, 30)
    computer.use("d cpu", 30, 30)
    assert list(computer.loaded) == ["c cpu", "d cpu"] or list(computer.loaded) == ["a cpu", "c cpu", "d cpu"]
    assert "b cpu" not in computer.loaded


def test_the_measured_size_counts() -> None:
    """Its file is small, but it takes 60: the next time the other one has to go before it comes."""
    computer = Computer()
    computer.use("large cpu", 60, 5)
    assert computer.loaded.sizes["large cpu"] == 60
    computer.use("other cpu", 30, 30)
    computer.loaded.pop("large cpu")
    computer.use("large cpu", 60, 5)
    assert list(computer.loaded) == ["large cpu"]


def test_devices_have_memories_of_their_own() -> None:
    computer = Computer()
    computer.use("a cuda", 90, 70)
    computer.use("b cpu", 90, 70)
    assert list(computer.loaded) == ["a cuda", "b cpu"]


def test_a_model_too_large_is_tried_all_the_same() -> None:
    computer = Computer()
    computer.use("a cpu", 500, 500)
    assert list(computer.loaded) == ["a cpu"]


def test_all_can_go() -> None:
    computer = Computer()
    computer.use("a cpu", 1, 1)
    assert computer.loaded.forget_all()
    assert not computer.loaded
    assert not computer.loaded.forget_all()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_this_computers_memory_is_measured() -> None:
    """It is what the system calls available: pages that files have in memory can be had too."""
    # Other programs take and give back at any moment: hardly ten times between two looks.
    assert any(is_between_two_looks() for _ in range(10))


def is_between_two_looks() -> bool:
    looks = [available(), free_bytes("cpu"), available()]
    return min(looks[::2]) - 50_000_000 <= looks[1] <= max(looks[::2]) + 50_000_000


def available() -> int:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
