"""What this computer has for running models, found without importing torch: graphics cards, memory, the torch there is.

Driver versions that a CUDA release needs are those of NVIDIA's "CUDA Compatibility" page (minor version compatibility).
"""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

MIN_DRIVER_VERSION = {11: 450, 12: 525, 13: 580}
"""CUDA's major version → the major version of the oldest NVIDIA driver that runs it."""
TORCH_BUILDS = "https://pytorch.org/get-started/locally"


@dataclass(frozen=True)
class Card:
    """A graphics card."""

    name: str
    memory_gb: float
    driver: str
    """The version of NVIDIA's; empty for a card of AMD's."""


@dataclass(frozen=True)
class Hardware:
    cards: tuple[Card, ...]
    memory_gb: float
    """Of the computer."""
    torch_version: str
    """Of the installed torch, such as "2.11.0+cu130"; empty where there is none."""
    torch_cuda: str
    """The CUDA release that torch was built for, such as "13.0"; empty for a build without."""
    torch_hip: str = ""
    """The ROCm release that torch was built for: it uses AMD's cards as if they were NVIDIA's."""

    @property
    def has_cuda(self) -> bool:
        """Whether torch can use a card."""
        return bool(self.cards) and not self.problem

    @property
    def problem(self) -> str:
        """Why torch cannot use the card that is there, and what to install; empty where nothing is wrong."""
        if not self.cards:
            return ""
        card = self.cards[0]
        if not card.driver and self.torch_hip:
            return ""
        if not self.torch_cuda:
            return (
                f"The {card.name} is not used: the installed torch {self.torch_version} has no CUDA. Install the same "
                f"version with CUDA: {TORCH_BUILDS}"
            )
        minimum = MIN_DRIVER_VERSION.get(int(self.torch_cuda.split(".")[0]), 0)
        if int(card.driver.split(".")[0]) < minimum:
            return (
                f"The {card.name} is not used: the installed torch {self.torch_version} needs an NVIDIA driver of "
                f"version {minimum} or newer, and this one is {card.driver}. Update the driver, or install the same "
                f"torch for an older CUDA: {TORCH_BUILDS}"
            )
        return ""

    @property
    def card_memory_gb(self) -> float:
        """Memory of the largest card that torch can use; 0 without one."""
        return max((card.memory_gb for card in self.cards), default=0.0) if self.has_cuda else 0.0


@cache
def hardware() -> Hardware:
    """This computer's, looked up once."""
    version, cuda, hip = _torch_build()
    cards = _nvidia_cards() or (_amd_cards() if hip else ())
    return Hardware(cards, psutil.virtual_memory().total / 1e9, version, cuda, hip)


def _nvidia_cards() -> tuple[Card, ...]:
    """What NVIDIA's own tool lists; nothing where there is none, or it fails."""
    tool = shutil.which("nvidia-smi")
    if not tool:
        return ()
    query = [tool, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True).stdout
        rows = [line.rsplit(",", 2) for line in answer.splitlines() if line.strip()]
        return tuple(Card(name.strip(), float(mib) * 2**20 / 1e9, driver.strip()) for name, mib, driver in rows)
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()


def _amd_cards(folder: Path = Path("/sys/class/drm")) -> tuple[Card, ...]:
    """What the kernel's amdgpu driver tells of its cards
    (https://docs.kernel.org/gpu/amdgpu/driver-misc.html#mem-info-vram-total)."""
    sizes = [int(file.read_text()) for file in sorted(folder.glob("card*/device/mem_info_vram_total"))]
    return tuple(Card("AMD graphics card", size / 1e9, "") for size in sizes)


def _torch_build() -> tuple[str, str, str]:
    """torch's version and its CUDA and ROCm releases, read from its version.py: importing torch takes seconds."""
    spec = importlib.util.find_spec("torch")
    if not (spec and spec.origin):
        return "", "", ""
    text = (Path(spec.origin).parent / "version.py").read_text(encoding="utf-8")
    version = re.search(r"^__version__ = '(.+)'", text, re.M)
    cuda, hip = (re.search(rf"^{name}(?:: .+)? = '(.+)'", text, re.M) for name in ("cuda", "hip"))
    return version[1] if version else "", cuda[1] if cuda else "", hip[1] if hip else ""
