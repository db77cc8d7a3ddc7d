"""Models in memory; the least recently used goes when there is no room for the next.

What a model takes is measured when it is loaded: how much less memory there is afterwards, on the graphics card or in
the computer. Before its first time it is the size of its file.
"""

import gc
import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import psutil

NEEDED_RATIO = 1.3
"""Free memory that a model needs, as a multiple of its size: what it computes takes memory, too."""


def free_bytes(device: str) -> int:
    """Memory that is free: of a graphics card ("cuda", "cuda:1"), or of the computer."""
    if device == "cpu":
        return psutil.virtual_memory().available
    import torch

    return torch.cuda.mem_get_info(device)[0]


class ModelCache(OrderedDict[Hashable, Any]):
    """Models by the key under which they were loaded, the most recently used last."""

    def __init__(self, free: Callable[[str], int] = free_bytes) -> None:
        super().__init__()
        self.free = free
        self.sizes: dict[Hashable, int] = {}
        """Bytes, measured; also of models that are gone."""
        self.devices: dict[Hashable, str] = {}

    def load(self, key: Hashable, restore: Callable[[], Any], device: str, file_size: int) -> Any:
        """The model `key`, restored if it is not there; others on its device go first if it would not fit."""
        if key in self:
            self.move_to_end(key)
            return self[key]
        needed = NEEDED_RATIO * self.sizes.get(key, file_size)
        while self.free(device) < needed and self._forget_oldest(device):
            pass
        before = self.free(device)
        self[key] = restore()
        self.devices[key] = device
        # A file that is mapped takes no memory until it is read, but its pages will.
        self.sizes[key] = max(file_size, before - self.free(device))
        return self[key]

    def forget_all(self) -> bool:
        """Let all models go; False where there were none."""
        had_some = bool(self)
        self.clear()
        release()
        return had_some

    def _forget_oldest(self, device: str) -> bool:
        key = next((key for key in self if self.devices[key] == device), None)
        if key is None:
            return False
        del self[key]
        release()
        return True


def release() -> None:
    """Give back what is no longer in use: models and tensors hold each other."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch and torch.cuda.is_available():
        torch.cuda.empty_cache()
